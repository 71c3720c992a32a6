"""What goes to the terminal: one answer on stdout, everything else on stderr, strangers' text tamed."""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import click

from reelwright.cli.commands import wants_json
from reelwright.errors import ReelwrightError
from reelwright.observability.concealed import mask

__all__ = ["answer", "as_json", "error_lines", "note", "printable"]

_ESCAPE_SEQUENCE = re.compile(
    r"""
    \x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?   # OSC: titles, links, clipboard
    | (?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]   # CSI: colours, cursor
    | \x1b[ -/]*[0-~]                    # the short ones
    """,
    re.VERBOSE,
)
_MESSAGE_CHARS = 2000
"""No reason needs more; a message that repeats a huge input loses its middle."""
_KEPT = {"\n", "\t", "\u200c", "\u200d"}


def printable(text: object) -> str:
    """Return text that a terminal only displays: no escape sequences, controls or direction marks.

    No secret that this process knows, either.
    """
    plain = _ESCAPE_SEQUENCE.sub("", mask(_whole(str(text))))
    return "".join(
        each for each in plain if each in _KEPT or unicodedata.category(each) not in {"Cc", "Cf", "Cs"}
    )


def answer(data: Mapping[str, Any], text: str) -> None:
    """Print the result to stdout: as JSON if that was asked for, else as text."""
    click.echo(as_json(data) if wants_json() else printable(text))


def note(text: str) -> None:
    """Print a line that is not the result to stderr."""
    click.echo(printable(text), err=True)


def as_json(data: Mapping[str, Any]) -> str:
    """Return one line of JSON in plain ASCII: no terminal and no encoding can change it."""
    return json.dumps(_all_whole(data), ensure_ascii=True)


def error_lines(error: ReelwrightError) -> str:
    """Return an error for people: its code and message, then what to do."""
    message = error.message
    if len(message) > _MESSAGE_CHARS:
        message = f"{message[: _MESSAGE_CHARS // 2]} … {message[-_MESSAGE_CHARS // 2 :]}"
    lines = f"Error [{error.code}]: {message}"
    return f"{lines}\n  Next: {error.next_step}" if error.next_step else lines


def _all_whole(value: Any) -> Any:
    match value:
        case str():
            return mask(_whole(value))
        case Mapping():
            return {_whole(key): _all_whole(each) for key, each in value.items()}
        case list() | tuple():
            return [_all_whole(each) for each in value]
    return value


def _whole(text: str) -> str:
    """Return text without halves of characters, which strict readers of JSON refuse.

    They come from arguments in bytes that Python could not decode; what is UTF-8 becomes it again.
    """
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
