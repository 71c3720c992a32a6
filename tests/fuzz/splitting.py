"""What ``split`` does to 200,000 ids of three kinds: ``python -m tests.fuzz.splitting``.

Printed for each kind, beside what AppConfig documents: how two variants share everybody, with one seed, with
two, and with none; whether two seeds know of each other (chi-square of one degree of freedom, 10.83 is one in
a thousand by chance); who leaves while a percentage grows, 1 to 100 and down to 0.001; and whether another
process, hashing with another seed of its own, chooses the same people.
"""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from random import Random

from reelwright.flags.rules import compile_rule
from reelwright.flags.rules.split import seed_prefix, splitter

COUNT = 200_000
SHARES = (
    ('pct::20 seed::"s"', 'pct::20 seed::"s"', (20, 0, 80)),
    ('pct::20 seed::"s"', 'pct::25 seed::"s"', (20, 5, 75)),
    ("pct::20", "pct::25", (20, 5, 75)),
    ('pct::20 seed::"s"', 'pct::25 seed::"t"', (20, 20, 60)),
)
"""Two variants' rules, and the percentages that the first, the second and the default get."""
MOST_AWAY = 0.5
SEEDS = (("exp-a", "exp-b"), ("a", "b"), ("1", "2"), ("s", "s2"))
CHI_SQUARE = 10.83
STEPS = (0.001, 0.01, 0.1, 1, 5, 10, 25, 50, 75, 99.999, 100)
CHILD = "from tests.fuzz.splitting import chosen, kinds; print(*map(chosen, kinds().values()))"


def main() -> int:
    """Print all of it; 1 if anything is not as documented."""
    failures = 0
    for kind, ids in kinds().items():
        for line, held in proofs(ids):
            failures += not held
            sys.stdout.write(f"{kind:11} {'  ' if held else '✗ '}{line}\n")
    line, held = across_processes()
    sys.stdout.write(f"{'all':11} {'  ' if held else '✗ '}{line}\n")
    failures += not held
    sys.stdout.write(f"{failures} not as documented\n")
    return int(failures > 0)


def kinds() -> dict[str, list[str]]:
    """Return the ids: the same in every process."""
    random = Random(1)
    return {
        "sequential": [str(number) for number in range(COUNT)],
        "uuid": [str(uuid.UUID(int=random.getrandbits(128), version=4)) for _ in range(COUNT)],
        "e-mail": [f"user{number}@example.org" for number in range(COUNT)],
    }


def proofs(ids: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield each finding in words, and whether it is as documented."""
    for first, second, wanted in SHARES:
        found = shares(f"(split by::$id {first})", f"(split by::$id {second})", ids)
        away = max(abs(one - other) for one, other in zip(found, wanted, strict=True))
        said = f"{first} | {second}: {found}, documented {wanted}, {away:.3f} points away"
        yield said, away <= MOST_AWAY
    for one, other in SEEDS:
        told = chi_square(ids, one, other)
        yield f'20 % of "{one}" among 25 % of "{other}": chi-square {told:.2f}', told < CHI_SQUARE
    yield growth(ids)


def shares(first: str, second: str, ids: list[str]) -> tuple[float, ...]:
    """Return what the first rule, then the second, then nobody takes, in percent."""
    a, b = compile_rule(first), compile_rule(second)
    taken = [0, 0, 0]
    for one in ids:
        context = {"id": one}
        taken[0 if a(context, flag="f") else 1 if b(context, flag="f") else 2] += 1
    return tuple(round(100 * count / len(ids), 3) for count in taken)


def chi_square(ids: list[str], one: str, other: str) -> float:
    """Return how far two seeds are from not knowing of each other."""
    table = [[0, 0], [0, 0]]
    for first, second in zip(among(ids, 20, one), among(ids, 25, other), strict=True):
        table[first][second] += 1
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    wanted = [[row * column / len(ids) for column in columns] for row in rows]
    return float(sum((table[i][j] - wanted[i][j]) ** 2 / wanted[i][j] for i in (0, 1) for j in (0, 1)))


def growth(ids: list[str]) -> tuple[str, bool]:
    """Return how many were among a percentage and not among a larger one, which nobody may be."""
    steps = [among(ids, percent, "grow") for percent in STEPS]
    left = sum(one and not other for pair in pairwise(steps) for one, other in zip(*pair, strict=True))
    counted = ", ".join(f"{percent} %: {sum(each)}" for percent, each in zip(STEPS, steps, strict=True))
    return f"growing, {left} left; {counted}", left == 0 and all(steps[-1])


def among(ids: list[str], percent: float, seed: str) -> list[bool]:
    """Return who is among a percentage."""
    holds, prefix = splitter(percent), seed_prefix(seed)
    return [holds(prefix, one) for one in ids]


def chosen(ids: list[str]) -> str:
    """Return a hash of who is among 30 %."""
    return sha256("".join("01"[one] for one in among(ids, 30, "s")).encode()).hexdigest()


def across_processes() -> tuple[str, bool]:
    """Return whether two more processes choose the same people."""
    here = " ".join(map(chosen, kinds().values()))
    told = [
        subprocess.run(
            [sys.executable, "-c", CHILD],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    ]
    same = told.count(here)
    return f"30 %: the same {3 * COUNT} answers in {same} of 2 other processes", same == 2


if __name__ == "__main__":
    sys.exit(main())
