"""Somebody's words with their name: quoted speech as it stands in a sentence."""

import re

from reelwright.production.schema import QuoteVisual

__all__ = ["quote_in"]

_SAID = (
    r"(?:said|says|wrote|writes|sings|sang|asked|asks|replied|replies|declared|explained|warned|noted|added|remarked|"
    r"recalled|argued|observed|announced|insisted|put it|once said|once wrote)"
)
_NAME = (
    r"(?:the )?[A-Z][\w.’'-]*(?:,? (?:(?:of|the|de|van|von|der|la|le|du|al|bin|in|and) )*[A-Z][\w.’'-]*){0,5}"
)
_SPEECH = r"[\"“](?P<text>[^\"“”]{8,400})[\"”]"
_AFTER = re.compile(
    rf"{_SPEECH},? {_SAID} (?P<name>{_NAME})|{_SPEECH.replace('text', 'other')},? (?P<who>{_NAME}) {_SAID}\b"
)
_BEFORE = re.compile(rf"(?P<name>{_NAME}) {_SAID}(?: that| in \d{{4}})?[,:]? {_SPEECH}")
_SIGNED = re.compile(rf"^{_SPEECH} ?[—–-]{{1,2}} ?(?P<name>{_NAME})\.?$")
_TITLES = re.compile(r"^(?:As |President |the )(?=[A-Z])")
_MIN_WORDS, _MAX_WORDS = 3, 45


def quote_in(sentence: str) -> QuoteVisual | None:
    """Return the quotation in a sentence if the sentence also says whose it is."""
    for pattern in (_SIGNED, _AFTER, _BEFORE):
        match = pattern.search(sentence)
        if match:
            groups = match.groupdict()
            text = (groups["text"] or groups.get("other") or "").strip()
            name = (groups["name"] or groups.get("who") or "").strip(" .,")
            return _quote(text, name)
    return None


def _quote(text: str, name: str) -> QuoteVisual | None:
    if not _MIN_WORDS <= len(text.split()) <= _MAX_WORDS:
        return None
    return QuoteVisual(text=text.rstrip(","), attribution=_TITLES.sub("", name))
