"""Untrusted text, made safe to show to a model: what nobody sees goes, what misleads is shown.

The rule, for untrusted text only:

* every kind of line break is a line feed;
* control characters (all but tab and line feed), overrides, embeddings and isolates of the direction of
  writing, lone surrogates and noncharacters each become U+FFFD, the replacement character: something was
  there;
* characters without width or ink go: tags (U+E0000 to U+E007F, in which ASCII can be hidden), variation
  selectors but the two for emoji, soft hyphens, zero-width spaces, word joiners, byte order marks, marks of
  direction, invisible operators, fillers;
* the joiners U+200C and U+200D and the selectors U+FE0E and U+FE0F stay, for Persian, the languages of
  India and emoji need them, but no more than two in a row.

And a ``<`` that begins what looks like one of our own marks, whatever hash it names, becomes
U+2039, a quotation mark of the same look.

Letters stay as they are: they are not composed, decomposed or folded.
"""

import re

__all__ = ["FENCE_PREFIX", "clean", "only_visible"]

FENCE_PREFIX = "untrusted-"
"""How the name of every mark around untrusted text begins, so that a prompt can speak of them."""

_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_MISLEADING = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}-{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)
_UNSEEN = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\u3164"
    "\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LOOKALIKE = re.compile(rf"<(?=[ \t]{{0,9}}/?[ \t]{{0,9}}{FENCE_PREFIX})", re.IGNORECASE)
_JOINERS = re.compile("([\u200c\u200d\ufe0e\ufe0f]{2})[\u200c\u200d\ufe0e\ufe0f]+")


def clean(text: str) -> str:
    """Return text as untrusted text is shown to a model."""
    visible = only_visible(text)
    return _LOOKALIKE.sub("\u2039", visible) if "<" in visible else visible


def only_visible(text: str) -> str:
    """Return text without what nobody sees, and with a mark where something misleading stood."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    plain = _MISLEADING.sub("\ufffd", _BREAKS.sub("\n", text))
    return _JOINERS.sub(r"\1", _UNSEEN.sub("", plain))
