"""Which document a production takes."""

from hypothesis import given
from hypothesis import strategies as st

from reelwright.flags.deployments import DeploymentPhase, FlagState, FlagVersion, document_for, share_of

OLD = FlagVersion(version="1", document={"version": "1"})
NEW = FlagVersion(version="2", document={"version": "1", "flags": {}})


def state(phase: DeploymentPhase, percentage: float, old: FlagVersion | None = OLD) -> FlagState:
    return FlagState(profile="flags", number=2, phase=phase, percentage=percentage, old=old, new=NEW)


@given(st.text(max_size=40), st.floats(0, 100), st.floats(0, 100))
def test_a_growing_percentage_only_adds_productions(production: str, one: float, other: float) -> None:
    less, more = sorted((one, other))
    if document_for(production, state("DEPLOYING", less)) == NEW:
        assert document_for(production, state("DEPLOYING", more)) == NEW


@given(st.text(max_size=40))
def test_nobody_is_under_zero_and_all_are_under_a_hundred(production: str) -> None:
    assert 0 <= share_of(production) < 100
    assert document_for(production, state("DEPLOYING", 0.0)) == OLD
    assert document_for(production, state("DEPLOYING", 100.0)) == NEW
    assert document_for(production, state("BAKING", 0.0)) == NEW
    assert document_for(production, state("COMPLETE", 0.0)) == NEW


@given(st.text(max_size=40), st.floats(0, 100))
def test_what_was_taken_back_is_given_to_nobody(production: str, percentage: float) -> None:
    for phase in ("ROLLING_BACK", "ROLLED_BACK", "REVERTED"):
        assert document_for(production, state(phase, percentage)) == OLD
        assert document_for(production, state(phase, percentage, old=None)) is None


def test_where_nothing_was_before_everybody_takes_the_new_one() -> None:
    assert document_for("prod_1", state("DEPLOYING", 0.0, old=None)) == NEW


def test_ids_spread_evenly() -> None:
    tenths = [int(share_of(f"prod_{number:026d}") // 10) for number in range(20_000)]

    counts = [tenths.count(tenth) for tenth in range(10)]
    assert max(counts) - min(counts) < 250  # 2000 each, six standard deviations apart at most


def test_the_share_of_an_id_is_pinned() -> None:
    """Another hash would move productions between documents in the middle of a deployment."""
    assert round(share_of("prod_01ARZ3NDEKTSV4RRFFQ69G5FAV"), 6) == 21.696263
