"""A manifest becomes productions of the deployed stack: each once; what fails is told and gone on with."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from infra.constructs.recurring import execution_input
from reelwright.cost.schema import format_usd
from reelwright.production.schema import Brief
from reelwright.secrets.aws import SecretsManagerStore
from reelwright.secrets.manager import SecretsManager
from tests.e2e.deployed.stack import Stack
from tests.e2e.deployed.terminal import Terminal
from tests.e2e.deployed.vendors import KEY, ids, list_prices
from tests.simulators.openai import OpenAISimulator

NOTES = "Honey keeps because it holds little water. Bees dry the nectar with their wings."
SMALL: dict[str, Any] = {"notes": NOTES, "duration_seconds": 6}
ROWS: tuple[dict[str, Any], ...] = (
    {"topic": "Why honey keeps", "seed": 1, **SMALL},
    {"topic": "Why bees dry it", "seed": 2, **SMALL},
    # Found out by its review, when all was paid for.
    {"topic": "Too large a file", "review.max_megabytes_per_minute": 0.001, **SMALL},
    # Found out where it begins: nobody has enabled the platform.
    {"topic": "Nowhere to go", "platforms": ["instagram"], **SMALL},
    # Found out before anything is asked for.
    {"topic": ""},
    {"topic": "Why wax holds", "seed": 3, **SMALL},
)
LOOKS = ("--resolution", "480p", "--captions", "off", "--no-music")


@pytest.fixture(scope="module")
def writer(stack: Stack) -> Iterator[OpenAISimulator]:
    """Somebody who writes for money, as long as the tests of this file run."""
    before = stack.runtime.current()
    secrets = SecretsManager(SecretsManagerStore(stack.client("secretsmanager"), stack.names.secrets_prefix))
    secrets.set("providers/openai", SecretStr(KEY))
    with OpenAISimulator(keys=[KEY], prices=list_prices("openai"), models=ids("openai")) as openai:
        said = {"providers": {"openai": {"enabled": True, "endpoints": [openai.url]}}}
        stack.runtime.deploy({"schema_version": 1, "settings": said})
        stack.runtime.settled()
        stack.restart("begin-production")
        yield openai
        stack.put_back(before)


@pytest.fixture(scope="module")
def summary(stack: Stack, terminal: Terminal, writer: OpenAISimulator) -> dict[str, Any]:
    """What the command says of the batch."""
    assert writer.accepted == []
    lines = "".join(f"{json.dumps(row)}\n" for row in ROWS)
    (terminal.folder / "rows.jsonl").write_text(lines, encoding="utf-8")
    asked = ("rows.jsonl", *LOOKS, "--productions", "2", "--budget", "0.50")
    with stack.timed("batch of six rows"):
        return told(terminal, *asked)


def told(terminal: Terminal, *words: str) -> dict[str, Any]:
    done = terminal.run("batch", *words, "--env", "dev", "--json")
    assert done.returncode == 1, done.stderr
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


def statuses(summary: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(item["status"], item["error"] and item["error"]["code"]) for item in summary["items"]]


def executions(stack: Stack, machine: str) -> list[str]:
    pages = stack.client("stepfunctions").get_paginator("list_executions").paginate(stateMachineArn=machine)
    return [each["name"] for each in pages.build_full_result()["executions"]]


def account(stack: Stack, execution: str) -> dict[str, Any]:
    arn = f"{stack.names.batch_machine.replace(':stateMachine:', ':execution:')}:{execution}"
    described = stack.client("stepfunctions").describe_execution(executionArn=arn)
    answered: dict[str, Any] = json.loads(described["output"])
    return answered


def test_all_good_rows_are_made_and_come_home_and_all_others_say_why(
    terminal: Terminal, summary: dict[str, Any]
) -> None:
    assert statuses(summary) == [
        ("done", None),
        ("done", None),
        ("failed", "review_failed"),
        ("failed", "invalid_input"),
        ("faulty", "row_invalid"),
        ("done", None),
    ]
    for item in summary["items"]:
        if item["status"] == "done":
            assert (terminal.folder / "out" / item["production_id"] / "video.mp4").stat().st_size > 10_000
    failures = (terminal.folder / "out" / summary["batch_id"] / "failures.csv").read_text(encoding="utf-8")
    assert [code in failures for code in ("review_failed", "invalid_input", "row_invalid")] == [True] * 3


def test_the_environment_keeps_the_same_report_and_what_it_cost(
    stack: Stack, writer: OpenAISimulator, summary: dict[str, Any]
) -> None:
    bill = format_usd(writer.bill_micro_usd)
    answered = account(stack, summary["batch_id"])
    assert (answered["status"], answered["completed"], answered["failed"]) == ("failed", 3, 3)
    assert answered["waiting"] == 0
    assert answered["spent_usd"] == summary["spent_usd"] == bill != "0.000000"
    bucket, _, key = answered["report"].removeprefix("s3://").partition("/")
    report = json.load(stack.client("s3").get_object(Bucket=bucket, Key=key)["Body"])
    assert [item["status"] for item in report["items"]] == [status for status, _ in statuses(summary)]


def test_each_row_is_one_execution_called_as_its_production(stack: Stack, summary: dict[str, Any]) -> None:
    ours = {item["production_id"] for item in summary["items"] if item["status"] != "faulty"}
    assert ours <= set(executions(stack, stack.names.state_machine))
    assert executions(stack, stack.names.batch_machine) == [summary["batch_id"]]


def test_the_same_batch_again_makes_nothing_twice_and_tries_what_failed(
    stack: Stack, terminal: Terminal, writer: OpenAISimulator, summary: dict[str, Any]
) -> None:
    bill, done = writer.bill_micro_usd, [it for it in summary["items"] if it["status"] == "done"]
    packages = [stack.package(item["production_id"]) for item in done]
    with stack.timed("the same batch again"):
        again = told(terminal, "--resume", summary["batch_id"])
    assert statuses(again) == statuses(summary)
    assert writer.bill_micro_usd == bill, "what was paid for is used again"
    assert [stack.package(item["production_id"]) for item in done] == packages
    names = executions(stack, stack.names.state_machine)
    begun = [item for item in summary["items"] if item["production_id"]]
    tried = [f"{item['production_id']}-r1" in names for item in begun]
    assert tried == [item["status"] == "failed" for item in begun]


def test_no_role_was_too_small_for_a_batch(stack: Stack, summary: dict[str, Any]) -> None:
    assert summary
    assert stack.emulator.denials() == []


def test_a_schedule_that_delivers_twice_begins_one_production(stack: Stack) -> None:
    said = execution_input("weekly-1", Brief(topic="Why bees dance", notes=NOTES, duration_seconds=6))

    def begun(execution: str, at: datetime) -> str:
        given = json.loads(said.replace("<aws.scheduler.scheduled-time>", at.strftime("%Y-%m-%dT%H:%M:%SZ")))
        return str(stack.ask("begin-production", execution=execution, input=given)["production_id"])

    monday = datetime(2026, 11, 30, 6, tzinfo=UTC)
    first = begun("e6a7d1b2-first", monday)
    assert begun("b81c55aa-again", monday) == first
    assert begun("77f0c3de-later", monday.replace(day=1, month=12)) != first
    assert stack.productions.load(first).brief.topic == "Why bees dance"
