"""The secret texts that this process knows, and masking them wherever they appear."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from reelwright.observability.forms import SHORTEST, forms_of

__all__ = ["MASK", "conceal", "longest", "mask", "reveal_all"]

MASK: Final = "[redacted]"

_TEXTS_KEPT: Final = 256
_HEAD_CHARS: Final = 12
"""So much of a secret is enough to know it by: the rest may have been cut off."""


class _Concealed:
    """Known secret texts in all their forms; the latest are kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._texts: OrderedDict[str, frozenset[str]] = OrderedDict()
        self.heads: dict[str, tuple[str, ...]] = {}
        """The forms by their beginnings: keys of one provider often begin alike."""
        self.longest = 0

    def clear(self) -> None:
        with self._lock:
            self._texts.clear()
            self.heads, self.longest = {}, 0

    def add(self, text: str) -> None:
        with self._lock:
            if text in self._texts:
                self._texts.move_to_end(text)
                return
            self._texts[text] = forms_of(text)
            while len(self._texts) > _TEXTS_KEPT:
                self._texts.popitem(last=False)
            forms = {form for found in self._texts.values() for form in found}
            self.heads = _by_head(forms)
            self.longest = max(map(len, forms), default=0)


_CONCEALED = _Concealed()


def conceal(text: str) -> None:
    """Have the text masked from now on in all that this process logs, in any usual encoding.

    Texts under six characters are left alone: they would be found in innocent words. The latest 256
    texts are remembered.
    """
    if len(text) >= SHORTEST:
        _CONCEALED.add(text)


def reveal_all() -> None:
    """Forget every known secret: for processes that work for one after another, such as tests."""
    _CONCEALED.clear()


def mask(text: str) -> str:
    """Return the whole text with every known secret in it masked: for what people made and must stay."""
    heads = _CONCEALED.heads
    spans = [span for head in heads if head in text for span in _spans(text, head, heads[head])]
    parts, end = [], 0
    for start, stop in sorted(spans):
        if start >= end:
            parts += [text[end:start], MASK]
        end = max(end, stop)
    return "".join([*parts, text[end:]])


def longest() -> int:
    """Return the number of characters of the longest form of any known secret."""
    return _CONCEALED.longest


def _by_head(forms: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for form in forms:
        found[form[:_HEAD_CHARS]].append(form)
    return {head: tuple(found[head]) for head in found}


def _spans(text: str, head: str, forms: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Yield where one of the forms stands, or as much as there is of one that was cut off."""
    start = text.find(head)
    while start >= 0:
        stop = start + max(_common(text, start, form) for form in forms)
        yield start, stop
        start = text.find(head, max(start + 1, stop - len(head) + 1))


def _common(text: str, start: int, form: str) -> int:
    """Return how many characters of the form stand in the text from ``start``."""
    if text.startswith(form, start):
        return len(form)
    pairs = zip(text[start : start + len(form)], form, strict=False)
    return next((index for index, (one, other) in enumerate(pairs) if one != other), len(text) - start)
