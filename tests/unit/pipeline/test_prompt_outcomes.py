"""Prompts are counted when productions end: through the runner, the models and the prompts as they are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.content.engine.provider import EmbeddedWriter
from reelwright.content.manager import ContentGenerationManager
from reelwright.cost.schema import Usage
from reelwright.environment.schema import Settings
from reelwright.errors import ReelwrightError
from reelwright.ids import new_production_id
from reelwright.models.errors import ProviderUnavailable
from reelwright.models.parts import ModelParts
from reelwright.models.ports import Call
from reelwright.models.schema import ContentRequest, ContentResponse, Model
from reelwright.pipeline.context import Managers
from reelwright.pipeline.flagging import Asking
from reelwright.pipeline.journal import new_step_records
from reelwright.pipeline.memory import MemoryProductions
from reelwright.pipeline.ports import Claim
from reelwright.pipeline.prompt_outcomes import PromptCounter, cloud_counter, local_counter
from reelwright.pipeline.prompting import prompted
from reelwright.pipeline.report.prompt_performance import performance_section
from reelwright.pipeline.runner import LocalRunner, one_by_one
from reelwright.pipeline.stepping import Stepper
from reelwright.pipeline.workshop import Workshop
from reelwright.production.schema import Brief, Production
from reelwright.prompts.aws_outcomes import DynamoOutcomes
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.local import SqliteOutcomes
from reelwright.prompts.manager import PromptTemplateManager
from reelwright.prompts.memory import MemoryOutcomes
from reelwright.prompts.outcomes import OutcomeStore, PromptOutcome
from reelwright.prompts.performance import PromptPerformance, performance_of
from reelwright.prompts.stored import StoredPrompts
from reelwright.storage.errors import StorageUnavailable
from reelwright.storage.memory import MemoryArtifacts, MemoryDocuments
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author
from tests.simulation.settings import snapshot_of
from tests.unit.content.writing import NOTES, script
from tests.unit.models.world import World as ModelWorld
from tests.unit.pipeline.cloud import DEPLOYMENT
from tests.unit.pipeline.prompt_steps import SPOILED, STEPS

NAME = "write-script"
ANN = Author(actor="ann", reason="to try")
BAD = "{}"


def a_prompt(says: str) -> str:
    """The code's own prompt with two variants and a sentence that a reader can tell."""
    found = PromptLibrary().get(NAME)
    assert found
    return found.text.replace("You write scripts", f"{says} You write scripts", 1)


@cache
def written(seconds: int) -> str:
    return script(seconds=seconds).model_copy(update={"warnings": ("short",)}).model_dump_json()


