"""One production on one machine, by paid models that fail in each of the three services."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest

from reelwright.cost.schema import format_usd
from tests.e2e.vendors.place import Place, all_decisions, attempts_of, ended
from tests.simulators.house import KEY, House
from tests.simulators.media import prompt_hash, read_burned
from tests.simulators.server import Faults, Received

pytestmark = pytest.mark.render

TOPIC = "Why honey keeps"


@dataclass(frozen=True)
class Made:
    """What the command said, and what it wrote."""

    place: Place
    house: House
    answer: dict[str, Any]
    told: str
    package: Path

    @property
    def record(self) -> dict[str, Any]:
        record: dict[str, Any] = json.loads((self.package / "production.json").read_text(encoding="utf-8"))
        return record

    def decision(self, subject: str, index: int = 0) -> dict[str, Any]:
        return all_decisions(self.record, subject)[index]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    house = House(
        anthropic={"faults": Faults.script(["overloaded"] * 9)},
        polly={"faults": Faults.script(["throttled"] * 9, on=_generative)},
        elevenlabs={"faults": Faults.script(["refusal"])},
        runway={"failures": ["SAFETY.INPUT.TEXT"]},
    )
    with house:
        place = Place(
            tmp_path_factory.mktemp("fallback"),
            house,
            {"MODELS__AUDIO__TIER": "premium", "RETRY__BUDGET_PERCENT": 100},
        )
        done = place.run(*place.making(TOPIC, seconds=15))
        assert done.returncode == 0, done.stdout + done.stderr
        answer = json.loads(done.stdout)
        yield Made(place, house, answer, done.stderr, Path(answer["output_dir"]))


def _generative(request: Received) -> bool:
    return request.method == "POST" and request.json["Engine"] == "generative"


def test_it_is_completed_and_passes_its_review(made: Made) -> None:
    assert (made.answer["status"], made.answer["mock"]) == ("completed", False)
    checks = made.record["review"]["checks"]
    assert checks
    assert [check for check in checks if not check["passed"]] == []
    assert made.house.objections == []


def test_an_overloaded_writer_is_asked_three_times_and_left_for_another_vendor(made: Made) -> None:
    choice = made.decision("model")
    assert choice["chosen"] == "gpt-6-2-sol"
    assert list(attempts_of(choice)) == [("claude-sonnet-5-5", "unavailable")] * 3
    assert "Overloaded" in _reason(choice, "claude-sonnet-5-5, attempt 1")


def test_a_throttled_voice_and_one_that_refuses_are_left_for_the_next(made: Made) -> None:
    choice = made.decision("audio model")
    assert choice["chosen"] == "polly-neural"
    throttled = [("polly-generative", "throttled")] * 5
    assert list(attempts_of(choice)) == [*throttled, ("elevenlabs-multilingual-v2", "refused")]
    voice = made.decision("voice")
    assert voice["chosen"] == made.record["narration"]["voice"] != ""
    assert "default there for 'en'" in voice["reason"]


def test_footage_that_was_refused_is_billed_and_shot_by_another_vendor(made: Made) -> None:
    choices = all_decisions(made.record, "video model")
    assert sorted(choice["chosen"] for choice in choices) == ["luma-ray-3-2", "runway-gen4-5"]
    choice = next(each for each in choices if each["chosen"] == "luma-ray-3-2")
    assert list(attempts_of(choice)) == [("runway-gen4-5", "refused")]
    refused = next(task for task in made.house.runway.tasks.values() if task.failure)
    said = _reason(choice, "runway-gen4-5, attempt 1")
    assert "SAFETY.INPUT.TEXT" in said
    assert f"It cost ${format_usd(refused.work.micro_usd)}." in said
    assert made.answer["failed_usd"] == format_usd(refused.work.micro_usd)


def test_what_has_ended_is_passed_over_with_the_day_and_what_to_use(made: Made) -> None:
    for choice in all_decisions(made.record, "video model"):
        for name in ("nova-reel", "nova-reel-v1-1"):
            assert _reason(choice, name) == "retired by its provider on 2026-09-30; use runway-gen4-5"


def test_the_bills_the_record_the_answer_and_the_ledger_say_the_same(made: Made) -> None:
    bill = made.house.bill_micro_usd
    assert set(made.house.bills) == {"openai", "polly", "runway", "luma"}
    cost = made.record["cost"]
    assert cost["generation_cost_usd"] == made.answer["generation_cost_usd"] == format_usd(bill)
    assert cost["cost_breakdown"] == made.answer["cost_breakdown"]
    by_model: dict[str, int] = {}
    for line in cost["cost_breakdown"]:
        amount = int(line["cost_usd"].replace(".", ""))
        by_model[line["model"]] = by_model.get(line["model"], 0) + amount
    bills = made.house.bills
    assert by_model == {
        "gpt-6-2-sol": bills["openai"],
        "polly-neural": bills["polly"],
        "runway-gen4-5": bills["runway"],
        "luma-ray-3-2": bills["luma"],
    }
    totals = made.place.totals("env:local")
    assert (totals.settled, totals.reserved, totals.unknown) == (bill, 0, 0)
    assert {charge.state for charge in made.place.charges()} == {"settled", "released"}


def test_every_scene_shows_the_footage_that_was_ordered_for_it(made: Made, tmp_path: Path) -> None:
    record = made.record
    scenes, spans = record["script"]["scenes"], record["narration"]["scenes"]
    assert len(scenes) == len({scene["visual_prompt"] for scene in scenes}) > 1
    for index, (scene, span) in enumerate(zip(scenes, spans, strict=True)):
        middle = (span["start_seconds"] + span["end_seconds"]) / 2
        shown = tmp_path / f"{index}.png"
        _picture_at(made.package / "video.mp4", middle).to_image().save(shown)
        assert read_burned(shown) == prompt_hash(scene["visual_prompt"])


def test_people_read_one_line_an_attempt_and_no_traceback(made: Made) -> None:
    assert "Traceback" not in made.told
    assert made.told.count("Attempt 1 at claude-sonnet-5-5 failed:") == 1
    assert "Attempt 1 at runway-gen4-5 failed: runway gave the task up (SAFETY.INPUT.TEXT)" in made.told


def test_people_are_told_the_same_amount(made: Made) -> None:
    done = ended(made.place.start("make", "--resume", made.answer["production_id"]))
    assert done.returncode == 0, done.stderr
    assert "is completed: 15.0 s of video" in done.stdout
    failed = f"${made.answer['failed_usd']} failed"
    assert f"${format_usd(made.house.bill_micro_usd)} ({failed})." in done.stdout


def test_no_key_is_in_what_is_kept_or_said(made: Made) -> None:
    said = [made.told, json.dumps(made.answer)]
    said += [
        file.read_text(encoding="utf-8")
        for file in made.package.iterdir()
        if file.suffix in {".json", ".html"}
    ]
    assert KEY not in "".join(said)


def _reason(choice: dict[str, Any], name: str) -> str:
    return next(str(each["reason"]) for each in choice["rejected"] if each["name"] == name)


def _picture_at(video: Path, seconds: float) -> av.VideoFrame:
    with av.open(str(video)) as media:
        return next(frame for frame in media.decode(video=0) if (frame.time or 0.0) >= seconds)
