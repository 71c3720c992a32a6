"""The state machine follows from the declaration, retries only what is Lambda's, and fails with a record."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.state_machine import BUSY, LAMBDA_ERRORS, state_machine
from reelwright.environment.loader import load_environment
from reelwright.pipeline.declaration import PIPELINE
from tests.infra.conftest import Assembly, Json

MACHINE = state_machine(PIPELINE, concurrency=8)
STATES: Json = MACHINE["States"]


def all_states(machine: Json) -> Iterator[tuple[str, Json]]:
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from all_states(state["ItemProcessor"])


def tasks() -> dict[str, Json]:
    return {name: state for name, state in all_states(MACHINE) if state["Type"] == "Task"}


def targets(state: Json) -> Iterator[str]:
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for choice in (*state.get("Choices", ()), *state.get("Catch", ())):
        yield choice["Next"]


def walk_through(machine: Json) -> list[str]:
    """The names on the way where nothing fails."""
    name, way = machine["StartAt"], []
    while name:
        way.append(name)
        name = machine["States"][name].get("Next")
    return way


def test_the_way_through_is_the_declaration_in_order() -> None:
    steps = [name for step in PIPELINE for name in (f"Open_{step.name}", f"Each_{step.name}")]
    assert walk_through(MACHINE) == ["Begin", *steps, "Finish", "Finished"]


def test_every_state_that_is_named_exists_once() -> None:
    names = [name for name, _ in all_states(MACHINE)]
    assert len(set(names)) == len(names)
    for machine in (
        MACHINE,
        *(state["ItemProcessor"] for state in STATES.values() if "ItemProcessor" in state),
    ):
        reachable = {
            machine["StartAt"],
            *(it for state in machine["States"].values() for it in targets(state)),
        }
        assert reachable == machine["States"].keys()


def test_the_state_is_the_id_and_what_a_step_has_to_run() -> None:
    assert STATES["Begin"]["Parameters"]["Payload"] == {"execution.$": "$$.Execution.Name", "input.$": "$"}
    for step in PIPELINE:
        opened, each = STATES[f"Open_{step.name}"], STATES[f"Each_{step.name}"]
        assert opened["Parameters"]["Payload"] == {"production_id.$": "$.production_id", "step": step.name}
        assert opened["OutputPath"] == "$.Payload"
        assert each["ItemSelector"] == {
            "production_id.$": "$.production_id",
            "step": step.name,
            "index.$": "$$.Map.Item.Value",
        }
        assert (each["ItemsPath"], each["ResultPath"], each["MaxConcurrency"]) == ("$.items", None, 8)
    assert (STATES["Finish"]["ResultPath"], STATES["Finished"]["OutputPath"]) == (
        "$.finished",
        "$.finished.Payload",
    ), "an execution answers with what its production cost"


@pytest.mark.parametrize("step", PIPELINE, ids=lambda step: step.name)
def test_pending_work_is_asked_for_again_when_it_said(step: Any) -> None:
    inner = STATES[f"Each_{step.name}"]["ItemProcessor"]["States"]
    check, wait = inner[f"Check_{step.name}"], inner[f"Wait_{step.name}"]
    assert check["Choices"] == [
        {"Variable": "$.state", "StringEquals": "pending", "Next": f"Wait_{step.name}"}
    ]
    assert wait == {"Type": "Wait", "SecondsPath": "$.check_after_seconds", "Next": f"Run_{step.name}"}
    assert inner[check["Default"]] == {"Type": "Succeed"}


def test_only_lambdas_own_errors_are_tried_again_and_a_busy_production_where_it_is_opened() -> None:
    busy = {f"Open_{step.name}" for step in PIPELINE} | {"Finish"}
    for name, task in tasks().items():
        retried = {error for retry in task["Retry"] for error in retry["ErrorEquals"]}
        assert retried == {*LAMBDA_ERRORS, *([BUSY] if name in busy else [])}


def test_retries_are_spread_out_and_bounded() -> None:
    for task in tasks().values():
        for retry in task["Retry"]:
            assert (retry["JitterStrategy"], retry["BackoffRate"]) == ("FULL", 2)
            assert retry["MaxDelaySeconds"] <= 60
            assert retry["MaxAttempts"] <= 8


def test_whatever_fails_is_written_down_before_the_execution_fails() -> None:
    for name in (*(f"{verb}_{step.name}" for step in PIPELINE for verb in ("Open", "Each")), "Finish"):
        assert STATES[name]["Catch"] == [
            {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Fail"}
        ]
    assert STATES["Fail"]["Parameters"]["Payload"] == {
        "production_id.$": "$.production_id",
        "error.$": "$.error",
    }
    assert STATES["Fail"]["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Failed"}]
    assert STATES["Failed"] == {
        "Type": "Fail",
        "ErrorPath": "$.error.Error",
        "CausePath": "$.error.Cause",
    }


def test_an_execution_that_could_not_begin_marks_no_production_as_failed() -> None:
    assert [it["Next"] for it in STATES["Begin"]["Catch"]] == ["Failed"]


def test_a_task_waits_longer_than_its_function_can_take(assembly: Assembly) -> None:
    for name, task in tasks().items():
        function = assembly.function(task["Parameters"]["FunctionName"].strip("${}"))
        assert task["TimeoutSeconds"] > function["Timeout"], name


def test_the_template_has_this_machine_with_every_function_filled_in(assembly: Assembly) -> None:
    machine = assembly.resources[assembly.machine("productions")]["Properties"]
    concurrency = assembly.environment.deploy.scene_concurrency
    assert json.loads(machine["DefinitionString"]) == state_machine(PIPELINE, concurrency=concurrency)
    named = {task["Parameters"]["FunctionName"].strip("${}") for task in tasks().values()}
    assert machine["DefinitionSubstitutions"].keys() == named
    assert machine["StateMachineName"] == f"reelwright-{assembly.environment.name}-productions"
    assert machine["StateMachineType"] == "STANDARD"


def test_the_machine_is_traced_and_logged_as_the_environment_says(assembly: Assembly) -> None:
    deploy = assembly.environment.deploy
    machine = assembly.resources[assembly.machine("productions")]["Properties"]
    assert machine["TracingConfiguration"] == {"Enabled": deploy.tracing}
    logging = machine["LoggingConfiguration"]
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", deploy.log_execution_data)
    assert len(logging["Destinations"]) == 1


def test_prod_logs_no_briefs() -> None:
    assert load_environment("prod").deploy.log_execution_data is False
