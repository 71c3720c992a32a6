from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.material import Unit
from reelwright.content.engine.rank import rank_units, similarity, weigh_words
from reelwright.content.engine.select import choose_body, hook_candidates
from reelwright.content.engine.topic import read_topic
from tests.unit.content.writing import material, unit

TEXTS = [
    "The Moon pulls the sea towards itself.",
    "Tides come twice a day on most coasts.",
    "The Earth turns beneath two bulges of water.",
    "Sailors knew the tides long before Newton did.",
    "A funnel of rock makes the tide climb higher.",
    "Spring tides come at new moon and full moon.",
]


def _choose(units: list[Unit], budget: float, said: Unit | None = None) -> list[int]:
    scores = {each.index: 1.0 - each.index / 100 for each in units}
    nothing = {each.index: 0 for each in units}
    return [
        each.index for each in choose_body(units, scores, budget, said=said, pause=0.32, presumes=nothing)
    ]


def test_units_come_in_order_and_fill_the_budget() -> None:
    units = [unit(text, index) for index, text in enumerate(TEXTS)]
    chosen = _choose(units, 10.0)
    assert chosen == sorted(chosen)
    assert abs(sum(units[index].seconds + 0.32 for index in chosen) - 10.0) < 1.2


def test_all_is_taken_where_time_is_plenty_and_nothing_where_there_is_none() -> None:
    units = [unit(text, index) for index, text in enumerate(TEXTS)]
    assert _choose(units, 500.0) == [0, 1, 2, 3, 4, 5]
    assert _choose(units, 0.2) == []
    assert _choose([], 60.0) == []


def test_a_unit_that_needs_another_is_never_taken_without_it() -> None:
    units = [unit(text, index, needs_previous=index in {2, 3}) for index, text in enumerate(TEXTS)]
    for budget in range(2, 25):
        chosen = _choose(units, float(budget))
        assert 2 not in chosen or 1 in chosen
        assert 3 not in chosen or 2 in chosen


def test_what_follows_the_hook_needs_no_other_unit_only_when_the_two_stay_together() -> None:
    units = [unit(text, index, needs_previous=index == 1) for index, text in enumerate(TEXTS[:3])]
    assert 1 in _choose(units, 30.0, said=units[0])
    units = [unit(text, index, needs_previous=index == 2) for index, text in enumerate(TEXTS[:3])]
    assert _choose(units, 30.0, said=units[1]) == [0]


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=25), st.floats(1, 200))
def test_chains_hold_and_the_budget_is_kept_whatever_the_units(
    shape: list[tuple[int, bool]], budget: float
) -> None:
    units = [
        unit("word " * words + f"number {index}.", index, needs_previous=leans and index > 0)
        for index, (words, leans) in enumerate(shape)
    ]
    chosen = _choose(units, budget)
    assert all(index - 1 in chosen for index in chosen if units[index].needs_previous)
    assert sum(units[index].seconds for index in chosen) <= budget * 1.1 + 1


def test_unusable_and_worthless_units_are_left_out() -> None:
    units = [unit(TEXTS[0], 0), unit(TEXTS[1], 1, usable=False), unit(TEXTS[2], 2)]
    nothing = {0: 0, 1: 0, 2: 0}
    body = choose_body(units, {0: 1.0, 1: 1.0, 2: 0.0}, 60.0, said=None, pause=0.3, presumes=nothing)
    assert [each.index for each in body] == [0]


def test_a_hook_stands_alone_and_is_short() -> None:
    units = [
        unit("It was heavy.", 0, needs_previous=True),
        unit("word " * 44 + "end.", 1),
        unit("Nobody ever saw more than 3 of them.", 2),
        unit("The sea is wide.", 3),
    ]
    hooks = hook_candidates(units, dict.fromkeys(range(4), 0.5), 60.0)
    assert [hook.index for hook, _ in hooks] == [2, 3]


def test_what_is_wanted_later_is_no_hook_if_there_is_another() -> None:
    units = [unit(TEXTS[0], 0), unit(TEXTS[1], 1)]
    scores = {0: 0.5, 1: 0.5}
    assert hook_candidates(units, scores, 60.0)[0][0].index == 0
    assert hook_candidates(units, scores, 60.0, wanted_later=[0])[0][0].index == 1


def test_repetitions_are_worth_nothing_and_likeness_little() -> None:
    units = material(
        "The Moon pulls the sea towards itself every day. Sailors sing songs about home.\n\n"
        "The moon pulls the sea towards itself every day! Every day the Moon pulls the sea to itself."
    ).units
    scores = rank_units(units, read_topic("The Moon"), weigh_words(units))
    assert sorted(scores.values())[:2] == [0.0, 0.0]
    assert scores[0] > 0


def test_sentences_about_the_topic_rank_above_asides() -> None:
    units = material("Bread rises because yeast makes gas in it. My uncle owns a red car and a boat.").units
    scores = rank_units(units, read_topic("Why bread rises"), weigh_words(units))
    assert scores[0] > scores[1]


def test_likeness_runs_from_nothing_to_all() -> None:
    one, other = unit("The Moon pulls the sea."), unit("Bread needs salt.")
    assert similarity(one, other, {}) == 0
    assert abs(similarity(one, one, {}) - 1) < 1e-9
