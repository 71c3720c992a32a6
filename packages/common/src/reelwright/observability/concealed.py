"""The secret texts that this process knows, and masking them wherever they appear."""

import threading
from collections import OrderedDict
from typing import Final

from reelwright.observability.forms import SHORTEST, forms_of

__all__ = ["MASK", "conceal", "longest", "mask"]

MASK: Final = "[redacted]"

_TEXTS_KEPT: Final = 256
_HEAD_CHARS: Final = 12
"""So much of a secret is enough to know it by: the rest may have been cut off."""


class _Concealed:
    """Known secret texts in all their forms; the latest are kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._texts: OrderedDict[str, frozenset[str]] = OrderedDict()
        self.heads: tuple[tuple[str, str], ...] = ()
        """The beginning of each form and the form, the longest first."""

    def add(self, text: str) -> None:
        with self._lock:
            if text in self._texts:
                self._texts.move_to_end(text)
                return
            self._texts[text] = forms_of(text)
            while len(self._texts) > _TEXTS_KEPT:
                self._texts.popitem(last=False)
            forms = {form for found in self._texts.values() for form in found}
            self.heads = tuple((form[:_HEAD_CHARS], form) for form in sorted(forms, key=len, reverse=True))


_CONCEALED = _Concealed()


def conceal(text: str) -> None:
    """Have the text masked from now on in all that this process logs, in any usual encoding.

    Texts under six characters are left alone: they would be found in innocent words. The latest 256
    texts are remembered.
    """
    if len(text) >= SHORTEST:
        _CONCEALED.add(text)


def mask(text: str) -> str:
    """Return the whole text with every known secret in it masked: for what people made and must stay."""
    for head, form in _CONCEALED.heads:
        if head in text:
            text = _masked(text, head, form)
    return text


def longest() -> int:
    """Return the number of characters of the longest form of any known secret."""
    heads = _CONCEALED.heads
    return len(heads[0][1]) if heads else 0


def _masked(text: str, head: str, form: str) -> str:
    """Mask the form, and as much of it as there is where it was cut off."""
    parts, start = [], 0
    while (found := text.find(head, start)) >= 0:
        parts += [text[start:found], MASK]
        start = found + _common(text, found, form)
    return "".join([*parts, text[start:]])


def _common(text: str, start: int, form: str) -> int:
    """Return how many characters of the form stand in the text from ``start``."""
    if text.startswith(form, start):
        return len(form)
    pairs = zip(text[start : start + len(form)], form, strict=False)
    return next((index for index, (one, other) in enumerate(pairs) if one != other), len(text) - start)
