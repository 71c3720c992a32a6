"""What palette each written-down topic gets, beside those that were expected."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reelwright.environment.loader import load_environment
from reelwright.production.schema import Scene, Script, Seo, StatementVisual, TitleVisual
from reelwright.video.moods import Mood, choose_mood
from reelwright.video.pictures.choosing import choose_pictures
from reelwright.video.pictures.pack import PicturePack

__all__ = ["MORE_TOPICS", "TOPICS", "Topic", "mood_of", "script_of", "topics"]

TOPICS: Final = Path(__file__).with_name("topics.toml")
MORE_TOPICS: Final = TOPICS.with_name("more_topics.toml")
_PICTURES: Final = load_environment("local").settings.video.pictures


@dataclass(frozen=True)
class Topic:
    """A topic, what is said of it, and the palettes that fit, the best first."""

    title: str
    expect: tuple[str, ...]
    said: tuple[str, ...]


def topics(file: Path = TOPICS) -> Iterator[Topic]:
    """Yield the topics of a file, in order."""
    for entry in tomllib.loads(file.read_text(encoding="utf-8"))["topic"]:
        yield Topic(entry["title"], tuple(entry["expect"]), tuple(entry["said"]))


def script_of(topic: Topic, language: str = "en") -> Script:
    """Return a script that shows the title first and then a sentence a scene."""
    opening = Scene(narration=topic.title, visual_prompt=topic.title, visual=TitleVisual(title=topic.title))
    scenes = tuple(
        Scene(narration=text, visual_prompt=text, visual=StatementVisual(text=text)) for text in topic.said
    )
    return Script(
        title=topic.title,
        hook=topic.title,
        scenes=(opening, *scenes),
        call_to_action="Thank you for watching.",
        seo=Seo(title=topic.title, description=""),
        language=language,
    )


def mood_of(topic: Topic, pack: PicturePack | None, seed: int = 0) -> Mood:
    """Return the palette that a topic gets, with pictures of the pack if there is one."""
    script = script_of(topic)
    return choose_mood(
        script, choose_pictures(script, _PICTURES, pack), topic=topic.title, seed=seed, pack=pack
    )
