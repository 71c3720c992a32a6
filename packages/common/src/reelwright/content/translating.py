"""A script in another language: its texts are given away one by one and put back where they were.

What a translator is given is texts with keys, never the script: so scenes, kinds of pictures, values, places
and the order of all of it are the original's, whatever comes back. What comes back is held to the original:
every text, every figure, about the length.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from reelwright.content.errors import ScriptRejected
from reelwright.content.limits import objections_to
from reelwright.content.pace import Pace
from reelwright.content.phrases import sentences_of
from reelwright.content.validation import explain_validation
from reelwright.production.schema import Scene, Script, Seo

__all__ = ["TRANSLATE", "Part", "answer_schema", "objection_to_length", "parts_of", "put_together", "unlike"]

TRANSLATE: Final = "translate"
"""The task that models are asked to do, and the prompt that it is asked with."""

_PART_CHARS: Final = 8_000
"""Of texts in one call: an answer is longer than that, and models stop at some thousands of tokens."""
_NOT_TEXT: Final = frozenset({"kind", "shape", "places"})
"""Of a visual. Places are looked up by the name that they have."""
_LONGER: Final = (0.55, 1.7)
"""How much shorter or longer than the original a translation may be to say; languages differ by a third."""
_MOST_ALIKE: Final = 0.5
"""Share of narrations that may be the original's word for word."""
_MOST_TOLD: Final = 5
_NUMBER: Final = re.compile(r"\d+(?:(?:[.,'’\u00a0\u202f]|[ ](?=\d{3}(?!\d)))\d+)*")


