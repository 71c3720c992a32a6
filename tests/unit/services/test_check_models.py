"""The functions that a schedule calls to look at models and at money."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import boto3
import pytest
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.cost.aws import DynamoCharges
from reelwright.cost.ledger import CostLedger
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import PriceOverride, ProviderSettings, Settings
from reelwright.environment.secret import ApiKey, Secret
from reelwright.models.errors import ProviderUnavailable
from reelwright.models.manager import Providers
from reelwright.models.memory import MemoryAnswers
from reelwright.models.parts import ModelParts
from reelwright.models.ports import Call
from reelwright.models.schema import Model
from reelwright.observability.memory import MemoryMetrics
from reelwright.observability.metrics import Metric
from reelwright.pipeline import cloudbench, serving
from reelwright.pipeline.upkeep import look_at_models, look_at_spending
from reelwright.resilience.memory import MemoryHealth
from reelwright.storage.local import FolderArtifacts
from services.check_model_health.handler import handler as check_model_health
from services.check_spending.handler import handler as check_spending
from tests.simulation.settings import snapshot_of
from tests.unit.pipeline.cloud import DEPLOYMENT, REGION, make_resources

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
DEV = load_environment("dev").settings


class Asked:
    """A vendor that is asked how it is, and says what it is told to."""

    def __init__(self, said: Mapping[str, str] | Exception | None = None) -> None:
        self.said = said or {}
        self.models: list[str] = []
        self.then: Callable[[], object] = lambda: None

    def probe(self, models: Sequence[Model], _call: Call) -> tuple[tuple[str, str], ...]:
        self.models += [model.name for model in models]
        self.then()
        if isinstance(self.said, Exception):
            raise self.said
        return tuple((model.name, self.said.get(model.name, "")) for model in models)


def settings_with(**providers: dict[str, Any]) -> Settings:
    """Dev's settings; a provider that is named has a key, and whatever else is said of it."""
    key: Secret[ApiKey] = Secret("providers/any")
    named = {name: ProviderSettings(**({"credential": key} | told)) for name, told in providers.items()}
    return DEV.model_copy(update={"providers": {**DEV.providers, **named}})


@dataclass
class World:
    """A fleet on a clock."""

    tmp_path: Path
    probes: dict[str, Asked] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    metrics: MemoryMetrics = field(default_factory=MemoryMetrics)
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOW))
    health: MemoryHealth = field(default_factory=MemoryHealth)

    @property
    def parts(self) -> ModelParts:
        return ModelParts(
            environment="dev",
            providers=Providers(content={}, audio={}, video={}, probes=self.probes),
            ledger=CostLedger.open("memory:", clock=self.clock),
            health=self.health,
            answers=MemoryAnswers(self.clock),
            artifacts=FolderArtifacts(self.tmp_path),
            secrets=None,
            clock=self.clock,
            rng=Random(1),
            metrics=self.metrics,
            switched_off=lambda name: "stopped by an operator" if name in self.stopped else "",
        )


@pytest.fixture
def world(tmp_path: Path) -> World:
    names = ("anthropic", "openai", "bedrock", "polly", "elevenlabs", "runway", "luma")
    return World(tmp_path, {name: Asked() for name in names})


def test_all_that_may_be_asked_are_asked_and_well(world: World) -> None:
    told = look_at_models(world.parts, settings_with(anthropic={}, runway={}))
    asked = {name for name, probe in world.probes.items() if probe.models}
    assert asked == {"anthropic", "runway", "bedrock", "polly"}, "the others have no key"
    assert told["unwell"] == {}
    assert told["asked"] == sum(len(probe.models) for probe in world.probes.values())
    assert world.metrics.of(Metric.MODELS_UNWELL) == [0]


def test_who_is_switched_off_or_stopped_is_not_asked(world: World) -> None:
    world.stopped.add("runway")
    told = look_at_models(world.parts, settings_with(anthropic={"enabled": False}, runway={}, openai={}))
    assert world.probes["anthropic"].models == world.probes["runway"].models == []
    assert world.probes["openai"].models
    assert told["stopped"] == {"runway": "stopped by an operator"}


def test_who_is_stopped_while_others_are_asked_is_not_asked(world: World) -> None:
    asked = list(dict.fromkeys(model.provider for model in world.parts.catalogue_for(DEV)))
    first, second = (name for name in asked if name in {"anthropic", "openai"})
    world.probes[first].then = lambda: world.stopped.add(second)
    look_at_models(world.parts, settings_with(anthropic={}, openai={}))
    assert world.probes[first].models
    assert world.probes[second].models == []


def test_a_model_in_use_that_its_provider_does_not_know_is_counted_and_named(world: World) -> None:
    world.probes["anthropic"].said = {"claude-haiku-5-5": "no such model", "claude-opus-5-5": "no such model"}
    told = look_at_models(world.parts, settings_with(anthropic={}))
    assert told["unwell"] == {"claude-haiku-5-5": "no such model"}, "premium models are not in use in dev"
    assert world.metrics.of(Metric.MODELS_UNWELL) == [1]


