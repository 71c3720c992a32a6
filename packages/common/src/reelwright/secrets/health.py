"""Looking at secrets before anybody has to: what is missing, misshapen, old or stuck."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from reelwright.clock import Clock
from reelwright.environment.secret import SigningKey
from reelwright.errors import ReelwrightError
from reelwright.secrets.errors import SecretMalformed, SecretMissing, SecretNameInvalid
from reelwright.secrets.kinds import kind_of, missing, parse
from reelwright.secrets.ports import SecretStore
from reelwright.secrets.schema import SecretDescription, SecretFinding, SecretHealth, SecretVersion

__all__ = ["Checkup", "oldest_rotating_seconds"]

_STUCK_AFTER: Final = timedelta(hours=1)
_OVERDUE_AFTER: Final = timedelta(days=1)
"""Rotations happen some time within their day."""
_OLD_AFTER: Final = timedelta(days=365)
_OLD_KEY_AFTER: Final = timedelta(days=90)
"""For keys that we could renew ourselves and that have no schedule."""
_SECONDS_PER_DAY: Final = 86_400


class Checkup:
    """Examines the secrets of one store."""

    def __init__(self, store: SecretStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def examine(self, name: str) -> SecretHealth:
        """Return the state of one secret; whatever is wrong with it is a finding, not an error."""
        description: SecretDescription | None = None
        age: timedelta | None = None
        findings: list[SecretFinding] = []
        try:
            kind_of(name)
            description = self._store.describe(name)
            findings += self._of_rotation(description) if description else ()
            version = self._version(name, description)
            age = self._age(version, description)
            findings += self._of_age(name, age, description)
            parse(name, kind_of(name), version.text)
        except ReelwrightError as error:
            findings.append(_as_finding(error))
        return SecretHealth(
            name=name,
            kind=_kind_name(name),
            description=description,
            age_days=age.total_seconds() / _SECONDS_PER_DAY if age is not None else None,
            findings=tuple(findings),
        )

    def _version(self, name: str, description: SecretDescription | None) -> SecretVersion:
        if description is None:
            raise missing(name, "does not exist")
        if not description.has_value:
            raise _no_value(name)
        try:
            return self._store.read(name)
        except SecretMissing as error:
            raise _no_value(name) from error

    def _age(self, version: SecretVersion, description: SecretDescription | None) -> timedelta | None:
        """Return the age of the value; where the store does not tell, of the last change to the secret."""
        since = version.created_at or (description.changed_at if description else None)
        return self._since(since) if since else None

    def _of_age(
        self, name: str, age: timedelta | None, description: SecretDescription | None
    ) -> Iterator[SecretFinding]:
        ours = kind_of(name) is SigningKey
        if age is None or (description and description.rotates):
            return
        if age > (_OLD_KEY_AFTER if ours else _OLD_AFTER):
            yield SecretFinding(
                code="too_old",
                message=f"The value of {name} is {age.days} days old and no schedule renews it.",
                next_step=_how_to_renew(name),
            )

    def _of_rotation(self, description: SecretDescription) -> Iterator[SecretFinding]:
        due, pending = description.next_rotation_at, description.pending_since
        if description.rotates and due and self._since(due) > _OVERDUE_AFTER:
            yield SecretFinding(
                code="rotation_overdue",
                message=f"The rotation of {description.name} was due on {due:%Y-%m-%d} and has not happened.",
                next_step=f"Read the log of the rotation function, then: {_how_to_renew(description.name)}",
            )
        if pending and self._since(pending) > _STUCK_AFTER:
            yield SecretFinding(
                code="pending_stuck",
                message=f"A rotation of {description.name} began at {pending:%Y-%m-%d %H:%M} UTC; it hangs.",
                next_step=f"Read the log of the rotation function, then: {_how_to_renew(description.name)}",
            )

    def _since(self, moment: datetime) -> timedelta:
        return self._clock.now() - moment


class _NoValue(SecretMissing):
    """The secret exists; it was never given a value."""


def oldest_rotating_seconds(healths: Iterable[SecretHealth]) -> float:
    """Return the age of the oldest secret that a schedule renews; 0 if there is none."""
    rotating = (each for each in healths if each.description and each.description.rotates)
    return max((each.age_days * _SECONDS_PER_DAY for each in rotating if each.age_days), default=0.0)


def _no_value(name: str) -> _NoValue:
    like = missing(name, "has no value")
    return _NoValue(like.message, next_step=like.next_step, context=like.context)


def _as_finding(error: ReelwrightError) -> SecretFinding:
    message, next_step = error.message, error.next_step
    match error:
        case _NoValue():
            return SecretFinding(code="no_value", message=message, next_step=next_step)
        case SecretMissing():
            return SecretFinding(code="missing", message=message, next_step=next_step)
        case SecretMalformed() | SecretNameInvalid():
            return SecretFinding(code="malformed", message=message, next_step=next_step)
    return SecretFinding(code="unreadable", message=message, next_step=next_step)


def _kind_name(name: str) -> str:
    try:
        return kind_of(name).__name__
    except SecretNameInvalid:
        return ""


def _how_to_renew(name: str) -> str:
    if kind_of(name) is SigningKey:
        return f"reelwright secrets rotate {name}"
    return f"Make a new one in the provider's console, then: reelwright secrets set {name}"
