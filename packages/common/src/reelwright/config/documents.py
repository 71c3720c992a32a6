"""The document that holds operators' settings, in AppConfig, S3 or a folder; made to be edited by hand.

::

    {"schema_version": 1,
     "settings": {"video": {"fps": 30}},
     "notes": {"video.fps": {"actor": "ann", "reason": "smoother", "set_at": "…Z", "expires_at": "…Z"}},
     "definitions": {"video.fps": {"type": "integer", "default": 24, "description": "…"}}}

Operators own ``settings`` and ``notes``; code owns ``definitions``.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue, ValidationError

from reelwright.config.errors import InvalidConfiguration
from reelwright.config.ports import Fetched
from reelwright.config.tree import dropped, leaves, placed
from reelwright.environment.fields import is_known
from reelwright.environment.schema import Settings

__all__ = [
    "EMPTY_DOCUMENT",
    "Definition",
    "Note",
    "SettingsDocument",
    "fetched_from",
    "parse_document",
    "render_document",
    "with_setting",
    "without_expired",
    "without_setting",
]

_NEXT_STEP = "The shape of the document is described in reelwright/config/documents.py."


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Note(_Frozen):
    """Who set one key, why, and until when."""

    actor: str
    reason: str
    set_at: AwareDatetime
    expires_at: AwareDatetime | None = None

    def told(self) -> str:
        """Return the note as explanations tell it."""
        until = f", until {self.expires_at:%Y-%m-%d %H:%M} UTC" if self.expires_at else ""
        return f"{self.actor}: {self.reason}{until}"


class Definition(_Frozen):
    """What code says of a key, for those who edit the document in a console."""

    type: str
    default: JsonValue = None
    description: str = ""
    deprecated: bool = False
    """The code knows the key no more; readers that do not know it either ignore it."""


class SettingsDocument(_Frozen):
    """A partial tree of settings, with notes by dotted key."""

    schema_version: Literal[1]
    settings: dict[str, JsonValue] = {}
    notes: dict[str, Note] = {}
    definitions: dict[str, Definition] = {}


EMPTY_DOCUMENT = SettingsDocument(schema_version=1)


def parse_document(content: bytes) -> SettingsDocument:
    """Return the document; InvalidConfiguration says what is wrong with it. No value is ever repeated."""
    try:
        text = content.decode("utf-8-sig")
        data = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
        return SettingsDocument.model_validate(data)
    except InvalidConfiguration:
        raise
    except ValidationError as error:
        lines = [_complaint(details["loc"], details["msg"]) for details in error.errors(include_url=False)]
        raise InvalidConfiguration("\n".join(lines), next_step=_NEXT_STEP) from None
    except UnicodeDecodeError as error:
        said = f"The document is not UTF-8 text: byte {error.start} cannot be read."
        raise InvalidConfiguration(said, next_step=_NEXT_STEP) from None
    except json.JSONDecodeError as error:
        said = f"The document is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise InvalidConfiguration(said, next_step=_NEXT_STEP) from None
    except ValueError as error:
        raise InvalidConfiguration(f"The document cannot be read: {error}.", next_step=_NEXT_STEP) from None
    except RecursionError:
        raise InvalidConfiguration("The document is nested too deeply.", next_step=_NEXT_STEP) from None


def render_document(document: SettingsDocument) -> bytes:
    """Return the document as JSON that people can read and edit; InvalidConfiguration for what has none."""
    data = document.model_dump(mode="json", exclude_defaults=True)
    data = {"schema_version": 1, "settings": {}} | data
    try:
        return f"{json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)}\n".encode()
    except ValueError as error:
        raise InvalidConfiguration("JSON has no way to write nan or inf.", next_step=_NEXT_STEP) from error


def fetched_from(document: SettingsDocument, version: str, schema: type[BaseModel] = Settings) -> Fetched:
    """Return what the document says.

    A key whose definition is deprecated is left out where the schema knows it no more, instead of
    making the whole invalid: code that is a version behind still reads it.
    """
    settings: Mapping[str, JsonValue] = document.settings
    for key, definition in document.definitions.items():
        if definition.deprecated and not is_known(schema, key):
            settings = dropped(settings, key)
    return Fetched(
        version=version,
        settings=settings,
        expires={key: note.expires_at for key, note in document.notes.items() if note.expires_at},
        notes={key: note.told() for key, note in document.notes.items()},
    )


def without_expired(
    settings: Mapping[str, JsonValue], expires: Mapping[str, datetime], now: datetime
) -> Mapping[str, JsonValue]:
    """Return the settings without those whose time is over."""
    for key, end in expires.items():
        if end <= now:
            settings = dropped(settings, key)
    return settings


def with_setting(document: SettingsDocument, key: str, value: JsonValue, note: Note) -> SettingsDocument:
    """Return the document with one more setting; notes on what it replaces go."""
    notes = {name: old for name, old in document.notes.items() if not _is_under(name, key)}
    return document.model_copy(
        update={"settings": placed(document.settings, key, value), "notes": notes | {key: note}}
    )


def without_setting(document: SettingsDocument, *keys: str) -> SettingsDocument:
    """Return the document without these settings, what is below them, and all notes on nothing."""
    settings: Mapping[str, JsonValue] = document.settings
    for key in keys:
        settings = dropped(settings, key)
    notes = {name: note for name, note in document.notes.items() if name in _said(settings)}
    return document.model_copy(update={"settings": dict(settings), "notes": notes})


def _said(settings: Mapping[str, JsonValue]) -> set[str]:
    keys: set[str] = set()
    for leaf, _ in leaves(settings):
        parts = leaf.split(".")
        keys |= {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
    return keys


def _is_under(name: str, key: str) -> bool:
    return name == key or name.startswith(f"{key}.")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise InvalidConfiguration(f"The document says {twin!r} twice in one table.", next_step=_NEXT_STEP)
    return table


def _refuse_constant(name: str) -> None:
    raise InvalidConfiguration(f"The document is not JSON: {name} is no number.", next_step=_NEXT_STEP)


def _complaint(where: tuple[int | str, ...], message: str) -> str:
    key = ".".join(str(part) for part in where) or "the document"
    return f"{key}: {message.replace('Input should be', 'it must be')}."
