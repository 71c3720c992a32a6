"""What a script says that the notes do not hold: figures of its own, and sources that nobody wrote.

What is shown in figures is refused (``grounding``); what is said is flagged here, scene by scene, since notes
say in words what a narration may say in figures.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from reelwright.content.grounding import unknown_figures, values_in
from reelwright.content.phrases import fold
from reelwright.production.assessment import Finding
from reelwright.production.schema import Brief, Scene, Script

__all__ = ["states_a_fact", "unsupported_claims"]

_FROM_THE_NOTES: Final = 0.8
"""Share of the words of a source that must stand in the notes: lists are cited joined, and marks left out."""
_MOST_FINDINGS: Final = 20
_SHOWN_CHARS: Final = 80
_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")


def unsupported_claims(script: Script, brief: Brief) -> tuple[Finding, ...]:
    """Return the figures that are said and sources that are cited which neither topic nor notes hold."""
    text = f"{brief.topic}\n{brief.notes}"
    known, words = values_in(text), set(_WORD.findall(fold(text)))
    found = (
        Finding(kind="unsupported", scene=number, what=what)
        for number, scene in enumerate(script.scenes, 1)
        for what in _of_scene(scene, known, words)
    )
    return tuple(islice(found, _MOST_FINDINGS))


def states_a_fact(scene: Scene) -> bool:
    """Whether a scene says something that can be looked up: a figure, whatever the language."""
    return bool(_DIGIT.search(scene.narration))


def _of_scene(scene: Scene, known: set[float], words: set[str]) -> Iterator[str]:
    for figure in unknown_figures(scene.narration, known):
        yield f"says {figure}, which does not stand in the notes"
    for source in scene.sources:
        cited = _WORD.findall(fold(source))
        if cited and sum(word in words for word in cited) < _FROM_THE_NOTES * len(cited):
            yield f"cites what does not stand in the notes: {_shown(source)!r}"
    if states_a_fact(scene) and not scene.sources:
        yield "states a figure and cites no sentence of the notes"


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 1]}…"
