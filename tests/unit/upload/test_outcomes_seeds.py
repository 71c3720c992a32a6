"""Collecting in worlds that are drawn: whatever platforms do, series stay true, and nobody waits for long."""

from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from reelwright.environment.publishing import OutcomeSettings
from reelwright.environment.schema import PlatformSettings
from reelwright.upload.errors import (
    PlatformAnswerLost,
    PlatformUnavailable,
    PublicationRefused,
    QuotaExceeded,
)
from reelwright.upload.outcomes import OutcomePoint, shown_since
from reelwright.upload.record import PublicationRecord
from tests.unit.upload.test_outcomes import DAY, HOUR, World

SCHEDULE = OutcomeSettings(hourly_for_hours=24, daily_for_days=5, weekly_for_days=30)
UNITS = 6


def lived(seed: int) -> tuple[World, list[PublicationRecord], Random]:
    """Publish now and then for twelve days, on platforms that fail now and then, and collect every hour."""
    rng, world = Random(seed), World()
    world.schedule = SCHEDULE
    world.settings["youtube"] = PlatformSettings(enabled=True, daily_limits={"units": UNITS})
    records: list[PublicationRecord] = []
    for _ in range(12 * 24):
        if rng.random() < 0.03:
            records.append(world.publish(rng.choice(sorted(world.tellers)), len(records)))
        for teller in world.tellers.values():
            teller.error, teller.seconds = None, rng.choice((0.0, 0.0, 0.0, 40.0))
            if rng.random() < 0.2:
                teller.error = rng.choice(
                    (
                        PlatformUnavailable("away"),
                        PlatformAnswerLost("lost"),
                        PublicationRefused("no"),
                        QuotaExceeded("used up", available_at=world.clock.now() + 3 * HOUR),
                        ValueError("odd"),
                    )
                )
        world.clock.sleep(rng.uniform(3500, 3700))
        world.collect()
    return world, records, rng


def series(world: World, record: PublicationRecord) -> tuple[OutcomePoint, ...]:
    return world.remotes.series.series(record.key)


def least_gap(age: timedelta) -> timedelta:
    """Return how far the next point is at least from one of this age."""
    if age < timedelta(hours=SCHEDULE.hourly_for_hours):
        return 0.9 * HOUR
    return 0.9 * DAY if age < SCHEDULE.daily_for_days * DAY else 6.3 * DAY


@pytest.mark.parametrize("seed", range(6))
def test_series_are_true_and_no_platform_is_asked_too_often(seed: int) -> None:
    world, records, _ = lived(seed)
    for record in records:
        points, since = series(world, record), shown_since(record)
        assert since
        assert {point.remote_id for point in points} <= {record.remote_id}
        for before, after in pairwise(points):
            assert after.collected_at - before.collected_at >= least_gap(before.collected_at - since)
    used, size = world.remotes.quota("youtube", world.settings["youtube"]).used()["units"]
    assert used <= size == UNITS


@pytest.mark.parametrize("seed", range(6))
def test_once_platforms_are_well_nothing_is_late_for_long(seed: int) -> None:
    world, records, _ = lived(seed)
    for teller in world.tellers.values():
        teller.error, teller.seconds = None, 0.0
    world.clock.sleep(2 * DAY.total_seconds())
    for _ in range(3):
        world.collect()
        world.clock.sleep(HOUR.total_seconds())
    assert world.late() == 0.0
    assert all(series(world, record) for record in records)
