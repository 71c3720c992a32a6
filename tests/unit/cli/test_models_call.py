"""`reelwright models call`: what is tried is paid once, within a ceiling, and can be collected later."""

import io
import json
import signal
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from reelwright.clock import SystemClock
from reelwright.cost.ledger import CostLedger
from tests.simulators.anthropic import AnthropicSimulator
from tests.simulators.elevenlabs import ElevenLabsSimulator
from tests.simulators.runway import RunwaySimulator
from tests.simulators.server import Faults, Simulator
from tests.unit.cli.conftest import Outcome, Run
from tests.unit.cli.vendors import reach

VIDEO = ("models", "call", "video", "Bees on lavender", "--model", "runway-gen4-5", "--seconds", "3")
CLI = (sys.executable, "-m", "reelwright.cli")
WRITER = "claude-haiku-5-5"


@pytest.fixture
def runway(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunwaySimulator]:
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, _seconds: None)
    with RunwaySimulator() as simulator:
        reach(monkeypatch, runway=simulator)
        yield simulator


@pytest.fixture
def anthropic(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnthropicSimulator]:
    with AnthropicSimulator() as simulator:
        reach(monkeypatch, anthropic=simulator)
        yield simulator


def told(outcome: Outcome) -> dict[str, Any]:
    assert outcome.code == 0, outcome.err
    answer: dict[str, Any] = json.loads(outcome.out)
    return answer


def spent(place: Path, budget: str = "env:local") -> int:
    ledger = CostLedger.open(f"sqlite:///{place}/.reelwright/ledger.db")
    totals = ledger.totals(budget)
    ledger.close()
    assert (totals.reserved, totals.unknown) == (0, 0)
    return totals.settled


def micro_usd(text: str) -> int:
    return round(float(text) * 1_000_000)


def test_an_engine_of_ours_answers_where_there_is_no_key(run: Run, place: Path) -> None:
    answer = told(run("models", "call", "content", "Honey keeps because it has little water.", "--json"))
    assert (answer["model"], answer["cost_usd"]) == ("embedded-writer", "0.00")
    assert json.loads(answer["text"])["scenes"]
    assert not (place / "out").exists()


def test_text_is_printed_first_then_who_and_what_it_cost(run: Run, anthropic: AnthropicSimulator) -> None:
    said = run("models", "call", "content", "Say hello", "--model", WRITER)
    assert said.code == 0
    assert "{" not in said.out.splitlines()[0], "the text, not the JSON around it"
    assert f"by {WRITER} of anthropic" in said.out
    (request,) = anthropic.received
    assert "Say hello" in json.dumps(request.json["messages"])
    assert request.json["max_tokens"] == 1000
    assert anthropic.objections == []


def test_the_ledger_has_what_it_cost(run: Run, place: Path, anthropic: AnthropicSimulator) -> None:
    answer = told(run("models", "call", "content", "Say hello", "--model", WRITER, "--json"))
    assert len(anthropic.accepted) == 1
    assert spent(place) == micro_usd(answer["cost_usd"]) > 0
    assert spent(place, f"video:{answer['key']}") == spent(place), "its own budget, as a video has"
    assert answer["key"].startswith("call_")
    assert run("productions", "show", answer["key"]).code == 2, "nobody takes it for a production"


def test_the_prompt_may_come_from_standard_input(
    run: Run, anthropic: AnthropicSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("Piped in\n"))
    assert run("models", "call", "content", "--model", WRITER).code == 0
    assert "Piped in" in json.dumps(anthropic.received[0].json["messages"])


def test_a_fallback_and_every_attempt_are_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, _seconds: None)
    with AnthropicSimulator(faults=Faults.script(["invalid_request"])) as simulator:
        reach(monkeypatch, anthropic=simulator)
        answer = told(run("models", "call", "content", "Say hello", "--json"))
    assert answer["model"] == "claude-haiku-4-5"
    assert [(each["model"], each["failure"]) for each in answer["attempts"]] == [
        (WRITER, "callers_fault"),
        ("claude-haiku-4-5", None),
    ]


