"""Two hundred and more ways to be wrong: each is a typed error, and leaves nothing that looks finished."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.e2e.bad_inputs.cases import CASES, SENTINEL, Case
from tests.e2e.bad_inputs.control import CONTROL
from tests.e2e.bad_inputs.costs import COSTS
from tests.e2e.bad_inputs.flags import FLAGS
from tests.e2e.bad_inputs.models import MODELS
from tests.e2e.bad_inputs.running import Answer, can_mount, run_case, working_folder

LONGEST_ERROR = 12_000
"""Room for the longest path, not for a huge topic."""
ALL = (*CASES, *CONTROL, *COSTS, *FLAGS, *MODELS)
FINISHED = ("video.mp4", "production.json", "report.html", "thumbnail.png")


def test_there_are_at_least_two_hundred() -> None:
    assert len(ALL) >= 200
    assert len({case.name for case in ALL}) == len(ALL)


@pytest.mark.parametrize("case", ALL, ids=[case.name.encode("ascii", "replace").decode() for case in ALL])
def test_it_is_refused(case: Case) -> None:
    if case.tiny_disk and not _can_mount():
        pytest.skip("only root can mount a small disk")
    with working_folder(case) as folder:
        for as_json in (False, True):
            answer = run_case(case, folder, as_json=as_json)
            assert_refused(case, answer, as_json=as_json)
            assert list(finished(folder)) == []
            assert not (folder / SENTINEL).exists()


def assert_refused(case: Case, answer: Answer, *, as_json: bool) -> None:
    everything = answer.out + answer.err
    assert answer.code in case.exits, everything[-2000:]
    assert "Traceback" not in everything
    assert "Error [unexpected]" not in answer.err
    assert "Error [" in answer.err
    assert len(answer.err) < LONGEST_ERROR
    assert all(each == "\n" or each.isprintable() for each in answer.err), repr(answer.err)
    is_batch_of_bad_files = case.words[:1] == ("batch",) and case.exits == (1,)
    if as_json:
        said = answer.json()
        errors = [item["error"] for item in said["items"]] if "items" in said else [said["error"]]
        assert all({"code", "message", "next_step", "context"} == set(error) for error in errors)
        assert all(error["code"] and error["message"] for error in errors)
    elif not is_batch_of_bad_files:
        assert answer.out == ""


def finished(folder: Path) -> Iterator[Path]:
    """Yield what a person would take for a finished video."""
    for path in folder.rglob("*"):
        if ".reelwright" not in path.parts and path.name in FINISHED:
            yield path


@cache
def _can_mount() -> bool:
    return can_mount()
