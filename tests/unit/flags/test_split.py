"""``split``: what AppConfig documents of it, held to our declared hash."""

import subprocess
import sys
import uuid
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.flags.rules import compile_rule
from reelwright.flags.rules.split import flag_prefix, position, seed_prefix, within

COUNT = 20_000
RANDOM = Random(7)
KINDS = {
    "sequential": [str(number) for number in range(COUNT)],
    "uuid": [str(uuid.UUID(int=RANDOM.getrandbits(128), version=4)) for _ in range(COUNT)],
    "email": [f"user{number}@example.org" for number in range(COUNT)],
}
kinds = pytest.mark.parametrize("ids", KINDS.values(), ids=KINDS)


def shares(rules: list[str], ids: list[str], flag: str = "f") -> list[float]:
    compiled = [compile_rule(rule) for rule in rules]
    taken = [0] * (len(rules) + 1)
    for one in ids:
        taken[next((i for i, r in enumerate(compiled) if r({"id": one}, flag=flag)), len(rules))] += 1
    return [round(100 * count / len(ids), 3) for count in taken]


def chi_square(table: list[list[int]]) -> float:
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    wanted = [[row * column / sum(rows) for column in columns] for row in rows]
    return sum((table[i][j] - wanted[i][j]) ** 2 / wanted[i][j] for i in (0, 1) for j in (0, 1))


@kinds
@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ('pct::20 seed::"s"', 'pct::20 seed::"s"', (20, 0, 80)),
        ('pct::20 seed::"s"', 'pct::25 seed::"s"', (20, 5, 75)),
        ("pct::20", "pct::25", (20, 5, 75)),
        ('pct::20 seed::"s"', 'pct::25 seed::"t"', (20, 20, 60)),
    ],
)
def test_the_documented_distributions(a: str, b: str, wanted: tuple[float, ...], ids: list[str]) -> None:
    found = shares([f"(split by::$id {a})", f"(split by::$id {b})"], ids)

    assert found == pytest.approx(wanted, abs=1.2)  # four standard deviations of 20,000


@kinds
def test_seeds_are_independent_of_each_other(ids: list[str]) -> None:
    for one, other in (("exp-a", "exp-b"), ("a", "b"), ("1", "2")):
        table = [[0, 0], [0, 0]]
        for each in ids:
            table[within(each, 20, seed=one)][within(each, 25, seed=other)] += 1
        assert chi_square(table) < 10.83  # p > 0.001 with one degree of freedom


@given(st.text(max_size=20), st.text(max_size=5), st.floats(0, 100), st.floats(0, 100))
def test_a_larger_percentage_holds_all_of_a_smaller_one(
    value: str, seed: str, one: float, two: float
) -> None:
    small, large = sorted((one, two))

    assert within(value, large, seed=seed) or not within(value, small, seed=seed)
    assert not within(value, 0, seed=seed)
    assert within(value, 100, seed=seed)


def test_a_hundred_thousandth_can_be_chosen() -> None:
    ids = [str(number) for number in range(400_000)]
    chosen = [one for one in ids if within(one, 0.001, seed="fine")]

    assert 0 < len(chosen) <= 12
    assert all(position(seed_prefix("fine"), one) < 0.001 for one in chosen)


def test_a_seed_is_the_same_for_all_flags_and_no_seed_is_the_flags_own() -> None:
    seeded, own = compile_rule('(split pct::50 by::$id seed::"s")'), compile_rule("(split pct::50 by::$id)")
    ids = [{"id": str(number)} for number in range(200)]

    assert [seeded(one, flag="a") for one in ids] == [seeded(one, flag="b") for one in ids]
    assert [own(one, flag="a") for one in ids] != [own(one, flag="b") for one in ids]
    assert [own(one, flag="s") for one in ids] != [seeded(one) for one in ids]
    assert flag_prefix("s") != seed_prefix("s")


def test_a_number_is_split_like_its_text() -> None:
    rule = compile_rule('(split pct::50 by::$id seed::"s")')

    assert all(rule({"id": number}) is rule({"id": str(number)}) for number in range(100))


@pytest.mark.parametrize(
    ("seed", "value", "percent"),
    [("abc", "42", 89.22148435938), ("", "", 32.47385555397), ("exp-a", "jane@example.org", 76.22987226648)],
)
def test_the_hash_is_kept_for_good(seed: str, value: str, percent: float) -> None:
    assert position(seed_prefix(seed), value) == pytest.approx(percent, abs=1e-9)


def test_it_is_the_same_in_every_process() -> None:
    script = (
        "from reelwright.flags.rules.split import within;"
        "print(''.join('01'[within(str(i), 30, seed='s')] for i in range(300)))"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": s},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for s in ("1", "2")
    ]

    assert told == ["".join("01"[within(str(i), 30, seed="s")] for i in range(300))] * 2
