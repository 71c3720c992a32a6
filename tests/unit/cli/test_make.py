"""`reelwright make`, with a studio that answers at once."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

import reelwright.pipeline
from reelwright.cli.making import result_text
from reelwright.errors import BudgetExceeded, GuardrailRefused, Permanent, ReelwrightError, Retryable
from reelwright.pipeline.overrides import Overrides
from reelwright.pipeline.report.result import GenerationResult
from reelwright.storage.errors import StorageFull, StorageUnwritable
from tests.unit.cli.conftest import Run
from tests.unit.cli.fake_studio import World

WORKBENCH = "reelwright.pipeline.workbench"
BRIEF = """---
topic: Why tides come twice a day
audience: sailors
duration_seconds: 45
aspect: "9:16"
---
The Moon pulls on the water.
"""


@pytest.fixture
def brief_file(place: Path) -> Path:
    file = place / "tides.md"
    file.write_text(BRIEF, encoding="utf-8")
    return file


def test_a_topic_becomes_a_video(run: Run, world: World, place: Path) -> None:
    outcome = run("make", "Why tides come twice a day", "--json", "--seed", "7")
    assert outcome.code == 0
    result = json.loads(outcome.out)
    assert list(result) == [
        "production_id",
        "status",
        "output_dir",
        "video",
        "thumbnail",
        "captions",
        "report",
        "duration_seconds",
        "warnings",
        "generation_cost_usd",
        "cost_breakdown",
        "unknown_usd",
        "failed_usd",
        "mock",
        "steps",
    ]
    assert result["status"] == "completed"
    assert result["generation_cost_usd"] == "0.000000"
    assert result["duration_seconds"] == world.sample.cut.duration_seconds
    folder = place / "out" / result["production_id"]
    assert Path(result["output_dir"]).resolve() == folder
    for key in ("video", "thumbnail", "captions", "report"):
        assert Path(result[key]).is_file(), key
    assert result["steps"][0]["name"] == "write_script"
    assert set(result["steps"][0]) == {"name", "status", "seconds"}
    assert world.made[0][1] == 7
    assert world.closed == 1


def test_people_get_text_and_progress_stays_off_stdout(run: Run, world: World) -> None:
    outcome = run("make", "Tides")
    (production_id,) = world.productions
    assert outcome.out.startswith(f"{production_id} is completed: ")
    assert "video.mp4" in outcome.out
    assert "[3/6] shoot 1/7: advanced, 1.2 s, $0.000000" in outcome.err
    assert "shoot" not in outcome.out


def test_a_brief_file_is_used_as_it_is(run: Run, world: World, brief_file: Path) -> None:
    assert run("make", "--brief", brief_file).code == 0
    brief, seed = world.made[0]
    assert (brief.audience, brief.duration_seconds, brief.aspect, seed) == ("sailors", 45, "9:16", None)
    assert "The Moon" in brief.notes


def test_options_override_the_front_matter(run: Run, world: World, brief_file: Path) -> None:
    words = ["--duration", "20", "--aspect", "1:1", "--audience", "children", "--style", "dusk"]
    assert run("make", "--brief", brief_file, *words).code == 0
    brief, _ = world.made[0]
    assert (brief.audience, brief.duration_seconds, brief.aspect, brief.style) == (
        "children",
        20,
        "1:1",
        "dusk",
    )
    assert brief.topic == "Why tides come twice a day"


def test_what_overrides_a_brief_is_checked_like_the_brief(run: Run, world: World, brief_file: Path) -> None:
    outcome = run("make", "--brief", brief_file, "--duration", "-5")
    assert outcome.code == 2
    assert "duration_seconds is -5" in outcome.err
    assert world.opened == []


def test_settings_reach_the_studio(run: Run, world: World, place: Path) -> None:
    words = "--captions off --no-music --resolution 480p --fps 30 --strict-duration --jobs 3 --out there"
    assert run("make", "Tides", *words.split()).code == 0
    (opened,) = world.opened
    assert opened.overrides == Overrides(
        captions="off", music=False, resolution="480p", fps=30, strict_duration=True, jobs=3
    )
    assert (opened.environment, opened.out_dir, opened.root) == ("local", Path("there"), Path(".reelwright"))
    assert (place / "there").is_dir()


def test_settings_that_are_not_said_are_the_environments(run: Run, world: World) -> None:
    assert run("make", "Tides").code == 0
    assert world.opened[0].overrides == Overrides()
    assert world.opened[0].out_dir == Path("out")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([], "Nothing was asked for"),
        (["Tides", "--brief", "tides.md"], "TOPIC and --brief"),
        (["Tides", "--resume", "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"], "TOPIC and --resume"),
        (["--resume", "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF", "--duration", "9"], "--duration"),
        (["--resume", "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF", "--no-music"], "--music"),
        (["--resume", "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF", "--out", "x"], "--out"),
    ],
)
def test_what_excludes_each_other_is_refused(
    run: Run, world: World, brief_file: Path, words: list[str], named: str
) -> None:
    assert brief_file.is_file()
    outcome = run("make", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert named in outcome.err
    assert world.opened == []


def test_an_interrupted_production_is_gone_on_with(run: Run, world: World) -> None:
    def interrupt(_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    world.before_end = interrupt
    outcome = run("make", "Tides")
    (production_id,) = world.productions
    assert (outcome.code, outcome.out) == (130, "")
    assert f"reelwright make --resume {production_id}" in outcome.err
    assert world.closed == 1
    world.before_end = lambda _: None
    again = run("make", "--resume", production_id, "--json", "--jobs", "2")
    assert again.code == 0
    assert json.loads(again.out)["production_id"] == production_id
    assert world.resumed == [production_id]


def test_a_termination_is_told_in_json_too(run: Run, world: World) -> None:
    def terminate(_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    world.before_end = terminate
    outcome = run("make", "Tides", "--json")
    (production_id,) = world.productions
    assert outcome.code == 143
    error = json.loads(outcome.out)["error"]
    assert error["code"] == "stopped"
    assert error["context"] == {"production_id": production_id}
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(
    ("error", "code", "may_pass"),
    [
        (Permanent("It broke.", context={"production_id": "prod_x"}), 1, False),
        (StorageUnwritable("A folder is closed.", next_step="Open it."), 1, True),
        (StorageFull("No space is left."), 1, True),
        (BudgetExceeded("Too dear."), 3, True),
        (GuardrailRefused("Not allowed."), 3, False),
        (Retryable("Not now."), 4, True),
    ],
)
def test_a_failing_production_gives_its_code_and_one_object(
    run: Run, world: World, error: ReelwrightError, code: int, *, may_pass: bool
) -> None:
    def fail(_: object) -> None:
        raise error

    world.before_end = fail
    outcome = run("--json", "make", "Tides")
    assert outcome.code == code
    assert json.loads(outcome.out) == {"error": error.as_dict()}
    assert f"Error [{error.code}]: {error.message}" in outcome.err
    (production_id,) = world.productions
    assert (f"reelwright make --resume {production_id}" in outcome.err) is may_pass
    assert world.closed == 1


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_a_deployed_environment_works_where_it_is(run: Run, world: World, name: str) -> None:
    assert run("make", "Tides", "--env", name, "--fps", "60").code == 0
    (opened,) = world.opened
    assert (opened.environment, opened.overrides) == (name, Overrides(fps=60))
    assert opened.configuration is None
    assert world.closed == 1


def test_a_deployed_environments_configuration_is_used_here(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reelwright.cli.configuring.open_configuration", lambda name: f"that of {name}")
    assert run("make", "Tides", "--env", "dev", "--on-this-machine").code == 0
    (opened,) = world.opened
    assert (opened.environment, opened.configuration) == ("dev", "that of dev")


def test_a_remote_production_is_gone_on_with_where_it_is(run: Run, world: World) -> None:
    def interrupt(_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    world.before_end = interrupt
    outcome = run("make", "Tides", "--env", "dev")
    (production_id,) = world.productions
    assert outcome.code == 130
    assert f"reelwright make --resume {production_id} --env dev" in outcome.err


def test_missing_packages_are_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class WithoutAv:
        def find_spec(self, name: str, *_: object) -> None:
            if name == WORKBENCH:
                raise ModuleNotFoundError("No module named 'av'", name="av")

    monkeypatch.delitem(sys.modules, WORKBENCH, raising=False)
    monkeypatch.delattr(reelwright.pipeline, "workbench", raising=False)
    monkeypatch.setattr(sys, "meta_path", [WithoutAv(), *sys.meta_path])
    outcome = run("make", "Tides")
    assert outcome.code == 1
    assert "Error [packages_missing]: The package 'av' is not installed." in outcome.err
    assert "make setup" in outcome.err


def test_an_output_folder_that_cannot_be_made_is_refused_before_any_work(
    run: Run, world: World, place: Path
) -> None:
    (place / "out").write_text("in the way", encoding="utf-8")
    outcome = run("make", "Tides")
    assert outcome.code == 1
    assert "storage_unwritable" in outcome.err
    assert world.opened == []


def test_a_hostile_warning_reaches_the_terminal_as_text(run: Run, world: World) -> None:
    record = world.sample.production.steps[0].model_copy(
        update={"warnings": ("\x1b[2J\x1b]0;x\x07[red]gone",)}
    )
    steps = (record, *world.sample.production.steps[1:])
    world.sample.__dict__["production"] = world.sample.production.model_copy(update={"steps": steps})
    outcome = run("make", "Tides")
    assert "\x1b" not in outcome.out
    assert "Note: [red]gone" in outcome.out


def said_of(**changes: object) -> str:
    return result_text(
        GenerationResult(
            production_id="p1",
            status="completed",
            output_dir="out",
            video=None,
            thumbnail=None,
            captions=None,
            report=None,
            duration_seconds=12.0,
            warnings=(),
            generation_cost_usd="1.600000",
            cost_breakdown=(),
            steps=(),
            **changes,
        )
    )


def test_people_are_told_what_they_got_for_the_money() -> None:
    assert said_of() == "p1 is completed: 12.0 s of video, 0.0 s of work, $1.600000."
    told = said_of(unknown_usd="0.300000", failed_usd="0.200000", mock=True)
    assert told.startswith("p1 is completed with mock parts: ")
    assert told.endswith("$1.600000 ($0.300000 unknown, $0.200000 failed).")


def test_pictures_are_named_with_or_without_a_caption_and_go_with_those_of_the_brief(
    run: Run, world: World, place: Path, brief_file: Path
) -> None:
    (place / "a=b.png").write_bytes(b"")
    pictures = ("--picture", "kettle.jpg=Our kettle = old", "--picture", "a=b.png", "--picture", "logo.png")
    assert run("make", "Tides", *pictures).code == 0
    assert [(it.file, it.caption) for it in world.made[0][0].pictures] == [
        ("kettle.jpg", "Our kettle = old"),
        ("a=b.png", ""),
        ("logo.png", ""),
    ]
    brief_file.write_text(BRIEF.replace("---\nThe", "pictures: [shop.png]\n---\nThe"), encoding="utf-8")
    assert run("make", "--brief", str(brief_file), "--picture", "logo.png").code == 0
    assert [it.name for it in world.made[1][0].pictures] == ["shop.png", "logo.png"]


def test_footage_is_named_with_or_without_its_scene_and_goes_before_that_of_the_brief(
    run: Run, world: World, place: Path, brief_file: Path
) -> None:
    (place / "a=3").write_bytes(b"")
    named = (
        "harbour.mp4=2",
        "a=3",
        "moon.mov",
        "https://x.example/sea.webm?take=4",
        "https://x.example/s.webm=1",
    )
    given = tuple(part for each in named for part in ("--media", each))
    assert run("make", "Tides", *given, "--scene", "3=graphics", "--footage", "mixed").code == 0
    assert [(it.file, it.scene) for it in world.made[0][0].media] == [
        ("harbour.mp4", 2),
        ("a=3", None),
        ("moon.mov", None),
        ("https://x.example/sea.webm?take=4", None),
        ("https://x.example/s.webm", 1),
    ]
    assert [(it.scene, it.source) for it in world.made[0][0].scenes] == [(3, "graphics")]
    said = BRIEF.replace("---\nThe", "media: [shop.mp4]\nscenes: [3=provider, 4=graphics]\n---\nThe")
    brief_file.write_text(said, encoding="utf-8")
    ours = ("--media", "moon.mov", "--scene", "3=graphics")
    assert run("make", "--brief", str(brief_file), *ours).code == 0
    assert [it.name for it in world.made[1][0].media] == ["moon.mov", "shop.mp4"]
    assert [(it.scene, it.source) for it in world.made[1][0].scenes] == [
        (3, "graphics"),
        (3, "provider"),
        (4, "graphics"),
    ]


def test_who_shoots_a_scene_is_checked_and_settled_when_a_production_begins(run: Run) -> None:
    wrong = run("make", "Tides", "--scene", "3=nobody")
    assert wrong.code == 2
    assert "3=nobody" in wrong.err or "source" in wrong.err
    known = "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"
    resumed = run("make", "--resume", known, "--scene", "3=graphics", "--media", "a.mp4")
    assert resumed.code == 2
    assert "--scene" in resumed.err
    assert "--media" in resumed.err


def test_too_many_pictures_and_pictures_for_a_production_that_was_begun_are_refused(run: Run) -> None:
    many = run("make", "Tides", *(part for at in range(21) for part in ("--picture", f"{at}.png")))
    assert many.code == 2
    assert "at most 20 entries" in many.err
    resumed = run("make", "--resume", "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF", "--picture", "a.png")
    assert resumed.code == 2
    assert "--picture cannot change it" in resumed.err
