"""`reelwright productions`."""

import json

from reelwright.production.schema import FlagRecord
from tests.unit.cli.conftest import Run
from tests.unit.cli.fake_studio import World


def test_an_empty_place_says_so(run: Run, world: World) -> None:
    assert run("productions", "list").out == "There are no productions here yet.\n"
    assert json.loads(run("productions", "list", "--json").out) == {"productions": []}
    assert world.closed == 2


def test_the_newest_comes_first(run: Run, world: World) -> None:
    for topic in ("one", "two", "three"):
        assert run("make", topic).code == 0
    rows = json.loads(run("productions", "list", "--json").out)["productions"]
    assert [row["topic"] for row in rows] == ["three", "two", "one"]
    assert set(rows[0]) == {"production_id", "status", "environment", "topic", "created_at", "output_dir"}
    lines = run("productions", "list", "--limit", "2").out.splitlines()
    assert [line.split()[-1] for line in lines] == ["three", "two"]
    assert len(world.productions) == 3


def test_a_long_hostile_topic_is_one_short_line(run: Run, world: World) -> None:
    assert run("make", "\x1b[31m" + "x" * 190 + "\n\u202eend").code == 0
    (line,) = run("productions", "list").out.splitlines()
    assert "\x1b" not in line
    assert line.endswith("…")
    assert len(world.productions) == 1


def test_one_is_shown_with_its_steps(run: Run, world: World) -> None:
    run("make", "Tides")
    (production_id,) = world.productions
    shown = json.loads(run("productions", "show", production_id, "--json").out)
    assert shown["production_id"] == production_id
    assert shown["production"]["brief"]["topic"] == "Tides"
    text = run("productions", "show", production_id).out
    assert "write_script" in text
    assert "video.mp4" in text


def test_flags_that_did_something_are_shown_and_the_others_counted(run: Run, world: World) -> None:
    run("make", "Tides")
    (production_id,) = world.productions
    assert "Flags:" not in run("productions", "show", production_id).out
    told = {"enabled": False, "reason": "STATIC", "version": "7", "origin": "a test"}
    flags = (
        FlagRecord.model_validate({"flag": "captions", "effect": "features.captions = off", **told}),
        FlagRecord.model_validate({"flag": "other", **told}),
    )
    production = world.productions[production_id]
    world.productions[production_id] = production.model_copy(update={"flags": flags})
    text = run("productions", "show", production_id).out
    assert (
        "  captions             off: features.captions = off\n  others that left things as they were: 1;"
        in text
    )
    shown = json.loads(run("productions", "show", production_id, "--json").out)
    assert [flag["flag"] for flag in shown["production"]["flags"]] == ["captions", "other"]


def test_what_is_not_finished_shows_no_files(run: Run, world: World) -> None:
    def fail(_: object) -> None:
        raise KeyboardInterrupt

    world.before_end = fail
    run("make", "Tides")
    (production_id,) = world.productions
    shown = json.loads(run("productions", "show", production_id, "--json").out)
    assert shown["status"] == "running"
    assert [shown[key] for key in ("video", "thumbnail", "captions", "report", "duration_seconds")] == [
        None
    ] * 5


def test_one_is_resumed(run: Run, world: World) -> None:
    run("make", "Tides")
    (production_id,) = world.productions
    world.productions[production_id] = world.productions[production_id].model_copy(
        update={"output_dir": world.productions[production_id].output_dir + "-again"}
    )
    outcome = run("productions", "resume", production_id, "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["status"] == "completed"
    assert world.resumed == [production_id]


def test_an_unknown_id_is_bad_input(run: Run, world: World) -> None:
    outcome = run("productions", "show", "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF", "--json")
    assert outcome.code == 2
    assert json.loads(outcome.out)["error"]["code"] == "production_not_found"
    assert world.made == []
