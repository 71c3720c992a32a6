"""Watching a production that runs elsewhere: its record, told as the progress that a runner would tell."""

from typing import Literal

from reelwright.clock import Clock
from reelwright.cost.manager import total_cost
from reelwright.pipeline.events import Progress, ProgressListener
from reelwright.production.schema import Production, StepRecord

__all__ = ["Follower"]

_State = Literal["started", "advanced", "done", "reused", "failed"]


class Follower:
    """Tells what is new in each record of one production that it is shown."""

    def __init__(self, listener: ProgressListener, clock: Clock) -> None:
        self._listener = listener
        self._clock = clock
        self._began = clock.monotonic()
        self._since = clock.now()
        self._told: dict[str, tuple[_State, int]] = {}

    def show(self, production: Production) -> None:
        """Tell every step that begun, advanced or ended since the last time."""
        for step in production.steps:
            for state in self._news(step):
                self._tell(production, step, state)

    def _news(self, step: StepRecord) -> list[_State]:
        before, items = self._told.get(step.name, (None, 0))
        match step.status:
            case "done":
                if before in {"done", "reused"}:
                    return []
                is_old = before is None and step.finished_at is not None and step.finished_at < self._since
                return ["reused" if is_old else "done"]
            case "failed":  # what an earlier execution left is no news
                return ["failed"] if before in {"started", "advanced"} else []
            case "running" | "pending":
                news: list[_State] = ["started"] if before in {None, "failed"} else []
                return [*news, "advanced"] if step.items_done > items else news
        return []

    def _tell(self, production: Production, step: StepRecord, state: _State) -> None:
        names = [each.name for each in production.steps]
        self._told[step.name] = (state, step.items_done)
        self._listener(
            Progress(
                production_id=production.id,
                step=step.name,
                step_index=names.index(step.name),
                step_count=len(names),
                state=state,
                items_done=0 if state == "started" else step.items_done,
                items_total=step.items_total,
                elapsed_seconds=self._clock.monotonic() - self._began,
                cost_usd=total_cost(production.charges).generation_cost_usd,
            )
        )
