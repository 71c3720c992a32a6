"""What a topic says about the video: its title, and how it can be spoken of."""

import re
from dataclasses import dataclass
from typing import Literal

from reelwright.content.engine.lexicon import DETERMINERS, STOP_WORDS, word_set
from reelwright.content.engine.words import words_of
from reelwright.content.limits import MAX_TITLE_CHARS

__all__ = ["Topic", "read_topic"]

_MAX_SPOKEN_CHARS = 60
_MAX_HEAD_WORDS = 6
_SPOKEN = re.compile(r"[\w .,:'’?!&%-]+")
_HEAD_END = re.compile(r"[:,;] | [–—-] | \(")
_FORBIDDEN = str.maketrans("", "", "<>")
_SMALL_OPENERS = word_set(
    "the a an this these your our how why what when where who eight two three four five"
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as a title, and as words in a sentence.

    ``kind`` is ``how_to`` ("How to brew coffee"), ``clause`` ("Why the sea rises", "How tides
    work"), or ``name`` for all else. ``spoken`` is the topic in the middle of a sentence; empty
    where it cannot be said aloud in one.
    """

    title: str
    kind: Literal["how_to", "clause", "name"]
    spoken: str
    short: str
    """The topic up to its first pause, for pictures that have nothing better to show."""
    kicker: str
    headline: str
    """The title without its kicker, for the opening picture."""


def read_topic(text: str, notes: str = "", *, audience: str = "general") -> Topic:
    """Return the topic; ``notes`` tell which of its words are names, ``audience`` gives a kicker."""
    title = _tidy_case(_clean(text))
    left, colon, right = title.partition(": ")
    split = bool(colon) and len(left.split()) <= 4 and bool(right)
    kicker = left if split else "" if audience == "general" else f"For {audience}"
    headline = right[:1].upper() + right[1:] if split else title
    return Topic(title, _kind(title), _spoken(title, notes), _short(title), kicker, headline)


def _clean(text: str) -> str:
    plain = " ".join(text.translate(_FORBIDDEN).split()).rstrip(" .;,:")
    if len(plain) <= MAX_TITLE_CHARS:
        return plain or "Untitled"
    return plain[: MAX_TITLE_CHARS - 1].rsplit(" ", 1)[0].rstrip(" .;,:–-") + "…"


def _tidy_case(title: str) -> str:
    words = title.split()
    if len(words) > 2 and title.isupper():
        title = title.lower()
    return title[:1].upper() + title[1:]


def _kind(title: str) -> Literal["how_to", "clause", "name"]:
    first, *rest = title.lower().split()
    if first == "how" and rest[:1] == ["to"]:
        return "how_to"
    if (
        first in {"why", "how"}
        and len(rest) >= 2
        and rest[0] not in _QUESTION_VERBS
        and not title.endswith("?")
    ):
        return "clause"
    return "name"


_QUESTION_VERBS = word_set("do does did is are was were can could will would should has have much many")


def _short(title: str) -> str:
    return _HEAD_END.split(title)[0]


def _spoken(title: str, notes: str) -> str:
    kind = _kind(title)
    head = title if kind != "name" else _HEAD_END.split(title)[0].rstrip("?!")
    if len(head) > _MAX_SPOKEN_CHARS or not _SPOKEN.fullmatch(head) or not words_of(head):
        return ""
    if kind == "name" and (len(head.split()) > _MAX_HEAD_WORDS or title.endswith("?")):
        return ""
    first = head.split()[0]
    small = first.lower() in _SMALL_OPENERS | DETERMINERS | STOP_WORDS or bool(
        re.search(rf"\b{re.escape(first.lower())}\b", notes)
    )
    return head[:1].lower() + head[1:] if small and not first.isupper() else head
