"""The quota of one account: what is left of it, and when there is more."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reelwright.clock import Clock
from reelwright.upload.catalogue import QuotaLimits
from reelwright.upload.errors import PlatformUnavailable, QuotaExceeded
from reelwright.upload.ports import PublicationStore
from reelwright.upload.record import QuotaRecord

__all__ = ["QuotaBook"]

_HOUR = 3600
_DAY = timedelta(days=1)
_TRIES = 20


class QuotaBook:
    """Takes units before they are used, so that all workers together stay below the limits."""

    def __init__(
        self,
        store: PublicationStore,
        platform: str,
        account: str,
        limits: QuotaLimits,
        clock: Clock,
        *,
        own_limits: Mapping[str, int] | None = None,
    ) -> None:
        """Take the limits; ``own_limits`` are an account's own instead of the catalogue's."""
        self._store = store
        self._platform = platform
        self._account = account
        self._limits = limits
        self._clock = clock
        self._sizes = {**limits.buckets, **(own_limits or {})}

    def check(self, calls: Sequence[str]) -> None:
        """Raise QuotaExceeded if all these calls together do not fit into what is left. Takes nothing."""
        self._check(self._read(), self._needs(calls))

    def take(self, call: str) -> None:
        """Take the units of a call; QuotaExceeded, and nothing is taken, if they are not there."""
        needs = self._needs([call])
        if not needs:
            return
        for _ in range(_TRIES):
            record = self._read()
            self._check(record, needs)
            if self._store.put_quota(self._with(record, needs)):
                return
        raise _contended(self._platform)

    def close(self, call: str, until: datetime) -> None:
        """Note that the platform calls the bucket of a call empty until a moment."""
        buckets = [*self._needs([call])] or [call]
        for _ in range(_TRIES):
            record = self._read()
            closed = {**record.closed_until, **dict.fromkeys(buckets, until)}
            if self._store.put_quota(
                record.model_copy(update={"closed_until": closed, "version": record.version + 1})
            ):
                return

    def used(self) -> dict[str, tuple[int, int]]:
        """Return what is used of each bucket, and its size."""
        record = self._read()
        return {bucket: (self._used(record, bucket), size) for bucket, size in self._sizes.items()}

    def _needs(self, calls: Sequence[str]) -> dict[str, int]:
        needs: dict[str, int] = {}
        for call in calls:
            cost = self._limits.calls.get(call)
            if cost is not None:
                needs[cost.bucket] = needs.get(cost.bucket, 0) + cost.units
        return needs

    def _check(self, record: QuotaRecord, needs: Mapping[str, int]) -> None:
        now = self._clock.now()
        for bucket, units in needs.items():
            closed = record.closed_until.get(bucket)
            if closed is not None and closed > now:
                raise self._exceeded(bucket, closed)
            if self._used(record, bucket) + units > self._sizes[bucket]:
                raise self._exceeded(bucket, self._available_at(record, bucket, units))

    def _used(self, record: QuotaRecord, bucket: str) -> int:
        since = self._since()
        return sum(units for hour, units in record.spent.get(bucket, {}).items() if hour >= since)

    def _since(self) -> int:
        """Return the first hour that still counts."""
        now = self._clock.now()
        start = now - _DAY if self._limits.window == "rolling" else self._midnight(now)
        return int(start.timestamp()) // _HOUR

    def _midnight(self, now: datetime, *, days: int = 0) -> datetime:
        zone = ZoneInfo(self._limits.time_zone)
        day = now.astimezone(zone).date() + timedelta(days=days)
        return datetime.combine(day, time(), zone).astimezone(UTC)

    def _available_at(self, record: QuotaRecord, bucket: str, units: int) -> datetime:
        now = self._clock.now()
        if self._limits.window == "day":
            return self._midnight(now, days=1)
        spent, used = record.spent.get(bucket, {}), self._used(record, bucket)
        for hour in sorted(spent):
            if hour >= self._since():
                used -= spent[hour]
                if used + units <= self._sizes[bucket]:
                    return datetime.fromtimestamp((hour + 1) * _HOUR, UTC) + _DAY
        return now + _DAY

    def _with(self, record: QuotaRecord, needs: Mapping[str, int]) -> QuotaRecord:
        now, since = int(self._clock.now().timestamp()) // _HOUR, self._since()
        spent = {
            bucket: {hour: units for hour, units in hours.items() if hour >= since}
            for bucket, hours in record.spent.items()
        }
        for bucket, units in needs.items():
            hours = spent.setdefault(bucket, {})
            hours[now] = hours.get(now, 0) + units
        return record.model_copy(update={"spent": spent, "version": record.version + 1})

    def _read(self) -> QuotaRecord:
        return self._store.quota(self._platform, self._account)

    def _exceeded(self, bucket: str, until: datetime) -> QuotaExceeded:
        return QuotaExceeded(
            f"{self._platform} takes no more of the account {self._account}: {bucket} of today are used up.",
            available_at=until,
            context={"platform": self._platform, "bucket": bucket, "limit": self._sizes.get(bucket, 0)},
        )


def _contended(platform: str) -> PlatformUnavailable:
    return PlatformUnavailable(
        f"Too many publish on {platform} at once.", next_step="Try again in a moment.", retry_after_seconds=5
    )