def test_speech_becomes_a_file_with_a_verdict(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ElevenLabsSimulator() as simulator:
        reach(monkeypatch, elevenlabs=simulator)
        words = ("models", "call", "audio", "Honey never spoils.", "--model", "elevenlabs-multilingual-v2")
        answer = told(run(*words, "--out", "sub/honey.wav", "--json"))
    assert answer["words"] == 3
    assert answer["voice"]
    assert {"pace", "loudness", "clipped"} <= {each["what"] for each in answer["quality"]}
    assert spent(place) == micro_usd(answer["cost_usd"]) == 19 * 180
    with wave.open(str(place / "sub" / "honey.wav")) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(answer["duration_seconds"], abs=0.01)


def test_footage_is_waited_for_and_paid_as_the_vendor_says(
    run: Run, place: Path, runway: RunwaySimulator
) -> None:
    outcome = run(*VIDEO, "--max-usd", "1", "--json", "--out", "bees.mp4")
    answer = told(outcome)
    assert spent(place) == micro_usd(answer["cost_usd"]) == runway.bill_micro_usd == 360_000
    assert "runway-gen4-5 is at work" in outcome.err
    assert f"--resume {answer['key']}" in outcome.err
    assert answer["objection"] == ""
    with av.open(str(place / "bees.mp4")) as file:
        assert file.streams.video[0].duration
    assert [path.name for path in place.glob(".bees*")] == []


def test_what_is_dear_needs_a_ceiling_or_consent(run: Run, place: Path, runway: RunwaySimulator) -> None:
    outcome = run(*VIDEO, "--json")
    assert outcome.code == 2
    error = json.loads(outcome.out)["error"]
    assert error["code"] == "ceiling_needed"
    assert "$0.36" in error["message"]
    assert runway.received == []
    assert run(*VIDEO, "--yes").code == 0
    assert spent(place) == 360_000


def test_a_ceiling_below_every_price_buys_nothing(run: Run, runway: RunwaySimulator) -> None:
    outcome = run(*VIDEO, "--max-usd", "0.35", "--json")
    assert outcome.code == 3
    assert json.loads(outcome.out)["error"]["code"] == "budget_exceeded"
    assert runway.received == []


def test_a_ceiling_is_for_all_attempts_together(
    run: Run, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    """A refused prompt of Runway is billed; with $0.36 gone, the next candidate may not add as much."""
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, _seconds: None)
    with RunwaySimulator(failures=["SAFETY.INPUT.TEXT"] * 9) as simulator:
        reach(monkeypatch, runway=simulator)
        outcome = run(
            *("models", "call", "video", "Bees", "--tier", "standard", "--seconds", "3", "--max-usd", "0.5"),
            "--json",
        )
        answer = told(outcome)
        assert answer["provider"] == "embedded"
        assert len(simulator.accepted) == 1
        assert spent(place) == simulator.bill_micro_usd == 360_000
    assert "ceiling" in {each["because"] for each in answer["rejected"]}


def test_no_waiting_leaves_it_with_the_vendor_until_it_is_collected(
    run: Run, place: Path, runway: RunwaySimulator
) -> None:
    pending = told(run(*VIDEO, "--yes", "--no-wait", "--json"))
    assert pending["state"] == "under_way"
    assert pending["resume"] == f"reelwright models call --resume {pending['key']}"
    first = told(run("models", "call", "--resume", pending["key"], "--json", "--out", "one.mp4"))
    again = told(run("models", "call", "--resume", pending["key"], "--json", "--out", "two.mp4"))
    assert len(runway.accepted) == 1, "ordered once, however often it is collected"
    assert first["cost_usd"] == again["cost_usd"] == "0.36"
    assert (place / "one.mp4").read_bytes() == (place / "two.mp4").read_bytes()
    assert spent(place) == 360_000


def test_a_signal_while_it_is_made_says_how_to_collect_it(
    run: Run, runway: RunwaySimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_self: SystemClock, _seconds: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SystemClock, "sleep", interrupted)
        outcome = run(*VIDEO, "--yes", "--json")
    assert outcome.code == 130
    step = json.loads(outcome.out)["error"]["next_step"]
    assert "is under way, for up to $0.36" in outcome.err
    words = step.partition("reelwright ")[2].split()
    assert words[:3] == ["models", "call", "--resume"]
    assert told(run(*words, "--json"))["cost_usd"] == "0.36"
    assert len(runway.accepted) == 1


def test_what_failed_tells_its_cost_and_how_to_go_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, _seconds: None)
    with RunwaySimulator(faults=Faults.script(["lost_answer"])) as simulator:
        reach(monkeypatch, runway=simulator)
        outcome = run(*VIDEO, "--yes", "--json")
        assert len(simulator.accepted) == 1
    assert outcome.code == 1
    error = json.loads(outcome.out)["error"]
    assert error["code"] == "outcome_unknown"
    assert "models call --resume call_" in error["next_step"]
    assert "attempt 1 at runway-gen4-5 may have cost $0.36" in outcome.err


