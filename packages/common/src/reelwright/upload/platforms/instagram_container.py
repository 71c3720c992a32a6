"""A container of Instagram: what holds a video until it is published, and what it says of itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from reelwright.upload.platforms.instagram_errors import is_spent
from reelwright.upload.platforms.instagram_wire import unreadable
from reelwright.upload.schema import RemoteState

__all__ = ["Container"]

_NAMED: Final = re.compile(r"container-(\d+)")
_SUBCODE: Final = re.compile(r"\b(2207\d{3})\b")
_WHOLE: Final = ("complete", "completed")
_GONE: Final = "EXPIRED"
_KNOWN: Final = frozenset(("IN_PROGRESS", "FINISHED", "ERROR", "EXPIRED", "PUBLISHED"))


@dataclass(frozen=True, slots=True)
class Container:
    """How it is now. ``code`` is Instagram's: IN_PROGRESS, FINISHED, ERROR, EXPIRED or PUBLISHED."""

    name: str
    code: str
    reason: str = ""
    """Why it failed: a subcode of Instagram where it names one."""
    received_bytes: int = 0
    has_all: bool = False
    """The upload is complete, whatever becomes of it."""

    @classmethod
    def read(cls, name: str, told: Mapping[str, Any]) -> Self:
        """Return the container that an answer describes; PlatformUnavailable if it describes none."""
        code, status = str(told.get("status_code")), str(told.get("status") or "")
        if code not in _KNOWN:
            raise unreadable(writes=False)
        phase = _part(_part(told, "video_status"), "uploading_phase")
        received = phase.get("bytes_transferred")
        found = _SUBCODE.search(status)
        return cls(
            name,
            code,
            reason=(found[1] if found else status or code) if code in {"ERROR", _GONE} else "",
            received_bytes=received if isinstance(received, int) and received > 0 else 0,
            has_all=phase.get("status") in _WHOLE,
        )

    @classmethod
    def missing(cls, name: str) -> Self:
        """Return one that Instagram does not know: as good as expired."""
        return cls(name, _GONE, reason="missing")

    @staticmethod
    def named(name: str) -> str:
        """Return what the engine calls a container."""
        return f"container-{name}"

    @staticmethod
    def number_in(remote_id: str) -> str:
        """Return Instagram's name of the container that the engine names; empty if it is a post."""
        found = _NAMED.fullmatch(remote_id)
        return found[1] if found else ""

    @property
    def remote_id(self) -> str:
        """Return what the engine calls it."""
        return self.named(self.name)

    @property
    def is_published(self) -> bool:
        """Whether it has become a post."""
        return self.code == "PUBLISHED"

    @property
    def is_ready(self) -> bool:
        """Whether it may be published."""
        return self.code == "FINISHED"

    @property
    def is_gone(self) -> bool:
        """Whether nothing comes of it any more, and another may be opened."""
        return self.code == _GONE or (self.code == "ERROR" and is_spent(self.reason))

    @property
    def is_failed(self) -> bool:
        """Whether Instagram will not have the video."""
        return self.code == "ERROR" and not self.is_gone

    @property
    def is_whole(self) -> bool:
        """Whether no byte is wanted."""
        return self.has_all or self.is_ready or self.is_published

    @property
    def state(self) -> RemoteState:
        """Return how the engine sees it."""
        if self.is_gone:
            return "gone"
        states: Mapping[str, RemoteState] = {"FINISHED": "private", "PUBLISHED": "public", "ERROR": "failed"}
        return states.get(self.code, "processing")


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = told.get(name)
    return part if isinstance(part, Mapping) else {}
