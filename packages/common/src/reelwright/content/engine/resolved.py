"""What "it" and "they" stand for, where that is certain."""

from reelwright.content.engine.clauses import core_of, first_verb, tokens_of
from reelwright.content.engine.lexicon import DETERMINERS, PREPOSITIONS, STOP_WORDS, word_set
from reelwright.content.engine.links import link_of
from reelwright.content.engine.phrases import noun_phrase_of
from reelwright.content.engine.words import content_stems, is_verb, normal, stem

__all__ = ["with_subject"]

_MAX_SUBJECT_WORDS = 4
_MANY = word_set("people men women children fish sheep teeth feet mice")


def with_subject(sentence: str, before: str, title: str) -> str:
    """Return the sentence with the subject of the one before it in place of "it" or "they"; else empty.

    Only where one thing fits: the subject before is what the video is about, or nothing else is named there
    that "it" could be.
    """
    core = core_of(sentence)
    opener, _, rest = core.partition(" ")
    subject = noun_phrase_of(before) if opener in {"It", "They"} and rest else ""
    if not subject or link_of(sentence).kind != "hard" or len(subject.split()) > _MAX_SUBJECT_WORDS:
        return ""
    many = opener == "They"
    if not _agrees(subject, many=many) or not _is_certain(subject, before, title, many=many):
        return ""
    return f"{subject} {rest}"


def _agrees(subject: str, *, many: bool) -> bool:
    words = [normal(word) for word in subject.split()]
    head = _head(words)
    return not set(words) & {"or", "no", "every", "each"} and (_is_many(head) or "and" in words) == many


def _head(words: list[str]) -> str:
    """Return the noun that the phrase is about: the last word before what hangs on it."""
    end = next((at for at, word in enumerate(words) if at and word in PREPOSITIONS), len(words))
    return words[end - 1]


def _is_many(word: str) -> bool:
    return (word.endswith("s") and not word.endswith(("ss", "us", "is"))) or word in _MANY


def _is_certain(subject: str, before: str, title: str, *, many: bool) -> bool:
    if stem(_head([normal(word) for word in subject.split()])) in content_stems(title):
        return True
    tokens = tokens_of(core_of(before))
    verb = first_verb(tokens) or 0
    others = [
        token.word
        for at, token in enumerate(tokens)
        if at > verb and token.word[:1].isalpha() and token.word not in STOP_WORDS | DETERMINERS
    ]
    inner = any(normal(word) in PREPOSITIONS for word in subject.split())
    return not inner and not any(_is_many(word) == many and not _is_other(word) for word in others)


def _is_other(word: str) -> bool:
    """Whether the word names no thing: a verb, or a word of manner."""
    return is_verb(word) or word.endswith(("ly", "ing", "ed"))
