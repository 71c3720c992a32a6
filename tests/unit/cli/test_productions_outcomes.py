"""`reelwright productions outcomes`, and what `show` says of publications."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reelwright.clock import VirtualClock
from reelwright.pipeline import publications
from reelwright.pipeline.republishing import Republisher
from reelwright.storage.errors import StorageUnavailable
from reelwright.upload.errors import PlatformUnavailable
from reelwright.upload.local import SqlitePublications
from reelwright.upload.outcomes import OutcomePoint
from reelwright.upload.outcomes_local import SqliteOutcomes
from reelwright.upload.record import PublicationRecord
from reelwright.upload.schema import PublicationOutcome, PublicationPlan
from tests.unit.cli.conftest import Run
from tests.unit.cli.fake_studio import World
from tests.unit.upload.packages import OTHER_ID, PRODUCTION_ID
from tests.unit.upload.test_outcomes import Teller

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def root(place: Path) -> Path:
    return place / ".reelwright"


class Reporter:
    """A Republisher that is told whose report to write, and may be unable to."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.error: Exception | None = None

    def tell(self, production_id: str) -> bool:
        self.told.append(production_id)
        if self.error:
            raise self.error
        return True

    def close(self) -> None:
        self.told.append("closed")


@pytest.fixture
def reporter(monkeypatch: pytest.MonkeyPatch) -> Reporter:
    made = Reporter()
    monkeypatch.setattr(Republisher, "for_environment", lambda *_, **__: made)
    return made


@pytest.fixture
def youtube(monkeypatch: pytest.MonkeyPatch) -> Teller:
    teller = Teller(VirtualClock())
    monkeypatch.setattr(publications, "video_platforms", lambda: {"youtube": teller})
    return teller


def publish(root: Path, production_id: str = PRODUCTION_ID, **told: Any) -> PublicationRecord:
    record = PublicationRecord.model_validate(
        {
            "version": 1,
            "production_id": production_id,
            "platform": "youtube",
            "account": "main",
            "state": "public",
            "remote_id": "v1",
            "url": "https://video.example/v1",
            "plan": PublicationPlan(platform="youtube", marker="rw0", title="Tides", privacy="public"),
            "video_sha256": "00",
            "begun_at": NOON,
            "changed_at": NOON,
            "published_at": NOON,
        }
        | told
    )
    assert SqlitePublications(root / "publications.db").put(record)
    return record


def tell(root: Path, record: PublicationRecord, minutes: int = 0, **told: Any) -> None:
    point = OutcomePoint(
        production_id=record.production_id,
        platform=record.platform,
        account=record.account,
        remote_id=record.remote_id,
        collected_at=NOON + timedelta(minutes=minutes),
        outcome=PublicationOutcome(**told),
    )
    SqliteOutcomes(root / "outcomes.db").append(point)


def test_where_nothing_is_published_nothing_is_made(run: Run, place: Path) -> None:
    assert run("productions", "outcomes").out == "Nothing is published on a video platform.\n"
    assert json.loads(run("productions", "outcomes", "--json").out) == {"publications": []}
    assert list(place.iterdir()) == []


def test_all_that_was_told_of_one_is_shown_and_what_is_missing_is_no_0(run: Run, root: Path) -> None:
    record = publish(root)
    tell(root, record, views=0)
    tell(root, record, 60, views=1234, likes=5, watched_seconds=9.5, untold="Why.")
    text = run("productions", "outcomes", PRODUCTION_ID).out
    assert text.splitlines() == [
        f"{PRODUCTION_ID}  youtube, public: https://video.example/v1",
        "  2026-11-26 12:00 UTC: 0 views, — likes, — comments, — shares, watched —, — a view",
        "  2026-11-26 13:00 UTC: 1,234 views, 5 likes, — comments, — shares, watched 10 s, — a view (Why.)",
    ]
    (told,) = json.loads(run("productions", "outcomes", PRODUCTION_ID, "--json").out)["publications"]
    assert [point["outcome"]["likes"] for point in told["series"]] == [None, 5]
    assert told["newest"] == told["series"][-1]


def test_without_an_id_the_newest_of_each_are_shown(run: Run, root: Path) -> None:
    tell(root, publish(root, OTHER_ID), views=3)
    publish(root)
    text = run("productions", "outcomes").out
    assert text.index(PRODUCTION_ID) < text.index("nothing is told of it yet") < text.index(OTHER_ID)
    assert "3 views" in text
    assert OTHER_ID not in run("productions", "outcomes", "--limit", "1").out


def test_collect_asks_now_and_says_what_a_platform_does_not_tell(
    run: Run, root: Path, youtube: Teller, reporter: Reporter
) -> None:
    publish(root)
    assert run("config", "set", "platforms.youtube.enabled", "true", "--reason", "ours").code == 0
    told = json.loads(run("productions", "outcomes", PRODUCTION_ID, "--collect", "--json").out)
    assert told["collected"]["platforms"]["youtube"]["collected"] == 1
    assert [point["outcome"]["views"] for point in told["publications"][0]["series"]] == [1]
    assert reporter.told == [PRODUCTION_ID, "closed"]
    reporter.error = StorageUnavailable("No room.")
    assert "does not say it yet: No room." in run("productions", "outcomes", PRODUCTION_ID, "--collect").err
    youtube.error = PlatformUnavailable("YouTube is away.")
    outcome = run("productions", "outcomes", PRODUCTION_ID, "--collect")
    assert outcome.code == 0
    assert "youtube did not tell all: YouTube is away." in outcome.err


def test_show_tells_what_is_published_whenever_it_was_and_how_it_did(
    run: Run, world: World, root: Path
) -> None:
    run("make", "Tides")
    (production_id,) = world.productions
    assert json.loads(run("productions", "show", production_id, "--json").out)["publications"] == []
    tell(root, publish(root, production_id), views=7)
    (told,) = json.loads(run("productions", "show", production_id, "--json").out)["publications"]
    assert (told["url"], told["newest"]["outcome"]["views"]) == ("https://video.example/v1", 7)
    text = run("productions", "show", production_id).out
    assert "youtube    public    https://video.example/v1\n    2026-11-26 12:00 UTC: 7 views" in text


def test_show_goes_without_what_cannot_be_read(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("make", "Tides")
    (production_id,) = world.productions

    def away(*_: Any) -> Any:
        raise StorageUnavailable("The table is away.")

    monkeypatch.setattr(publications.PublicationDesk, "of", away)
    outcome = run("productions", "show", production_id)
    assert outcome.code == 0
    assert "What is published of it cannot be read: The table is away." in outcome.err
