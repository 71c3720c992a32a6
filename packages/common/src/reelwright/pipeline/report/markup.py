"""HTML that is safe by construction: text is escaped unless it is already markup.

There is no other way into the page than :func:`element`, so no value can be forgotten.
"""

import html
import re
from collections.abc import Iterable

__all__ = ["DataUri", "Html", "counted", "element", "join", "timecode", "visible"]

_VOID = frozenset({"br", "hr", "img", "link", "meta", "source", "track"})
_LINE_BREAKS = re.compile("[\u2028\u2029\x85\x0b\x0c]|\r\n?")
_DIRECTION_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""They make text read differently from what it is; browsers find the direction without them."""
_UNDISPLAYABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Html(str):
    """Markup that was built by :func:`element`; everything else is text."""

    __slots__ = ()


class DataUri(str):
    """A base64 data URI: no character of it needs escaping, and megabytes of it need not be searched."""

    __slots__ = ()


def element(name: str, /, *children: object, **attributes: object) -> Html:
    """Return one element. Children are text, Html, numbers or iterables of them; None is nothing.

    Attribute names lose a trailing underscore and turn the others into hyphens (``class_``,
    ``aria_label``). None and False leave an attribute out, True writes it bare.
    """
    opening = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Html(opening if name in _VOID else f"{opening}{join(*children)}</{name}>")


def join(*children: object) -> Html:
    """Return the children one after another, escaped as :func:`element` does."""
    return Html("".join(_child(child) for child in children))


def visible(text: str) -> str:
    """Return text that any HTML parser takes as it is: no controls, no halves of characters."""
    plain = _DIRECTION_CONTROLS.sub("", _LINE_BREAKS.sub("\n", text))
    return _UNDISPLAYABLE.sub("\ufffd", plain)


def counted(number: int, noun: str) -> str:
    """Return how many there are, in words that fit one of them too, such as ``1 call`` or ``1,200 calls``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def timecode(seconds: float) -> str:
    """Return seconds as ``m:ss``, or ``h:mm:ss`` from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _child(child: object) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str | int | float):
        return html.escape(visible(str(child)))
    if isinstance(child, Iterable):
        return "".join(_child(part) for part in child)
    raise TypeError(f"{type(child).__name__} is neither text nor markup")


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = value if isinstance(value, DataUri) else html.escape(visible(str(value)))
    return f' {name}="{text}"'
