"""Which words stand on a thumbnail: at most five, one after the other as they are written, never invented.

A short title stands whole. Of a longer one, and of the hook, every run of words is weighed that begins and
ends where a reader may pause: at a colon, before a preposition, after an introduction such as "how to".
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from reelwright.video.engine.timing import normalise

__all__ = ["MOST_WORDS", "few_words", "tidy", "words_from"]

MOST_WORDS: Final = 5

_SEPARATOR: Final = re.compile(r"\s*(?:[:;|]\s|\s[–—-]\s|(?<=[.!?…])\s|,\s|\s?[()«»„“”]\s?)\s*")
_RIM: Final = " ,;:.–—-\"'()"


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_JOINTS: Final = _set(
    "about after against among and around as at because before behind beside between but by during for from "
    "if in inside into like near nor of off on onto or over per since so than that then through to toward "
    "towards under until up upon via when where whether which while who whose with within without yet "
    "may might must can could should would will "
    "mit und oder von zum zur für auf aus bei nach über ohne wenn weil dass "
    "et ou de du des pour dans avec sans sur sous par que qui quand "
    "y o del para con sin por sobre en entre cuando e ou do da dos das em com sem di della dei per nel nella"
)
"""A reader may pause before one of these; nothing ends with one."""
_ARTICLES: Final = _set(
    "a an the this that these those my our your his her its their every each any some "
    "der die das ein eine einen dem den le la les un une el los las una unos o os as um uma il lo gli i l"
)
_VERBS: Final = _set("is are was were be been being has have had do does did isn't aren't don't doesn't")
_OPENERS: Final = _set(
    "how why what when where who which wie warum was comment pourquoi cómo qué como perché"
)
"""A phrase may begin with one of these wherever it stands."""
_NEEDS_MORE: Final = (
    _JOINTS | _ARTICLES | _VERBS | _OPENERS | _set("not no more most very too only just even")
)
_FIGURES: Final = _set(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred "
    "thousand million billion half"
)
_LEADS: Final = (
    ("how", "to"),
    ("what", "is"),
    ("what", "are"),
    ("a", "guide", "to"),
    ("the", "science", "of"),
)
"""Introductions that a phrase can do without."""
_AND: Final = _set("and or but und oder et ou y o e")
_NO_BEGINNING: Final = _JOINTS | _VERBS | {"know"}
_PLAIN_LEAD: Final = _OPENERS | _ARTICLES

_WHOLE: Final = 3.0
"""For a side of the phrase that is a side of the sentence, or of its part."""
_PAUSE: Final = 2.0
_LEAD: Final = 2.4
_INFINITIVE: Final = 2.2
_TOPIC: Final = 1.6
"""For a word that the picture was found by, or a figure."""
_TITLE: Final = 1.5
_OPENER: Final = 0.8
_FIRST: Final = 1.0
"""For a whole part of the title that stands in front: a name before a colon."""
_SLIGHT: Final = 0.9
"""After "and": the phrase is the second half of something."""
_BEFORE_ARTICLE: Final = 0.3
_IDEAL: Final = 4
_OFF_IDEAL: Final = 0.5


class _Run(NamedTuple):
    score: float
    words: tuple[str, ...]


def few_words(title: str, hook: str = "", topics: Sequence[str] = (), limit: int = MOST_WORDS) -> str:
    """Return the title if it has so few words, else the phrase of title or hook that says most.

    ``topics`` are words that matter, such as those that the picture was found by.
    """
    if len(title.split()) <= limit:
        return title.strip()
    wanted = frozenset(normalise(word) for topic in topics for word in topic.split())
    runs = [*_runs(title, wanted, limit, _TITLE), *_runs(hook, wanted, limit, 0.0)]
    best = max(runs, key=lambda run: run.score, default=None)
    return tidy(best.words if best else _tail(title.split(), limit))


def words_from(text: str, start: int, limit: int) -> tuple[str, ...]:
    """Return words of a text from a place on, as many as make a phrase; none if no such few do.

    The phrase ends before a verb such as "have": what follows is another thought.
    """
    words = _SEPARATOR.split(text[_place_of(text, start) :], maxsplit=1)[0].rstrip(_RIM + "!?").split()
    verb = next((at for at, word in enumerate(words) if normalise(word) in _VERBS), len(words))
    most = min(limit, verb, len(words))
    ends = [end for end in range(1, most + 1) if end == verb or _ends(words, end) > 0]
    return tuple(words[: ends[-1]]) if ends else ()


def _place_of(text: str, start: int) -> int:
    """Return where in the text the word of that number begins."""
    return [match.start() for match in re.finditer(r"\S+", text)][start]


def _runs(text: str, wanted: frozenset[str], limit: int, base: float) -> Iterator[_Run]:
    for place, part in enumerate(_SEPARATOR.split(text)):
        words = part.split()
        for start in range(len(words)):
            for end in range(start + 1, min(start + limit, len(words)) + 1):
                score = _score(words, start, end, wanted)
                whole = place == start == 0 and end == len(words)
                if score > 0:
                    yield _Run(base + score + _FIRST * whole, tuple(words[start:end]))


def _score(words: Sequence[str], start: int, end: int, wanted: frozenset[str]) -> float:
    """Return how well a run of words reads and what it says; 0 for one that is torn from its sentence."""
    begins, ends = _begins(words, start), _ends(words, end)
    if not begins or not ends or (end - start == 1 and len(words) > 1):
        return 0.0
    run = [normalise(word) for word in words[start:end]]
    telling = sum(word in wanted or _is_figure(word, leads=start == 0) for word in run)
    length = _OFF_IDEAL * abs(len(run) - _IDEAL)
    return begins + ends + _TOPIC * min(2, telling) + _OPENER * (run[0] in _OPENERS) - length


def _is_figure(word: str, *, leads: bool) -> bool:
    """Tell whether a word is a figure; one in letters only where the phrase opens its sentence."""
    return (leads and word in _FIGURES) or any(sign.isdigit() for sign in word)


def _begins(words: Sequence[str], start: int) -> float:
    """Return how naturally a phrase begins with a word: not with a joint, not in the middle of a group."""
    plain = [normalise(word) for word in words]
    if plain[start] in _NO_BEGINNING:
        return 0.0
    if start == 0 or plain[start] in _OPENERS:
        return _WHOLE
    return _after_lead(plain[:start])


def _after_lead(before: Sequence[str]) -> float:
    """Return how naturally a phrase begins after these words of its sentence."""
    if tuple(before) in _LEADS:
        return _LEAD
    if all(word in _PLAIN_LEAD for word in before):
        return _PAUSE
    if before[-1] in _AND:
        return _SLIGHT
    pauses = {"to": _INFINITIVE, "of": 0.0, "than": 0.0}
    return pauses.get(before[-1], _PAUSE if before[-1] in _JOINTS else 0.0)


def _ends(words: Sequence[str], end: int) -> float:
    """Return how naturally a phrase ends before a word: never with one that leads on."""
    last = normalise(words[end - 1])
    if last in _NEEDS_MORE or not last:
        return 0.0
    if end == len(words):
        return _WHOLE
    following = normalise(words[end])
    if following in _JOINTS - {"of"} | _OPENERS:
        return _PAUSE
    return _BEFORE_ARTICLE if following in _ARTICLES else 0.0


def _tail(words: Sequence[str], limit: int) -> tuple[str, ...]:
    """Return the last words: what a title says most often stands at its end."""
    tail = list(words[-limit:])
    while len(tail) > 1 and normalise(tail[0]) in _NEEDS_MORE:
        tail.pop(0)
    return tuple(tail)


def tidy(words: Sequence[str]) -> str:
    """Return the words as a headline: no stray punctuation around it, a capital in front."""
    text = " ".join(words).strip(_RIM)
    return text[:1].upper() + text[1:]
