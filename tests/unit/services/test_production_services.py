"""The functions of the state machine, over a table and a bucket."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from reelwright.config.errors import ConfigurationUnavailable
from reelwright.config.schema import Snapshot
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import ProviderSettings
from reelwright.errors import BudgetExceeded, InvalidInput, Permanent
from reelwright.flags.kill_switches import KillSwitches
from reelwright.models.errors import NoModelAvailable, ProviderStopped
from reelwright.observability.metrics import Metric
from reelwright.pipeline import cloudbench, serving
from reelwright.pipeline.errors import FunctionOutOfTime, ProductionExists, ProductionNotFound, StepOutOfOrder
from reelwright.pipeline.report.record import ProductionRecord
from reelwright.pipeline.timed import TimedModelParts
from reelwright.production.schema import Brief
from reelwright.upload.memory import MemoryPlatform
from services.begin_production.handler import handler as begin_production
from services.fail_production.handler import handler as fail_production
from services.finish_production.handler import handler as finish_production
from services.open_step.handler import handler as open_step
from services.run_step.handler import handler as run_step
from tests.simulation.settings import snapshot_of
from tests.unit.pipeline.cloud import (
    DEPLOYMENT,
    PRODUCTION_ID,
    REGION,
    Cloud,
    make_resources,
    settings_of_dev,
)

BRIEF = {"topic": "Tides", "duration_seconds": 30}
FILES = {
    ".publication.json",
    "captions.srt",
    "captions.vtt",
    "production.json",
    "report.html",
    "script.json",
    "thumbnail.png",
    "video.mp4",
}


@dataclass
class Context:
    """What Lambda tells a handler of its time."""

    seconds: float = 60.0

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with mock_aws():
        make_resources()
        yield Cloud(tmp_path / "room")


@pytest.fixture
def lambdas(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """The same environment, as the handlers find it."""
    told = {
        "ENV": "dev",
        "ARTIFACTS_BUCKET": DEPLOYMENT.artifacts_bucket,
        "PRODUCTIONS_TABLE": DEPLOYMENT.productions_table,
        "LEDGER_TABLE": DEPLOYMENT.ledger_table,
        "MODELS_TABLE": DEPLOYMENT.models_table,
    }
    for name, value in told.items():
        monkeypatch.setenv(f"REELWRIGHT_{name}", value)
    monkeypatch.setattr(cloudbench, "aws_client", lambda name, **_: boto3.client(name, region_name=REGION))
    monkeypatch.setattr(cloudbench, "_engines_of_this_function", lambda: cloud._engines)
    monkeypatch.setattr(serving, "ROOM", cloud.room)
    monkeypatch.setattr(serving, "_configuration", lambda _: settings_of_dev())
    return cloud


def record_of(cloud: Cloud, production_id: str = PRODUCTION_ID) -> ProductionRecord:
    return ProductionRecord.model_validate_json(cloud.package(production_id)["production.json"])


def test_a_brief_becomes_a_package_in_the_bucket(cloud: Cloud) -> None:
    assert cloud.execute(brief=BRIEF) == PRODUCTION_ID
    assert set(cloud.package(PRODUCTION_ID)) == FILES
    record = record_of(cloud).production
    assert (record.status, record.environment) == ("completed", "dev")
    assert record.output_dir == f"s3://artifacts/packages/{PRODUCTION_ID}"
    assert [step.status for step in record.steps] == ["done"] * 6
    assert cloud.parts.store.load(PRODUCTION_ID) == record
    assert record.configuration is not None
    assert cloud.metrics.of(Metric.PRODUCTIONS_COMPLETED) == [1]


def test_what_the_execution_overrides_is_what_is_made(cloud: Cloud) -> None:
    cloud.execute(brief=BRIEF, overrides={"video": {"resolution": "480p", "fps": 60}}, seed=7)
    record = record_of(cloud)
    assert (record.cut.height, record.cut.fps, record.production.seed) == (480, 60, 7)
    assert record.production.configuration is not None
    said = {setting.key: setting.layer.value for setting in record.production.configuration.overridden}
    assert said["video.fps"] == "request"


def test_every_call_may_come_twice(cloud: Cloud) -> None:
    cloud.execute(brief=BRIEF, times=2)
    twice = record_of(cloud).production
    assert cloud.begin(brief=BRIEF) == PRODUCTION_ID
    cloud.execute("prod_01KAQ4Z7M8V3N5T2X9C6B1D0EG", brief=BRIEF)
    once = record_of(cloud, "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EG").production
    made = [execution for execution in cloud.world.executions if execution.key.startswith(PRODUCTION_ID)]
    assert len(made) == len(twice.charges)
    assert [step.items_total for step in once.steps] == [step.items_total for step in twice.steps]
    assert cloud.metrics.of(Metric.PRODUCTIONS_COMPLETED) == [1, 1]


class Closed(MemoryPlatform):
    """A platform that nobody may publish on."""

    def publish(self, _: object) -> Any:
        raise Permanent("It is closed.", next_step="Open it.")


def test_a_failure_is_on_the_record_and_a_resume_repeats_nothing(cloud: Cloud) -> None:
    usual = cloud.changes
    cloud.changes = {"platforms": {"folder": Closed(cloud.clock)}}
    with pytest.raises(Permanent) as caught:
        cloud.execute(brief=BRIEF)
    said = {"errorType": "Permanent", "errorMessage": json.dumps(caught.value.as_dict()), "stackTrace": []}
    cloud.fail(PRODUCTION_ID, "Permanent", json.dumps(said))
    failed = cloud.parts.store.load(PRODUCTION_ID)
    assert (failed.status, failed.step("publish").status) == ("failed", "failed")
    assert failed.step("publish").error == caught.value.as_dict()
    assert cloud.metrics.of(Metric.PRODUCTIONS_FAILED) == [1]
    calls = len(cloud.world.executions)
    cloud.changes = usual
    assert cloud.execute(f"{PRODUCTION_ID}-r1", production_id=PRODUCTION_ID) == PRODUCTION_ID
    assert len(cloud.world.executions) == calls
    completed = record_of(cloud).production
    assert (completed.status, completed.step("publish").error) == ("completed", None)


@pytest.mark.parametrize("cause", ["", "Task timed out", '{"errorMessage": "plain"}', "[]", '{"x": 1}'])
def test_whatever_ended_the_execution_is_noted(cloud: Cloud, cause: str) -> None:
    cloud.begin(brief=BRIEF)
    cloud.open(PRODUCTION_ID, "write_script")
    cloud.fail(PRODUCTION_ID, "States.Timeout", cause)
    error = cloud.parts.store.load(PRODUCTION_ID).step("write_script").error
    assert error is not None
    assert error["code"] == "unexpected"
    assert "States.Timeout" in str(error["message"])


def test_a_late_failure_does_not_undo_a_completed_production(cloud: Cloud) -> None:
    cloud.execute(brief=BRIEF)
    cloud.fail(PRODUCTION_ID, "States.Timeout", "")
    assert cloud.parts.store.load(PRODUCTION_ID).status == "completed"


def test_a_failure_waits_for_whoever_writes_the_record(cloud: Cloud) -> None:
    class Died(BaseException):
        pass

    cloud.begin(brief=BRIEF)
    with pytest.raises(Died), cloud.parts.store.claim(PRODUCTION_ID):
        raise Died
    cloud.clock.advance(40)
    cloud.fail(PRODUCTION_ID, "States.Timeout", "")
    assert cloud.parts.store.load(PRODUCTION_ID).status == "failed"


def test_a_failure_without_a_production_leaves_nothing(cloud: Cloud) -> None:
    cloud.fail(PRODUCTION_ID, "InvalidInput", "")
    with pytest.raises(ProductionNotFound):
        cloud.parts.store.load(PRODUCTION_ID)


def test_a_step_cannot_run_before_what_it_needs(cloud: Cloud) -> None:
    cloud.begin(brief=BRIEF)
    with pytest.raises(StepOutOfOrder, match="write_script"):
        cloud.open(PRODUCTION_ID, "narrate")
    with pytest.raises(StepOutOfOrder, match="write_script"):
        cloud.run(PRODUCTION_ID, "narrate", 0)


def test_a_long_brief_comes_as_an_artifact(cloud: Cloud) -> None:
    brief = Brief(topic="Tides", notes="The Moon pulls. " * 12_000)
    artifact = cloud.parts.artifacts.put_bytes(brief.model_dump_json().encode(), "application/json")
    cloud.begin(brief=artifact.model_dump())
    assert cloud.parts.store.load(PRODUCTION_ID).brief == brief
    other = cloud.parts.artifacts.put_bytes(b'{"topic": ""}', "application/json")
    with pytest.raises(InvalidInput, match="topic"):
        cloud.begin("prod_01KAQ4Z7M8V3N5T2X9C6B1D0EG", brief=other.model_dump())


def test_an_id_is_the_executions_name_or_comes_of_it(cloud: Cloud) -> None:
    named = cloud.begin("nightly-tides", brief=BRIEF)
    assert cloud.begin("nightly-tides", brief=BRIEF) == named
    assert cloud.begin("another", brief=BRIEF) != named
    assert len(cloud.parts.store.recent()) == 2
    with pytest.raises(InvalidInput):
        cloud.begin(f"{PRODUCTION_ID}-r1", brief=BRIEF)


def test_a_schedule_that_delivers_twice_begins_one_production(cloud: Cloud) -> None:
    at = {"schedule": "weekly-1", "scheduled_at": "2026-11-30T06:00:00Z"}
    named = cloud.begin("one-delivery", brief=BRIEF, **at)
    assert cloud.begin("another-delivery", brief=BRIEF, **at) == named
    assert cloud.begin("x", brief=BRIEF, **(at | {"schedule": "weekly-2"})) != named
    assert cloud.begin("x", brief=BRIEF, **(at | {"scheduled_at": "2026-12-07T06:00:00Z"})) != named


def test_one_id_is_one_brief(cloud: Cloud) -> None:
    cloud.begin(brief=BRIEF)
    with pytest.raises(ProductionExists):
        cloud.begin(brief=BRIEF | {"topic": "Volcanoes"})
    with pytest.raises(ProductionNotFound):
        cloud.begin("prod_01KAQ4Z7M8V3N5T2X9C6B1D0EG", production_id="prod_01KAQ4Z7M8V3N5T2X9C6B1D0EG")


def test_the_handlers_make_a_production(lambdas: Cloud) -> None:
    begun = begin_production({"execution": PRODUCTION_ID, "input": {"brief": BRIEF}}, Context())
    assert begun == {"production_id": PRODUCTION_ID}
    opened = open_step({**begun, "step": "write_script"}, Context())
    assert opened == {**begun, "step": "write_script", "items": [0]}
    ran = run_step({**begun, "step": "write_script", "index": 0}, Context())
    assert ran == {
        **begun,
        "step": "write_script",
        "index": 0,
        "state": "done",
        "check_after_seconds": 0,
    }
    lambdas.execute(f"{PRODUCTION_ID}-r1", production_id=PRODUCTION_ID)
    finished = finish_production(dict(begun), Context())
    assert finished["production_id"] == PRODUCTION_ID
    assert finished["generation_cost_usd"] == "0.000000"
    error = {"Error": "States.Timeout", "Cause": ""}
    assert fail_production({**begun, "error": error}, Context()) == begun


def test_a_typed_error_leaves_a_function_under_its_name(lambdas: Cloud) -> None:
    assert lambdas.room
    with pytest.raises(Exception, match="production_not_found") as caught:
        open_step({"production_id": PRODUCTION_ID, "step": "shoot"}, Context())
    assert type(caught.value).__name__ == "ProductionNotFound"
    assert json.loads(str(caught.value))["context"] == {"production_id": PRODUCTION_ID}
    for event in ({}, {"execution": "x", "input": {"brief": {"topic": ""}}}, {"execution": "x", "input": []}):
        with pytest.raises(Exception, match="invalid_input") as caught:
            begin_production(event, Context())
        assert type(caught.value).__name__ == "InvalidInput"


def test_settings_that_let_no_production_begin_count_as_failures(cloud: Cloud) -> None:
    dev = load_environment("dev").settings
    off = dict.fromkeys(dev.providers, ProviderSettings(enabled=False))
    settings = dev.model_copy(update={"providers": off})
    cloud.configuration = lambda: snapshot_of(settings)
    with pytest.raises(NoModelAvailable):
        cloud.begin(brief=BRIEF)
    assert cloud.metrics.of(Metric.PRODUCTIONS_FAILED) == [1]


def test_settings_that_lead_to_nobody_with_a_key_count_as_failures(cloud: Cloud) -> None:
    dev = load_environment("dev").settings
    video = dev.models.video.model_copy(update={"models": ("runway-gen4-5",)})
    settings = dev.model_copy(update={"models": dev.models.model_copy(update={"video": video})})
    cloud.configuration = lambda: snapshot_of(settings)
    with pytest.raises(NoModelAvailable):
        cloud.begin(brief=BRIEF)
    assert cloud.metrics.of(Metric.PRODUCTIONS_FAILED) == [1]


def test_a_spent_budget_takes_back_no_change_of_settings(cloud: Cloud) -> None:
    dev = load_environment("dev").settings
    off = {"embedded": ProviderSettings(enabled=False)}
    settings = dev.model_copy(
        update={
            "providers": {**dev.providers, **off},
            "budgets": dev.budgets.model_copy(update={"per_day_block_usd": Decimal(0)}),
        }
    )
    cloud.configuration = lambda: snapshot_of(settings)
    vendor = cloud._engines.providers
    cloud._engines = replace(
        cloud._engines, providers=replace(vendor, content={**vendor.content, "bedrock": object()})
    )
    with pytest.raises(BudgetExceeded):
        cloud.begin(brief=BRIEF)
    assert cloud.metrics.of(Metric.PRODUCTIONS_FAILED) == []
    assert cloud.metrics.of(Metric.PRODUCTIONS_STOPPED) == [1]


def test_an_operator_who_stops_every_vendor_takes_back_no_change_of_settings(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KillSwitches, "provider", lambda *_: "stopped by an operator")
    with pytest.raises(ProviderStopped, match="stopped by an operator"):
        cloud.begin(brief=BRIEF)
    assert cloud.metrics.of(Metric.PRODUCTIONS_FAILED) == []
    assert cloud.metrics.of(Metric.PRODUCTIONS_STOPPED) == [1]


def test_a_brief_that_nobody_can_speak_is_no_failure_of_ours_whoever_is_stopped(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = {"bedrock", "polly"}
    monkeypatch.setattr(KillSwitches, "provider", lambda _, name: "stopped" if name in stopped else "")
    with pytest.raises(NoModelAvailable, match="audio"):
        cloud.begin(brief={**BRIEF, "language": "zu"})
    assert cloud.metrics.of(Metric.PRODUCTIONS_FAILED) == []


@pytest.mark.parametrize(
    ("code", "failed", "stopped"),
    [
        ("budget_exceeded", [], [1]),
        ("provider_stopped", [], [1]),
        ("platform_stopped", [], [1]),
        ("content_refused", [], [1]),
        ("route_failed", [1], []),
    ],
)
def test_what_a_budget_or_an_operator_stops_on_the_way_is_counted_apart(
    code: str, failed: list[float], stopped: list[float], cloud: Cloud
) -> None:
    production_id = cloud.begin(brief=BRIEF)
    cloud.open(production_id, "write_script")
    said = {"code": code, "message": "No.", "next_step": "", "context": {}}
    cause = json.dumps({"errorMessage": json.dumps(said)})
    cloud.fail(production_id, "Any", cause)
    assert cloud.parts.store.load(production_id).status == "failed"
    for metric, expected in (
        (Metric.PRODUCTIONS_FAILED, failed),
        (Metric.STEPS_FAILED, failed),
        (Metric.PRODUCTIONS_STOPPED, stopped),
    ):
        assert cloud.metrics.of(metric) == expected


def test_configuration_that_cannot_be_read_counts_as_a_failure(cloud: Cloud) -> None:
    def away() -> Snapshot:
        raise ConfigurationUnavailable("nobody remembers")

    cloud.configuration = away
    with pytest.raises(ConfigurationUnavailable):
        cloud.begin(brief=BRIEF)
    assert cloud.metrics.of(Metric.PRODUCTIONS_FAILED) == [1]


@pytest.mark.parametrize("wrong", [{"language": "de"}, {"style": "no-such"}, {"platforms": ["nowhere"]}])
def test_a_brief_that_cannot_be_met_is_nobodys_failure(cloud: Cloud, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        cloud.begin(brief=BRIEF | wrong)
    assert cloud.metrics.of(Metric.PRODUCTIONS_FAILED) == []


def test_what_nobody_foresaw_leaves_with_a_name_too(lambdas: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lambdas.room
    monkeypatch.setattr(serving, "cloud_parts", lambda *_, **__: 1 / 0)
    with pytest.raises(Exception, match="ZeroDivisionError") as caught:
        open_step({"production_id": PRODUCTION_ID, "step": "shoot"}, Context())
    assert type(caught.value).__name__ == "ZeroDivisionError"
    assert json.loads(str(caught.value))["code"] == "unexpected"


def test_a_function_stops_before_it_is_killed(lambdas: Cloud) -> None:
    assert lambdas.room
    before = signal.getsignal(signal.SIGALRM)

    def work() -> None:
        with serving.functions_of(Context(seconds=3.05)):
            while True:
                signal.pause()

    with pytest.raises(FunctionOutOfTime):
        work()
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.parametrize(
    "folder", ["begin_production", "open_step", "run_step", "finish_production", "fail_production"]
)
def test_a_handler_imports_no_engine(folder: str) -> None:
    heavy = {"av", "boto3", "numpy", "onnxruntime", "PIL", "sanotts"}
    code = f"import sys, services.{folder}.handler; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("error", [None, Permanent("no")])
def test_what_was_counted_of_models_is_out_before_a_function_may_be_frozen(
    error: Exception | None, lambdas: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    monkeypatch.setattr(TimedModelParts, "close", lambda _: closed.append(1))
    assert lambdas.room
    with suppress(Permanent), serving.functions_of(Context()):
        if error:
            raise error
    assert closed == [1]
