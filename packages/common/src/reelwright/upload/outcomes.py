"""What is kept of how publications did, and when a publication is looked at again."""

from datetime import datetime, timedelta
from typing import Final, Protocol

from pydantic import BaseModel, ConfigDict

from reelwright.environment.publishing import OutcomeSettings
from reelwright.upload.record import PublicationKey, PublicationRecord
from reelwright.upload.schema import PublicationOutcome

__all__ = ["OutcomePoint", "OutcomeStore", "due_at", "shown_since"]

_SLACK: Final = 0.1
"""Share of an interval by which a look may come early: whoever calls regularly is never exactly regular."""


class OutcomePoint(BaseModel):
    """How one publication did, as its platform told at one moment: a point of a series."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    production_id: str
    platform: str
    account: str
    remote_id: str
    collected_at: datetime
    found: bool = True
    """Whether the platform told anything of it; what was removed there is not found."""
    outcome: PublicationOutcome = PublicationOutcome()

    @property
    def key(self) -> PublicationKey:
        """Return the name of the publication."""
        return PublicationKey(self.production_id, self.platform, self.account)


class OutcomeStore(Protocol):
    """Series of outcomes by publication, durable on return. StorageUnavailable if it cannot be used."""

    def append(self, point: OutcomePoint) -> None:
        """Add a point; one of the same publication and moment is there once."""
        ...

    def newest(self, key: PublicationKey) -> OutcomePoint | None:
        """Return the last point of a publication; None if there is none."""
        ...

    def series(self, key: PublicationKey) -> tuple[OutcomePoint, ...]:
        """Return all points of a publication, oldest first."""
        ...


def due_at(
    record: PublicationRecord, newest: OutcomePoint | None, settings: OutcomeSettings, now: datetime
) -> datetime | None:
    """Return from when a publication is to be looked at again; None if it is not, or no more.

    It thins out with age: every hour at first, then every day, then every week, as long as the settings say.
    How old it was when it was last looked at is what counts, so that what is late stays as late as it is.
    """
    since = shown_since(record)
    if since is None or not since <= now < since + timedelta(days=settings.weekly_for_days):
        return None
    before = newest.collected_at if newest else since
    return before + _interval(before - since, settings) * (1 - _SLACK)


def shown_since(record: PublicationRecord) -> datetime | None:
    """Return from when viewers can find a publication, or its owner if it is private; None if never."""
    if not record.is_over or record.state == "refused" or not record.remote_id:
        return None
    moments = [each for each in (record.published_at, record.public_at) if each]
    return max(moments, default=record.changed_at)


def _interval(age: timedelta, settings: OutcomeSettings) -> timedelta:
    if age < timedelta(hours=settings.hourly_for_hours):
        return timedelta(hours=1)
    return timedelta(days=1 if age < timedelta(days=settings.daily_for_days) else 7)
