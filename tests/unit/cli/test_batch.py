"""`reelwright batch`: a bad brief does not stop the rest."""

import csv
import json
import os
import re
import signal
from pathlib import Path
from threading import Barrier

import pytest

from reelwright.errors import BudgetExceeded
from reelwright.production.schema import Brief
from tests.unit.cli.conftest import Run
from tests.unit.cli.fake_studio import World

BATCH = re.compile(r"batch_[0-9A-Z]{26}")


@pytest.fixture
def files(place: Path) -> list[Path]:
    made = []
    for name in ("tides", "moon", "fundy"):
        file = place / f"{name}.md"
        file.write_text(f"---\ntopic: {name}\n---\nNotes.\n", encoding="utf-8")
        made.append(file)
    return made


def test_all_are_made_in_order_with_one_studio(run: Run, world: World, files: list[Path]) -> None:
    outcome = run("batch", *files, "--jobs", 2, "--json")
    assert outcome.code == 0
    summary = json.loads(outcome.out)
    assert (summary["status"], summary["completed"], summary["failed"]) == ("completed", 3, 0)
    assert [Path(item["brief"]).stem for item in summary["items"]] == ["tides", "moon", "fundy"]
    assert all(item["result"]["status"] == "completed" for item in summary["items"])
    assert len(world.opened) == 1
    assert world.opened[0].overrides.jobs == 2


def test_a_bad_brief_and_a_failing_production_do_not_stop_the_rest(
    run: Run, world: World, files: list[Path]
) -> None:
    files[0].write_bytes(b"\x00\x01")

    def refuse_the_moon(brief: Brief) -> None:
        if brief.topic == "moon":
            raise BudgetExceeded("Too dear.")

    world.before_end = refuse_the_moon
    outcome = run("batch", *files, "--json")
    assert outcome.code == 1
    summary = json.loads(outcome.out)
    assert (summary["status"], summary["completed"], summary["failed"]) == ("failed", 1, 2)
    codes = [item["error"] and item["error"]["code"] for item in summary["items"]]
    assert codes == ["brief_unreadable", "budget_exceeded", None]
    assert "Error [budget_exceeded]" in outcome.err


def test_people_get_a_line_for_each(run: Run, world: World, files: list[Path], place: Path) -> None:
    outcome = run("batch", files[0], place / "missing.md")
    assert outcome.code == 1
    done, failed, whole = outcome.out.splitlines()
    assert whole.startswith("1 done, 1 failed, $0.000000 spent. Report: ")
    assert done.startswith("done")
    assert "video.mp4" in done
    assert failed.startswith("failed")
    assert "[brief_unreadable]" in failed
    assert len(world.made) == 1


def test_an_interrupt_ends_the_whole_batch(run: Run, world: World, files: list[Path]) -> None:
    world.before_end = lambda _: os.kill(os.getpid(), signal.SIGINT)
    outcome = run("batch", *files)
    assert outcome.code == 130
    assert "Go on with: reelwright batch --resume batch_" in outcome.err
    assert len(world.made) == 1


def test_no_file_is_bad_input(run: Run, world: World) -> None:
    assert run("batch").code == 2
    assert world.opened == []


def test_a_manifest_varies_briefs_and_settings(run: Run, world: World, place: Path) -> None:
    manifest = place / "films.csv"
    manifest.write_text("topic,duration_seconds,video.fps,seed\ntides,45,60,7\nmoon,,,\n", encoding="utf-8")
    outcome = run("batch", manifest, "--resolution", "480p", "--budget", "2.5", "--json")
    assert outcome.code == 0
    summary = json.loads(outcome.out)
    (tides, seed), (moon, none) = world.made
    assert (tides.topic, tides.duration_seconds, seed) == ("tides", 45, 7)
    assert (moon.topic, moon.duration_seconds, none) == ("moon", 60, None)
    shared = {"batch": summary["batch_id"], "per_batch_usd": "2.500000"}
    assert world.asked[0] == {"video": {"resolution": "480p", "fps": 60}, "budgets": shared}
    assert world.asked[1] == {"video": {"resolution": "480p"}, "budgets": shared}
    assert [item["brief"] for item in summary["items"]] == [f"{manifest}, row 2", f"{manifest}, row 3"]


def test_all_rows_are_checked_before_anything_is_made(run: Run, world: World, place: Path) -> None:
    manifest = place / "films.jsonl"
    rows = [{"topic": "tides"}, {"topic": "moon", "style": "baroque"}, {"topic": "x", "duration_seconds": 1}]
    manifest.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    looked: list[str] = []

    def look(brief: Brief) -> None:
        looked.append(brief.topic)
        assert world.made == []
        if brief.style == "baroque":
            raise BudgetExceeded("No such style.")

    world.check = look
    outcome = run("batch", manifest, "--json")
    assert outcome.code == 1
    assert looked == ["tides", "moon"]
    summary = json.loads(outcome.out)
    assert [item["status"] for item in summary["items"]] == ["done", "faulty", "faulty"]
    assert "duration_seconds is 1: must be at least 6" in summary["items"][2]["error"]["message"]
    with (Path(summary["report"]) / "failures.csv").open(encoding="utf-8", newline="") as file:
        failures = list(csv.DictReader(file))
    assert [(row["number"], row["columns"]) for row in failures] == [("2", ""), ("3", "duration_seconds")]
    assert json.loads((Path(summary["report"]) / "batch.json").read_text())["failed"] == 2