@dataclass
class Reader:
    """A model that does as the words of its prompt make it: what is said of each is planted."""

    clock: VirtualClock
    rng: Random
    refused: Callable[[str], float] = lambda _: 0.0
    seconds: Callable[[str], float] = lambda _: 5.0
    length: Callable[[str], int] = lambda _: 60
    troubles: list[Exception] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def write(self, model: Model, request: ContentRequest, call: Call) -> ContentResponse:
        text = "\n".join(message.text for message in request.messages)
        self.said.append(text)
        self.clock.advance(self.seconds(text) * self.rng.uniform(0.8, 1.2))
        if self.troubles:
            raise self.troubles.pop(0)
        bad = self.rng.random() < self.refused(text)
        used = (
            Usage(unit="input_tokens", quantity=len(text) // 4),
            Usage(unit="output_tokens", quantity=100),
        )
        return ContentResponse(text=BAD if bad else written(self.length(text)), usage=used)


class World:
    """Two models, a store of prompts, and productions that are made one after the other."""

    def __init__(self, folder: Path, outcomes: OutcomeStore, seed: int = 1, *, ours: bool = False) -> None:
        models = ModelWorld(folder).models
        self.models = ModelWorld(folder, [each for each in models if ours or not each.free])
        self.clock, self.rng = self.models.clock, Random(seed)
        self.alpha, self.beta = Reader(self.clock, self.rng), Reader(self.clock, self.rng)
        content = self.models.parts.providers.content
        cast("dict[str, Any]", content).update(alpha=self.alpha, beta=self.beta, embedded=EmbeddedWriter())
        self.store = StoredPrompts(MemoryDocuments(self.clock), clock=self.clock, rng=self.rng)
        self.outcomes = outcomes
        self.counter = PromptCounter(outcomes, lambda: self.models.models)
        self.settings = self.models.settings()
        self.prompts = PromptTemplateManager(
            self.store, PromptLibrary(), clock=self.clock, rng=self.rng, settings=self.settings.prompts
        )
        self.shop = Workshop(
            steps=STEPS,
            store=MemoryProductions(self.clock),
            artifacts=MemoryArtifacts(folder / "artifacts"),
            managers_for=self._managers,
            clock=self.clock,
            work_root=folder / "work",
            mapper=one_by_one,
            finish=lambda *_: None,
            count_prompts=self.counter,
        )

    @property
    def parts(self) -> ModelParts:
        return self.models.parts

    def publish(self, text: str) -> str:
        version = self.store.save(NAME, text, author=ANN, expect=None).version
        position = self.store.labels().position(NAME, "production")
        before = position.version if position else ABSENT
        self.store.move(NAME, "production", version, expect=before, author=ANN)
        return version

    def begin(self, topic: str = "Why honey keeps") -> Production:
        brief = Brief(topic=topic, notes=NOTES, duration_seconds=60)
        name = new_production_id(self.clock, self.rng)
        snapshot = snapshot_of(self.settings)
        said = prompted(self.prompts, Asking(name, "local", brief, self.clock.now()), snapshot)
        production = Production(
            id=name,
            environment="local",
            brief=brief,
            seed=1,
            settings_fingerprint=said.snapshot.fingerprint,
            prompts=said.records,
            output_dir="out",
            created_at=self.clock.now(),
            steps=new_step_records(STEPS),
        )
        self.shop.store.create(production, said.snapshot.pinned())
        return production

    def run(self, production: Production) -> Production:
        try:
            return LocalRunner(self.shop).run(production.id)
        except ReelwrightError:
            return self.shop.store.load(production.id)

    def make(self, topic: str = "Why honey keeps") -> Production:
        self.clock.advance(60)
        return self.run(self.begin(topic))

    def told(self) -> tuple[PromptOutcome, ...]:
        return self.outcomes.of(NAME)

    def _managers(self, settings: Settings) -> Managers:
        models, none = self.parts.manager_for(settings), cast("Any", None)
        return Managers(models, ContentGenerationManager(models), none, none, none)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, MemoryOutcomes())


def only(outcomes: Iterable[PromptOutcome]) -> PromptOutcome:
    (one,) = outcomes
    return one


def test_a_production_that_completes_counts_once_with_all_that_is_known(world: World) -> None:
    version = world.publish(a_prompt("Be brief."))
    production = world.make()
    assert production.status == "completed"
    told = only(world.told())
    record = production.prompts[0]
    assert (told.prompt, told.version, told.variant) == (NAME, version, record.variant)
    assert (told.label, told.source) == ("production", "store")
    assert (told.model, told.result, told.objections) == ("alpha", "accepted", 0)
    assert told.micro_usd == sum(charge.micro_usd for charge in production.charges) > 0
    assert told.seconds == production.step("write_script").seconds > 0
    assert told.score
    assert 0.9 < told.score <= 1
    world.run(production)
    world.counter(production, {})
    assert world.told() == (told,)


def test_an_answer_that_was_not_taken_is_an_objection_and_another_model_a_fall_back(world: World) -> None:
    world.alpha.refused = lambda _: 1.0
    world.make()
    told = only(world.told())
    assert (told.model, told.result) == ("beta", "fell_back")
    assert told.objections == len(world.alpha.said)
    assert told.score
    assert told.score < 0.9


