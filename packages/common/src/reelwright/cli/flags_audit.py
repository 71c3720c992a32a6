"""The audit trail for those who pull a kill switch."""

from pydantic import JsonValue

from reelwright.cli.configuring import open_audit
from reelwright.cli.output import note
from reelwright.clock import SystemClock
from reelwright.errors import ReelwrightError
from reelwright.storage.schema import AuditEntry

__all__ = ["Regardless"]


class Regardless:
    """An audit trail that keeps nobody from pulling a switch: what cannot be noted is done all the same."""

    def __init__(self, environment: str) -> None:
        self._environment = environment

    def append(
        self,
        *,
        actor: str,
        action: str,
        subject: str,
        reason: str,
        details: dict[str, JsonValue],
        once: str | None = None,
    ) -> AuditEntry:
        """Add an entry; if that fails, say so and return what it would have been."""
        told = {"actor": actor, "action": action, "subject": subject, "reason": reason}
        try:
            return open_audit(self._environment).append(**told, details=details, once=once)
        except ReelwrightError as error:
            note(f"Not in the audit trail ({action}): {error.message}")
        return AuditEntry(sequence=1, at=SystemClock().now(), **told, details=details, previous="", digest="")

    def entries(self, *, subject: str | None = None, limit: int | None = None) -> tuple[AuditEntry, ...]:
        """Return entries, newest first."""
        return open_audit(self._environment).entries(subject=subject, limit=limit)

    def verify(self) -> tuple[str, ...]:
        """Return what is wrong with the chain."""
        return open_audit(self._environment).verify()
