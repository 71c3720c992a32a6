"""Answers in memory, for tests and for one process."""

from reelwright.clock import Clock

__all__ = ["MemoryAnswers"]


class MemoryAnswers:
    """An AnswerStore in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: dict[str, tuple[bytes, float]] = {}

    def get(self, key: str) -> bytes | None:
        """Return what is stored and has not lapsed."""
        kept = self._answers.get(key)
        return kept[0] if kept and kept[1] > self._clock.now().timestamp() else None

    def put(self, key: str, answer: bytes, *, ttl_seconds: float) -> None:
        """Store an answer; one that is there and has not lapsed stays."""
        kept, now = self._answers.get(key), self._clock.now().timestamp()
        if kept is None or kept[1] <= now:
            self._answers[key] = (answer, now + ttl_seconds)
