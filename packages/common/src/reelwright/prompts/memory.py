"""What became of prompts in memory, for tests and for one process."""

from threading import Lock

from reelwright.prompts.outcomes import PromptOutcome, in_order

__all__ = ["MemoryOutcomes"]


class MemoryOutcomes:
    """An OutcomeStore in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], PromptOutcome] = {}
        self._lock = Lock()

    def put(self, outcome: PromptOutcome) -> bool:
        """Keep an outcome, unless as much is known."""
        with self._lock:
            kept = self._kept.get((outcome.prompt, outcome.key))
            if kept is not None and kept.stage >= outcome.stage:
                return False
            self._kept[outcome.prompt, outcome.key] = outcome
            return True

    def of(self, prompt: str, *, latest: int | None = None) -> tuple[PromptOutcome, ...]:
        """Return the outcomes of a prompt, the oldest first."""
        with self._lock:
            mine = [one for (name, _), one in sorted(self._kept.items()) if name == prompt]
        return in_order(mine if latest is None else mine[len(mine) - min(latest, len(mine)) :])