def test_an_outage_is_not_the_prompts_fault(world: World) -> None:
    world.alpha.troubles = [ProviderUnavailable("Away.", next_step="Wait.") for _ in range(9)]
    world.make()
    told = only(world.told())
    assert (told.result, told.objections) == ("fell_back", 0)


def test_a_production_of_which_no_answer_could_be_used_counts_too(world: World) -> None:
    world.alpha.refused = world.beta.refused = lambda _: 1.0
    production = world.make()
    assert production.status == "failed"
    told = only(world.told())
    assert (told.result, told.score) == ("rejected", None)
    assert told.objections >= 1


def test_where_nobody_answered_nothing_is_said_of_the_prompt(world: World) -> None:
    for each in (world.alpha, world.beta):
        each.troubles = [ProviderUnavailable("Away.", next_step="Wait.") for _ in range(9)]
    assert world.make().status == "failed"
    assert only(world.told()).result == "unanswered"


def test_a_video_that_fails_its_review_scores_nothing(world: World) -> None:
    assert world.make(f"Why {SPOILED} honey keeps").status == "failed"
    told = only(world.told())
    assert (told.result, told.score) == ("accepted", 0.0)


def test_an_engine_that_stands_in_says_that_models_gave_nothing(tmp_path: Path) -> None:
    world = World(tmp_path, MemoryOutcomes(), ours=True)
    world.alpha.refused = world.beta.refused = lambda _: 1.0
    assert world.make().status == "completed"
    told = only(world.told())
    assert (told.result, told.model, told.score) == ("rejected", "", None)
    assert told.micro_usd


def test_engines_of_ours_read_no_prompt(tmp_path: Path) -> None:
    world = World(tmp_path, MemoryOutcomes(), ours=True)
    world.settings = world.settings.model_copy(update={"providers": {}})
    world.make()
    assert world.alpha.said == []
    assert world.told() == ()


def test_a_production_of_an_earlier_version_counts_nothing(world: World) -> None:
    world.counter(world.begin().model_copy(update={"prompts": ()}), {})
    assert world.told() == ()


def test_a_store_that_is_away_stops_no_production(world: World, caplog: pytest.LogCaptureFixture) -> None:
    class Away(MemoryOutcomes):
        def put(self, outcome: PromptOutcome) -> bool:
            raise StorageUnavailable("away")

        def of(self, prompt: str, *, latest: int | None = None) -> tuple[PromptOutcome, ...]:
            raise StorageUnavailable("away")

    counter = PromptCounter(Away(), lambda: world.models.models)
    production = world.make()
    counter(production, {})
    assert counter.so_far(production) == ()
    assert production.id in caplog.text


def test_who_dies_between_counting_and_the_record_counts_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    production, save = world.begin(), world.shop.store.save
    deaths = [StorageUnavailable("away")]

    def dying(changed: Production, claim: Claim) -> None:
        if changed.status == "completed" and deaths:
            raise deaths.pop()
        save(changed, claim)

    monkeypatch.setattr(world.shop.store, "save", dying)
    assert world.run(production).status == "failed"
    told = only(world.told())
    assert told.score
    assert world.run(production).status == "completed"
    assert only(world.told()) == told


def test_a_state_machine_counts_as_a_runner_does(world: World) -> None:
    production = world.begin()
    stepper = Stepper(world.shop)
    for step in STEPS:
        for index in stepper.open_step(production.id, step.name):
            stepper.run_item(production.id, step.name, index)
    assert world.told() == (), "it counts when it ends"
    stepper.finish(production.id)
    told = only(world.told())
    assert (told.result, told.model) == ("accepted", "alpha")
    assert told.score
    stepper.finish(production.id)
    stepper.fail(production.id, {"code": "unexpected"})
    assert world.told() == (told,)


