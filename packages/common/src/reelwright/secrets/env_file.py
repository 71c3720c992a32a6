"""The text of a file of secrets: ``.env`` lines, which people may write, with a note above those we wrote.

::

    # providers/runway 0b6e… 2026-01-01T00:00:00+00:00 41f0…
    REELWRIGHT_SECRET__PROVIDERS__RUNWAY='…'
    # providers/runway 77aa… 2025-06-01T00:00:00+00:00 9b2c…
    REELWRIGHT_SECRET__PROVIDERS__RUNWAY__AWSPREVIOUS='…'

The note gives name, version, time and a check of the value. A line without a note, or changed below it,
was written by hand: it belongs to the name that its variable spells, and its version is the file's time
of change.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final

from pydantic import SecretStr

from reelwright.secrets.errors import SecretMalformed
from reelwright.secrets.schema import Stage
from reelwright.secrets.versions import Kept, Versions

__all__ = ["VARIABLE_PREFIX", "name_of_variable", "read_text", "variable", "written_text"]

VARIABLE_PREFIX: Final = "REELWRIGHT_SECRET__"

_HEADER: Final = (
    "# Secrets of this machine. Nobody else may read this file; change it with: reelwright secrets set\n"
)
_NOTE: Final = re.compile(
    r"# (?P<name>[a-z][a-z0-9_/-]*) (?P<version>[A-Za-z0-9-]+) (?P<time>\d{4}-\S+) (?P<check>[0-9a-f]{16})"
)
_LINE: Final = re.compile(r"(?:export\s+)?(?P<variable>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<text>.*?)\s*")
_STAGES: Final[tuple[Stage, ...]] = ("AWSPREVIOUS", "AWSPENDING")
_PLAIN: Final = re.compile(r"[^'\x00-\x1f\x7f\x85\u2028\u2029]*")
_UNQUOTED: Final = re.compile(r"[^\s'\"#]+")


def variable(name: str) -> str:
    """Return the environment variable of a secret: ``REELWRIGHT_SECRET__PROVIDERS__RUNWAY``."""
    return VARIABLE_PREFIX + name.upper().replace("/", "__").replace("-", "_")


def name_of_variable(text: str) -> str | None:
    """Return the name that a variable spells; None for a variable that is no secret's."""
    if not text.startswith(VARIABLE_PREFIX):
        return None
    return text.removeprefix(VARIABLE_PREFIX).lower().replace("__", "/")


def read_text(data: bytes, changed_at: datetime, where: str) -> dict[str, Versions]:
    """Return the versions of every secret in a file; SecretMalformed with the number of a bad line."""
    text = data.decode("utf-8-sig", "replace")
    if "\N{REPLACEMENT CHARACTER}" in text and not _is_utf8(data):
        raise _bad(where, "it is not UTF-8 text")
    found: dict[str, Versions] = {}
    note: re.Match[str] | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        kept = _kept(line.strip(), note, changed_at, f"{where}, line {number}")
        note = _NOTE.fullmatch(line.strip())
        if kept:
            others = [other for other in found.get(kept.name, ()) if not other.stages & kept.stages]
            found[kept.name] = (*others, kept)
    return found


def written_text(secrets: dict[str, Versions]) -> str:
    """Return the file that ``read_text`` reads as these."""
    lines = (line for name in sorted(secrets) for kept in secrets[name] for line in _lines(kept))
    return _HEADER + "".join(f"{line}\n" for line in lines)


def _lines(kept: Kept) -> Iterator[str]:
    if kept.created_at:
        yield f"# {kept.name} {kept.version} {kept.created_at.isoformat()} {_check(kept.text)}"
    stage = "" if "AWSCURRENT" in kept.stages else f"__{min(kept.stages)}"
    yield f"{variable(kept.name)}{stage}={_quoted(kept.text.get_secret_value())}"


def _kept(line: str, note: re.Match[str] | None, changed_at: datetime, where: str) -> Kept | None:
    if not line or line.startswith("#"):
        return None
    match = _LINE.fullmatch(line)
    if not match:
        raise _bad(where, "it is not of the form NAME='value'")
    stage: Stage = next((each for each in _STAGES if match["variable"].endswith(f"__{each}")), "AWSCURRENT")
    spelt = name_of_variable(match["variable"].removesuffix(f"__{stage}"))
    if spelt is None:
        return None
    text = SecretStr(_unquoted(match["text"], where))
    told = (
        note if note and (variable(note["name"]), note["check"]) == (variable(spelt), _check(text)) else None
    )
    return Kept(
        name=told["name"] if told else spelt,
        version=told["version"]
        if told
        else f"by-hand-{changed_at.timestamp():.6f}-{stage}".replace(".", "-"),
        text=text,
        created_at=_time(told, where) if told else changed_at,
        stages=frozenset({stage}),
    )


def _time(note: re.Match[str], where: str) -> datetime:
    try:
        return datetime.fromisoformat(note["time"])
    except ValueError:
        reason = "the note above it has no time"
    raise _bad(where, reason)


def _check(text: SecretStr) -> str:
    """Return what tells a changed value. It stands beside the value, so it gives nothing away."""
    return sha256(text.get_secret_value().encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _quoted(text: str) -> str:
    """Return the text in single quotes, as a shell would read it, or as JSON if it has what those lack."""
    return f"'{text}'" if _PLAIN.fullmatch(text) else json.dumps(text)


def _unquoted(text: str, where: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == "'" and _PLAIN.fullmatch(text[1:-1]):
        return text[1:-1]
    if _UNQUOTED.fullmatch(text):
        return text
    try:
        value = json.loads(text) if text.startswith('"') else None
    except ValueError:
        value = None
    if isinstance(value, str):
        return value
    raise _bad(where, "its value must stand in single quotes, or in double quotes with JSON's escapes")


def _bad(where: str, reason: str) -> SecretMalformed:
    return SecretMalformed(
        f"{where}: {reason}.", next_step="Put the line right, or remove it and use: reelwright secrets set"
    )
