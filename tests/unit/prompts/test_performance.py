"""Outcomes of prompts, counted: what the numbers mean, and that planted differences show."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.prompts.local import SqliteOutcomes
from reelwright.prompts.outcomes import PromptOutcome, quality_score
from reelwright.prompts.performance import PromptPerformance, performance_of

BEGUN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
OLD, NEW = "0" * 12, "1" * 12
CHECKS = {f"check {number}": True for number in range(8)}


def outcome(number: int = 0, **fields: Any) -> PromptOutcome:
    told = {
        "key": f"prod_{number}/write_script/0",
        "prompt": "write-script",
        "version": NEW,
        "variant": "control",
        "result": "accepted",
        "at": BEGUN + timedelta(minutes=number),
    }
    return PromptOutcome.model_validate(told | fields)


def only(*outcomes: PromptOutcome) -> PromptPerformance:
    (found,) = performance_of(outcomes)
    return found


def test_outcomes_are_counted_by_what_came_of_them() -> None:
    found = only(
        outcome(0, micro_usd=10, seconds=1.0, score=1.0),
        outcome(1, micro_usd=11, seconds=9.0, score=0.5, objections=1),
        outcome(2, result="fell_back", objections=2, seconds=5.0),
        outcome(3, result="rejected", objections=3),
        outcome(4, result="unanswered", seconds=60.0),
    )
    assert (found.exposures, found.accepted, found.fell_back, found.rejected, found.unanswered) == (
        *(5, 2, 1, 1),
        1,
    )
    assert found.objections == 6
    assert (found.micro_usd, found.mean_micro_usd) == (21, 5)
    assert found.accepted_share
    assert found.accepted_share.value == 1 / 4, "an objection is no clean answer, and no answer no verdict"
    assert (found.p50_seconds, found.p95_seconds) == (5.0, 9.0)
    assert found.scored == 2
    assert found.score
    assert found.score.value == 0.75


def test_of_what_is_not_known_nothing_is_said() -> None:
    found = only(outcome(result="unanswered"))
    assert found.accepted_share is None
    assert found.score is None
    assert (found.p50_seconds, found.p95_seconds) == (None, None)
    assert performance_of([]) == ()


def test_the_version_used_last_comes_first_and_variants_are_apart() -> None:
    found = performance_of(
        [
            outcome(9, version=OLD),
            outcome(1, variant="vivid"),
            outcome(2),
            outcome(3, prompt="write-script.health", version=OLD),
        ]
    )
    assert [(one.prompt, one.version, one.variant) for one in found] == [
        ("write-script", OLD, "control"),
        ("write-script", NEW, "control"),
        ("write-script", NEW, "vivid"),
        ("write-script.health", OLD, "control"),
    ]


def test_a_score_is_the_mean_of_what_it_says() -> None:
    def score(**fields: Any) -> float:
        told: dict[str, Any] = {"checks": CHECKS, "asked_seconds": 60, "seconds": 60, "objections": 0}
        return quality_score(**(told | fields))

    assert score() == 1.0
    assert score(checks=CHECKS | {"check 0": False, "check 1": False}) == round((0.75 + 1 + 1) / 3, 4)
    assert score(seconds=45) == score(seconds=75) == round((1 + 0.5 + 1) / 3, 4)
    assert score(seconds=600) == round(2 / 3, 4)
    assert score(objections=1) == round((1 + 1 + 0.5) / 3, 4)


@given(st.lists(st.booleans()), st.integers(6, 1200), st.floats(0, 1e5), st.integers(0, 1000))
def test_a_score_is_a_share(passed: list[bool], asked: int, seconds: float, objections: int) -> None:
    checks = {str(number): each for number, each in enumerate(passed)}
    assert 0 <= quality_score(checks=checks, asked_seconds=asked, seconds=seconds, objections=objections) <= 1


@given(st.integers(0, 60), st.integers(0, 60))
def test_an_interval_holds_its_value_and_stays_a_share(clean: int, refused: int) -> None:
    told = [
        outcome(number, result="accepted" if number < clean else "rejected")
        for number in range(clean + refused)
    ]
    for one in performance_of(told):
        share = one.accepted_share
        assert share
        assert 0 <= share.low <= share.value <= share.high <= 1


PLANTED: dict[tuple[str, str], dict[str, float]] = {
    (OLD, "control"): {"refused": 0.30, "seconds": 20.0, "micro_usd": 30_000, "off": 0.15},
    (NEW, "control"): {"refused": 0.05, "seconds": 12.0, "micro_usd": 20_000, "off": 0.05},
    (NEW, "vivid"): {"refused": 0.05, "seconds": 30.0, "micro_usd": 45_000, "off": 0.30},
}


def simulated(number: int, rng: Random) -> PromptOutcome:
    version = OLD if number < 200 else NEW
    variant = "vivid" if version == NEW and rng.random() < 0.5 else "control"
    planted = PLANTED[version, variant]
    objections = int(rng.random() < planted["refused"]) + int(rng.random() < planted["refused"] / 3)
    seconds = 60 * (1 + rng.gauss(0, 0.02) + planted["off"])
    return outcome(
        number,
        version=version,
        variant=variant,
        result="rejected" if objections == 2 else "fell_back" if objections else "accepted",
        objections=objections,
        micro_usd=int(planted["micro_usd"] * rng.uniform(0.8, 1.2)) * (1 + objections),
        seconds=planted["seconds"] * rng.uniform(0.8, 1.2),
        score=None
        if objections == 2
        else quality_score(checks=CHECKS, asked_seconds=60, seconds=seconds, objections=objections),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_differences_planted_into_500_productions_show(seed: int, tmp_path: Path) -> None:
    rng, store = Random(seed), SqliteOutcomes(tmp_path / "prompts.db")
    for number in range(500):
        told = simulated(number, rng)
        store.put(told)
        store.put(told)

    found = {(one.version, one.variant): one for one in performance_of(store.of("write-script"))}
    assert sum(one.exposures for one in found.values()) == 500
    old, new, vivid = found[OLD, "control"], found[NEW, "control"], found[NEW, "vivid"]
    assert old.exposures == 200
    assert old.accepted_share
    assert new.accepted_share
    assert old.accepted_share.high < new.accepted_share.low, "the new version is refused less often"
    assert all(one.score for one in found.values())
    assert vivid.score
    assert new.score
    assert vivid.score.high < new.score.low, "the vivid variant misses the asked time"
    assert vivid.mean_micro_usd > 1.5 * new.mean_micro_usd
    assert vivid.p50_seconds
    assert new.p95_seconds
    assert vivid.p50_seconds > new.p95_seconds
