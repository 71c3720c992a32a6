"""Markup taken apart into words, each with whatever is put around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from reelwright.models.speech.markup import (
    Container,
    Emphasis,
    Leaf,
    Part,
    Pause,
    Prosody,
    Text,
    Whisper,
    legal,
)

__all__ = ["word_pieces"]

_RUNS = re.compile(r"\S+\s*|\s+")

_Path: TypeAlias = tuple[Container, ...]


def word_pieces(parts: Sequence[Part]) -> Iterator[tuple[Part, ...]]:
    """Yield the parts word by word, with the space behind it; what no space parts stays together.

    A pause goes with the word before it. Containers are repeated around every word.
    """
    held: list[Part] = []
    complete = False
    for path, leaf in _leaves(parts, ()):
        if held and complete and not isinstance(leaf, Pause):
            yield tuple(held)
            held = []
        held.append(_wrapped(leaf, path))
        complete = _ends_word(leaf) or (complete and isinstance(leaf, Pause))
    if held:
        yield tuple(held)


def _leaves(parts: Sequence[Part], path: _Path) -> Iterator[tuple[_Path, Leaf]]:
    for part in parts:
        if isinstance(part, Emphasis | Prosody | Whisper):
            yield from _leaves(part.parts, (*path, part))
        elif isinstance(part, Text):
            yield from ((path, Text(run)) for run in _RUNS.findall(legal(part.text)))
        else:
            yield path, part


def _ends_word(leaf: Leaf) -> bool:
    return isinstance(leaf, Text) and leaf.text[-1:].isspace()


def _wrapped(leaf: Leaf, path: _Path) -> Part:
    part: Part = leaf
    for container in reversed(path):
        part = replace(container, parts=(part,))
    return part
