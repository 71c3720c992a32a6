"""Publishing on video platforms as the pipeline does it: pending while they are at it, once in the end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reelwright.environment.loader import load_environment
from reelwright.environment.schema import PlatformSettings, Settings
from reelwright.errors import InvalidInput
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.republishing import Republisher
from reelwright.pipeline.stepping import Stepper
from reelwright.pipeline.studio import Studio
from reelwright.pipeline.wiring import Request, begin, workshop_of
from reelwright.production.schema import Brief
from reelwright.storage.errors import StorageFull
from reelwright.upload.errors import QuotaExceeded
from reelwright.upload.memory import MemoryPublications
from reelwright.upload.outcomes import OutcomePoint
from reelwright.upload.remotes import RemotePlatforms
from reelwright.upload.schema import PublicationOutcome
from tests.simulation.settings import snapshot_of
from tests.unit.upload.packages import PRODUCTION_ID
from tests.unit.upload.pretending import PretendPlatform
from tests.unit.upload.test_publishing import once
from tests.unit.upload.test_remotes import Secrets


class Scene:
    """Parts with YouTube among the platforms, and a studio of them."""

    def __init__(self, parts: Parts, folder: Path) -> None:
        self.youtube = PretendPlatform(parts.clock)
        self.store = MemoryPublications()
        remotes = RemotePlatforms(
            adapters={"youtube": self.youtube},
            store=self.store,
            secrets=Secrets(),
            clock=parts.clock,
            environment="local",
        )
        self.parts = replace(parts, remotes=remotes)
        self.settings = with_youtube()
        self.out_dir = folder / "out"

    def studio(self) -> Studio:
        return Studio("local", lambda: snapshot_of(self.settings), self.parts, out_dir=self.out_dir)

    def republisher(self) -> Republisher:
        return Republisher(self.parts, snapshot_of(self.settings))


def with_youtube(**told: Any) -> Settings:
    settings = load_environment("local").settings
    opened = PlatformSettings(**{"enabled": True, "privacy": "public", "test_account": True} | told)
    return settings.model_copy(update={"platforms": {**settings.platforms, "youtube": opened}})


@pytest.fixture
def scene(parts: Parts, tmp_path: Path) -> Scene:
    return Scene(parts, tmp_path)


def brief(*platforms: str) -> Brief:
    return Brief(topic="Tides", duration_seconds=20, platforms=platforms)


def test_a_production_is_published_on_each_platform_of_its_brief(scene: Scene) -> None:
    production = scene.studio().make(brief("folder", "youtube"))
    assert production.status == "completed"
    (video,) = scene.youtube.videos
    assert video.state == "public"
    (record,) = scene.store.recent("youtube", 9)
    assert record.production_id == production.id
    assert record.plan.told == ()


def test_what_the_platform_keeps_waiting_is_pending_and_done_later(scene: Scene) -> None:
    for name in ("begin", "send", "look"):
        scene.youtube.fault = once(name, "unavailable")
        production = scene.studio().make(brief("youtube"))
        assert production.step("publish").attempts > 1
    assert len(scene.youtube.videos) == 3


def test_one_call_of_a_state_machine_says_when_to_ask_again(scene: Scene) -> None:
    scene.youtube.fault = once("look", "lost")
    request = Request(PRODUCTION_ID, "local", brief("youtube"), str(scene.out_dir / PRODUCTION_ID))
    begin(scene.parts, request, snapshot_of(scene.settings))
    stepper = Stepper(workshop_of(scene.parts))
    outcomes = []
    for step in scene.parts.steps:
        for index in stepper.open_step(PRODUCTION_ID, step.name):
            while (outcome := stepper.run_item(PRODUCTION_ID, step.name, index)).state == "pending":
                outcomes.append((step.name, outcome.check_after_seconds))
                scene.parts.clock.sleep(outcome.check_after_seconds)
    assert outcomes == [("publish", 20.0)]
    assert stepper.finish(PRODUCTION_ID).status == "completed"
    assert [video.state for video in scene.youtube.videos] == ["public"]


def test_a_used_up_quota_fails_with_the_time_and_resuming_then_goes_on(scene: Scene) -> None:
    until = scene.parts.clock.now() + timedelta(hours=3)

    def empty(name: str) -> str:
        if name == "begin":
            raise QuotaExceeded("no more today", available_at=until)
        return ""

    scene.youtube.fault = empty
    with pytest.raises(QuotaExceeded) as refused:
        scene.studio().make(brief("youtube"))
    scene.youtube.fault = lambda _: ""
    (production,) = scene.studio().productions()
    assert production.status == "failed"
    scene.parts.clock.sleep((refused.value.available_at - scene.parts.clock.now()).total_seconds())
    assert scene.studio().resume(production.id).status == "completed"
    assert len(scene.youtube.videos) == 1


def test_what_was_made_is_published_later_once(scene: Scene) -> None:
    production = scene.studio().make(brief("folder"))
    assert scene.youtube.videos == []
    plan = scene.republisher().preview(production.id, "youtube")
    assert scene.youtube.calls == []
    assert plan.duration_seconds > 0
    scene.youtube.fault = once("send", "lost")
    waits: list[float] = []
    first = scene.republisher().publish(production.id, "youtube", lambda _, seconds: waits.append(seconds))
    assert scene.republisher().publish(production.id, "youtube", lambda _, __: None) == first
    assert len(scene.youtube.videos) == 1
    assert scene.store.recent("youtube", 9)[0].plan == plan


def test_the_account_says_what_was_published_later_and_how_it_did(scene: Scene) -> None:
    told: list[dict[str, Any]] = []
    scene.parts = replace(scene.parts, finish=lambda _, values: told.append(values))
    production = scene.studio().make(brief("folder"))
    later = scene.republisher().publish(production.id, "youtube", lambda _, __: None)
    assert told[1] == {**told[0], "publications": (*told[0]["publications"], later), "outcomes": ()}
    (record,) = scene.store.recent("youtube", 9)
    point = OutcomePoint(
        production_id=production.id,
        platform="youtube",
        account=record.account,
        remote_id=record.remote_id,
        collected_at=scene.parts.clock.now(),
        outcome=PublicationOutcome(views=3),
    )
    assert scene.parts.remotes
    scene.parts.remotes.series.append(point)
    assert scene.republisher().tell(production.id)
    assert told[2] == {**told[1], "outcomes": (point,)}


def test_an_account_that_cannot_be_written_is_no_reason_to_fail_what_is_published(scene: Scene) -> None:
    production = scene.studio().make(brief("folder"))

    def full(*_: Any) -> None:
        raise StorageFull("no space")

    scene.parts = replace(scene.parts, finish=full)
    assert scene.republisher().publish(production.id, "youtube", lambda _, __: None).platform == "youtube"
    with pytest.raises(StorageFull):
        scene.republisher().tell(production.id)


def test_what_is_not_completed_has_no_account_to_write(scene: Scene) -> None:
    request = Request(PRODUCTION_ID, "local", brief("folder"), str(scene.out_dir / PRODUCTION_ID))
    begin(scene.parts, request, snapshot_of(scene.settings))
    assert not scene.republisher().tell(PRODUCTION_ID)


def test_waiting_for_the_platform_is_told(scene: Scene) -> None:
    production = scene.studio().make(brief("folder"))
    scene.youtube.fault = once("begin", "unavailable")
    told: list[str] = []
    scene.republisher().publish(production.id, "youtube", lambda why, _: told.append(why))
    assert told == ["away"]


def test_what_is_not_made_yet_is_not_published(scene: Scene) -> None:
    request = Request(PRODUCTION_ID, "local", brief("folder"), str(scene.out_dir / PRODUCTION_ID))
    begin(scene.parts, request, snapshot_of(scene.settings))
    never: Callable[[str, float], None] = lambda _, __: None  # noqa: E731 (one line)
    with pytest.raises(InvalidInput, match="step review is not done"):
        scene.republisher().publish(PRODUCTION_ID, "youtube", never)


def test_a_platform_that_is_closed_stops_a_production_before_it_begins(scene: Scene) -> None:
    scene.settings = with_youtube(enabled=False)
    with pytest.raises(InvalidInput, match="youtube is not enabled"):
        scene.studio().make(brief("youtube"))
    assert scene.studio().productions() == ()
