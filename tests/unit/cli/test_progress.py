"""What is shown while a video is being made."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from reelwright.cli import progress as showing
from reelwright.pipeline.events import Progress

STARTED = Progress(
    production_id="prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF",
    step="write_script",
    step_index=0,
    step_count=6,
    state="started",
    items_done=0,
    items_total=1,
    elapsed_seconds=0.0,
    cost_usd="0.000000",
)


def test_lines_tell_step_scene_time_and_cost(capsys: pytest.CaptureFixture[str]) -> None:
    watcher = showing.LineWatcher()
    shooting = replace(STARTED, step="shoot", step_index=2, items_total=7, elapsed_seconds=3.21)
    for change in (STARTED, replace(STARTED, state="advanced"), replace(STARTED, state="done")):
        watcher(change)
    watcher(replace(shooting, state="advanced", items_done=4, cost_usd="0.120000"))
    assert capsys.readouterr().err.splitlines() == [
        "[1/6] write script: started, 0.0 s, $0.000000",
        "[1/6] write script: done, 0.0 s, $0.000000",
        "[3/6] shoot 4/7: advanced, 3.2 s, $0.120000",
    ]
    assert watcher.production_id == STARTED.production_id


def test_bars_show_every_step_that_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(
        "rich.console.Console",
        lambda **_: Console(file=screen, force_terminal=True, width=100, color_system=None),
    )
    with showing.BarWatcher() as watcher:
        watcher(replace(STARTED, state="reused"))
        shooting = replace(STARTED, step="shoot", step_index=2, items_total=7, cost_usd="0.120000")
        watcher(replace(shooting, items_done=4))
        watcher(replace(shooting, items_done=4, state="failed"))
    shown = screen.getvalue()
    assert "write script" in shown
    assert "kept from before" in shown
    assert "4/7" in shown
    assert "$0.120000" in shown
    assert "failed" in shown