def test_attempts_that_failed_are_notes_without_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, _seconds: None)
    with AnthropicSimulator(faults=Faults.script(["lost_answer"])) as simulator:
        reach(monkeypatch, anthropic=simulator)
        outcome = run("models", "call", "content", "Say hello", "--model", WRITER)
    assert outcome.code == 0
    assert f"Attempt 1 at {WRITER} failed" in outcome.err
    assert "Traceback" not in outcome.err
    assert f"attempt 2 at {WRITER}" in outcome.out


def test_a_file_that_cannot_be_written_is_found_out_before_it_is_paid(
    run: Run, place: Path, runway: RunwaySimulator
) -> None:
    (place / "taken").mkdir()
    (place / "file").write_text("x", encoding="utf-8")
    for out in ("taken", "file/below.mp4", "x" * 300 + ".mp4", "/proc/none/x.mp4", "/proc/x.mp4", ""):
        outcome = run(*VIDEO, "--yes", f"--out={out}", "--json")
        assert outcome.code == 2, out
        assert json.loads(outcome.out)["error"]["next_step"]
    assert runway.accepted == []


@pytest.mark.parametrize(
    "words",
    [
        ("models", "call"),
        ("models", "call", "content", ""),
        ("models", "call", "content", " \n"),
        ("models", "call", "content", "\u200b"),
        ("models", "call", "content", "Hello", "--max-usd", "0"),
        ("models", "call", "content", "Hello", "--max-usd", "0.0000001"),
        ("models", "call", "content", "Hello", "--max-usd", "-1"),
        ("models", "call", "content", "Hello", "--max-usd", "nan"),
        ("models", "call", "content", "Hello", "--max-usd", "1e3"),
        ("models", "call", "content", "Hello", "--out", "x.txt"),
        ("models", "call", "content", "Hello", "--model", "runway-gen4-5"),
        ("models", "call", "content", "Hello", "--model", "no-such-model"),
        ("models", "call", "content", "Hello", "--model", WRITER),
        ("models", "call", "content", "Hello", "--language", "../en"),
        ("models", "call", "video", "Hello", "--model", "nova-reel"),
        ("models", "call", "video", "Hello", "--seconds", "nan"),
        ("models", "call", "--resume", "call_01KAQ4Z7M8V3N5T2X9C6B1D0EF"),
        ("models", "call", "--resume", "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"),
        ("models", "call", "--resume", "../../etc/passwd"),
        ("models", "call", "content", "--resume", "call_01KAQ4Z7M8V3N5T2X9C6B1D0EF"),
        ("models", "call", "--resume", "call_01KAQ4Z7M8V3N5T2X9C6B1D0EF", "--max-usd", "1"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_asked(run: Run, words: tuple[str, ...]) -> None:
    outcome = run(*words, "--json")
    assert outcome.code == 2, outcome.err
    error = json.loads(outcome.out)["error"]
    assert error["message"]
    assert error["next_step"]


def test_a_simulator_is_held_to_its_schema(runway: Simulator, run: Run) -> None:
    run(*VIDEO, "--yes")
    assert runway.objections == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_another_process_collects_what_a_stopped_one_ordered(
    place: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    with RunwaySimulator() as simulator:
        reach(monkeypatch, runway=simulator)
        # Until the first look ten seconds pass, so it is stopped while it waits.
        with subprocess.Popen(
            [*CLI, *VIDEO, "--yes", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr
            line = process.stderr.readline()
            process.send_signal(number)
            out, _ = process.communicate(timeout=60)
        assert process.returncode == (-9 if number == signal.SIGKILL else 128 + number), out
        key = line.rpartition("--resume ")[2].strip()
        simulator.looks = 1
        again = [*CLI, "models", "call", "--resume", key, "--json", "--out", "bees.mp4"]
        collected = subprocess.run(again, capture_output=True, text=True, check=True, timeout=60)
        assert json.loads(collected.stdout)["cost_usd"] == "0.36"
        assert len(simulator.accepted) == 1
    assert (place / "bees.mp4").stat().st_size > 0
    assert spent(place) == 360_000
