"""What one process does: it advances the publication until that is settled, or dies before."""

from collections.abc import Callable
from typing import Any

from pydantic import SecretStr

from reelwright.environment.schema import PlatformSettings
from reelwright.errors import Retryable
from reelwright.upload.catalogue import load_platforms
from reelwright.upload.errors import (
    PlatformMisconfigured,
    PublicationRefused,
    PublicationUncertain,
    QuotaExceeded,
)
from reelwright.upload.local import SqlitePublications
from reelwright.upload.publishing import Publisher, Reach
from reelwright.upload.quota import QuotaBook
from reelwright.upload.schema import Underway
from reelwright.upload.tokens import OAuthAccess
from tests.chaos.publishing_asked import ACCOUNT, Asked, media_of, plan_of
from tests.chaos.publishing_dying import Death, DyingHttp, DyingPort
from tests.chaos.publishing_venues import SharedClock, Venue
from tests.simulators.platform_access import CLIENT

__all__ = ["publish_once"]

PATIENCE_SECONDS = 10.0
"""Real time for one request: nobody hangs here."""
LOOKS = 60
"""Enough for two days, at one an hour, and then for what is to be done."""


class _Keys:
    """A SecretsManager with one client."""

    def with_secret(self, _reference: Any, _kind: Any, call: Callable[[Any], Any]) -> Any:
        """Return what the call makes of the client."""
        return call(CLIENT)

    def set(self, name: str, text: SecretStr) -> str:
        """Refuse: no token is given a successor here."""
        raise AssertionError(f"{name} was to be replaced")


def publish_once(asked: Asked, death: Death, clock: SharedClock, venue: Venue) -> dict[str, Any]:
    """Be one process, and say how it ended: ``settled`` or to be gone on with by another."""
    publisher = _publisher(asked, death, clock, venue)
    plan, media = plan_of(asked, venue), media_of(asked)
    said: dict[str, Any] = {"settled": False}
    for _ in range(LOOKS):
        try:
            outcome = publisher.publish(asked.production_id, plan, media)
        except (PublicationRefused, PublicationUncertain) as error:
            return {"settled": True, "state": "", "error": type(error).__name__, "message": error.message}
        except QuotaExceeded as error:
            clock.advance(max(0.0, (error.available_at - clock.now()).total_seconds()))
            continue
        except (Retryable, PlatformMisconfigured) as error:  # two tokens in a row that ended: somebody looks
            return {"settled": False, "why": f"{type(error).__name__}: {error.message}"}
        if not isinstance(outcome, Underway):
            record = publisher.record(asked.production_id, ACCOUNT)
            state = record.state if record else ""
            return {"settled": True, "state": state, "remote_id": outcome.remote_id}
        said = {"settled": False, "why": outcome.why}
        clock.advance(outcome.check_after_seconds)
    return said


def _publisher(asked: Asked, death: Death, clock: SharedClock, venue: Venue) -> Publisher:
    remote = venue.platform(DyingHttp(death, PATIENCE_SECONDS))
    store: Any = DyingPort(SqlitePublications(asked.folder / "publications.sqlite"), death)
    limits = load_platforms()[venue.name]
    settings = PlatformSettings(enabled=True, endpoints=(venue.simulator.url,))
    access = OAuthAccess(venue.name, settings, _Keys(), remote.exchange, clock)
    quota = QuotaBook(store, venue.name, ACCOUNT, limits.quota, clock)
    return Publisher(Reach(remote, access, limits, quota), store, clock)
