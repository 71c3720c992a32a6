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
        answer, until = self._answers.get(key, (b"", 0.0))
        return answer if until > self._clock.now().timestamp() else None

    def put(self, key: str, answer: bytes, *, ttl_seconds: float) -> None:
        """Store an answer; one that is there and has not lapsed stays."""
        if self.get(key) is None:
            self._answers[key] = (answer, self._clock.now().timestamp() + ttl_seconds)
