"""An operator pulls a switch in one process, and it counts in another."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reelwright.clock import SystemClock
from reelwright.config.local import LocalPlace
from reelwright.storage.schema import Author
from tests.e2e.killing import command

TTL_SECONDS = 1.0
MAKE = ("make", "tides", "--duration", "6", "--resolution", "480p", "--jobs", "2", "--json")


def switch(root: Path, *, pulled: bool) -> float:
    """Say whether alpha is stopped; return when everybody who looked could see it."""
    document = {
        "version": "1",
        "flags": {"stop-provider-alpha": {"name": "Stop alpha"}},
        "values": {"stop-provider-alpha": {"enabled": pulled}},
    }
    store = LocalPlace("local", root, SystemClock()).runtime()
    author = Author(actor="ada", reason="it breaks")
    store.put("kill-switches", json.dumps(document).encode(), expect=None, author=author)
    return time.monotonic()


@contextmanager
def calling(folder: Path) -> Iterator[Iterator[tuple[float, str]]]:
    """Yield when each call of another process began, and who answered it."""
    words = [sys.executable, "-m", "tests.e2e.switching", str(folder)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process.stdout:
        try:
            yield ((float(began), model) for began, model in map(str.split, process.stdout))
        finally:
            process.kill()
            process.wait()


def until(calls: Iterator[tuple[float, str]], enough: Callable[[str], bool]) -> list[tuple[float, str]]:
    """Return the calls that come, up to the first that is enough."""
    seen = []
    for call in calls:
        seen.append(call)
        if enough(call[1]):
            return seen
    raise AssertionError("the process ended")


def test_a_switch_that_is_pulled_counts_in_every_other_process_before_its_time_to_live_is_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "root"
    switch(root, pulled=False)
    with calling(tmp_path) as calls:
        until(calls, lambda model: model == "alpha")
        pulled = switch(root, pulled=True)
        until_stopped = until(calls, lambda model: model == "beta")
        late = [began for began, model in until_stopped if model == "alpha" and began > pulled]
        assert all(began <= pulled + TTL_SECONDS for began in late)
        back = switch(root, pulled=False)
        until_back = until(calls, lambda model: model == "alpha")
    said = f"{until_stopped[-1][0] - pulled:.2f} s and {len(late)} calls until alpha was stopped"
    again = f"{until_back[-1][0] - back:.2f} s until it was called again"
    with capsys.disabled():
        sys.stdout.write(f"\n    kill switch on one machine: {said}, {again}\n")


def run(folder: Path, *words: str) -> tuple[int, Any]:
    done = subprocess.run(command(*words), cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def test_a_video_whose_platform_is_stopped_is_kept_and_published_when_that_is_put_back(
    tmp_path: Path,
) -> None:
    why = ("--reason", "it breaks", "--json")
    assert run(tmp_path, "flags", "kill", "platform", "folder", *why)[0] == 0
    code, said = run(tmp_path, *MAKE)
    assert (code, said["error"]["code"]) == (3, "platform_stopped")
    assert "flags kill platform folder --undo" in said["error"]["message"]
    assert not list(tmp_path.rglob("out/*/video.mp4"))
    assert run(tmp_path, "flags", "kill", "platform", "folder", "--undo", *why)[0] == 0
    production_id = said["error"]["context"]["production_id"]
    before = attempts(tmp_path, production_id)
    assert run(tmp_path, "productions", "resume", production_id, "--json")[0] == 0
    assert len(list(tmp_path.rglob("out/*/video.mp4"))) == 1
    after = attempts(tmp_path, production_id)
    assert {name for name in after if after[name] != before[name]} == {"publish"}, "no work is done twice"


def attempts(folder: Path, production_id: str) -> dict[str, int]:
    _, told = run(folder, "productions", "show", production_id, "--json")
    return {step["name"]: step["attempts"] for step in told["production"]["steps"]}
