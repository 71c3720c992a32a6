"""What `reelwright batch` says: while it works, for each item, and of the whole."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from reelwright.cli.commands import wants_json
from reelwright.cli.making import result_of
from reelwright.cli.output import note, printable
from reelwright.cli.progress import BarWatcher, LineWatcher, Watcher

if TYPE_CHECKING:
    from reelwright.pipeline.batch.running import BatchNews
    from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome
    from reelwright.pipeline.ports import Maker

__all__ = ["Teller", "new_teller", "summary_of", "text_of"]


_NOT_MADE = {
    "code": "not_made",
    "message": "The batch was given up before it was made.",
    "next_step": "Put right what failed, then resume the batch.",
    "context": {},
}


class Teller(AbstractContextManager["Teller"]):
    """Tells what happens to items, from whichever thread: lines, and bars for one that is made alone."""

    def __init__(self, items: "Sequence[BatchItem]", *, bars: bool, alone: bool) -> None:
        self._count = len(items)
        self._over = sum(item.error is not None for item in items)
        self._bars = bars
        self._alone = alone
        self._lock = Lock()
        self._watcher: Watcher = Watcher()
        for item in items:
            if item.error is not None:
                note(f"{self._place(item)}: {item.source}\n{_error_lines(item.error)}")

    def tell(self, news: "BatchNews") -> None:
        """Say one thing."""
        with self._lock:
            if news.state == "started":
                note(f"{self._place(news.item)}: {news.item.source}")
                self._watch()
            elif news.progress is not None:
                self._watcher(news.progress) if self._alone else self._line(news)
            else:
                self._end(news)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watcher.__exit__(kind, error, trace)

    def __enter__(self) -> Self:
        return self

    def _watch(self) -> None:
        if self._alone:
            self._watcher = BarWatcher() if self._bars else LineWatcher()
            self._watcher.__enter__()

    def _line(self, news: "BatchNews") -> None:
        """Say how one of several goes on: only its steps, or the lines would be too many."""
        assert news.progress is not None  # noqa: S101 (news of progress have some)
        if news.progress.state in {"done", "reused", "failed"}:
            step = news.progress.step.replace("_", " ")
            note(f"{self._place(news.item)}: {step} {news.progress.state}, ${news.progress.cost_usd}")

    def _end(self, news: "BatchNews") -> None:
        self._watcher.__exit__(None, None, None)
        self._watcher = Watcher()
        self._over += 1
        if news.error is not None:
            note(_error_lines(news.error))
        note(f"{self._place(news.item)}: {news.state}; {self._over} of {self._count} are over.")

    def _place(self, item: "BatchItem") -> str:
        return f"{item.number}/{self._count}"


def new_teller(items: "Sequence[BatchItem]", at_a_time: int) -> Teller:
    """Return what tells about a batch that makes so many at a time."""
    return Teller(items, bars=sys.stderr.isatty() and not wants_json(), alone=at_a_time == 1)


def summary_of(
    planned: "Batch", items: "Sequence[BatchItem]", outcomes: "Mapping[int, Outcome]", studio: "Maker"
) -> dict[str, Any]:
    """Return the answer: what became of every item, and what all have cost together."""
    from reelwright.pipeline.batch.reporting import report_dir  # noqa: PLC0415 (heavy)

    told = [_item(item, outcomes.get(item.number), studio) for item in items]
    failed = sum(item["status"] != "done" for item in told)
    return {
        "status": "failed" if failed else "completed",
        "batch_id": planned.id,
        "completed": len(told) - failed,
        "failed": failed,
        "budget_usd": planned.budget_usd,
        "spent_usd": _spent(planned),
        "report": str(report_dir(planned)),
        "items": told,
    }


def text_of(summary: Mapping[str, Any]) -> str:
    """Return the answer for people: a line for each item, and one for all."""
    budget = f" of ${summary['budget_usd']}" if summary["budget_usd"] else ""
    whole = (
        f"{summary['completed']} done, {summary['failed']} failed, ${summary['spent_usd']}{budget} spent."
        f" Report: {summary['report']}"
    )
    return "\n".join([*map(_line, summary["items"]), whole])


def _line(item: Mapping[str, Any]) -> str:
    if item["error"] is not None:
        return f"failed  {item['brief']}: [{item['error']['code']}] {item['error']['message']}"
    return f"done    {item['brief']}: {item['result']['video'] or item['result']['output_dir']}"


def _item(item: "BatchItem", outcome: "Outcome | None", studio: "Maker") -> dict[str, Any]:
    from reelwright.pipeline.batch.reporting import error_of, status_of  # noqa: PLC0415 (heavy)

    status, result = status_of(item, outcome), None
    if status == "done":
        result = result_of(studio, studio.production(item.production_id)).model_dump(mode="json")
    error = _NOT_MADE if status == "waiting" else error_of(item, outcome)
    return {
        "number": item.number,
        "brief": item.source,
        "status": status,
        "production_id": item.production_id if outcome is not None else None,
        "result": result,
        "error": error,
    }


def _spent(planned: "Batch") -> str:
    """Return what counts against the batch's budget, whoever was charged and whatever became of it."""
    from reelwright.cli.costing import open_ledger  # noqa: PLC0415 (heavy)
    from reelwright.cost.schema import format_usd  # noqa: PLC0415 (heavy)

    with open_ledger("local" if planned.here else planned.environment) as ledger:
        return format_usd(ledger.totals(f"batch:{planned.id}").committed)


def _error_lines(error: Mapping[str, Any]) -> str:
    lines = f"Error [{error['code']}]: {error['message']}"
    return printable(f"{lines}\n  Next: {error['next_step']}" if error["next_step"] else lines)
