"""What a runner tells whoever watches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Progress", "ProgressListener", "ignore_progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One change in a running production."""

    production_id: str
    step: str
    step_index: int
    step_count: int
    state: Literal["started", "advanced", "done", "reused", "pending", "failed"]
    """``reused``: the stored result of an earlier run was taken."""
    items_done: int
    items_total: int
    """Scenes, for steps that fan out; otherwise one."""
    elapsed_seconds: float
    cost_usd: str


ProgressListener = Callable[[Progress], None]


def ignore_progress(_: Progress) -> None:
    """Listen to nothing."""
