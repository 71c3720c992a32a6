"""Opening what makes productions: here, or in a deployed environment."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reelwright.environment.errors import AwsUnavailable, InvalidEnvironment
from reelwright.pipeline import remote
from tests.unit.cli.conftest import Run

LISTING = """
import sys
from reelwright.cli.main import main
main(["productions", "list"])
print(sorted({"boto3", "botocore"} & set(sys.modules)))
"""


def test_what_is_done_here_does_not_load_the_way_to_aws(place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LISTING], cwd=place, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("error", "code"),
    [(InvalidEnvironment("dev is not deployed."), 2), (AwsUnavailable("Nobody answers."), 4)],
)
@pytest.mark.parametrize(
    "words",
    [
        ("make", "Tides"),
        ("make", "Tides", "--on-this-machine"),
        ("productions", "list"),
        ("productions", "show", "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"),
        ("productions", "resume", "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"),
    ],
)
def test_an_environment_that_is_not_there_has_its_exit_code(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], error: Exception, code: int
) -> None:
    def refuse(_: str) -> Any:
        raise error

    monkeypatch.setattr("reelwright.environment.aws.find_deployment", refuse)
    monkeypatch.setattr(remote, "find_deployment", refuse)
    outcome = run(*words, "--env", "dev")
    assert (outcome.code, outcome.out) == (code, "")
    assert str(error) in outcome.err


def test_an_environment_that_does_not_exist_is_bad_input(run: Run) -> None:
    outcome = run("make", "Tides", "--env", "nowhere")
    assert outcome.code == 2
    assert "nowhere" in outcome.err


def test_without_boto3_a_deployed_environment_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "botocore", None)
    monkeypatch.setitem(sys.modules, "botocore.exceptions", None)
    outcome = run("make", "Tides", "--env", "dev")
    assert outcome.code == 1
    assert "packages_missing" in outcome.err
    assert "botocore" in outcome.err
