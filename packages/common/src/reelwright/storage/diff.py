"""What changed between two versions of a document, told without giving secrets away."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from pydantic import JsonValue

from reelwright.observability.redaction import scrub

__all__ = ["HIDDEN", "is_secret_name", "redacted_diff"]

HIDDEN = "(hidden)"
"""What stands where a value is not told."""

_SECRET_NAME = re.compile(
    r"apikey|accesskey|privatekey|signingkey|token|secret|passw|passphrase|passcode|credential|authori[sz]ation"
    r"|bearer|cookie|signature|connectionstring|dsn$|^auth$|pin$"
)
_COUNT_NAME = re.compile(r"(?:max|min|input|output|total)[a-z]*tokens")
_SECRET_TEXT = re.compile(
    r"secret://|-----BEGIN|://[^/\s:@]+:[^/\s@]+@|\bA[KS]IA[0-9A-Z]{16}|\beyJ[\w-]{10,}\.|\b(?:sk|pk|rk)[-_]\w{8}"
    r"|\bgh[a-z]_\w{16}|\bxox[a-z]-|\bBearer\s+\S|\bBasic\s+[A-Za-z0-9+/=]{8}"
)
_TEXT_CHARS = 200
_MAX_CHANGES = 200
_MAX_DEPTH = 40
_DELETED: Any = object()


def is_secret_name(name: str) -> bool:
    """Return whether a key is called as secrets are: ``api_key``, ``clientSecret``, ``Authorization``.

    Counts such as ``max_tokens`` are not.
    """
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return bool(_SECRET_NAME.search(plain)) and not _COUNT_NAME.fullmatch(plain)


def redacted_diff(old: bytes | None, new: bytes) -> dict[str, JsonValue]:
    """Return what changed, fit for the audit trail; ``old`` is None for a document that was not there.

    For JSON objects: ``changed`` maps dotted keys to their old and new values, where one that was not there
    is left out. For other text: how many lines were added and removed; else sizes in bytes. Values under
    names that secrets have, references to secrets, and what looks like a credential or is known in this
    process to be one never appear. Long texts are cut; after two hundred changes ``more`` counts the rest.
    """
    before, after = _as_object(old if old is not None else b"{}"), _as_object(new)
    if before is not None and after is not None:
        return _object_diff(before, after)
    lines = _as_lines(old or b""), _as_lines(new)
    if lines[0] is None or lines[1] is None:
        return {"bytes_before": len(old or b""), "bytes_after": len(new)}
    return _line_diff(lines[0], lines[1])


def _object_diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, JsonValue]:
    before, after = dict(_leaves(old)), dict(_leaves(new))
    changed = [
        path
        for path in sorted({*before, *after})
        if _canonical(before.get(path, _DELETED)) != _canonical(after.get(path, _DELETED))
    ]
    told: dict[str, JsonValue] = {
        _dotted(path): _pair(path, before.get(path, _DELETED), after.get(path, _DELETED))
        for path in changed[:_MAX_CHANGES]
    }
    more: dict[str, JsonValue] = {"more": len(changed) - _MAX_CHANGES} if len(changed) > _MAX_CHANGES else {}
    return {"changed": told, **more}


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every value that is not a table, and every empty table, by its path; lists are values."""
    if not isinstance(value, dict) or not value or len(path) >= _MAX_DEPTH:
        if path:
            yield path, value
        return
    for key, child in value.items():
        yield from _leaves(child, (*path, key))


def _pair(path: tuple[str, ...], old: Any, new: Any) -> dict[str, JsonValue]:
    hidden = any(map(is_secret_name, path))
    sides = {"old": old, "new": new}
    return {side: _told(value, hidden=hidden) for side, value in sides.items() if value is not _DELETED}


def _told(value: Any, *, hidden: bool, depth: int = 0) -> JsonValue:
    if (hidden and value is not None) or depth > _MAX_DEPTH:
        return HIDDEN
    if isinstance(value, str):
        return HIDDEN if _SECRET_TEXT.search(value) else _short(scrub(value))
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_told(item, hidden=False, depth=depth + 1) for item in value[:_MAX_CHANGES]]
    if isinstance(value, dict):
        return {
            _short(key): _told(item, hidden=is_secret_name(key), depth=depth + 1)
            for key, item in value.items()
        }
    plain: JsonValue = value
    return plain


def _dotted(path: tuple[str, ...]) -> str:
    """Return the path as one key; a part that has dots itself is quoted."""
    return ".".join(json.dumps(part) if "." in part else _short(part) for part in path)


def _short(text: str) -> str:
    lasting = text.encode("utf-8", "replace").decode()
    return lasting if len(lasting) <= _TEXT_CHARS else lasting[: _TEXT_CHARS - 1] + "…"


def _canonical(value: Any) -> str:
    return "" if value is _DELETED else json.dumps(value, sort_keys=True)


def _as_object(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _as_lines(content: bytes) -> list[str] | None:
    try:
        return content.decode().splitlines()
    except UnicodeDecodeError:
        return None


def _line_diff(old: list[str], new: list[str]) -> dict[str, JsonValue]:
    added = removed = 0
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new).get_opcodes():
        if kind != "equal":
            added += new_to - new_from
            removed += old_to - old_from
    return {"lines_added": added, "lines_removed": removed}
