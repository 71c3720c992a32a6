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

    def of(self, prompt: str) -> tuple[PromptOutcome, ...]:
        """Return all outcomes of a prompt, the oldest first."""
        with self._lock:
            return in_order(one for one in self._kept.values() if one.prompt == prompt)
