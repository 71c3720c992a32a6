"""The machine of batches: every row is an item, nothing is begun twice, and the report is written anyhow."""

import json
from collections.abc import Iterator

import pytest

from infra.batch_machine import STARTING_ERRORS, batch_machine
from infra.constructs.batches import BATCH_FUNCTIONS
from infra.functions import FUNCTIONS
from reelwright.pipeline.batch.advancing import AdvanceRequest, FinishRequest, Started
from tests.infra.conftest import Assembly, Json
from tests.infra.test_state_machine import all_states, targets

MACHINE = batch_machine()
EACH: Json = MACHINE["States"]["Each"]
ITEM: Json = EACH["ItemProcessor"]["States"]


def tasks() -> Iterator[tuple[str, Json]]:
    yield from ((name, state) for name, state in all_states(MACHINE) if state["Type"] == "Task")


def test_every_state_that_is_named_exists_once() -> None:
    for machine in (MACHINE, EACH["ItemProcessor"]):
        named = {it for state in machine["States"].values() for it in targets(state)}
        assert named | {machine["StartAt"]} == machine["States"].keys()
    names = [name for name, _ in all_states(MACHINE)]
    assert len(set(names)) == len(names)


def test_rows_are_read_from_the_bucket_and_bounded_by_who_asks() -> None:
    assert EACH["ItemReader"]["ReaderConfig"] == {"InputType": "JSONL"}
    assert EACH["ItemReader"]["Parameters"] == {"Bucket": "${ArtifactsBucket}", "Key.$": "$.rows"}
    assert EACH["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    assert (EACH["MaxConcurrencyPath"], EACH["ToleratedFailurePercentagePath"]) == (
        "$.at_a_time",
        "$.tolerated_failure_percentage",
    )


def test_functions_are_asked_what_they_take() -> None:
    asked = {
        name: state["Parameters"]["Payload"] for name, state in tasks() if "Payload" in state["Parameters"]
    }
    fields = {name: {key.removesuffix(".$") for key in payload} for name, payload in asked.items()}
    assert fields == {
        "Look": set(AdvanceRequest.model_fields),
        "Report": set(FinishRequest.model_fields) - {"error"},
        "ReportStopped": set(FinishRequest.model_fields),
    }
    assert {key.removesuffix(".$") for key in EACH["ItemSelector"]} == set(AdvanceRequest.model_fields)


def test_an_execution_is_started_by_name_waited_for_and_looked_after_however_it_ends() -> None:
    start = ITEM["Start"]
    assert start["Resource"] == "arn:aws:states:::states:startExecution.sync:2"
    assert start["Parameters"]["Name.$"] == "$.execution"
    (retry,) = start["Retry"]
    assert retry["ErrorEquals"] == list(STARTING_ERRORS)
    assert [(it["ErrorEquals"], it["Next"]) for it in start["Catch"]] == [(["States.ALL"], "Look")]
    assert start["Next"] == "Look"
    assert start["ResultPath"] == start["Catch"][0]["ResultPath"] == "$.started"
    assert Started.model_validate(start["ResultSelector"]) == Started()


def test_the_report_is_written_whatever_ended_the_rows() -> None:
    assert [it["Next"] for it in EACH["Catch"]] == ["ReportStopped"]
    assert EACH["Next"] == "Report"
    assert MACHINE["States"]["Judge"]["Choices"][0]["StringEquals"] == "stopped"


def test_what_items_end_with_is_short_for_a_map_may_answer_256_kb() -> None:
    assert len(json.dumps(ITEM["Done"]["Result"])) * 100_000 < 256_000
    assert EACH["ResultPath"] is None


def test_the_template_has_this_machine_with_everything_filled_in(assembly: Assembly) -> None:
    machine = assembly.resources[assembly.machine("batches")]["Properties"]
    assert json.loads(machine["DefinitionString"]) == MACHINE
    assert machine["DefinitionSubstitutions"] == {
        **{name: machine["DefinitionSubstitutions"][name] for name in BATCH_FUNCTIONS},
        "ArtifactsBucket": {"Ref": "ArtifactsBucket"},
        "ProductionsMachine": {"Fn::GetAtt": [assembly.machine("productions"), "Arn"]},
    }
    assert machine["StateMachineType"] == "STANDARD"


@pytest.mark.parametrize("name", BATCH_FUNCTIONS)
def test_a_task_waits_longer_than_its_function_can_take(name: str) -> None:
    waited = {
        state["TimeoutSeconds"]
        for _, state in tasks()
        if state["Parameters"].get("FunctionName") == f"${{{name}}}"
    }
    assert min(waited) > FUNCTIONS[name].timeout_seconds


def test_it_reads_its_rows_and_starts_productions_and_nothing_else(assembly: Assembly) -> None:
    (holder, _) = assembly.resources[assembly.machine("batches")]["Properties"]["RoleArn"]["Fn::GetAtt"]
    (policy,) = assembly.resources[holder]["Properties"]["Policies"]
    may = {it["Sid"]: it for it in policy["PolicyDocument"]["Statement"]}
    assert may.keys() - {"Trace"} == {
        *("RunBatches", "StartItems", "WatchItems", "StartProductions", "WatchProductions", "HearOfEnds"),
        *("ReadRows", "RowsKey", "DeliverLogs"),
    }
    assert may["ReadRows"]["Action"] == "s3:GetObject"
    assert "batches/*" in json.dumps(may["ReadRows"]["Resource"])
    assert "reelwright-" in json.dumps(may["StartItems"]["Resource"])
