"""Productions that are published on TikTok: by this machine and by a state machine's calls, over the wire."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reelwright.environment.loader import load_environment
from reelwright.environment.schema import PlatformSettings, Settings
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.stepping import Stepper
from reelwright.pipeline.studio import Studio
from reelwright.pipeline.wiring import Request, begin, workshop_of
from reelwright.production.schema import Brief
from reelwright.upload.memory import MemoryPublications
from reelwright.upload.platforms.tiktok import TikTokPlatform
from reelwright.upload.record import PublicationRecord
from reelwright.upload.remotes import RemotePlatforms
from tests.simulation.settings import snapshot_of
from tests.simulators.server import Faults
from tests.simulators.tiktok import TikTokSimulator
from tests.unit.upload.packages import PRODUCTION_ID
from tests.unit.upload.test_remotes import Secrets


@pytest.fixture
def account(parts: Parts) -> Iterator[TikTokSimulator]:
    with TikTokSimulator(now=parts.clock.now) as simulator:
        simulator.clients, simulator.refresh_tokens = {"client": "client-secret"}, {"refresh-token"}
        simulator.rotates = True
        yield simulator
    assert not simulator.objections


class Scene:
    """Parts with TikTok among the platforms."""

    def __init__(self, parts: Parts, account: TikTokSimulator, folder: Path) -> None:
        self.store, self.out_dir = MemoryPublications(), folder / "out"
        remotes = RemotePlatforms(
            adapters={"tiktok": TikTokPlatform()},
            store=self.store,
            secrets=Secrets(),
            clock=parts.clock,
            environment="local",
        )
        self.parts, self.url = replace(parts, remotes=remotes), account.url

    def settings(self, **told: Any) -> Settings:
        settings = load_environment("local").settings
        opened = PlatformSettings(enabled=True, test_account=True, endpoints=(self.url,), **told)
        return settings.model_copy(update={"platforms": {**settings.platforms, "tiktok": opened}})

    @property
    def record(self) -> PublicationRecord:
        (found,) = self.store.recent("tiktok", 9)
        return found


@pytest.fixture
def scene(parts: Parts, account: TikTokSimulator, tmp_path: Path) -> Scene:
    return Scene(parts, account, tmp_path)


BRIEF = Brief(topic="Tides", duration_seconds=20, platforms=("tiktok",))


def test_a_production_is_posted_once_and_as_planned_though_an_answer_is_lost(
    scene: Scene, account: TikTokSimulator
) -> None:
    account.moderated_after = timedelta(minutes=5)
    account.faults = Faults.script(["lost_answer"], on=lambda each: each.method == "PUT")
    settings = scene.settings(privacy="public")
    studio = Studio("local", lambda: snapshot_of(settings), scene.parts, out_dir=scene.out_dir)
    production = studio.make(BRIEF)
    assert production.status == "completed"
    (post,) = account.posts
    assert post.post_info["privacy_level"] == "PUBLIC_TO_EVERYONE"
    assert post.post_info["is_aigc"] is True
    assert post.post_info["title"].endswith(f"#{scene.record.plan.marker}")
    assert post.post_info["video_cover_timestamp_ms"] == 1000
    assert (scene.record.state, scene.record.remote_id) == ("public", post.post_id)
    assert scene.record.url.endswith(post.post_id)
    assert studio.resume(production.id).status == "completed"
    assert len(account.posts) == 1


def test_a_state_machine_waits_until_the_post_is_there_and_a_private_one_stays_so(
    scene: Scene, account: TikTokSimulator
) -> None:
    account.processed_after = timedelta(seconds=40)
    request = Request(PRODUCTION_ID, "local", BRIEF, str(scene.out_dir / PRODUCTION_ID))
    begin(scene.parts, request, snapshot_of(scene.settings()))
    stepper, waits = Stepper(workshop_of(scene.parts)), []
    for step in scene.parts.steps:
        for index in stepper.open_step(PRODUCTION_ID, step.name):
            while (outcome := stepper.run_item(PRODUCTION_ID, step.name, index)).state == "pending":
                waits.append((step.name, outcome.check_after_seconds))
                scene.parts.clock.sleep(outcome.check_after_seconds)
    assert waits == [("publish", 15.0)] * 3
    assert stepper.finish(PRODUCTION_ID).status == "completed"
    assert [post.is_public for post in account.posts] == [False]
    assert (scene.record.state, scene.record.remote_id) == ("private", account.posts[0].publish_id)
