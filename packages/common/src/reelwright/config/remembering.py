"""What a source last said, as JSON: the form in which it is remembered across processes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reelwright.config.errors import SourceFailed
from reelwright.config.ports import Fetched, Remembered

__all__ = ["remembered_from_json", "remembered_to_json"]


def remembered_to_json(remembered: Remembered) -> dict[str, Any]:
    """Return it as plain data."""
    fetched = remembered.fetched
    return {
        "at": remembered.at.isoformat(),
        "version": fetched.version,
        "settings": dict(fetched.settings),
        "documents": dict(fetched.documents),
        "expires": {key: end.isoformat() for key, end in fetched.expires.items()},
        "notes": dict(fetched.notes),
    }


def remembered_from_json(data: Mapping[str, Any]) -> Remembered:
    """Return what was written; SourceFailed if this is something else."""
    try:
        fetched = Fetched(
            version=str(data["version"]),
            settings=_table(data["settings"]),
            documents=_table(data["documents"]),
            expires={key: _moment(end) for key, end in _table(data["expires"]).items()},
            notes={key: str(note) for key, note in _table(data.get("notes", {})).items()},
        )
        return Remembered(fetched, _moment(data["at"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceFailed("what is remembered of a source cannot be read") from error


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not a table")
    return value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment
