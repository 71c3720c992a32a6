"""What simulated language models write: valid scripts of the asked length, the same for the same prompt."""

import hashlib
import json
import re
from collections.abc import Iterator
from itertools import islice

__all__ = ["estimated_tokens", "script_for", "script_text"]

_WORDS_OF_A_SCENE = 25
_HALF_A_SENTENCE = 4
_CHARS_OF_A_TOKEN = 4
_THOUGHTS = (
    "Most of it is easier to see than to say.",
    "Small things add up when nobody looks.",
    "It helps to go through it one step at a time.",
    "What comes first decides how the rest turns out.",
    "People who know it well begin in the same way.",
    "There is a reason for it, and it is a simple one.",
    "A closer look shows where the effort goes.",
    "That is why it pays to wait a moment.",
)


def script_for(prompt: str) -> dict[str, object]:
    """Return a script about the topic that a prompt names, with about as many words as it asks for."""
    topic = _found(r"^Topic: (.+)$", prompt, "a topic")[:80]
    words = int(_found(r"about (\d+) words", prompt, "60"))
    hook = f"Here is {topic}."
    scenes = list(_scenes(topic, hook, words, _sentences(prompt)))
    return {
        "title": topic,
        "hook": hook,
        "scenes": scenes,
        "call_to_action": "Try it yourself.",
        "seo": {"title": topic, "description": f"A short video about {topic}.", "tags": ["simulated"]},
        "language": _found(r"^Language: (\S+)$", prompt, "en"),
        "warnings": ["A simulated model wrote this; it states no fact."],
    }


def script_text(prompt: str) -> str:
    """Return the same as a model answers it."""
    return json.dumps(script_for(prompt))


def estimated_tokens(text: str) -> int:
    """Return how many tokens a simulated vendor counts: one for four characters, at least one."""
    return max(1, -(-len(text) // _CHARS_OF_A_TOKEN))


def _scenes(topic: str, hook: str, words: int, sentences: Iterator[str]) -> Iterator[dict[str, object]]:
    count = max(2, min(60, round(words / _WORDS_OF_A_SCENE)))
    for number in range(count):
        narration = f"{hook} " if number == 0 else ""
        while len(narration.split()) + _HALF_A_SENTENCE < words / count:
            narration += f"{next(sentences)} "
        yield {
            "narration": narration.strip(),
            "visual_prompt": f"{topic}, seen from side {number + 1}",
            "visual": _visual(topic, number, count, narration.strip()),
            "sources": [],
        }


def _visual(topic: str, number: int, count: int, narration: str) -> dict[str, object]:
    if number == 0:
        return {"kind": "title", "title": topic}
    if number == count - 1:
        return {"kind": "closing", "text": "Try it yourself.", "points": []}
    if number % 2:
        return {"kind": "statement", "text": narration.partition(".")[0]}
    return {"kind": "list", "items": ["Begin", "Go on", "Look back"]}


def _sentences(prompt: str) -> Iterator[str]:
    """Yield thoughts for ever, in an order that depends on the prompt."""
    seed = hashlib.sha256(prompt.encode()).digest()
    order = sorted(_THOUGHTS, key=lambda thought: hashlib.sha256(seed + thought.encode()).digest())
    while True:
        yield from islice(order, len(order))


def _found(pattern: str, prompt: str, otherwise: str) -> str:
    match = re.search(pattern, prompt, re.MULTILINE)
    return match[1].strip() if match else otherwise
