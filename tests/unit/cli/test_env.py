"""`reelwright env`."""

import json

import pytest

from tests.unit.cli.conftest import Run


def test_the_four_environments_are_listed(run: Run) -> None:
    listed = json.loads(run("env", "list", "--json").out)["environments"]
    assert [each["name"] for each in listed] == ["local", "dev", "staging", "prod"]
    assert all(each["description"] for each in listed)
    assert len(run("env", "list").out.splitlines()) == 4


def test_one_is_shown_key_by_key(run: Run) -> None:
    lines = dict(line.split(" = ", 1) for line in run("env", "show", "prod").out.splitlines())
    assert lines["name"] == "prod"
    assert lines["settings.video.resolution"] == "1080p"
    assert lines["settings.models.content.tier"] == "premium"
    assert "deploy.account" not in lines


@pytest.mark.parametrize(
    "words", [("env", "show", "nope"), ("env", "show", "--env", "nope"), ("env", "show", "")]
)
def test_an_unknown_one_is_bad_input(run: Run, words: tuple[str, ...]) -> None:
    outcome = run(*words, "--json")
    assert outcome.code == 2
    assert json.loads(outcome.out)["error"]["code"] == "invalid_environment"
