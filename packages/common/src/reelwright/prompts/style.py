"""Small things in a prompt's file that somebody would be surprised by."""

import re
from collections.abc import Iterator

from reelwright.prompts.body import Node, Section, VariantPart
from reelwright.prompts.cleaning import only_visible
from reelwright.prompts.parsing import ParsedPrompt

__all__ = ["remarks_on"]

_BLANKS = re.compile(r"\n{4,}")

_Remark = tuple[int, str, str]
"""Offset, code and message."""


def remarks_on(parsed: ParsedPrompt) -> Iterator[_Remark]:
    """Yield what is no error, but is not meant: spaces at the end of lines, characters that nobody sees."""
    if blanks := _BLANKS.search(parsed.text, parsed.begin):
        yield blanks.start() + 1, "blank-lines", "more than two blank lines in a row"
    for begin, line in _lines(parsed.text):
        if line.endswith((" ", "\t")):
            yield begin + len(line.rstrip()), "trailing-spaces", "spaces at the end of the line"
        if only_visible(line) != line:
            yield begin, "hidden-characters", "the line holds characters that nobody sees"
    yield from _empty(parsed.nodes)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    begin = 0
    for line in text.split("\n"):
        yield begin, line
        begin += len(line) + 1


def _empty(nodes: tuple[Node, ...]) -> Iterator[_Remark]:
    for node in nodes:
        if isinstance(node, Section | VariantPart):
            if not node.body:
                yield node.at, "empty-section", f"the section {node.name} says nothing"
            yield from _empty(node.body)
