"""What Instagram's answers mean in our error tree, by one table of Graph error codes.

Facts: developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes (updated on
2026-06-02), docs/graph-api/guides/error-handling, documentation/video-api/guides/reels-publishing (errors of
rupload); seen on 2026-11-26.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from reelwright.errors import ReelwrightError
from reelwright.models.http import HttpAnswer
from reelwright.models.outcomes import retry_after_seconds
from reelwright.observability.concealed import mask
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.upload.errors import (
    PlatformAnswerLost,
    PlatformMisconfigured,
    PlatformUnavailable,
    PublicationRefused,
    QuotaExceeded,
)
from reelwright.upload.platforms.wire import LATER

__all__ = [
    "CODES",
    "MISPLACED",
    "RUPLOAD",
    "SUBCODES",
    "Meaning",
    "error_of",
    "is_missing",
    "is_spent",
    "rupload_type",
]

Meaning = Literal["busy", "quota", "blocked", "token", "misconfigured", "missing", "spent", "refused"]
"""``missing``: there is nothing of that name. ``spent``: the container is of no use; another may do."""

SUBCODES: Final[dict[int, Meaning]] = {
    2207001: "busy",
    2207003: "busy",
    2207004: "refused",
    2207005: "refused",
    2207006: "missing",
    2207008: "missing",
    2207009: "refused",
    2207010: "refused",
    2207020: "spent",
    2207023: "refused",
    2207026: "refused",
    2207027: "busy",
    2207028: "refused",
    2207032: "busy",
    2207035: "refused",
    2207036: "refused",
    2207037: "refused",
    2207040: "refused",
    2207042: "quota",
    2207050: "misconfigured",
    2207051: "blocked",
    2207052: "spent",
    2207053: "spent",
    2207057: "refused",
}
"""What each subcode of Instagram means; it counts before the code."""

CODES: Final[dict[int, Meaning]] = {
    -2: "busy",
    -1: "busy",
    1: "busy",
    2: "busy",
    3: "misconfigured",
    4: "busy",
    9: "quota",
    10: "misconfigured",
    17: "busy",
    24: "missing",
    25: "misconfigured",
    32: "busy",
    100: "refused",
    102: "token",
    190: "token",
    341: "busy",
    352: "refused",
    368: "blocked",
    506: "refused",
    613: "busy",
    803: "missing",
    9004: "spent",
    9007: "busy",
    36000: "refused",
    36001: "refused",
    36003: "refused",
    36004: "refused",
    80002: "busy",
}
"""What each code of Graph means. 200 to 299 are permissions; one that is not here is judged by its status."""

RUPLOAD: Final[dict[str, Meaning]] = {
    "OffsetInvalidError": "busy",
    "PartialRequestError": "busy",
    "ProcessingFailedError": "busy",
    "NotAuthorizedError": "token",
}
"""What the server that takes the bytes says instead. How far it is tells the container in any case."""

MISPLACED: Final = frozenset(("OffsetInvalidError", "PartialRequestError"))
"""Of these: the bytes were not those that are wanted now."""

_NO_OBJECT: Final = 33
"""Subcode of 100: there is no such object, or it is not for us to see."""
_PERMISSIONS: Final = range(200, 300)
_UNTIL_ASKED_AGAIN: Final = timedelta(hours=1)
"""The limit is of any 24 hours: when there is room again is not told."""
_BLOCK: Final = timedelta(hours=24)
_MESSAGE_CHARACTERS: Final = 300
_UNAUTHORISED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _BROKEN = 401, 403, 404, 429, 500
_ACCOUNT = "Look at the account and at the app's permissions, then store the client again."
_CHANGE = "Change what is published, or how, then publish again."


@dataclass(frozen=True, slots=True)
class _Said:
    status: int
    code: int | None
    subcode: int | None
    transient: bool
    kind: str
    """Of the server that takes the bytes."""
    message: str

    @property
    def reason(self) -> str:
        parts = [str(each) for each in (self.code, self.subcode) if each is not None]
        return "/".join(parts) or self.kind

    @property
    def sentence(self) -> str:
        reason = f" ({self.reason})" if self.reason else ""
        told = f": {self.message}" if self.message and self.meaning != "token" else "."
        return mask(f"Instagram answered with status {self.status}{reason}{told}")

    @property
    def meaning(self) -> Meaning:
        if self.code == 100 and self.subcode == _NO_OBJECT:
            return "missing"
        known = SUBCODES.get(self.subcode or 0) or CODES.get(self.code or 0) or RUPLOAD.get(self.kind)
        if known is None and self.code in _PERMISSIONS:
            return "misconfigured"
        if self.transient and known in {None, "refused"}:
            return "busy"
        return known or _by_status(self.status)


def error_of(answer: HttpAnswer, now: datetime, *, writes: bool) -> ReelwrightError:
    """Return the error that an answer other than success is.

    ``writes`` says that the request changes something: what may have been carried out although the answer
    is a server's error becomes PlatformAnswerLost then.
    """
    said = _said(answer)
    if said.status >= _BROKEN and writes:
        return PlatformAnswerLost(said.sentence, next_step=LATER)
    return _errors()[said.meaning](said, now, answer)


def is_missing(error: PublicationRefused) -> bool:
    """Return whether Instagram knows nothing of the name that was asked for."""
    return error.context.get("meaning") == "missing"


def is_spent(reason: str) -> bool:
    """Return whether a container that failed for this subcode leaves room for another."""
    return reason.isdecimal() and SUBCODES.get(int(reason)) in {"busy", "spent", "missing"}


def rupload_type(answer: HttpAnswer) -> str:
    """Return what kind of error the server that takes the bytes names; empty if it names none."""
    return _said(answer).kind


def _errors() -> Mapping[Meaning, Callable[[_Said, datetime, HttpAnswer], ReelwrightError]]:
    return {
        "busy": lambda said, _, answer: PlatformUnavailable(
            said.sentence, next_step=LATER, retry_after_seconds=retry_after_seconds(answer)
        ),
        "quota": lambda said, now, _: QuotaExceeded(said.sentence, available_at=now + _UNTIL_ASKED_AGAIN),
        "blocked": lambda said, now, _: QuotaExceeded(said.sentence, available_at=now + _BLOCK),
        "token": lambda said, _, __: AuthenticationFailed(said.sentence, next_step=_ACCOUNT),
        "misconfigured": lambda said, _, __: PlatformMisconfigured(
            said.sentence, next_step=_ACCOUNT, context={"reason": said.reason}
        ),
        "missing": _refused,
        "spent": _refused,
        "refused": _refused,
    }


def _refused(said: _Said, _: datetime, __: HttpAnswer) -> PublicationRefused:
    return PublicationRefused(
        said.sentence,
        next_step=_CHANGE,
        reason=said.reason or str(said.status),
        context={"meaning": said.meaning},
    )


def _by_status(status: int) -> Meaning:
    named: dict[int, Meaning] = {
        _UNAUTHORISED: "token",
        _FORBIDDEN: "misconfigured",
        _NOT_FOUND: "missing",
        _TOO_MANY: "busy",
    }
    return "busy" if status >= _BROKEN else named.get(status, "refused")


def _said(answer: HttpAnswer) -> _Said:
    told = answer.json_object() or {}
    error, debug = _part(told, "error"), _part(told, "debug_info")
    message = str(error.get("message") or debug.get("message") or "")
    return _Said(
        answer.status,
        _whole(error.get("code")),
        _whole(error.get("error_subcode")),
        error.get("is_transient") is True or debug.get("retriable") is True,
        str(debug.get("type") or ""),
        " ".join(message.split())[:_MESSAGE_CHARACTERS],
    )


def _part(told: dict[str, Any], name: str) -> dict[str, Any]:
    part = told.get(name)
    return part if isinstance(part, dict) else {}


def _whole(told: object) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) else None
