"""On the deployed stack: what a guardrail looks at and what it stops, and a video told again in German."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from reelwright.cost.budgets import budget_names
from reelwright.cost.schema import format_usd
from tests.e2e.deployed.guardrail import DENIED, GUARDRAIL_ID, Guarded, guarded
from tests.e2e.deployed.stack import BRIEF, ProductionFailedError, Stack
from tests.e2e.deployed.terminal import Terminal
from tests.emulator.samples import invoke, make_function
from tests.telling import tell

TOPIC = "How the tide turns a mill"
ASKS = """
from boto3 import client
from botocore.exceptions import ClientError

def handler(event, context):
    content = [{"text": {"text": "Hello."}}]
    try:
        client("bedrock-runtime").apply_guardrail(
            guardrailIdentifier=event, guardrailVersion="3", source="INPUT", content=content)
    except ClientError as error:
        return error.response["Error"]["Code"]
"""


@pytest.fixture(scope="module")
def they(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """Those whom productions ask, as long as the tests of this file run."""
    with guarded(stack, tmp_path_factory.mktemp("guardrail") / "branch") as they:
        yield they


@pytest.fixture(scope="module")
def english(stack: Stack, they: Guarded) -> dict[str, Any]:
    """The record of a production that the guardrail let pass, and what each asked for it."""
    assert set(they.bills.values()) == {0}
    with stack.timed("production with a guardrail"):
        made = stack.make(brief={**BRIEF, "topic": TOPIC})
    return {**stack.record(made), "id": made, "bills": they.bills, "asked": sources(they)}


@pytest.fixture(scope="module")
def german(
    stack: Stack, terminal: Terminal, they: Guarded, english: dict[str, Any], pytestconfig: pytest.Config
) -> dict[str, Any]:
    """The record of the same in German, as the command line asks for it, and what each asked for it."""
    before, looked = they.bills, len(sources(they))
    words = ("productions", "translate", english["id"], "--language", "de", "--resolution", "480p")
    with stack.timed("translate --env dev"):
        result = terminal.answer(*words)
    bills = {name: bill - before[name] for name, bill in they.bills.items()}
    spent = {"English": english["bills"], "German": bills}
    tell(pytestconfig, "micro-dollars in two languages", lambda: spent)
    record = stack.record(result["production_id"])
    return {**record, "result": result, "bills": bills, "asked": sources(they)[looked:]}


def sources(they: Guarded) -> list[str]:
    """Whose texts the guardrail was asked about."""
    return [request.json["source"] for request in they.bedrock.received]


def decisions(record: dict[str, Any], beginning: str) -> dict[str, dict[str, Any]]:
    """The decisions whose subjects begin so, by subject."""
    steps = record["production"]["steps"]
    return {
        it["subject"]: it for step in steps for it in step["decisions"] if it["subject"].startswith(beginning)
    }


def charged(record: dict[str, Any], provider: str) -> int:
    """What the record says of a provider's bill, in micro-dollars."""
    lines = [line for step in record["production"]["steps"] for line in step["charges"]]
    return sum(line["micro_usd"] for line in lines if line["provider"] == provider)


def test_brief_and_script_are_looked_at_and_the_record_says_so(english: dict[str, Any]) -> None:
    assert english["asked"] == ["INPUT", "OUTPUT"]
    told = decisions(english, "guardrail")
    assert {subject: it["chosen"] for subject, it in told.items()} == {
        "guardrail of the brief": "passed",
        "guardrail of the script": "passed",
    }
    assert all(f"{GUARDRAIL_ID} version 3" in it["reason"] for it in told.values())


def test_looking_is_on_the_bill_and_in_the_ledger(
    stack: Stack, they: Guarded, english: dict[str, Any]
) -> None:
    bills = english["bills"]
    assert all(bills.values())
    assert {name: charged(english, name) for name in bills} == bills
    assert english["cost"]["generation_cost_usd"] == format_usd(sum(bills.values()))
    of_it = budget_names("dev", datetime.now(UTC).date(), "content", english["id"]).video
    totals = stack.ledger.totals(of_it)
    assert (totals.settled, totals.reserved, totals.unknown) == (sum(bills.values()), 0, 0)
    assert they.objections == []


