"""Curves of motion: each maps progress 0..1 to progress 0..1, holding still outside."""

__all__ = ["ease_in_out", "ease_out", "overshoot", "progress"]


def progress(t: float, start: float, length: float) -> float:
    """Return how far a movement from ``start`` lasting ``length`` seconds is at ``t``, 0 to 1."""
    if length <= 0:
        return 1.0 if t >= start else 0.0
    return min(1.0, max(0.0, (t - start) / length))


def ease_out(share: float) -> float:
    """Fast, then settling (quartic)."""
    return float(1 - (1 - share) ** 4)


def ease_in_out(share: float) -> float:
    """Gentle at both ends (cubic)."""
    return float(4 * share**3 if share < 0.5 else 1 - (2 - 2 * share) ** 3 / 2)


def overshoot(share: float) -> float:
    """Past the end by about 8 % and back: a pop."""
    if share >= 1:
        return 1.0
    pull = 1.4
    return float(1 + (pull + 1) * (share - 1) ** 3 + pull * (share - 1) ** 2)
