"""The longest time that something lasts."""

from reelwright.production.schema import Check

__all__ = ["Stretch"]


class Stretch:
    """The longest run of looks for which something holds."""

    def __init__(self) -> None:
        self.longest_seconds = 0.0
        self.longest_at = 0.0
        self._since: float | None = None

    def look(self, holds: bool, start: float, end: float) -> None:  # noqa: FBT001 (it is what is looked at)
        """Note whether it holds between two times."""
        if not holds:
            self._since = None
            return
        if self._since is None:
            self._since = start
        if end - self._since > self.longest_seconds:
            self.longest_seconds, self.longest_at = end - self._since, self._since

    def check(self, name: str, most_seconds: float) -> Check:
        """Return the finding; where it is given if there is anything to see."""
        return Check(
            name=name,
            passed=self.longest_seconds <= most_seconds,
            found=f"{self.longest_seconds:.2f} s at the longest",
            allowed=f"at most {most_seconds:.2f} s",
            at_seconds=self.longest_at if self.longest_seconds else None,
        )