def test_the_function_that_writes_may_ask_the_guardrail_that_the_file_names(
    stack: Stack, they: Guarded, english: dict[str, Any]
) -> None:
    assert english
    assert they.bedrock.statuses == [404] * len(english["asked"]), "the emulator let each of them in"
    assert stack.emulator.denials() == []


def test_what_it_stops_ends_there_and_nothing_is_published(
    stack: Stack, they: Guarded, english: dict[str, Any]
) -> None:
    assert english
    before = they.bills
    execution = stack.start(brief={**BRIEF, "topic": f"Why to {DENIED} of the sea", "platforms": ["youtube"]})
    with pytest.raises(ProductionFailedError, match=r"ContentRefused.*Investment advice"):
        stack.finished(execution)
    failed = stack.productions.load(execution.rpartition(":")[2])
    error = failed.step("write_script").error or {}
    assert (failed.status, error["code"]) == ("failed", "content_refused")
    assert (failed.step("narrate").status, failed.step("publish").status) == ("waiting", "waiting")
    assert they.youtube.received == []
    assert stack.package(failed.id) == {}
    asked = {name: bill - before[name] for name, bill in they.bills.items()}
    looked = asked.pop("bedrock")
    assert looked > 0
    assert sum(line.micro_usd for line in failed.charges) == looked, "its record says what looking had cost"
    assert set(asked.values()) == {0}, "nobody wrote, spoke or shot"


def test_it_is_told_in_german_whole_by_the_command_line(
    stack: Stack, terminal: Terminal, english: dict[str, Any], german: dict[str, Any]
) -> None:
    assert german["result"]["status"] == "completed"
    assert german["script"]["language"] == "de"
    assert all(check["passed"] for check in german["review"]["checks"])
    pairs = list(zip(english["script"]["scenes"], german["script"]["scenes"], strict=True))
    assert all(one["narration"] != other["narration"] for one, other in pairs)
    assert [one["visual"]["kind"] for one, _ in pairs] == [other["visual"]["kind"] for _, other in pairs]
    there = stack.package(german["production"]["id"])
    assert terminal.folder
    home = terminal.folder / "out" / german["production"]["id"] / "video.mp4"
    assert home.stat().st_size == there["video.mp4"] > 10_000


def test_its_record_names_the_original_and_what_was_used_again(
    english: dict[str, Any], german: dict[str, Any]
) -> None:
    translation = german["production"]["brief"]["translation"]
    assert (translation["original"], translation["language"]) == (english["id"], "en")
    assert [it["scene_index"] for it in translation["footage"]] == [0]
    (script,) = decisions(german, "script").values()
    assert script["chosen"] == f"that of {english['id']} in another language"
    (footage,) = decisions(german, "footage of scene").values()
    assert (footage["subject"], footage["chosen"]) == ("footage of scene 1", f"that of {english['id']}")


def test_footage_is_not_bought_twice_and_all_else_that_was_bought_is_on_the_bill(
    they: Guarded, german: dict[str, Any]
) -> None:
    assert len(they.runway.tasks) == 1
    bills = german["bills"]
    assert [name for name, bill in bills.items() if not bill] == ["runway"]
    assert {name: charged(german, name) for name in bills} == bills
    assert german["cost"]["generation_cost_usd"] == format_usd(sum(bills.values()))
    assert they.objections == []


def test_a_script_in_another_language_is_looked_at_too(stack: Stack, german: dict[str, Any]) -> None:
    assert german["asked"] == ["OUTPUT"]
    assert {it["chosen"] for it in decisions(german, "guardrail").values()} == {"passed"}
    assert stack.emulator.denials() == []


def test_no_other_function_may_ask_it_and_this_one_no_other(stack: Stack, they: Guarded) -> None:
    assert they
    functions = stack.client("lambda")
    roles = {it["FunctionName"]: it["Role"] for it in functions.list_functions()["Functions"]}
    for slug in ("write-script", "narrate"):
        name = f"reelwright-{stack.cdk.environment}-{slug}"
        make_function(stack.emulator, f"probe-guardrail-{slug}", ASKS, roles[name])
    asked = {
        (slug, guardrail): invoke(stack.emulator, f"probe-guardrail-{slug}", guardrail)
        for slug, guardrail in (
            ("write-script", GUARDRAIL_ID),
            ("write-script", "gr2other"),
            ("narrate", GUARDRAIL_ID),
        )
    }
    assert list(asked.values()) == ["ResourceNotFoundException", *["AccessDeniedException"] * 2]
