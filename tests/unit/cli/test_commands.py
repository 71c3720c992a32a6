"""Every command takes --env and --json, before and after its noun and verb."""

import json
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest

from reelwright.cli import making
from reelwright.cli.main import reelwright
from reelwright.environment import schema
from tests.unit.cli.conftest import Run
from tests.unit.cli.fake_studio import World


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "env", "show", "dev"],
        ["env", "--json", "show", "dev"],
        ["env", "show", "--json", "dev"],
        ["env", "show", "dev", "--json"],
        ["--env", "dev", "env", "show", "--json"],
        ["--json", "env", "--env=dev", "show"],
        ["env", "show", "--env", "dev", "--json"],
        ["--env", "prod", "env", "show", "--env", "dev", "--json"],
    ],
)
def test_the_common_options_may_stand_anywhere(run: Run, words: list[str]) -> None:
    outcome = run(*words)
    assert outcome.code == 0
    assert json.loads(outcome.out)["name"] == "dev"


def test_the_environment_comes_from_the_variable_unless_it_is_said(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert json.loads(run("env", "show", "--json").out)["name"] == "local"
    monkeypatch.setenv("REELWRIGHT_ENV", "staging")
    assert json.loads(run("env", "show", "--json").out)["name"] == "staging"
    assert json.loads(run("env", "show", "--json", "--env", "prod").out)["name"] == "prod"


@pytest.mark.parametrize("order", list(permutations(["--json", "--version"])))
def test_the_version_is_json_when_asked_for(run: Run, order: tuple[str, ...]) -> None:
    assert set(json.loads(run(*order).out)) == {"version"}


def test_help_is_one_json_object_when_asked_for(run: Run) -> None:
    outcome = run("make", "--help", "--json")
    assert outcome.code == 0
    assert "--strict-duration" in json.loads(outcome.out)["help"]


@pytest.mark.parametrize("name", ["make", "batch", "productions", "flags", "cost", "env", "doctor"])
def test_every_command_explains_itself(run: Run, name: str) -> None:
    outcome = run(name, "-h")
    assert (outcome.code, outcome.err) == (0, "")
    assert f"reelwright {name}" in outcome.out
    assert "--json" in outcome.out


def test_nothing_asked_for_shows_what_there_is(run: Run) -> None:
    outcome = run()
    assert (outcome.code, outcome.out) == (2, "")
    assert "productions" in outcome.err


def test_a_word_after_two_dashes_is_a_topic_and_no_option(run: Run, world: World) -> None:
    outcome = run("make", "--", "--json")
    assert outcome.code == 0
    assert world.made[0][0].topic == "--json"
    assert not outcome.out.startswith("{")


def test_choices_are_those_of_the_schema() -> None:
    assert schema.Aspect.__args__ == making.ASPECTS
    assert schema.Resolution.__args__ == making.RESOLUTIONS
    fps = schema.VideoSettings.model_fields["fps"].annotation
    assert tuple(map(str, fps.__args__)) == making.FRAME_RATES
    captions = schema.FeatureSettings.model_fields["captions"].annotation
    assert captions.__args__ == making.CAPTIONS
    assert schema.FootageRule.__args__ == making.FOOTAGE


def test_the_commands_of_the_issue_are_all_there() -> None:
    assert set(reelwright.list_commands(None)) == {
        *("make", "batch", "productions", "config", "flags", "prompts", "secrets", "cost", "models", "env"),
        "publish",
        "doctor",
    }


def test_loading_the_command_line_loads_nothing_heavy() -> None:
    heavy = {"pydantic", "rich", "av", "numpy", "PIL", "onnxruntime", "yaml", "ulid", "sqlite3"}
    script = "import sys, reelwright.cli.main; print('\\n'.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path.cwd()
    ).stdout.split()
    assert not heavy & {name.partition(".")[0] for name in loaded}
    assert not [name for name in loaded if name.startswith("reelwright.cli.") and name.endswith(".make")]
