"""A deployed environment from the command line's side, over a state machine in small."""

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws
from PIL import Image

from reelwright.environment.errors import InvalidEnvironment
from reelwright.errors import BudgetExceeded, InvalidInput, Permanent, ReelwrightError, Retryable
from reelwright.pipeline.declaration import PIPELINE
from reelwright.pipeline.errors import ProductionNotFound, ReviewFailed
from reelwright.pipeline.events import Progress
from reelwright.pipeline.journal import as_record
from reelwright.pipeline.remote import RemoteClients, RemoteStudio
from reelwright.pipeline.report.record import read_record
from reelwright.production.schema import Brief, BriefPicture, Production, Script
from reelwright.storage.errors import ArtifactDamaged, ArtifactMissing, StorageUnavailable
from tests.unit.pipeline.cloud import DEPLOYMENT, Cloud, make_resources

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:reelwright-dev-productions"
BRIEF = Brief(topic="Tides", duration_seconds=30)
FILES = [
    "captions.srt",
    "captions.vtt",
    "production.json",
    "report.html",
    "script.json",
    "thumbnail.png",
    "video.mp4",
]


class States:
    """A state machine that moves on by one call each time somebody looks at it."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._running: dict[str, Iterator[None]] = {}
        self.executions: dict[str, dict[str, Any]] = {}
        self.silent = 0
        """How many of the next looks go unanswered."""

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> None:  # noqa: A002, N803 (as AWS calls them)
        assert stateMachineArn == MACHINE
        if name in self.executions:
            raise ClientError({"Error": {"Code": "ExecutionAlreadyExists"}}, "StartExecution")
        self.executions[name] = {"status": "RUNNING", "input": json.loads(input)}
        self._running[name] = self._work(name, json.loads(input))

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:  # noqa: N803 (as AWS calls it)
        if self.silent:
            self.silent -= 1
            raise ConnectTimeoutError(endpoint_url="states")
        name = executionArn.rpartition(":")[2]
        assert executionArn == f"{MACHINE.replace(':stateMachine:', ':execution:')}:{name}"
        if name not in self.executions:
            raise ClientError({"Error": {"Code": "ExecutionDoesNotExist"}}, "DescribeExecution")
        if self.executions[name]["status"] == "RUNNING":
            next(self._running[name], None)
        return self.executions[name]

    def _work(self, name: str, asked: dict[str, Any]) -> Iterator[None]:
        production_id = asked["production_id"]
        try:
            self._cloud.begin(name, **asked)
            for step in PIPELINE:
                for index in self._cloud.open(production_id, step.name):
                    yield
                    self._cloud.run(production_id, step.name, index)
                    yield
            self._cloud.finish(production_id)
        except ReelwrightError as error:
            self._fail(name, production_id, error)
        else:
            self.executions[name]["status"] = "SUCCEEDED"
        yield

    def _fail(self, name: str, production_id: str, error: ReelwrightError) -> None:
        kind, message = type(error).__name__, json.dumps(as_record(error))
        cause = json.dumps({"errorMessage": message, "errorType": kind, "stackTrace": []})
        self._cloud.fail(production_id, kind, cause)
        self.executions[name] |= {"status": "FAILED", "error": kind, "cause": cause}


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with mock_aws():
        make_resources()
        yield Cloud(tmp_path / "room")


@pytest.fixture
def states(cloud: Cloud) -> States:
    return States(cloud)


@pytest.fixture
def open_remote(cloud: Cloud, states: States, tmp_path: Path) -> Callable[..., RemoteStudio]:
    def opened(**changes: Any) -> RemoteStudio:
        clients = RemoteClients(states, cloud.clients.dynamodb, cloud.clients.s3)
        usual = {"clock": cloud.clock, "rng": Random(7), "room": tmp_path / "here"}
        deployment = DEPLOYMENT.model_copy(update={"state_machine": MACHINE})
        return RemoteStudio(deployment, clients, out_dir=tmp_path / "out", **(usual | changes))

    return opened


class Refusing:
    """A platform that refuses for as long as it is told to."""

    name = "folder"

    def __init__(self, error: ReelwrightError) -> None:
        self._error = error

    def find(self, _: object) -> None:
        return None

    def publish(self, _: object) -> Any:
        raise self._error


def test_one_of_a_batch_has_settings_and_an_id_of_its_own(
    open_remote: Callable[..., RemoteStudio], states: States
) -> None:
    studio = open_remote(overrides={"video": {"fps": 60, "resolution": "480p"}})
    given = "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EG"
    budget = {"batch": "batch_01KAQ4Z7M8V3N5T2X9C6B1D0KA", "per_batch_usd": "1.50"}
    production = studio.make(BRIEF, settings={"video": {"fps": 24}, "budgets": budget}, production_id=given)
    (asked,) = states.executions.values()
    assert asked["input"]["overrides"] == {"video": {"fps": 24, "resolution": "480p"}, "budgets": budget}
    assert production.id == given
    assert studio.make(BRIEF, production_id=given).id == given  # asked for again, it is the same one
    assert len(states.executions) == 1


def test_a_brief_becomes_a_package_in_a_folder(
    open_remote: Callable[..., RemoteStudio], states: States, tmp_path: Path
) -> None:
    studio = open_remote(overrides={"video": {"fps": 60}})
    told: list[Progress] = []
    production = studio.make(BRIEF, seed=7, on_progress=told.append)
    assert production.status == "completed"
    folder = studio.package_dir(production)
    assert folder == tmp_path / "out" / production.id
    assert sorted(file.name for file in folder.iterdir()) == FILES
    record = read_record(folder / "production.json")
    assert (record.production, record.cut.fps, record.production.seed) == (production, 60, 7)
    assert studio.production(production.id) == production
    assert studio.productions() == (production,)
    (asked,) = states.executions.values()
    assert set(asked["input"]) == {"production_id", "brief", "seed", "overrides"}
    assert set(asked["input"]["brief"]) == {"sha256", "size_bytes", "media_type"}


def test_a_video_is_told_again_where_it_was_made_by_its_id_alone(
    open_remote: Callable[..., RemoteStudio], states: States, tmp_path: Path
) -> None:
    studio = open_remote()
    first = studio.make(BRIEF, seed=9)
    package = tmp_path / "out" / first.id
    script = Script.model_validate_json((package / "script.json").read_bytes())
    second = studio.translate(first.id, "en-GB", script=script, settings={"audio": {"voice": "joe"}})
    asked = states.executions[second.id]["input"]
    assert asked["translate"]["original"] == first.id
    assert "brief" not in asked
    assert (second.status, second.seed, second.brief.language) == ("completed", 9, "en-GB")
    assert second.brief.translation is not None
    assert second.brief.translation.original == first.id
    assert read_record(tmp_path / "out" / second.id / "production.json").script.language == "en-GB"
    with pytest.raises(InvalidInput, match="already"):
        studio.translate(second.id, "en-GB")
    with pytest.raises(ProductionNotFound):
        studio.translate("prod_01KAQ4Z7M8V3N5T2X9C6B1D0EG", "de")


def test_pictures_travel_as_artifacts_and_their_places_here_stay_here(
    open_remote: Callable[..., RemoteStudio], tmp_path: Path
) -> None:
    file = tmp_path / "tide.png"
    Image.new("RGB", (64, 48), "navy").save(file)
    brief = BRIEF.model_copy(update={"pictures": (BriefPicture(file=str(file)),)})
    production = open_remote().make(brief)
    (picture,) = production.brief.pictures
    assert (picture.file, picture.look) == ("tide.png", "photograph")
    assert picture.kept is not None
    assert picture.kept.sha256 == sha256(file.read_bytes()).hexdigest()
    assert str(tmp_path) not in brief.model_copy(update={"pictures": (picture,)}).model_dump_json()


def test_progress_is_told_as_a_runner_tells_it(open_remote: Callable[..., RemoteStudio]) -> None:
    told: list[Progress] = []
    production = open_remote().make(BRIEF, on_progress=told.append)
    scenes = production.step("shoot").items_total
    for step in production.steps:
        assert [each.state for each in told if each.step == step.name][-1] == "done", step.name
    shoot = [(each.state, each.items_done) for each in told if each.step == "shoot"]
    advanced = [("advanced", number + 1) for number in range(scenes)]
    assert shoot == [("started", 0), *advanced[: len(shoot) - 2], ("done", scenes)]
    assert {(each.production_id, each.step_count) for each in told} == {(production.id, 6)}


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (ReviewFailed("It is dark.", next_step="Make light.", context={"checks": "dark"}), "review_failed"),
        (BudgetExceeded("Too dear."), "budget_exceeded"),
        (Retryable("Away."), "retryable"),
    ],
)
def test_a_failure_there_is_the_same_error_here(
    open_remote: Callable[..., RemoteStudio], cloud: Cloud, refusal: ReelwrightError, code: str
) -> None:
    cloud.changes = {"platforms": {"folder": Refusing(refusal)}}
    studio = open_remote()
    with pytest.raises(type(refusal)) as caught:
        studio.make(BRIEF)
    (failed,) = studio.productions()
    assert (failed.status, caught.value.code) == ("failed", code)
    assert (caught.value.message, caught.value.next_step) == (refusal.message, refusal.next_step)
    assert caught.value.context == refusal.context | {"production_id": failed.id}


def test_a_brief_that_is_refused_there_leaves_nothing(open_remote: Callable[..., RemoteStudio]) -> None:
    studio = open_remote()
    with pytest.raises(InvalidInput, match="baroque"):
        studio.make(BRIEF.model_copy(update={"style": "baroque"}))
    assert studio.productions() == ()


def test_a_failed_production_is_gone_on_with(
    open_remote: Callable[..., RemoteStudio], cloud: Cloud, states: States
) -> None:
    studio = open_remote()
    cloud.changes = {"platforms": {"folder": Refusing(Permanent("Closed."))}}
    for number in range(2):
        with pytest.raises(Permanent):
            studio.resume(studio.productions()[0].id) if number else studio.make(BRIEF)
    cloud.changes = {}
    (failed,) = studio.productions()
    cloud.clock.advance(60)
    told: list[Progress] = []
    production = studio.resume(failed.id, on_progress=told.append)
    assert production.status == "completed"
    assert list(states.executions) == [failed.id, f"{failed.id}-r1", f"{failed.id}-r2"]
    assert [each.state for each in told if each.step == "assemble"] == ["reused"]
    assert "failed" not in {each.state for each in told}


def test_a_running_production_is_watched_again(
    open_remote: Callable[..., RemoteStudio], states: States
) -> None:
    class Interrupted(BaseException):
        pass

    def interrupt(progress: Progress) -> None:
        if progress.step == "shoot":
            raise Interrupted

    studio = open_remote()
    with pytest.raises(Interrupted):
        studio.make(BRIEF, on_progress=interrupt)
    (running,) = studio.productions()
    assert open_remote().resume(running.id).status == "completed"
    assert list(states.executions) == [running.id]


def test_the_package_of_a_finished_production_is_fetched_again(
    open_remote: Callable[..., RemoteStudio], states: States
) -> None:
    studio = open_remote()
    production = studio.make(BRIEF)
    folder = studio.package_dir(production)
    (folder / "video.mp4").write_bytes(b"another")
    (folder / "captions.srt").unlink()
    assert studio.resume(production.id) == production
    assert sorted(file.name for file in folder.iterdir()) == FILES
    assert (folder / "video.mp4").read_bytes() != b"another"
    assert len(states.executions) == 1


@pytest.mark.parametrize("name", ["video.mp4", "script.json"])
def test_what_was_changed_in_the_bucket_is_not_taken(
    open_remote: Callable[..., RemoteStudio], cloud: Cloud, name: str
) -> None:
    studio = open_remote()
    production = studio.make(BRIEF)
    (studio.package_dir(production) / name).unlink()
    key = f"packages/{production.id}/{name}"
    cloud.clients.s3.put_object(Bucket="artifacts", Key=key, Body=b"another")
    with pytest.raises(ArtifactDamaged, match=name):
        studio.resume(production.id)
    assert not (studio.package_dir(production) / name).exists()


def test_what_was_removed_from_the_bucket_is_named(
    open_remote: Callable[..., RemoteStudio], cloud: Cloud
) -> None:
    studio = open_remote()
    production = studio.make(BRIEF)
    cloud.clients.s3.delete_object(Bucket="artifacts", Key=f"packages/{production.id}/report.html")
    with pytest.raises(ArtifactMissing, match=r"report\.html"):
        studio.resume(production.id)


def test_a_moment_of_silence_is_waited_for(open_remote: Callable[..., RemoteStudio], states: States) -> None:
    states.silent = 5
    assert open_remote().make(BRIEF).status == "completed"


def test_a_long_silence_ends_the_watching_and_not_the_production(
    open_remote: Callable[..., RemoteStudio], states: States
) -> None:
    seen: list[Production] = []
    studio = open_remote()

    def fall_silent(_: Progress) -> None:
        states.silent = 6
        seen.extend(studio.productions()[:1])

    with pytest.raises(StorageUnavailable):
        studio.make(BRIEF, on_progress=fall_silent)
    assert studio.resume(seen[0].id).status == "completed"


def test_what_is_not_there_is_an_error(open_remote: Callable[..., RemoteStudio], cloud: Cloud) -> None:
    with pytest.raises(ProductionNotFound):
        open_remote().resume("prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF")
    clients = RemoteClients(None, cloud.clients.dynamodb, cloud.clients.s3)
    with pytest.raises(InvalidEnvironment, match="state machine"):
        RemoteStudio(
            DEPLOYMENT, clients, clock=cloud.clock, rng=Random(), room=cloud.room, out_dir=cloud.room
        )
