"""Words that are looked for in what is said, whatever its case and accents, and where they are denied."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Phrases", "fold", "sentences_of"]

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")
_DENIED = re.compile(
    r"\b(no|not|never|none|nobody|nothing|without|cannot|isn.t|aren.t|don.t|doesn.t|won.t|beware|against|kein\w*|"
    r"nicht|nie|niemals|keinerlei|pas|jamais|aucune?|sans|nunca|ningun\w*|sin|non|nessun\w*|nao|nenhum\w*)\b"
)
_WORDS_BEFORE = 5


def fold(text: str) -> str:
    """Return text without case and accents, as patterns are written; dashes and quotes in one form."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\u2018\u2019\u02bc]", "'", re.sub(r"[\u2010-\u2015]", "-", bare))


def sentences_of(text: str) -> Iterator[str]:
    """Yield the sentences and lines of a text, as written."""
    return (part.strip() for part in _SENTENCE_END.split(text) if part.strip())


@dataclass(frozen=True, slots=True)
class Phrases:
    """Patterns that are looked for together."""

    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    """What in the same sentence says that it is meant otherwise."""

    @classmethod
    def of(cls, words: Iterable[str], unless: Iterable[str] = ()) -> "Phrases":
        """Return patterns that are whole words at their beginning; ValueError for one that is none."""
        try:
            spared = "|".join(rf"\b(?:{one})\b" for one in unless)
            # A beginning inside of a word is none; not \b, for a pattern may begin with a sign.
            looked_for = "|".join(rf"(?<!\w)(?:{one})" for one in words)
            return cls(re.compile(looked_for), re.compile(spared) if spared else None)
        except re.error as error:
            raise ValueError(f"{error.pattern!r} is no pattern: {error}") from error

    def found_in(self, text: str, *, denied: bool = True) -> str:
        """Return the first words that are found, folded; without ``denied`` those that are not denied."""
        for sentence in sentences_of(text):
            folded = fold(sentence)
            if self.unless and self.unless.search(folded):
                continue
            for match in self.pattern.finditer(folded):
                if match.group() and (denied or not _is_denied(folded[: match.start()])):
                    return match.group()
        return ""


def _is_denied(before: str) -> bool:
    return bool(_DENIED.search(" ".join(before.split()[-_WORDS_BEFORE:])))
