"""Brief files: Markdown with YAML front matter for the request, and the notes as the body."""

import difflib
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError

from reelwright.content.errors import BriefInvalid, BriefUnreadable
from reelwright.content.front_matter import Entry, Lines, parse_front_matter
from reelwright.content.picture_paths import brand_inside, inside, media_inside, music_inside
from reelwright.content.validation import brief_from_options, explain_validation
from reelwright.production.schema import Brief

__all__ = ["MAX_FILE_BYTES", "brief_from_options", "explain_validation", "parse_brief", "read_brief"]

MAX_FILE_BYTES = 1_000_000
"""The largest brief file that is read."""

_KEYS = (
    "topic",
    "audience",
    "duration_seconds",
    "aspect",
    "language",
    "style",
    "platforms",
    "pictures",
    "media",
    "music",
    "music_credit",
    "brand",
    "scenes",
)
_LISTS = frozenset({"platforms", "pictures", "media", "scenes"})
_DETAILED = ("pictures", "media", "scenes")
_FENCE = re.compile(r"---[ \t]*")
_CLOSING_FENCE = re.compile(r"(?:---|\.\.\.)[ \t]*")
_LINE_BREAK = re.compile(r"\r\n?|\n")
_SHOWN_PATH_CHARS = 200
_EXAMPLE = "Start the file with '---', then 'topic: …', then '---', then your notes."


def read_brief(path: Path) -> Brief:
    """Return the brief in the file at ``path``.

    Pictures are looked for from its folder, and only inside it: a brief may come from somebody else, and
    must not fetch files that its sender never had. Raises BriefUnreadable when there is no readable UTF-8
    text of at most MAX_FILE_BYTES there, and BriefInvalid, with line and key, when the text is not a brief.
    """
    return parse_brief(_decode(_read_bytes(path), path), source=str(path), folder=path.parent)


def parse_brief(text: str, *, source: str, folder: Path | None = None) -> Brief:
    """Return the brief in ``text``; ``source`` names it in errors. Raises BriefInvalid.

    Without a folder it may name no pictures, and footage only by its address.
    """
    header, body, first_line = _split(text, source)
    entries = parse_front_matter(header, source=source, first_line=first_line, detailed=_DETAILED)
    fields = _fields(entries, source)
    lines = {key: entry.line for key, entry in entries.items()}
    if "music_credit" in fields:
        fields["music"] = _with_credit(fields, lines["music_credit"], source)
    try:
        brief = Brief.model_validate({**fields, "notes": body})
    except ValidationError as error:
        raise explain_validation(error, source, lines=lines) from error
    if brief.pictures:
        where = f"{source}: line {lines['pictures']}, pictures"
        brief = brief.model_copy(update={"pictures": inside(folder, brief.pictures, where)})
    if brief.media:
        where = f"{source}: line {lines['media']}, media"
        brief = brief.model_copy(update={"media": media_inside(folder, brief.media, where)})
    if brief.music:
        where = f"{source}: line {lines['music']}, music"
        brief = brief.model_copy(update={"music": music_inside(folder, brief.music, where)})
    if brief.brand:
        where = f"{source}: line {lines['brand']}, brand"
        brief = brief.model_copy(update={"brand": brand_inside(folder, brief.brand, where)})
    return brief


def _with_credit(fields: dict[str, object], line: int, source: str) -> dict[str, object]:
    """Return the music with its credit, which has a line of its own."""
    if "music" not in fields:
        raise _invalid(source, f"line {line}, music_credit is of no music", "Add a line 'music: FILE'.")
    return {"file": fields["music"], "credit": fields.pop("music_credit")}


def _read_bytes(path: Path) -> bytes:
    try:
        _check_regular(path, path.stat().st_mode)
        # Without O_NONBLOCK a pipe put in the file's place since the check would hold us for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(handle, "rb") as file:
            _check_regular(path, os.fstat(handle).st_mode)
            data = file.read(MAX_FILE_BYTES + 1)
    except BriefUnreadable:
        raise
    except (OSError, ValueError) as error:
        _unreadable(path, _reason(error), cause=error)
    if len(data) > MAX_FILE_BYTES:
        _unreadable(path, f"it is larger than {MAX_FILE_BYTES:,} bytes", "Shorten the notes.")
    return data


def _check_regular(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        _unreadable(path, "it is a folder", "Name the file inside it.")
    if not stat.S_ISREG(mode):
        _unreadable(path, "it is not a regular file", "Name a Markdown file.")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    return (
        (error.strerror or "").lower() or str(error)
        if isinstance(error, OSError)
        else "the name is not valid"
    )


def _decode(data: bytes, path: Path) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        _unreadable(path, "it is UTF-16", "Save it as UTF-8.")
    if b"\0" in data:
        _unreadable(path, "it holds null bytes and is not text", "Name a Markdown file in UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        _unreadable(path, f"line {line} is not UTF-8", "Save it as UTF-8.", cause=error)


def _split(text: str, source: str) -> tuple[str, str, int]:
    """Return front matter, body and the line on which the front matter starts."""
    if not text.strip():
        raise _invalid(source, "the file is empty", _EXAMPLE)
    lines = _LINE_BREAK.split(text)
    opening = next(number for number, line in enumerate(lines) if line.strip())
    if not _FENCE.fullmatch(lines[opening]):
        raise _invalid(source, f"line {opening + 1} must be '---': the front matter is missing", _EXAMPLE)
    for number in range(opening + 1, len(lines)):
        if _CLOSING_FENCE.fullmatch(lines[number]):
            return "\n".join(lines[opening + 1 : number]), "\n".join(lines[number + 1 :]), opening + 2
    raise _invalid(
        source,
        f"the front matter opened on line {opening + 1} is never closed",
        "Put '---' on a line after it.",
    )


def _fields(entries: Mapping[str, Entry], source: str) -> dict[str, object]:
    fields: dict[str, object] = {}
    for key, entry in entries.items():
        if key not in _KEYS:
            raise _unknown_key(key, entry, source)
        if entry.value is None:
            raise _invalid(
                source, f"line {entry.line}, {key} has no value", "Give it one, or delete the line."
            )
        fields[key] = _as_list(entry.value) if key in _LISTS else _as_text(key, entry, source)
    if "topic" not in fields:
        raise _invalid(source, "topic is required and missing", "Add a line 'topic: …' to the front matter.")
    return fields


def _as_list(value: str | list[str | Lines]) -> list[str | Lines]:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _as_text(key: str, entry: Entry, source: str) -> str:
    if isinstance(entry.value, list):
        problem = f"line {entry.line}, {key} is a list: it takes one value"
        raise _invalid(source, problem, "Only platforms, pictures, media and scenes may be lists.")
    return entry.value or ""


def _unknown_key(key: str, entry: Entry, source: str) -> BriefInvalid:
    near = difflib.get_close_matches(key[:40], _KEYS, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"The keys are {', '.join(_KEYS)}."
    return _invalid(
        source, f"line {entry.line}, {key[:40]!r} is not a key of a brief", hint[0].upper() + hint[1:]
    )


def _invalid(source: str, problem: str, next_step: str) -> BriefInvalid:
    return BriefInvalid(f"{source}: {problem}.", next_step=next_step, context={"source": source})


def _unreadable(path: Path, problem: str, next_step: str = "", *, cause: Exception | None = None) -> NoReturn:
    raise BriefUnreadable(
        f"{str(path)[:_SHOWN_PATH_CHARS]} cannot be read as a brief: {problem}.",
        next_step=next_step or "Check the path and its permissions.",
        context={"source": str(path)},
    ) from cause
