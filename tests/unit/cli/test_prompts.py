"""`reelwright prompts`, against this machine's own documents."""

import io
import json
import re
import shlex
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reelwright.cli import configuring, prompts_desk
from reelwright.cli.prompts_costs import CandidateCost, cost_of_change
from reelwright.cli.prompts_words import change_lines, changes_between
from reelwright.clock import SystemClock
from reelwright.config.local import LocalPlace
from reelwright.cost.schema import Price
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.local import SqliteOutcomes
from reelwright.prompts.outcomes import PromptOutcome
from reelwright.prompts.stored import StoredPrompts
from reelwright.storage.local_audit import FolderAuditLog
from reelwright.storage.schema import Author
from tests.unit.cli.conftest import Outcome, Run

WHY = ("--reason", "a test", "--actor", "ann")
NAME = "write-script"
VALUES = {
    "topic": "Tides",
    "audience": "everybody",
    "language": "en",
    "seconds": 60,
    "words": 165,
    "pace": 165,
    "notes": "The moon pulls the sea.",
}


def bundled() -> str:
    found = PromptLibrary().get(NAME)
    assert found
    return found.text


def edited(word: str, text: str = "") -> str:
    """The prompt with other words in one line."""
    return re.sub(r"Write for the ear: [^\n]*", f"Write for the ear: {word}.", text or bundled())


@pytest.fixture
def write(place: Path) -> Callable[[str], Path]:
    """What writes a file of the prompt."""

    def written(text: str) -> Path:
        file = place / f"{NAME}.md"
        file.write_text(text, encoding="utf-8")
        return file

    return written


def said(run: Run, *words: object) -> Any:
    outcome = run("prompts", *words, "--json")
    assert outcome.code == 0, outcome.out + outcome.err
    return json.loads(outcome.out)


def refused(outcome: Outcome, code: int = 2) -> Any:
    assert outcome.code == code, outcome.out + outcome.err
    return json.loads(outcome.out)["error"]


def served(run: Run) -> tuple[str, str]:
    told = next(one for one in said(run, "list")["prompts"] if one["name"] == NAME)
    return told["served"], told["source"]


def given() -> list[str]:
    return [word for name, value in VALUES.items() for word in ("--var", f"{name}={value}")]


def test_without_a_store_the_codes_own_are_listed_and_served(run: Run) -> None:
    told = said(run, "list")
    assert {NAME, f"{NAME}.investing"} <= {one["name"] for one in told["prompts"]}
    assert {one["source"] for one in told["prompts"]} == {"bundled"}
    assert "bundled" in run("prompts", "list").out


def test_the_bundled_prompts_pass_their_lint(run: Run) -> None:
    told = said(run, "lint", "--strict")
    assert (told["errors"], told["warnings"]) == (0, 0)
    assert len(told["prompts"]) == len(PromptLibrary().names)


def test_lint_names_file_line_and_fault_and_fails(run: Run, write: Callable[[str], Path]) -> None:
    file = write(bundled().replace("{{notes}}", "{{nodes}}"))
    outcome = run("prompts", "lint", file)
    assert outcome.code == 1
    assert re.search(rf"{re.escape(str(file))}:\d+:\d+: error: .*nodes", outcome.out)
    assert run("prompts", "lint", file.parent).code == 1


def test_warnings_fail_only_if_that_is_asked_for(run: Run, write: Callable[[str], Path]) -> None:
    file = write(edited("short words   \nand more"))
    assert run("prompts", "lint", file).code == 0
    assert run("prompts", "lint", "--strict", file).code == 1


def test_what_is_wrong_is_not_saved(run: Run, write: Callable[[str], Path]) -> None:
    error = refused(
        run("prompts", "save", write(bundled().replace("{{notes}}", "{{nodes}}")), *WHY, "--json")
    )
    assert error["code"] == "prompt_faulty"
    assert said(run, "show", NAME)["versions"] == []


def test_a_version_is_saved_labelled_seen_and_rolled_back(run: Run, write: Callable[[str], Path]) -> None:
    before = served(run)
    told = said(run, "save", write(edited("tiny sentences")), *WHY, "--label", "production")
    assert (told["number"], told["new"]) == (1, True)
    assert served(run) == (told["version"], "store")
    second = said(run, "save", write(edited("long sentences")), *WHY)
    assert served(run)[0] == told["version"], "saving alone serves nothing"
    said(run, "label", NAME, "production", second["version"][:6], *WHY)
    assert served(run)[0] == second["version"]

    back = said(run, "rollback", NAME, *WHY)
    assert (back["before"], back["version"]) == (second["version"], told["version"])
    assert served(run)[0] == told["version"]
    off = said(run, "rollback", NAME, *WHY)
    assert off["version"] is None
    assert served(run) == before, "before the first version stood the code's own"
    assert refused(run("prompts", "rollback", NAME, *WHY, "--json"))["code"] == "invalid_input"