def test_a_state_machine_that_fails_counts_too(world: World) -> None:
    production = world.begin()
    stepper = Stepper(world.shop)
    stepper.open_step(production.id, STEPS[0].name)
    stepper.fail(production.id, {"code": "answer_rejected", "message": "", "next_step": "", "context": {}})
    assert only(world.told()).result == "rejected"

    assert world.run(production).status == "completed"
    assert only(world.told()).result == "accepted", "what goes on to its end is no failure"
    stepper.fail(production.id, {"code": "answer_rejected"})
    assert only(world.told()).result == "accepted"


def test_a_machine_counts_in_a_file_and_a_deployment_in_the_table_of_productions(
    world: World, tmp_path: Path
) -> None:
    production = world.make()
    catalogue = tuple(world.models.models)
    local_counter(tmp_path / "root", catalogue)(production, {})
    assert only(SqliteOutcomes(tmp_path / "root" / "prompts.db").of(NAME)).model == "alpha"
    with mock_aws():
        client = a_table(DEPLOYMENT.productions_table)
        counter = cloud_counter(DEPLOYMENT, client, catalogue)
        for _ in range(2):
            counter(production, {})
        assert only(DynamoOutcomes(client, DEPLOYMENT.productions_table).of(NAME)).model == "alpha"
        assert [one.exposures for one in counter.so_far(production)] == [1]


def a_table(name: str) -> Any:
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    client = boto3.client("dynamodb", region_name="eu-west-1", **keys)
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk")],
    )
    return client


def test_the_report_shows_how_its_prompts_did_before(world: World) -> None:
    first = world.make()
    assert performance_section(first.prompts, ()) is None
    page = str(performance_section(first.prompts, world.counter.so_far(first)))
    assert f"{NAME} {first.prompts[0].version} (this production" in page
    assert "used once" in page
    assert "first answer kept 100% of times" in page


def planted(text: str, *, old: float, new: float, question: float) -> float:
    """What is planted for a text: for the old version, for the new one, and for the new one's variant."""
    if "Take your time." in text:
        return old
    return question if "question" in text.partition("# ")[0] or "one question" in text else new


def test_500_productions_show_what_was_planted(tmp_path: Path) -> None:
    world = World(tmp_path, SqliteOutcomes(tmp_path / "prompts.db"))
    world.alpha.refused = lambda text: planted(text, old=0.4, new=0.05, question=0.05)
    world.beta.refused = lambda text: planted(text, old=0.4, new=0.05, question=0.05) / 2
    world.alpha.seconds = lambda text: planted(text, old=8, new=8, question=20)
    world.alpha.length = lambda text: int(planted(text, old=60, new=60, question=42))
    first = world.publish(a_prompt("Take your time."))
    for number in range(200):
        world.make(f"Why honey keeps {number}")
    second = world.publish(a_prompt("Be brief."))
    for number in range(300):
        world.make(f"Why honey keeps {number}")

    found = {(one.version, one.variant): one for one in performance_of(world.told())}
    assert sum(one.exposures for one in found.values()) == 500
    assert sum(one.exposures for (version, _), one in found.items() if version == first) == 200
    assert {version for version, _ in found} == {first, second}
    old, new, question = found[first, "control"], found[second, "control"], found[second, "question"]
    assert _apart(old, new), "answers to the new version are taken more often"
    assert not _apart(question, new), "nothing was planted here, and nothing is seen"
    assert question.score
    assert new.score
    assert question.score.high < new.score.low, "the variant misses the asked time"
    assert question.p50_seconds
    assert new.p95_seconds
    assert question.p50_seconds > new.p95_seconds
    assert old.mean_micro_usd > new.mean_micro_usd, "answers that are not taken are paid for all the same"


def _apart(worse: PromptPerformance, better: PromptPerformance) -> bool:
    assert worse.accepted_share
    assert better.accepted_share
    return worse.accepted_share.high < better.accepted_share.low