def test_a_batch_goes_on_where_it_was_stopped_and_makes_nothing_twice(
    run: Run, world: World, files: list[Path]
) -> None:
    def stop_at_the_moon(brief: Brief) -> None:
        if brief.topic == "moon":
            os.kill(os.getpid(), signal.SIGTERM)

    world.before_end = stop_at_the_moon
    outcome = run("batch", *files, "--fps", "60")
    assert outcome.code == 143
    batch_id = BATCH.findall(outcome.err)[-1]
    begun = [brief.topic for brief, _ in world.made]
    assert begun == ["tides", "moon"]
    files[2].unlink()  # the batch has its briefs
    world.before_end = lambda _: None
    outcome = run("batch", "--resume", batch_id, "--json")
    assert outcome.code == 0
    assert [brief.topic for brief, _ in world.made] == [*begun, "fundy"]
    assert len(world.resumed) == 1
    assert world.asked[2]["video"] == {"fps": 60}
    assert json.loads(outcome.out)["completed"] == 3
    assert run("batch", "--resume", batch_id).code == 0
    assert len(world.made) == 3


def test_what_failed_is_tried_again_and_what_is_faulty_is_not(
    run: Run, world: World, files: list[Path]
) -> None:
    files[0].write_bytes(b"\x00\x01")

    def refuse(_: Brief) -> None:
        raise BudgetExceeded("Too dear.")

    world.before_end = refuse
    first = json.loads(run("batch", *files, "--json").out)
    assert (first["completed"], first["failed"]) == (0, 3)
    world.before_end = lambda _: None
    again = json.loads(run("batch", "--resume", first["batch_id"], "--json").out)
    assert [item["status"] for item in again["items"]] == ["faulty", "done", "done"]
    assert len(world.resumed) == 2


def test_several_are_made_at_a_time(run: Run, world: World, files: list[Path]) -> None:
    together = Barrier(3, timeout=20)
    world.before_end = lambda _: together.wait() and None
    outcome = run("batch", files[0].parent, "--productions", 3, "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["completed"] == 3


def test_an_unforeseen_defect_in_one_does_not_stop_the_rest(
    run: Run, world: World, files: list[Path]
) -> None:
    def break_the_moon(brief: Brief) -> None:
        if brief.topic == "moon":
            raise ZeroDivisionError("by zero")

    world.before_end = break_the_moon
    summary = json.loads(run("batch", *files, "--json").out)
    codes = [item["error"] and item["error"]["code"] for item in summary["items"]]
    assert codes == [None, "unexpected", None]


def test_a_check_makes_and_stores_nothing(run: Run, world: World, files: list[Path], place: Path) -> None:
    outcome = run("batch", files[0], place / "missing.md", "--check", "--json")
    assert outcome.code == 1
    said = json.loads(outcome.out)
    assert (said["status"], said["ready"], said["faulty"]) == ("failed", 1, 1)
    assert run("batch", files[0], "--check").code == 0
    assert world.made == []
    assert not (place / ".reelwright" / "batches.db").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--resume", "batch_01KAQ4Z7M8V3N5T2X9C6B1D0KA", "x.md"),
        ("--resume", "batch_01KAQ4Z7M8V3N5T2X9C6B1D0KA", "--no-music"),
        ("--resume", "batch_01KAQ4Z7M8V3N5T2X9C6B1D0KA", "--budget", "1"),
        ("--resume", "batch_01KAQ4Z7M8V3N5T2X9C6B1D0KA", "--check"),
        ("--resume", "batch_01KAQ4Z7M8V3N5T2X9C6B1D0KA"),
        ("--resume", "../x"),
        ("x.md", "--budget", "lots"),
        ("x.md", "--productions", "0"),
    ],
)
def test_what_cannot_be_meant_is_bad_input(run: Run, world: World, words: tuple[str, ...]) -> None:
    assert run("batch", *words).code == 2
    assert world.made == []


def test_a_batch_is_resumed_in_its_environment(run: Run, files: list[Path], world: World) -> None:
    batch_id = json.loads(run("batch", files[0], "--json").out)["batch_id"]
    outcome = run("batch", "--resume", batch_id, "--env", "dev")
    assert outcome.code == 2
    assert "environment local" in outcome.err
    assert len(world.made) == 1