def test_every_move_tells_how_to_undo_it(run: Run, write: Callable[[str], Path]) -> None:
    first = said(run, "save", write(edited("tiny sentences")), *WHY, "--label", "production")
    second = said(run, "save", write(edited("long sentences")), *WHY, "--label", "production")
    undo = shlex.split(second["moved"]["undo"].removeprefix("reelwright prompts "))
    said(run, *undo)
    assert served(run)[0] == first["version"]


def test_the_same_text_is_the_same_version(run: Run, write: Callable[[str], Path]) -> None:
    first = said(run, "save", write(edited("tiny sentences")), *WHY)
    again = said(run, "save", write(edited("tiny sentences")), *WHY)
    assert (again["version"], again["number"], again["new"]) == (first["version"], 1, False)


def test_who_comes_second_is_told_who_was_first(run: Run, write: Callable[[str], Path]) -> None:
    first = said(run, "save", write(edited("tiny sentences")), *WHY, "--label", "production")
    said(
        run,
        "save",
        write(edited("long sentences")),
        "--reason",
        "mine",
        "--actor",
        "bob",
        "--label",
        "production",
    )
    outcome = run(
        "prompts", "label", NAME, "production", "none", *WHY, "--expect", first["version"], "--json"
    )
    error = refused(outcome, code=4)
    assert error["code"] == "label_conflict"
    assert "bob" in error["message"]


def test_history_says_who_changed_what_and_why_and_so_does_the_audit_trail(
    run: Run, write: Callable[[str], Path]
) -> None:
    said(run, "save", write(edited("tiny sentences")), *WHY, "--label", "production")
    told = said(run, "show", NAME)
    assert [(one["number"], one["author"]["actor"]) for one in told["versions"]] == [(1, "ann")]
    assert told["moves"][0]["author"]["reason"] == "a test"
    assert "ann: a test" in run("prompts", "show", NAME).out
    trail = json.loads(run("config", "audit", "--json").out)
    assert trail["whole"]
    assert any("prompts/labels" in entry["subject"] for entry in trail["entries"])


def test_a_version_that_cannot_be_read_is_shown_with_what_is_wrong(run: Run, place: Path) -> None:
    documents = LocalPlace("local", place / ".reelwright", SystemClock()).documents()
    who = Author(actor="ann", reason="before there was a linter")
    store = StoredPrompts(documents, clock=SystemClock())
    saved = store.save(NAME, bundled().replace("{{notes}}", "{{nodes}}"), author=who, expect=None)
    told = said(run, "show", NAME, "--version", saved.version)
    assert any("nodes" in finding for finding in told["findings"])
    assert said(run, "diff", NAME, "bundled", saved.version)["words_added"] == 1


def test_text_is_printed_as_it_is(run: Run) -> None:
    assert run("prompts", "show", NAME, "--text").out == bundled()


def test_a_version_can_be_named_in_every_way(run: Run, write: Callable[[str], Path]) -> None:
    version = said(run, "save", write(edited("tiny sentences")), *WHY, "--label", "trial")["version"]
    for wanted in ("trial", "1", version, version[:5]):
        assert said(run, "show", NAME, "--version", wanted)["version"] == version
    for wanted in ("bundled", PromptLibrary().get(NAME).version):  # type: ignore[union-attr]  # it is there
        assert said(run, "show", NAME, "--version", wanted)["version"] != version
    for wanted in ("2", "nobody", "000000000000"):
        error = refused(run("prompts", "show", NAME, "--version", wanted, "--json"))
        assert error["code"] == "prompt_version_missing"
        assert "trial" in error["next_step"]


def test_a_name_that_is_nowhere_is_told_with_those_near_to_it(run: Run) -> None:
    error = refused(run("prompts", "show", "write-scripts", "--json"))
    assert error["code"] == "prompt_missing"
    assert NAME in error["next_step"]