def test_a_vendor_that_does_not_answer_makes_its_models_in_use_unwell(world: World) -> None:
    world.probes["runway"].said = ProviderUnavailable("It is down.", next_step="Wait.")
    told = look_at_models(world.parts, settings_with(runway={}))
    assert told["unwell"]
    assert all("It is down." in why for why in told["unwell"].values())


def test_a_model_that_ends_soon_is_counted_while_it_is_in_use(world: World) -> None:
    standard = DEV.models.content.model_copy(update={"tier": "standard"})
    settings = settings_with(anthropic={}).model_copy(
        update={"models": DEV.models.model_copy(update={"content": standard})}
    )
    assert look_at_models(world.parts, settings)["ending"] == ["claude-sonnet-4-5"]
    assert look_at_models(world.parts, settings_with(anthropic={}))["ending"] == []
    assert world.metrics.of(Metric.MODELS_ENDING) == [1, 0]


def test_a_price_that_is_believed_for_a_month_at_most_is_counted(world: World) -> None:
    price = PriceOverride(usd="1.00", per=1_000_000, valid_until="2026-12-20")
    prices = {"claude-haiku-5-5": {"input_tokens": price}, "claude-opus-5-5": {"input_tokens": price}}
    settings = settings_with(anthropic={})
    catalog = settings.catalog.model_copy(update={"prices": prices})
    told = look_at_models(world.parts, settings.model_copy(update={"catalog": catalog}))
    assert told["prices_ending"] == ["claude-haiku-5-5.input_tokens"]
    assert world.metrics.of(Metric.PRICES_ENDING) == [1]
    assert told["unwell"] == {}


def test_an_expired_price_makes_a_model_unusable(world: World) -> None:
    prices = {"claude-haiku-5-5": {"input_tokens": PriceOverride(usd="1.00", valid_until="2026-11-24")}}
    settings = settings_with(anthropic={})
    catalog = settings.catalog.model_copy(update={"prices": prices})
    told = look_at_models(world.parts, settings.model_copy(update={"catalog": catalog}))
    assert "2026-11-24" in told["unwell"]["claude-haiku-5-5"]


def test_what_is_left_alone_and_what_is_no_more_is_counted_again(world: World) -> None:
    parts, settings = world.parts, settings_with(anthropic={}, openai={})
    named = {model.name: model for model in parts.catalogue_for(settings)}
    health = parts.health_for(settings)
    for _ in range(8):
        health.note(named["claude-haiku-5-5"], "unavailable", 1.0)
    health.note(named["gpt-6-luna"], "retired", 1.0)
    before = len(world.metrics.of(Metric.MODELS_OPEN)), len(world.metrics.of(Metric.MODELS_RETIRED))
    told = look_at_models(world.parts, settings)
    after = len(world.metrics.of(Metric.MODELS_OPEN)), len(world.metrics.of(Metric.MODELS_RETIRED))
    assert set(told["left_alone"]) == {"claude-haiku-5-5", "gpt-6-luna"}
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)


