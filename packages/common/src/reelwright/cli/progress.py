"""What a long command says while it works, on stderr: bars on a terminal, plain lines elsewhere."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from reelwright.cli.commands import wants_json
from reelwright.cli.output import note
from reelwright.pipeline.events import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

__all__ = ["BarWatcher", "LineWatcher", "Watcher", "new_watcher"]


_MARKS = {"reused": "kept from before", "failed": "failed", "pending": "waiting"}


class Watcher:
    """Listens to a runner and remembers which production it is about. Silent; the others show."""

    def __init__(self) -> None:
        self.production_id = ""

    def __call__(self, progress: Progress) -> None:
        """Take one change."""
        self.production_id = progress.production_id
        self.show(progress)

    def show(self, progress: Progress) -> None:
        """Show one change."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class LineWatcher(Watcher):
    """One line for every change, for logs and pipes."""

    def show(self, progress: Progress) -> None:
        """Print the line."""
        if progress.state == "advanced" and progress.items_total <= 1:
            return
        items = f" {progress.items_done}/{progress.items_total}" if progress.items_total > 1 else ""
        place = f"[{progress.step_index + 1}/{progress.step_count}] {_title(progress.step)}{items}"
        note(f"{place}: {progress.state}, {progress.elapsed_seconds:.1f} s, ${progress.cost_usd}")


class BarWatcher(Watcher):
    """A bar for every step that has begun, with scenes, time and cost so far."""

    def __init__(self) -> None:
        super().__init__()
        self._bars = _new_bars()
        self._tasks: dict[str, TaskID] = {}

    def show(self, progress: Progress) -> None:
        """Move the step's bar."""
        task = self._tasks.get(progress.step)
        if task is None:
            task = self._bars.add_task(_title(progress.step), items="", cost="", mark="")
            self._tasks[progress.step] = task
        is_over = progress.state in {"done", "reused"}
        total = max(1, progress.items_total)
        self._bars.update(
            task,
            total=total,
            completed=total if is_over else progress.items_done,
            items=f"{progress.items_done}/{progress.items_total}" if progress.items_total > 1 else "",
            cost=f"${progress.cost_usd}",
            mark={"done": "", "reused": "kept from before", "failed": "failed", "pending": "waiting"}.get(
                progress.state, ""
            ),
        )
        if progress.state == "failed":
            self._bars.stop_task(task)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()


def new_watcher() -> Watcher:
    """Return bars if somebody watches stderr on a terminal and wants no JSON, else lines."""
    return BarWatcher() if sys.stderr.isatty() and not wants_json() else LineWatcher()


def _new_bars() -> "Bars":
    from rich.console import Console  # noqa: PLC0415 (heavy)
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 (heavy)
    from rich.progress import Progress as Bars  # noqa: PLC0415 (heavy)

    # Every text is ours or a number, and markup is off all the same.
    return Bars(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=28),
        TextColumn("{task.fields[items]}", markup=False),
        TimeElapsedColumn(),
        TextColumn("{task.fields[cost]}", markup=False),
        TextColumn("{task.fields[mark]}", markup=False),
        console=Console(stderr=True),
    )


def _title(step: str) -> str:
    return step.replace("_", " ")
