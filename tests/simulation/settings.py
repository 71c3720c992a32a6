"""The settings that the simulated world works with, and a snapshot of any settings."""

from reelwright.config.schema import Snapshot
from reelwright.environment.fingerprint import fingerprint
from reelwright.environment.schema import Settings


def snapshot_of(settings: Settings) -> Snapshot:
    """Return what a manager would give if all the settings were at their defaults."""
    return Snapshot(
        environment="local",
        settings=settings,
        fingerprint=fingerprint(settings),
        generation=1,
        values={},
    )