def test_there_is_a_line_in_the_log_for_every_model(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.probes["anthropic"].said = {"claude-haiku-5-5": "no such model"}
    with caplog.at_level("INFO", logger="reelwright.pipeline.upkeep"):
        told = look_at_models(world.parts, settings_with(anthropic={}))
    lines = {record.model: record for record in caplog.records}
    assert len(lines) == told["looked_at"] > 40
    ill = lines["claude-haiku-5-5"]
    assert (ill.levelname, ill.problem, ill.state) == ("WARNING", "no such model", "healthy")
    assert lines["nova-reel"].lifecycle == "retired"


def budgets(**limits: str) -> Any:
    return type(DEV.budgets).model_validate({"time_zone": "UTC", **limits})


def spent(ledger: CostLedger, micro_usd: int, key: str, *, unknown: bool = False) -> None:
    """Spend on a production of dev, today."""
    names = ("env:dev", "month:dev:2026-11", "day:dev:2026-11-25")
    charge = ledger.intend(ledger.reserve(names, micro_usd, key=key))
    if unknown:
        ledger.mark_unknown(charge)
    else:
        ledger.settle(charge, micro_usd)


@pytest.fixture
def look(world: World) -> Iterator[tuple[CostLedger, Callable[..., dict[str, Any]]]]:
    ledger = CostLedger.open("memory:", clock=world.clock)

    def look(**limits: str) -> dict[str, Any]:
        return look_at_spending(
            ledger, budgets(**limits), environment="dev", clock=world.clock, metrics=world.metrics
        )

    yield ledger, look
    ledger.close()


def test_a_share_is_measured_of_every_limit_that_there_is(world: World, look: Any) -> None:
    ledger, measured = look
    spent(ledger, 1_000_000, "a")
    spent(ledger, 600_000, "b", unknown=True)
    ledger.reserve(("env:dev", "month:dev:2026-11", "day:dev:2026-11-25"), 5_000_000, key="only set aside")
    told = measured(per_day_block_usd="2.00", per_month_block_usd="16.00")
    assert told["used"] == {"day": 0.8, "month": 0.1}
    assert told["spent_usd"] == dict.fromkeys(("day", "month", "total"), "1.600000")
    assert told["unknown_usd"] == "0.600000"
    assert world.metrics.of(Metric.BUDGET_USED_SHARE) == [0.8, 0.1]
    assert world.metrics.of(Metric.SPEND_TODAY) == [1.6]
    assert world.metrics.of(Metric.SPEND_UNKNOWN) == [0.6]


def test_without_a_limit_that_stops_the_one_that_acts_counts_and_without_any_nothing(
    world: World, look: Any
) -> None:
    ledger, measured = look
    spent(ledger, 500_000, "a")
    assert measured(per_day_warn_usd="1.00")["used"] == {"day": 0.5}
    assert measured(per_day_warn_usd="1.00", per_day_action_usd="2.00")["used"] == {"day": 0.25}
    assert measured(per_month_warn_usd="5.00", total_block_usd="10.00")["used"] == {
        "month": 0.1,
        "total": 0.05,
    }
    world.metrics.all.clear()
    assert measured()["used"] == {}
    assert world.metrics.of(Metric.BUDGET_USED_SHARE) == []


def test_a_limit_of_nothing_is_used_up_by_anything(look: Any) -> None:
    ledger, measured = look
    assert measured(per_day_block_usd="0")["used"] == {"day": 0.0}
    spent(ledger, 1, "a")
    assert measured(per_day_block_usd="0")["used"] == {"day": 1.0}


def test_the_day_ends_where_the_settings_say(world: World, look: Any) -> None:
    ledger, measured = look
    spent(ledger, 500_000, "a")
    world.clock.advance(
        timedelta(hours=14, minutes=30).total_seconds()
    )  # 23:30 in UTC, half past midnight in Berlin
    assert measured(per_day_block_usd="1.00", time_zone="Europe/Berlin")["used"] == {"day": 0.0}
    assert measured(per_day_block_usd="1.00")["used"] == {"day": 0.5}


def test_money_that_nobody_came_back_for_is_given_back_without_any_traffic(world: World, look: Any) -> None:
    ledger, measured = look
    ledger.reserve("env:dev", 1_000_000, key="never left", ttl_seconds=60)
    ledger.intend(ledger.reserve("env:dev", 2_000_000, key="may have left", ttl_seconds=60))
    assert measured()["lapsed"] == []
    world.clock.advance(61)
    told = measured()
    assert sorted(told["lapsed"]) == ["may have left", "never left"]
    assert told["unknown_usd"] == "2.000000"
    assert world.metrics.of(Metric.RESERVATIONS_LAPSED) == [0, 2]


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The environment as the handlers find it, without vendors."""
    names = DEPLOYMENT.model_dump(exclude={"environment"})
    for name, value in {"env": "dev", **names}.items():
        monkeypatch.setenv(f"REELWRIGHT_{name.upper()}", value)
    nobody = Providers(content={}, audio={}, video={}, probes={"bedrock": Asked()})
    engines = cloudbench.Engines(nobody, None, None, None, None)
    with mock_aws():
        make_resources()
        monkeypatch.setattr(cloudbench, "ROOM", tmp_path)
        monkeypatch.setattr(
            cloudbench, "aws_client", lambda name, **_: boto3.client(name, region_name=REGION)
        )
        monkeypatch.setattr(cloudbench, "_engines_of_this_function", lambda: engines)
        monkeypatch.setattr(serving, "_configuration", lambda _: snapshot_of(DEV))
        yield


@pytest.mark.usefixtures("deployed")
def test_the_function_that_looks_at_models_says_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    told = check_model_health({}, None)
    assert told["asked"] > 5
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sum("was looked at" in line.get("message", "") for line in said) == told["looked_at"]
    assert [line["ModelsEnding"] for line in said if "ModelsEnding" in line] == [0]


@pytest.mark.usefixtures("deployed")
def test_the_function_that_looks_at_money_reads_the_environments_ledger(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = VirtualClock(datetime.now(UTC))
    table = boto3.client("dynamodb", region_name=REGION)
    ledger = CostLedger(
        DynamoCharges(table, DEPLOYMENT.ledger_table, clock=clock, rng=Random(1)), clock=clock
    )
    today = f"{clock.now():%Y-%m-%d}"
    charge = ledger.intend(ledger.reserve(("env:dev", f"day:dev:{today}"), 2_500_000, key="a"))
    ledger.settle(charge, 2_500_000)
    told = check_spending({}, None)
    assert told["used"] == {"day": 0.5}, "of the five dollars at which dev stops"
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (share,) = [line for line in said if "BudgetUsedShare" in line]
    assert (share["BudgetUsedShare"], share["budget"]) == (0.5, "day")
    assert ["environment", "budget"] in share["_aws"]["CloudWatchMetrics"][0]["Dimensions"]


@pytest.mark.usefixtures("deployed")
def test_a_ledger_that_is_away_leaves_as_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT_LEDGER_TABLE", "no-such-table")
    with pytest.raises(Exception, match="no-such-table"):
        check_spending({}, None)
