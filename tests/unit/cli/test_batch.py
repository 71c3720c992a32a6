"""`reelwright batch`: a bad brief does not stop the rest."""

import json
import os
import signal
from pathlib import Path

import pytest

from reelwright.errors import BudgetExceeded
from reelwright.production.schema import Brief
from tests.unit.cli.conftest import Run
from tests.unit.cli.fake_studio import World


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
    done, failed = outcome.out.splitlines()
    assert done.startswith("done")
    assert "video.mp4" in done
    assert failed.startswith("failed")
    assert "[brief_unreadable]" in failed
    assert len(world.made) == 1


def test_an_interrupt_ends_the_whole_batch(run: Run, world: World, files: list[Path]) -> None:
    world.before_end = lambda _: os.kill(os.getpid(), signal.SIGINT)
    outcome = run("batch", *files)
    assert outcome.code == 130
    assert "--resume prod_0101" in outcome.err
    assert len(world.made) == 1


def test_no_file_is_bad_input(run: Run, world: World) -> None:
    assert run("batch").code == 2
    assert world.opened == []
