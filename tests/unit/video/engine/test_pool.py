"""The drawing processes: they work side by side, tell their errors, and leave when we do."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reelwright.errors import InvalidInput, Retryable
from reelwright.video.engine.pool import ScenePool, _Worker
from reelwright.video.engine.provider import EmbeddedMotionGraphics
from tests.unit.video.engine.scenes import graphics
from tests.unit.video.engine.test_clips import shot

ROOT = Path(__file__).resolve().parents[4]

pytestmark = pytest.mark.render


def test_scenes_from_several_threads_come_out_as_from_one_process(tmp_path: Path) -> None:
    (tmp_path / "inline").mkdir()
    (tmp_path / "pool").mkdir()
    scenes = [graphics(kind, scene_index=index) for index, kind in enumerate(("title", "list", "bars"))]
    with EmbeddedMotionGraphics(jobs=1) as inline:
        expected = [
            inline.shoot("m", shot(tmp_path / "inline", scene)).media.read_bytes() for scene in scenes
        ]
    with EmbeddedMotionGraphics(jobs=2) as pooled, ThreadPoolExecutor(3) as threads:
        made = threads.map(lambda scene: pooled.shoot("m", shot(tmp_path / "pool", scene)), scenes)
        assert [response.media.read_bytes() for response in made] == expected


def test_errors_keep_their_kind_and_the_worker_stays(tmp_path: Path) -> None:
    pool = ScenePool(1)
    try:
        with pytest.raises(InvalidInput, match="neon") as caught:
            pool.run(shot(tmp_path, graphics("title", style="neon")))
        assert caught.value.next_step
        first = workers_of(pool)
        pool.run(shot(tmp_path, graphics("title")))
        assert workers_of(pool) == first
    finally:
        pool.close()


def test_an_interrupt_while_a_worker_begins_is_not_for_the_worker(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A terminal sends it to all of them, and a Python that is only beginning would die with a traceback."""
    worker = _Worker()
    try:
        os.kill(worker.pid, signal.SIGINT)
        assert worker.ask(shot(tmp_path, graphics("title"), frames=1)).frames == 1
    finally:
        worker.stop()
    assert capfd.readouterr().err == ""
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def workers_of(pool: ScenePool) -> list[int]:
    return sorted(worker.pid for worker in pool._all)


def test_workers_start_when_they_are_first_needed(tmp_path: Path) -> None:
    pool = ScenePool(4)
    assert workers_of(pool) == []
    try:
        pool.run(shot(tmp_path, graphics("title"), frames=1))
        assert len(workers_of(pool)) == 1
    finally:
        pool.close()
    assert workers_of(pool) == []


def test_a_worker_that_is_killed_is_told_and_replaced(tmp_path: Path) -> None:
    pool = ScenePool(1)
    try:
        pool.run(shot(tmp_path, graphics("title"), frames=1))
        (victim,) = workers_of(pool)
        killer = threading.Timer(0.3, os.kill, (victim, signal.SIGKILL))
        killer.start()
        with pytest.raises(Retryable, match="stopped before its scene was done"):
            pool.run(shot(tmp_path, graphics("title"), frames=5000))
        assert pool.run(shot(tmp_path, graphics("title"), frames=1)).frames == 1
        assert workers_of(pool) != [victim]
    finally:
        pool.close()


def test_closing_ends_work_under_way_and_leaves_no_zombie(tmp_path: Path) -> None:
    pool = ScenePool(1)
    pool.run(shot(tmp_path, graphics("title"), frames=1))
    (worker,) = workers_of(pool)
    with ThreadPoolExecutor(1) as threads:
        under_way = threads.submit(pool.run, shot(tmp_path, graphics("title"), frames=5000))
        time.sleep(0.3)
        pool.close()
        with pytest.raises(Retryable):
            under_way.result(timeout=20)
    pool.close()
    assert not Path(f"/proc/{worker}").exists()
    with pytest.raises(Retryable, match="have been stopped"):
        pool.run(shot(tmp_path, graphics("title"), frames=1))


def test_who_has_drawn_much_ends_when_nothing_more_is_asked(tmp_path: Path) -> None:
    pool = ScenePool(1, long_seconds=2 / 24, idle_seconds=0.0)
    try:
        pool.run(shot(tmp_path, graphics("title"), frames=1))
        (worker,) = pool._all
        pool._retire(worker, drawn_seconds=0.0)
        assert workers_of(pool) == [worker.pid], "it has drawn since"
        pool.run(shot(tmp_path, graphics("title"), frames=1))
        assert gone(worker.pid)
        assert pool.run(shot(tmp_path, graphics("title"), frames=1)).frames == 1
        assert worker.pid not in workers_of(pool)
    finally:
        pool.close()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize("busy", [False, True])
def test_workers_die_with_a_parent_that_is_killed(tmp_path: Path, busy: bool) -> None:  # noqa: FBT001 (a table)
    script = textwrap.dedent(f"""
        import os, sys, threading, time
        from pathlib import Path
        from reelwright.video.engine.pool import ScenePool, _Worker
        from tests.unit.video.engine.scenes import graphics
        from tests.unit.video.engine.test_clips import shot
        pool = ScenePool(1)
        pool.run(shot(Path({str(tmp_path)!r}), graphics("title"), frames=1))
        long = shot(Path({str(tmp_path)!r}), graphics("title"), frames=9000)
        if {busy}:
            threading.Thread(target=pool.run, args=(long,)).start()
            time.sleep(0.2)
        print(*(worker.pid for worker in pool._all), flush=True)
        time.sleep(60)
    """)
    paths = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
        cwd=ROOT,
    )
    assert parent.stdout is not None
    with parent, parent.stdout as told:
        worker = int(told.readline())
        parent.kill()
        parent.wait()
    assert gone(worker)


def gone(pid: int, within: float = 10.0) -> bool:
    """Whether a process that is not our child ends soon."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_the_provider_is_light_to_import() -> None:
    heavy = ("numpy", "av", "PIL")
    code = f"""
import sys, reelwright.video.engine.provider, reelwright.video.engine.styles
print([name for name in {heavy} if name in sys.modules])
"""
    paths = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert done.stdout.strip() == "[]"
