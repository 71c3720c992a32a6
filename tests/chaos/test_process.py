"""Processes that may die: what they have of whoever began them, and what is heard of their end."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.chaos.process import Life

SOMEBODYS = threading.Lock()
PATIENCE_SECONDS = 5.0


def _takes_the_lock(folder: Path) -> None:
    taken = SOMEBODYS.acquire(timeout=PATIENCE_SECONDS)
    (folder / "said").write_text(str(taken))


def _dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _fails() -> None:
    raise ValueError("the deed was not done")


def test_a_process_has_none_of_the_locks_that_others_held_when_it_began(tmp_path: Path) -> None:
    with SOMEBODYS:
        assert not Life(tmp_path, _takes_the_lock, tmp_path).was_killed()
    assert (tmp_path / "said").read_text() == "True"


def test_a_process_that_dies_was_killed(tmp_path: Path) -> None:
    assert Life(tmp_path, _dies).was_killed()


def test_a_process_can_be_killed_and_is_not_missed_after_its_end(tmp_path: Path) -> None:
    life = Life(tmp_path, time.sleep, 60)
    life.kill()
    assert life.was_killed()
    life.kill()


def test_what_a_process_failed_of_is_heard(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="the deed was not done"):
        Life(tmp_path, _fails).was_killed()


def test_where_a_process_hangs_is_heard(tmp_path: Path) -> None:
    life = Life(tmp_path, _takes_the_lock_twice, longest_seconds=0.5)
    with pytest.raises(AssertionError, match="_takes_the_lock_twice"):
        life.was_killed()


def _takes_the_lock_twice() -> None:
    with SOMEBODYS:
        SOMEBODYS.acquire()
