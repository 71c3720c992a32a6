"""The command line as a process: its streams, its signals, its encodings."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import reelwright

SOURCE = Path(reelwright.__file__).parents[1]
COMMAND = [sys.executable, "-m", "reelwright.cli"]
BRIEF = """---
topic: Why the sea rises twice a day
duration_seconds: 15
---
The Moon pulls on the water beneath it. The water rises on the near side of the Earth.
On the far side the water rises as well, because the Earth itself is pulled away from it.
Between the two bulges the water is low. The Earth turns once a day under both bulges.
Most coasts see two high waters a day, about twelve hours and twenty-five minutes apart.
In the Bay of Fundy the sea rises by 16 metres.
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "brief.md").write_text(BRIEF, encoding="utf-8")
    return tmp_path


def environment(**more: str) -> Mapping[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"REELWRIGHT_ENV", "PYTHONIOENCODING"}
    }
    return kept | {"PYTHONPATH": str(SOURCE)} | more


def run(place: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        cwd=place,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def test_the_result_is_on_stdout_and_nothing_else_anywhere(place: Path) -> None:
    done = run(place, "env", "list", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert set(json.loads(done.stdout)) == {"environments"}


def test_an_error_is_told_once_to_people_and_once_to_programs(place: Path) -> None:
    done = run(place, "make", "--brief", "missing.md", "--json")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "brief_unreadable"
    assert done.stderr.startswith(f"Error [brief_unreadable]: {error['message']}\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_small_encoding_is_no_reason_to_fail(place: Path, encoding: str) -> None:
    more = {"PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0"}
    for words in (("make", "--brief", "潮🌊.md"), ("make", "--brief", "潮🌊.md", "--json")):
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=place,
            env=environment(**more),
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 2
        assert b"brief_unreadable" in done.stderr
        assert b"Traceback" not in done.stderr
        if "--json" in words:
            assert "潮🌊.md" in json.loads(done.stdout)["error"]["message"]


def test_a_reader_that_goes_away_is_no_error(place: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*COMMAND, "env", "show"],
            cwd=place,
            env=environment(),
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    "words", [("env", "list"), ("env", "list", "--json"), ("make", "", "--json"), ("--help",)]
)
def test_an_answer_that_cannot_be_written_is_an_error(place: Path, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=place,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode in {1, 2}
    assert "Error [" in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.render
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_a_production_that_can_be_gone_on_with(place: Path, number: int, code: int) -> None:
    process = subprocess.Popen(
        [*COMMAND, "make", "--brief", "brief.md", "--resolution", "480p", "--json"],
        cwd=place,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr
    told = []
    for line in process.stderr:
        told.append(line)
        if "narrate: done" in line:
            break
    # As a terminal does: to the whole group, workers too.
    os.killpg(process.pid, number)
    out, rest = process.communicate(timeout=120)
    everything = "".join(told) + rest
    assert process.returncode == code, everything
    assert "Traceback" not in everything
    error = json.loads(out)["error"]
    assert error["code"] == "stopped"
    production_id = error["context"]["production_id"]
    assert not (place / "out" / production_id).exists()

    resumed = run(place, "make", "--resume", production_id, "--json")
    assert resumed.returncode == 0, resumed.stderr
    assert "narrate: reused" in resumed.stderr or "narrate" not in resumed.stderr
    result = json.loads(resumed.stdout)
    assert result["status"] == "completed"
    assert Path(result["video"]).stat().st_size > 10_000
    assert result["duration_seconds"] == pytest.approx(15, rel=0.08)
