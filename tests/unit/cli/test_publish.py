"""`reelwright publish`."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from reelwright.pipeline.republishing import Republisher
from reelwright.production.schema import Publication
from reelwright.upload.errors import QuotaExceeded
from reelwright.upload.schema import PublicationPlan
from tests.unit.cli.conftest import Run

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
PLAN = PublicationPlan(
    platform="youtube",
    account="main",
    marker="rw0",
    title="Tides\x1b[31m",
    description="The sea.\n0:00 High water",
    tags=("tides", "rw0"),
    privacy="public",
    publish_at=NOON,
    send_captions=True,
    told=("The title was cut from 120 to 100 characters.",),
)


class Fake:
    """A Republisher that waits once, or is told that the quota is used up."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.closed = 0
        self.quota = False

    def preview(self, production_id: str, platform: str) -> PublicationPlan:
        self.asked.append((production_id, platform))
        return PLAN

    def publish(
        self, production_id: str, platform: str, on_wait: Callable[[str, float], None]
    ) -> Publication:
        self.asked.append((production_id, platform))
        if self.quota:
            raise QuotaExceeded("youtube takes no more.", available_at=NOON)
        on_wait("The platform is still processing it.", 15.0)
        return Publication(
            platform=platform, remote_id="v1", location="https://video.example/v1", published_at=NOON
        )

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    made = Fake()
    monkeypatch.setattr(Republisher, "for_environment", lambda *_, **__: made)
    return made


def test_it_says_where_it_is_published_and_why_it_waits(run: Run, fake: Fake) -> None:
    outcome = run("publish", "prod_1", "--platform", "youtube")
    assert outcome.code == 0
    assert outcome.out == "Published on youtube as v1: https://video.example/v1\n"
    assert outcome.err == "The platform is still processing it. Looking again in 15 s.\n"
    assert (fake.asked, fake.closed) == ([("prod_1", "youtube")], 1)


def test_json_is_the_publication_and_nothing_else(run: Run, fake: Fake) -> None:
    told: dict[str, Any] = json.loads(run("publish", "prod_1", "--platform", "youtube", "--json").out)
    assert told["production_id"] == "prod_1"
    assert told["publication"]["remote_id"] == "v1"
    assert fake.closed == 1


def test_the_preview_shows_all_that_is_told(run: Run, fake: Fake) -> None:
    outcome = run("publish", "prod_1", "--platform", "youtube", "--preview")
    assert outcome.code == 0
    for said in (
        "To youtube, account main, as public:",
        "title        Tides\n",
        "             0:00 High water",
        "tides, rw0",
        "video, captions",
        "made by a machine, not made for kids, public at 2026-11-26 12:00 UTC",
        "note         The title was cut",
    ):
        assert said in outcome.out
    plan = json.loads(run("publish", "prod_1", "--platform", "youtube", "--preview", "--json").out)["plan"]
    assert PublicationPlan.model_validate(plan) == PLAN
    assert fake.closed == 2


def test_a_used_up_quota_is_a_refusal_that_says_when(run: Run, fake: Fake) -> None:
    fake.quota = True
    outcome = run("publish", "prod_1", "--platform", "youtube")
    assert outcome.code == 3
    assert "after 2026-11-26 12:00 UTC" in outcome.err
    assert fake.closed == 1


def test_without_a_platform_it_asks_for_one(run: Run) -> None:
    outcome = run("publish", "prod_1")
    assert outcome.code == 2
    assert "--platform" in outcome.err
