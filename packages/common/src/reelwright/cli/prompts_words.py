"""What differs between two texts, word by word, and how little of the rest is needed to see where."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

__all__ = ["Change", "change_lines", "changes_between", "words_in"]

_WORDS = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)
_WORD = re.compile(r"\w+")
_NEAR = 4
"""Words of the rest that stand around a change."""


@dataclass(frozen=True, slots=True)
class Change:
    """Words that one text has where the other has different ones."""

    line: int
    """Of the new text, from 1."""
    before: str
    """The words in front of it, in both."""
    old: str
    new: str
    after: str


def changes_between(old: str, new: str) -> tuple[Change, ...]:
    """Return what differs. Lines are compared first, and words within lines that differ."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found: list[Change] = []
    for tag, i, j, k, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            found += _in_words("".join(before[i:j]), "".join(after[k:end]), k + 1)
    return tuple(found)


def words_in(text: str) -> int:
    """Return how many words a text has; a mark alone is none."""
    return len(_WORD.findall(text))


def change_lines(changes: tuple[Change, ...]) -> Iterator[str]:
    """Yield each change for people: ``[-old-]{+new+}`` among its neighbours."""
    for one in changes:
        gone = f"[-{one.old}-]" if one.old.strip() else ""
        come = f"{{+{one.new}+}}" if one.new.strip() else ""
        if gone or come:
            yield f"  {one.line:>4}: {' '.join(f'{one.before}{gone}{come}{one.after}'.split())}"


def _in_words(old: str, new: str, line: int) -> Iterator[Change]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    for i, j, k, end in _joined(before, after):
        yield Change(
            line=line + "".join(after[:k]).count("\n"),
            before="".join(after[max(0, k - 2 * _NEAR) : k]),
            old="".join(before[i:j]),
            new="".join(after[k:end]),
            after="".join(after[end : end + 2 * _NEAR]),
        )


def _joined(before: list[str], after: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield where the two differ; differences with a few words between them are one."""
    found: list[tuple[int, int, int, int]] = []
    for tag, i, j, k, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        near = found and i - found[-1][1] <= 2 * _NEAR
        begin, begun = found.pop()[::2] if near else (i, k)
        found.append((begin, j, begun, end))
    yield from found