class _Text(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    text: str


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    texts: tuple[_Text, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """As many texts of a script as are translated in one call, by key."""

    texts: Mapping[str, str]

    def as_json(self) -> str:
        """Return the texts as a translator is given them."""
        return json.dumps(dict(self.texts), ensure_ascii=False, indent=0)

    def read(self, answer: str) -> dict[str, str]:
        """Return the translations by key; ScriptRejected for what is no answer at all."""
        try:
            told = _Answer.model_validate_json(_without_fence(answer))
        except ValidationError as error:
            raise explain_validation(error, "the translation", kind=ScriptRejected) from error
        return {each.key: " ".join(each.text.split()) for each in told.texts}

    def objection_to(self, answer: str) -> str:
        """Return what is wrong with an answer, or nothing."""
        try:
            told = self.read(answer)
        except ScriptRejected as error:
            return error.message.rstrip(".")
        wrong = [
            *(f"{key} is missing" for key in self.texts if not told.get(key, "").strip()),
            *(f"{key} was not asked for" for key in told if key not in self.texts),
            *(
                f"{key} has lost {', '.join(lost)}"
                for key, text in self.texts.items()
                if (lost := _lost_figures(text, told.get(key, text)))
            ),
        ]
        return "; ".join(wrong[:_MOST_TOLD])


def answer_schema() -> dict[str, Any]:
    """Return the schema of what a translator answers."""
    text = {
        "type": "object",
        "properties": {"key": {"type": "string"}, "text": {"type": "string"}},
        "required": ["key", "text"],
        "additionalProperties": False,
    }
    return {
        "title": "Translation",
        "type": "object",
        "properties": {"texts": {"type": "array", "items": text}},
        "required": ["texts"],
        "additionalProperties": False,
    }


def parts_of(script: Script) -> tuple[Part, ...]:
    """Return the texts of a script in parts that one call can take; a scene is never cut in two."""
    parts: list[dict[str, str]] = [dict(_around(script))]
    for number, scene in enumerate(script.scenes, 1):
        texts = dict(_of_scene(scene, number))
        if _size(parts[-1]) + _size(texts) > _PART_CHARS:
            parts.append({})
        parts[-1].update(texts)
    return tuple(Part(part) for part in parts)


def put_together(original: Script, texts: Mapping[str, str], language: str) -> Script:
    """Return the original with translated texts in place of its own; those without one stay.

    Hook and call to action are what opens and ends the narration, as they do there. ScriptRejected if that is
    no script.
    """
    scenes = [_translated(scene, texts, number) for number, scene in enumerate(original.scenes, 1)]
    first, last = original.scenes[0].narration, original.scenes[-1].narration
    told = original.model_dump() | {
        "title": texts.get("title", original.title),
        "hook": _opening(original.hook, first, scenes[0]["narration"]),
        "scenes": scenes,
        "call_to_action": _ending(original.call_to_action, last, scenes[-1]["narration"]),
        "seo": _seo(original.seo, texts),
        "language": language,
        "assessment": None,
        "mock": False,
    }
    try:
        return Script.model_validate(told)
    except ValidationError as error:
        raise explain_validation(error, "the translated script", kind=ScriptRejected) from error


def unlike(original: Script, translated: Script) -> list[str]:
    """Return how a translated script, by whomever, is unlike the original where it should be like it."""
    if len(translated.scenes) != len(original.scenes):
        return [f"it has {len(translated.scenes)} scenes, and the original {len(original.scenes)}"]
    pairs = list(zip(original.scenes, translated.scenes, strict=True))
    found = list(objections_to(translated.seo))
    for number, (one, other) in enumerate(pairs, 1):
        if lost := _lost_figures(one.narration, other.narration):
            found.append(f"scene {number} has lost {', '.join(lost)}")
        if one.visual.kind != other.visual.kind:
            found.append(f"scene {number} shows a {other.visual.kind}, and the original a {one.visual.kind}")
    if not translated.scenes[0].narration.startswith(translated.hook):
        found.append("the hook does not open the first scene")
    alike = sum(one.narration == other.narration for one, other in pairs)
    other_language = original.language.partition("-")[0] != translated.language.partition("-")[0]
    if other_language and alike > _MOST_ALIKE * len(pairs):
        found.append(f"{alike} of {len(pairs)} scenes say what the original says, word for word")
    return found


def objection_to_length(original: Script, translated: Script, pace: Pace) -> str:
    """Return why the translation is too long or too short, or nothing."""
    before, after = (
        pace.script_seconds(scene.narration for scene in script.scenes) for script in (original, translated)
    )
    low, high = (share * before for share in _LONGER)
    if low <= after <= high:
        return ""
    return f"it takes about {after:.0f} s to say, and the original {before:.0f} s"


def _around(script: Script) -> Iterator[tuple[str, str]]:
    seo = script.seo
    yield "title", script.title
    yield "seo title", seo.title
    yield "seo description", seo.description
    yield from ((f"seo tag {number}", tag) for number, tag in enumerate(seo.tags, 1))
    yield from ((f"seo other title {number}", title) for number, title in enumerate(seo.title_variants, 1))


def _of_scene(scene: Scene, number: int) -> Iterator[tuple[str, str]]:
    yield f"scene {number} narration", scene.narration
    if scene.chapter:
        yield f"scene {number} chapter", scene.chapter
    shown = scene.visual.model_dump(exclude=set(_NOT_TEXT))
    yield from ((f"scene {number} {place}", text) for place, text in _leaves(shown))


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts in a visual with where they are: ``items 2``, ``left label``."""
    if isinstance(value, str):
        if any(map(str.isalpha, value)):
            yield place, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _leaves(each, f"{place} {name}".strip())
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value, 1):
            yield from _leaves(each, f"{place} {number}")


def _translated(scene: Scene, texts: Mapping[str, str], number: int) -> dict[str, Any]:
    told, prefix = scene.model_dump(), f"scene {number}"
    told["narration"] = texts.get(f"{prefix} narration", scene.narration)
    told["chapter"] = texts.get(f"{prefix} chapter", scene.chapter)[:100]
    told["visual"] = {
        name: each if name in _NOT_TEXT else _exchanged(each, texts, f"{prefix} {name}")
        for name, each in told["visual"].items()
    }
    if "emphasis" in told["visual"] and told["visual"]["emphasis"] not in told["visual"]["text"]:
        told["visual"]["emphasis"] = ""
    return told


def _exchanged(value: Any, texts: Mapping[str, str], place: str) -> Any:
    if isinstance(value, str):
        return texts.get(place, value)
    if isinstance(value, Mapping):
        return {name: _exchanged(each, texts, f"{place} {name}") for name, each in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_exchanged(each, texts, f"{place} {number}") for number, each in enumerate(value, 1))
    return value


def _seo(seo: Seo, texts: Mapping[str, str]) -> dict[str, Any]:
    numbered = range(1, 1 + len(seo.tags))
    others = range(1, 1 + len(seo.title_variants))
    return {
        "title": texts.get("seo title", seo.title),
        "description": texts.get("seo description", seo.description),
        "tags": tuple(
            texts.get(f"seo tag {number}", tag) for number, tag in zip(numbered, seo.tags, strict=True)
        ),
        "title_variants": tuple(
            texts.get(f"seo other title {number}", title)
            for number, title in zip(others, seo.title_variants, strict=True)
        ),
    }


def _opening(part: str, original: str, translated: str) -> str:
    """Return as many sentences from the beginning as ``part`` has, exactly as they stand there."""
    if not part or part == original:
        return translated if part else ""
    sentences = list(sentences_of(translated))
    last = sentences[: max(1, len(list(sentences_of(part))))][-1]
    return translated[: translated.index(last) + len(last)]


def _ending(part: str, original: str, translated: str) -> str:
    if not part or part == original:
        return translated if part else ""
    sentences = list(sentences_of(translated))
    return translated[translated.rindex(sentences[-max(1, len(list(sentences_of(part)))) :][0]) :]


def _lost_figures(original: str, translated: str) -> list[str]:
    """Return the figures of the original that the translation does not have, whatever parts their digits."""
    return list((Counter(_figures(original)) - Counter(_figures(translated))).elements())


def _figures(text: str) -> Iterator[str]:
    plain = "".join(str(unicodedata.digit(each)) if each.isdigit() else each for each in text)
    return ("".join(filter(str.isdigit, found)) for found in _NUMBER.findall(plain))


def _size(texts: Mapping[str, str]) -> int:
    return sum(len(key) + len(text) for key, text in texts.items())


def _without_fence(text: str) -> str:
    stripped = text.strip()
    if not (stripped.startswith("```") and stripped.endswith("```")):
        return stripped
    return stripped.partition("\n")[2].removesuffix("```")
