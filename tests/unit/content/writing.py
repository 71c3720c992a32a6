"""Briefs, scripts and what the content tests ask of them."""

import re
from pathlib import Path

from reelwright.content.brief_file import read_brief
from reelwright.content.engine.markdown import Heading, ListBlock, Paragraph, parse_notes
from reelwright.content.engine.material import Material, Sentence, Unit, read_material
from reelwright.content.engine.words import content_stems, words_of
from reelwright.content.engine.writer import write_script
from reelwright.content.pace import Pace
from reelwright.production.schema import Brief, Scene, Script

BRIEFS = Path(__file__).parents[3] / "examples" / "briefs"
PACE = 165

NOTES = """\
Honey never spoils. Jars of it were found in tombs that are 3,000 years old, and it could still be eaten.

## How bees make it

A bee visits about 100 flowers on one flight. She carries the nectar home in a second stomach.
In the hive, other bees chew the nectar for half an hour. They spread it over the combs and fan it dry
with their wings. Fresh nectar is about 70% water. Finished honey holds less than 20% water.

## Why it keeps

Sugar draws the water out of anything that tries to grow in it. Honey is sour, too. Bees add an enzyme
that makes traces of hydrogen peroxide. "Honey is the only food that keeps for ever," said Eva Crane.

You need three things to keep honey well:

- a dry shelf
- a closed lid
- a clean spoon

Never give honey to a baby under one year of age. Its body cannot deal with the spores that honey may hold.
"""


def brief(notes: str = NOTES, **changes: object) -> Brief:
    return Brief.model_validate({"topic": "Why honey keeps", "notes": notes} | changes)


def script(notes: str = NOTES, seconds: float = 60, seed: int = 1, **changes: object) -> Script:
    return write_script(brief(notes, **changes), words_per_minute=PACE, target_seconds=seconds, seed=seed)


def sample(name: str) -> Brief:
    return read_brief(BRIEFS / f"{name}.md")


def material(notes: str, *, english: bool = True) -> Material:
    return read_material(notes, Pace(PACE), english=english)


def unit(text: str, index: int = 0, **changes: object) -> Unit:
    sentence = Sentence(text, text, Pace(PACE).speech_seconds(text), tuple(content_stems(text)))
    fields: dict[str, object] = {"index": index, "section": 0, "paragraph": 0, "sentences": (sentence,)}
    return Unit(**(fields | changes))  # type: ignore[arg-type]  # a test names its fields


def estimate(written: Script) -> float:
    return Pace(PACE).script_seconds(scene.narration for scene in written.scenes)


def spoken_body(written: Script) -> tuple[Scene, ...]:
    """Return the scenes that say what the notes say: all but the call to action."""
    return written.scenes[:-1]


def is_from_notes(source: str, notes: str) -> bool:
    """Whether the words of ``source`` stand in the notes in this order, or name points of a list there."""
    known = _joined_words(_plain(notes))
    if _joined_words(source) in known:
        return True
    parts = re.split(r", | and |: ", source)
    return all(_joined_words(part) in known for part in parts)


def _plain(notes: str) -> str:
    texts: list[str] = []
    for block in parse_notes(notes):
        if isinstance(block, Heading):
            texts.append(block.text)
        elif isinstance(block, Paragraph):
            texts.extend(block.passages)
        elif isinstance(block, ListBlock):
            texts.extend(block.items)
    return " ".join(texts)


def _joined_words(text: str) -> str:
    return f" {' '.join(words_of(text))} "
