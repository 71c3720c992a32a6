"""What AWS reports about changes to configuration, told as entries of the audit trail.

Only named fields are taken from an event, never values: an event may carry more than it should.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from reelwright.errors import InvalidInput
from reelwright.storage.ports import AuditLog
from reelwright.storage.schema import AuditEntry

__all__ = ["UNKNOWN_ACTOR", "ReportedChange", "read_event", "record_event"]

UNKNOWN_ACTOR = "unknown"
"""Where an event does not say who did it."""

_TEXT_CHARS = 300
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OUR_SECRETS = re.compile(r"reelwright/[a-z0-9-]+/")
_BY_CLOUDTRAIL = {"AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"}


class ReportedChange(BaseModel):
    """One change as an event reports it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: str
    """Events are delivered at least once: the same id is the same change."""
    actor: str
    action: str
    subject: str
    reason: str
    details: dict[str, JsonValue]


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(min_length=1)
    source: str = Field(min_length=1)
    detail_type: str = Field(alias="detail-type", min_length=1)
    time: str = ""
    resources: tuple[str, ...] = ()
    detail: dict[str, Any] = {}


def record_event(event: Mapping[str, Any], audit: AuditLog) -> AuditEntry:
    """Note what an event of EventBridge reports; delivered again, it is the same entry."""
    change = read_event(event)
    return audit.append(
        actor=change.actor,
        action=change.action,
        subject=change.subject,
        reason=change.reason,
        details=change.details,
        once=change.event_id,
    )


def read_event(event: Mapping[str, Any]) -> ReportedChange:
    """Return what an event of EventBridge reports; InvalidInput if it is not shaped as one.

    An event of a kind that is not known is told by its type and resources: it is never dropped.
    """
    try:
        known = _Event.model_validate(event)
    except ValidationError as error:
        raise InvalidInput(
            f"This is not an event of EventBridge: {error.error_count()} of its fields are missing or wrong.",
            next_step="Events have id, source, detail-type, time, resources and detail.",
        ) from error
    told = _reader(known)(known)
    details = {
        "event_time": known.time,
        "event": f"{known.source}: {known.detail_type}",
        **{name: value for name, value in told.details.items() if value not in (None, "")},
    }
    return told.model_copy(update={"details": details})


def _reader(event: _Event) -> Callable[[_Event], ReportedChange]:
    if event.detail_type in _BY_CLOUDTRAIL:
        return _read_cloudtrail
    return _READERS.get(event.source, _read_unknown)


def _read_appconfig(event: _Event) -> ReportedChange:
    detail = event.detail
    profile, environment = _named(detail, "ConfigurationProfile"), _named(detail, "Environment")
    return _change(
        event,
        action=f"appconfig.{_snake(_text(detail, 'Type') or event.detail_type)}",
        subject=f"appconfig/{environment}/{profile}",
        application=_named(detail, "Application"),
        deployment=_text(detail, "DeploymentNumber"),
        version=_text(detail, "ConfigurationVersion"),
    )


def _read_s3(event: _Event) -> ReportedChange:
    detail, thing = event.detail, _part(event.detail, "object")
    return _change(
        event,
        actor=_text(detail, "requester"),
        action=f"s3.{_snake(event.detail_type)}",
        subject=_text(thing, "key") or UNKNOWN_ACTOR,
        bucket=_text(_part(detail, "bucket"), "name"),
        version=_text(thing, "version-id"),
        size_bytes=_text(thing, "size"),
        operation=_text(detail, "reason"),
        deletion=_text(detail, "deletion-type"),
        address=_text(detail, "source-ip-address"),
    )


def _read_ssm(event: _Event) -> ReportedChange:
    detail = event.detail
    return _change(
        event,
        action=f"ssm.parameter_{_snake(_text(detail, 'operation') or 'change')}",
        subject=f"ssm{_text(detail, 'name') or '/' + UNKNOWN_ACTOR}",
        type=_text(detail, "type"),
    )


def _read_cloudtrail(event: _Event) -> ReportedChange:
    """Read a call, or what a service did by itself, such as a rotation, from CloudTrail's record of it."""
    detail = event.detail
    service = _text(detail, "eventSource").partition(".")[0] or event.source.removeprefix("aws.")
    return _change(
        event,
        actor=_who(_part(detail, "userIdentity")),
        action=f"{service}.{_snake(_text(detail, 'eventName'))}",
        subject=f"{_SUBJECTS.get(service, service)}/{_called_upon(detail) or UNKNOWN_ACTOR}",
        version=_text(_part(detail, "requestParameters"), "clientRequestToken"),
        error=_text(detail, "errorCode"),
        address=_text(detail, "sourceIPAddress"),
    )


def _read_unknown(event: _Event) -> ReportedChange:
    return _change(
        event,
        action=f"{event.source.removeprefix('aws.')}.{_snake(event.detail_type)}"[:_TEXT_CHARS],
        subject=next(iter(event.resources), UNKNOWN_ACTOR)[:_TEXT_CHARS],
    )


_READERS: dict[str, Callable[[_Event], ReportedChange]] = {
    "aws.appconfig": _read_appconfig,
    "aws.s3": _read_s3,
    "aws.ssm": _read_ssm,
}


def _change(event: _Event, *, action: str, subject: str, actor: str = "", **details: str) -> ReportedChange:
    return ReportedChange(
        event_id=event.id,
        actor=actor or UNKNOWN_ACTOR,
        action=action,
        subject=subject,
        reason="Reported by AWS.",
        details={**details},
    )


def _called_upon(detail: Mapping[str, Any]) -> str:
    """Return the id of what a call was about; Secrets Manager writes ``secretId``, ``SecretId`` or an ARN."""
    asked, answered = _part(detail, "requestParameters"), _part(detail, "responseElements")
    more = _part(detail, "additionalEventData")
    found = (
        _text(asked, "secretId"),
        _text(more, "SecretId"),
        _text(answered, "name"),
        _text(answered, "arn") or _text(answered, "aRN"),
        _text(asked, "name"),
        _text(asked, "key"),
        "/".join(filter(None, (_text(asked, name) for name in _APPCONFIG_IDS))),
    )
    return _without_arn(next(filter(None, found), ""))


_SUBJECTS = {"secretsmanager": "secrets"}
_APPCONFIG_IDS = ("applicationId", "environmentId", "configurationProfileId")


def _without_arn(text: str) -> str:
    """Return our own name of a secret from its id or ARN, which adds six characters; others as is."""
    _, mark, name = text.partition(":secret:")
    full = name[:-7] if mark and name[-7:-6] == "-" else text
    return _OUR_SECRETS.sub("", full, count=1)


def _who(identity: Mapping[str, Any]) -> str:
    return _text(identity, "arn") or _text(identity, "invokedBy") or _text(identity, "principalId")


def _named(detail: Mapping[str, Any], field: str) -> str:
    part = _part(detail, field)
    return _text(part, "Name") or _text(part, "Id") or UNKNOWN_ACTOR


def _part(detail: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    part = detail.get(field)
    return part if isinstance(part, dict) else {}


def _text(detail: Mapping[str, Any], field: str) -> str:
    value = detail.get(field)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).encode("utf-8", "replace").decode()[:_TEXT_CHARS]


def _snake(words: str) -> str:
    """Return ``On Deployment Start``, ``OnDeploymentStart`` and ``PutSecretValue`` in one way of writing."""
    return "_".join(_WORDS.sub(" ", words).lower().split()).removeprefix("on_")