def test_render_shows_what_would_be_sent_and_what_it_costs(run: Run, place: Path) -> None:
    told = said(run, "render", NAME, *given(), "--variant", "control")
    assert [message["role"] for message in told["messages"]] == ["system", "user"]
    assert "The moon pulls the sea." in told["messages"][1]["text"]
    assert told["tokens_estimate"] > 100
    assert told["cost"]["candidates"][0]["model"] == "embedded-writer"
    (place / "values.json").write_text(json.dumps(VALUES))
    again = said(run, "render", NAME, "--values", "values.json", "--variant", "control")
    assert again["messages"] == told["messages"]
    assert "The moon pulls the sea." in run("prompts", "render", NAME, *given()).out


def test_render_takes_what_a_production_of_a_brief_would(run: Run, place: Path) -> None:
    (place / "brief.md").write_text("---\ntopic: Tides\nduration_seconds: 60\n---\nThe moon pulls the sea.\n")
    told = said(run, "render", NAME, "--brief", "brief.md", "--unit", "prod_1")
    assert "The moon pulls the sea." in told["messages"][1]["text"]
    assert "60 seconds" in told["messages"][1]["text"]


def test_render_takes_the_file_for_the_topic_and_the_units_variant(run: Run) -> None:
    told = said(
        run, "render", NAME, *given(), "--topic", "How to invest in an index fund", "--unit", "prod_1"
    )
    assert told["path"] == [f"{NAME}.investing"]
    again = said(
        run, "render", NAME, *given(), "--topic", "How to invest in an index fund", "--unit", "prod_1"
    )
    assert told["variant"] == again["variant"]


def test_a_draft_is_rendered_before_it_is_saved(run: Run, write: Callable[[str], Path]) -> None:
    told = said(run, "render", "--file", write(edited("tiny sentences")), *given())
    assert "tiny sentences" in told["messages"][0]["text"]
    assert told["label"] == "draft"


def test_variables_that_are_missing_or_wrong_are_named(run: Run) -> None:
    assert refused(run("prompts", "render", NAME, "--json"))["code"] == "missing_variable"
    error = refused(run("prompts", "render", NAME, *given(), "--var", "seconds=soon", "--json"))
    assert error["code"] == "wrong_variable_type"
    assert "seconds" in error["message"]


def test_a_diff_is_in_words_tokens_and_money(run: Run, write: Callable[[str], Path]) -> None:
    said(run, "save", write(edited("tiny sentences")), *WHY, "--label", "production")
    long = "tiny sentences, and then more and more of them until nobody listens to any of it"
    said(run, "save", write(edited(long)), *WHY, "--label", "production")
    told = said(run, "diff", NAME)
    assert (told["words_removed"], told["words_added"]) == (0, 14)
    assert 5 < told["tokens_delta"] < 40
    assert told["cost_of_1000_calls_usd"] == {"embedded-writer": "+0.00"}
    assert said(run, "diff", NAME, "2", "1")["tokens_delta"] == -told["tokens_delta"]
    assert said(run, "diff", NAME, "production", f"{NAME}.md")["changes"] == []
    assert re.search(r"\{\+.*until nobody listens", run("prompts", "diff", NAME).out)


def test_a_diff_tells_what_callers_have_to_know(run: Run, write: Callable[[str], Path]) -> None:
    changed = bundled().replace("    topic: string", "    mood?: string, how it feels\n    topic: string")
    write(changed.replace("{{#notes}}", "{{#mood}}Mood:\n{{mood}}\n{{/mood}}\n{{#notes}}", 1))
    assert "takes mood now" in said(run, "diff", NAME, "bundled", f"{NAME}.md")["inputs"]


def test_performance_is_shown_by_version_and_variant(run: Run, place: Path) -> None:
    store = SqliteOutcomes(place / ".reelwright" / "prompts.db")
    for number in range(40):
        store.put(
            PromptOutcome(
                key=f"prod_{number}/write_script/0",
                prompt=NAME,
                version="0" * 12,
                variant="control" if number % 2 else "question",
                result="accepted" if number % 2 or number % 4 else "rejected",
                micro_usd=20_000,
                seconds=3.0,
                score=0.9 if number % 2 else None,
                at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=number),
            )
        )
    told = {one["variant"]: one for one in said(run, "show", NAME, "--performance")["performance"]}
    assert (told["control"]["exposures"], told["control"]["accepted_share"]["value"]) == (20, 1.0)
    assert told["question"]["accepted_share"]["value"] == 0.5
    out = run("prompts", "show", NAME, "--performance").out
    assert "50% (30% to 70%)" in out
    assert "$0.02" in out
    assert "0.900 ± 0.000 of 20" in out


