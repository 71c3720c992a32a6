"""Flows: steps that follow one another, and things that become other things."""

import re
from collections.abc import Iterator, Mapping, Sequence

from reelwright.content.engine.clauses import opens_imperative
from reelwright.content.engine.enumerations import tidy_item
from reelwright.content.engine.headline import MAX_WORDS, headline_of, noun_phrase_of
from reelwright.content.engine.lexicon import PRONOUNS, STOP_WORDS, SUBORDINATORS
from reelwright.content.engine.words import normal
from reelwright.production.schema import FlowVisual

__all__ = ["flow_of_steps", "flow_of_things", "flow_of_told"]

_LEAST_STEPS, _MOST_STEPS = 2, 4
_MAX_STEP_WORDS = MAX_WORDS + 1
_MAX_STEP_CHARS = 60
_MAX_THING_WORDS = 4
_CLAUSE_SCORE = 1.1
_STARTS = re.compile(r"^(?:First(?:ly)?(?: of all)?|To begin|To start|At first|Step one)\b[,:]? ")
_STARTS_LATE = re.compile(r",? first$")
_FOLLOWS = re.compile(
    r"^(?:Second(?:ly)?|Third(?:ly)?|Fourth(?:ly)?|(?:And )?[Tt]hen|Next|After that|Afterwards|Now|"
    r"(?:And )?[Ff]inally|Lastly|Last|At last|In the end)\b[,:]? "
)
_BETWEEN_STEPS = re.compile(
    r"(?:[,;]? and|[,;])? (?:then|next|after that|finally|lastly|at last),? |, and (?=\w+ )|, (?=\w+ )"
)
_MARKED_BREAK = re.compile(r"(?:[,;]? and|[,;]) (?:then|next|after that|finally|lastly|at last),? ")
_BECOMES = re.compile(
    r"^(?P<lead>.*?)\b(?:turn|turns|turned|change|changes|changed|transforms?|transformed|converts?|converted|"
    r"develops?|developed)(?P<thing> [^,;:]{2,40}?)? into (?P<result>[^,;:]{2,60})"
)
_LEADS_TO = re.compile(
    r"^(?P<one>[^,;:]{2,50}?) (?:leads?|led) to (?P<two>[^,;:]{2,50}?), which (?:then )?"
    r"(?:leads?|led) to (?P<three>[^,;:]{2,50})$"
    r"|^(?P<first>[^,;:]{2,50}?) causes? (?P<second>[^,;:]{2,50}?), which (?:then )?causes? "
    r"(?P<third>[^,;:]{2,50})$"
)
_RESULT_END = re.compile(
    r" (?:in|on|at|by|for|with|from|during|over|after|before|when|while|that|which|and|as|under)\b.*"
)
_PASSIVE_END = re.compile(r" (?:is|are|was|were|has|have|had|can|be|been|will|slowly|then)$")
_REFERS = re.compile(r"\b(?:it|them|both)\b", re.IGNORECASE)


def flow_of_steps(steps: Sequence[str], heading: str, weights: Mapping[str, float]) -> FlowVisual | None:
    """Return the flow of two to four numbered steps, or None if one of them cannot be told in short."""
    return _flow([_step(step, weights) for step in steps], heading)


def flow_of_told(sentences: Sequence[str], heading: str, weights: Mapping[str, float]) -> FlowVisual | None:
    """Return the flow that English sentences tell: "First …. Then …. Finally ….", or in one sentence."""
    run = _run(sentences)
    if len(run) > _LEAST_STEPS:
        return _flow([_step(step, weights) for step in run], heading)
    for sentence in sentences:
        if (found := _flow([_step(part, weights) for part in _parts(sentence)], heading)) is not None:
            return found
    return None


def flow_of_things(sentence: str) -> FlowVisual | None:
    """Return what an English sentence says turns into what, or leads to what, or None."""
    text = sentence.strip().rstrip(".!")
    chain = _LEADS_TO.match(text)
    if chain:
        things = [
            chain["one"] or chain["first"],
            chain["two"] or chain["second"],
            chain["three"] or chain["third"],
        ]
    else:
        things = _becoming(text)
    names = [_thing(thing) for thing in things]
    return _flow(names, "") if all(names) else None


def _flow(steps: Sequence[str], heading: str) -> FlowVisual | None:
    if not _LEAST_STEPS <= len(steps) <= _MOST_STEPS or not all(steps) or len(set(steps)) < len(steps):
        return None
    return FlowVisual(heading=heading, steps=tuple(steps))


def _run(sentences: Sequence[str]) -> list[str]:
    """Return the sentences from the first step to the last one that a word such as "then" marks."""
    marked = [at for at, text in enumerate(sentences) if _FOLLOWS.match(text)]
    opening = [at for at, text in enumerate(sentences) if _opens(text)]
    if marked and opening and opening[0] < marked[0]:
        return [*sentences[opening[0] : marked[-1] + 1]]
    if len(marked) >= 2 and marked[0] > 0:
        return [*sentences[marked[0] - 1 : marked[-1] + 1]]
    commands = [text for text in sentences if opens_imperative(text)]
    linked = sum(bool(_REFERS.search(text)) for text in commands[1:])
    return commands if len(commands) == len(sentences) > _LEAST_STEPS and linked else []


def _opens(text: str) -> bool:
    return bool(_STARTS.match(text) or (_STARTS_LATE.search(text.rstrip(".!")) and opens_imperative(text)))


def _parts(sentence: str) -> list[str]:
    """Return the steps that one sentence names: "First …, then …", or commands one after another."""
    text = sentence.strip().rstrip(".!")
    if _STARTS.match(text):
        return [part for part in _MARKED_BREAK.split(text) if part]
    parts = [part.strip() for part in _BETWEEN_STEPS.split(text) if part.strip()]
    commands = [part for part in parts if opens_imperative(_capital(part))]
    return parts if len(commands) == len(parts) > _LEAST_STEPS else []


def _step(text: str, weights: Mapping[str, float]) -> str:
    plain = _FOLLOWS.sub("", _STARTS.sub("", text.strip()))
    plain = _STARTS_LATE.sub("", plain.rstrip(" .!,;:"))
    if len(plain.split()) <= _MAX_STEP_WORDS and len(plain) <= _MAX_STEP_CHARS:
        return _capital(plain)
    headline = headline_of(f"{_capital(plain)}.", weights)
    return headline.text if headline and headline.score >= _CLAUSE_SCORE else ""


def _becoming(text: str) -> list[str]:
    match = _BECOMES.match(text)
    if not match:
        return []
    return list(_two_things(match))


def _two_things(match: re.Match[str]) -> Iterator[str]:
    before = match["thing"] or noun_phrase_of(f"{_PASSIVE_END.sub('', match['lead'].strip())} is so.")
    yield before.strip()
    yield _RESULT_END.sub("", match["result"])


def _thing(text: str) -> str:
    words = [normal(word) for word in text.split()]
    if not 1 <= len(words) <= _MAX_THING_WORDS or set(words) & (PRONOUNS | SUBORDINATORS):
        return ""
    return tidy_item(text) if set(words) - STOP_WORDS else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
