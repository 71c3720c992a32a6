"""When readers are due, AppConfig may be asked, however long its last answer took."""

import io
from typing import Any

from reelwright.clock import VirtualClock
from reelwright.config.aws_sources import AppConfigSource

TTL_SECONDS = 30.0
ANSWER_SECONDS = 0.4


class SlowAppConfig:
    """A client whose answers take time, and which counts them."""

    class exceptions:  # noqa: N801 (boto3's name)
        BadRequestException = KeyError

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.asked = 0
        self.interval = 0

    def start_configuration_session(self, **wanted: Any) -> dict[str, Any]:
        self.interval = wanted["RequiredMinimumPollIntervalInSeconds"]
        return {"InitialConfigurationToken": "first"}

    def get_latest_configuration(self, **_: Any) -> dict[str, Any]:
        self.clock.advance(ANSWER_SECONDS)
        self.asked += 1
        return {
            "Configuration": io.BytesIO(b'{"schema_version": 1, "settings": {}}'),
            "NextPollConfigurationToken": "next",
            "NextPollIntervalInSeconds": self.interval,
        }


def test_a_source_that_is_due_asks_anew_and_does_not_wait_for_another_interval() -> None:
    clock = VirtualClock()
    client = SlowAppConfig(clock)
    source = AppConfigSource(client, clock, application="app1", ttl_seconds=TTL_SECONDS)
    for count in range(1, 4):
        started = clock.monotonic()
        source.fetch(None)
        assert client.asked == count
        clock.advance(started + TTL_SECONDS - clock.monotonic())