def test_a_prompt_goes_from_dev_to_staging_to_prod(
    run: Run, write: Callable[[str], Path], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def documents(name: str) -> Any:
        return LocalPlace(name, place / name, SystemClock()).documents()  # type: ignore[arg-type]  # one of them

    monkeypatch.setattr(prompts_desk, "open_documents", documents)
    monkeypatch.setattr(prompts_desk, "open_audit", lambda name: FolderAuditLog(place / name / "audit"))
    monkeypatch.setattr(prompts_desk, "open_configuration", lambda _: configuring.open_configuration("local"))
    version = said(
        run, "save", write(edited("tiny sentences")), *WHY, "--label", "production", "--env", "dev"
    )
    refusal = run("prompts", "promote", NAME, "--to", "staging", *WHY, "--env", "dev", "--json")
    assert refused(refusal, code=3)["code"] == "not_promoted"
    assert "{+tiny+}" in refusal.err or "tiny sentences" in refusal.err

    for source, target in (("dev", "staging"), ("staging", "prod")):
        told = said(run, "promote", NAME, "--to", target, "--yes", *WHY, "--env", source)
        assert told["version"] == version["version"]
        assert told["moved"]["before"] is None
        shown = said(run, "show", NAME, "--env", target)
        assert (shown["version"], shown["found_by"]) == (version["version"], "production")
        again = said(run, "promote", NAME, "--to", target, "--yes", *WHY, "--env", source)
        assert again["moved"]["changed"] is False
        assert not FolderAuditLog(place / target / "audit").verify()
    said(run, "rollback", NAME, *WHY, "--env", "prod")
    assert said(run, "show", NAME, "--env", "prod")["found_by"] == "bundled"
    assert said(run, "show", NAME, "--env", "staging")["version"] == version["version"]
    assert refused(run("prompts", "promote", NAME, "--to", "dev", *WHY, "--env", "dev", "--json"))


def test_changes_are_found_by_words_and_joined_when_they_are_near() -> None:
    (one,) = changes_between("Say it once.\nThen stop.\n", "Say that twice.\nThen stop.\n")
    assert (one.line, one.old, one.new) == (1, "it once", "that twice")
    assert changes_between("same\n", "same\n") == ()
    far = "{} and so it goes on and on for a very long while {}"
    assert len(changes_between(far.format("a", "b"), far.format("x", "y"))) == 2


def test_a_change_stands_among_its_neighbours_as_they_are_written() -> None:
    changes = changes_between("It is red, they say.\n", "It is red and\nblue, they say.\n")
    assert list(change_lines(changes)) == ["     1: It is red{+ and blue+}, they say."]
    assert list(change_lines(changes_between("It is red.", "It is blue."))) == [
        "     1: It is [-red-]{+blue+}."
    ]
    assert list(change_lines(changes_between("a  b", "a b"))) == [], "space alone is no change of words"


def test_tokens_that_come_or_go_cost_what_the_book_says() -> None:
    price = Price(
        model="m",
        unit="input_tokens",
        micro_usd=3_000_000,
        per=1_000_000,
        source="a test",
        as_of=date(2026, 1, 1),
        valid_until=date(2027, 1, 1),
    )
    paid = CandidateCost("paid", free=False, price=price, most_micro_usd=0)
    free = CandidateCost("ours", free=True, price=None, most_micro_usd=0)
    unknown = CandidateCost("unknown", free=False, price=None, most_micro_usd=0)
    assert paid.read_micro_usd(1_001) == 3_003
    assert cost_of_change([paid, free, unknown], 15) == {"paid": "+0.045", "ours": "+0.00"}
    assert cost_of_change([paid], -15) == {"paid": "-0.045"}


def test_what_a_paid_model_would_cost_stands_beside_the_prompt(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("sk-ant-0123456789abcdef"))
    assert run("secrets", "set", "providers/anthropic").code == 0
    told = said(run, "render", NAME, *given(), "--tier", "standard")
    first = told["cost"]["candidates"][0]
    assert not first["free"]
    assert 0 < float(first["read_usd"]) < float(first["most_usd"])
    assert (
        f"${first['read_usd']} for reading it"
        in run("prompts", "render", NAME, *given(), "--tier", "standard").out
    )
