"""What ``split`` does to 200,000 ids of three kinds: ``python -m tests.fuzz.splitting``."""

import sys
import uuid
from random import Random

from reelwright.flags.rules import compile_rule

COUNT = 200_000
RULES = (
    ('pct::20 seed::"s"', 'pct::20 seed::"s"', (20, 0, 80)),
    ('pct::20 seed::"s"', 'pct::25 seed::"s"', (20, 5, 75)),
    ('pct::20 seed::"s"', 'pct::25 seed::"t"', (20, 20, 60)),
)


def main() -> int:
    """Print each kind's shares beside the documented ones; 1 if one is half a percent away."""
    worst = 0.0
    for kind, ids in _kinds().items():
        for first, second, wanted in RULES:
            found = _shares(f"(split by::$id {first})", f"(split by::$id {second})", ids)
            worst = max(worst, *(abs(one - other) for one, other in zip(found, wanted, strict=True)))
            sys.stdout.write(f"{kind:10}  {first} | {second}  {found}, documented {wanted}\n")
    sys.stdout.write(f"furthest away: {worst:.3f} percentage points\n")
    return int(worst > 0.5)


def _kinds() -> dict[str, list[str]]:
    random = Random(1)
    return {
        "sequential": [str(number) for number in range(COUNT)],
        "uuid": [str(uuid.UUID(int=random.getrandbits(128), version=4)) for _ in range(COUNT)],
        "email": [f"user{number}@example.org" for number in range(COUNT)],
    }


def _shares(first: str, second: str, ids: list[str]) -> tuple[float, ...]:
    a, b = compile_rule(first), compile_rule(second)
    taken = [0, 0, 0]
    for one in ids:
        context = {"id": one}
        taken[0 if a(context) else 1 if b(context) else 2] += 1
    return tuple(round(100 * count / len(ids), 3) for count in taken)


if __name__ == "__main__":
    sys.exit(main())
