"""What a simulated writing model writes: an answer to the schema it is given, and a script if it is one."""

import json
import re
from collections.abc import Mapping
from itertools import count
from typing import Any

from reelwright.content.pace import Pace

__all__ = ["answer_to", "sample_of", "script_for", "translations_in", "words_in"]

_ASKED = re.compile(r"Time: (\d+) seconds, which is about \d+ words at (\d+) words a minute")
_TOPIC = re.compile(r"Topic: (.+)")
_LANGUAGE = re.compile(r"Language: (\S+)")
_TEXTS = re.compile(r"Texts:\s*<[^>]+>\s*(\{.+?\})\s*</", re.DOTALL)
_WORD = re.compile(r"\b([^\W\d_]{4,})\b")
_SCHEMA = re.compile(r"JSON schema[^\n]*:\n(\{.+\})", re.DOTALL)
_SENTENCES = (
    "Here is what there is to say about it.",
    "Each part of it follows from the one before, and none of it takes long.",
    "It helps to look at one thing at a time.",
    "What matters most is how the parts work together.",
    "People who do this every day would tell it the same way.",
    "After that there is not much more to know.",
)
_SCENE_SECONDS = 8.0
_MOST_SCENES = 200
_TITLE_CHARS = 80


def answer_to(prompt: str, schema: Mapping[str, Any] | None) -> str:
    """Return the text of an answer that conforms to the schema, or to the one that the prompt holds."""
    if schema is None and (found := _SCHEMA.search(prompt)):
        schema = json.loads(found[1])
    if schema is None:
        return " ".join(_SENTENCES)
    if set(schema.get("properties", {})) == {"texts"}:
        return json.dumps({"texts": translations_in(prompt)})
    is_script = {"hook", "scenes", "seo"} <= set(schema.get("properties", {}))
    return json.dumps(script_for(prompt) if is_script else sample_of(schema, schema))


def translations_in(prompt: str) -> list[dict[str, str]]:
    """Return the texts that the prompt holds in the language that it names, as somebody would who cannot it.

    What is a word of more than three letters gets an ending, so that it is neither equal nor much longer.
    """
    texts = json.loads(found[1]) if (found := _TEXTS.search(prompt)) else {}
    return [{"key": key, "text": _WORD.sub(r"\1en", text)} for key, text in texts.items()]


def script_for(prompt: str) -> dict[str, Any]:
    """Return a script of the length that the prompt asks for, as the house takes it."""
    asked, pace = map(int, found.groups()) if (found := _ASKED.search(prompt)) else (30, 165)
    topic = found[1].strip() if (found := _TOPIC.search(prompt)) else "Something"
    narrations = _narrations(topic, asked, Pace(pace))
    title = re.sub(r"[<>]", "", topic)[:_TITLE_CHARS]
    return {
        "title": title,
        "hook": _hook(topic),
        "scenes": [_scene(text, number, len(narrations), title) for number, text in enumerate(narrations)],
        "call_to_action": "Try it yourself.",
        "seo": {"title": title, "description": f"All about {title}.", "tags": ["short", "plain"]},
        "language": found[1] if (found := _LANGUAGE.search(prompt)) else "en",
        "warnings": [],
    }


def sample_of(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    """Return the least value that conforms to a schema."""
    if "$ref" in schema:
        return sample_of(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return sample_of(schema[key][0], root)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: sample_of(one, root) for name, one in schema.get("properties", {}).items()}
        case "array":
            return [sample_of(schema["items"], root) for _ in range(schema.get("minItems", 1))]
    return {"string": "text", "integer": 1, "number": 1.5, "boolean": True}.get(str(schema.get("type")))


def words_in(text: str) -> int:
    """Return a count of tokens that is as good as any: of words and marks."""
    return max(1, len(re.findall(r"\w+|[^\w\s]", text)))


def _narrations(topic: str, asked: float, pace: Pace) -> list[str]:
    """Add sentence by sentence, a new scene whenever one is long enough, until the time is filled best."""
    scenes, seconds = [_hook(topic)], [pace.speech_seconds(_hook(topic))]
    for number in count():
        sentence = _SENTENCES[number % len(_SENTENCES)]
        fresh = seconds[-1] >= _SCENE_SECONDS and len(scenes) < _MOST_SCENES
        longer = [*scenes, sentence] if fresh else [*scenes[:-1], f"{scenes[-1]} {sentence}"]
        grown = [*(seconds if fresh else seconds[:-1]), pace.speech_seconds(longer[-1])]
        if abs(pace.total_seconds(grown) - asked) > abs(pace.total_seconds(seconds) - asked):
            return scenes
        scenes, seconds = longer, grown
    return scenes


def _hook(topic: str) -> str:
    return f"What is there to know about {topic}?"


def _scene(narration: str, number: int, of: int, title: str) -> dict[str, Any]:
    first, last = number == 0, number == of - 1
    visual: dict[str, Any] = {"kind": "statement", "text": "One thing at a time.", "emphasis": "one"}
    if number % 2:
        visual = {"kind": "list", "heading": "In short", "items": ["One thing", "Another"]}
    if first:
        visual = {"kind": "title", "title": title}
    elif last:
        visual = {"kind": "closing", "text": "Try it yourself.", "points": ["One thing", "Another"]}
    return {
        "narration": narration,
        "visual_prompt": f"A quiet room where somebody explains, in part {number + 1} of {of}: {title}",
        "visual": visual,
        "sources": [],
    }
