from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reelwright.environment.loader import merge

KEYS = st.sampled_from("abcd")
LEAVES = (
    st.integers(0, 3) | st.booleans() | st.text("xy", max_size=2) | st.lists(st.integers(0, 3), max_size=3)
)
TABLES = st.recursive(
    st.dictionaries(KEYS, LEAVES, max_size=4),
    lambda inner: st.dictionaries(KEYS, LEAVES | inner, max_size=4),
    max_leaves=12,
)

Table = dict[str, Any]


def leaves(table: Table, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every value that is not a table, and every empty table, by its path."""
    found: dict[tuple[str, ...], Any] = {}
    for key, value in table.items():
        here = (*path, key)
        found |= leaves(value, here) if isinstance(value, dict) and value else {here: value}
    return found


def at(table: Table, path: tuple[str, ...]) -> Any:
    for part in path:
        table = table[part]
    return table


def test_tables_merge_key_by_key_and_lists_replace() -> None:
    base = {"video": {"fps": 24, "sizes": [1, 2]}, "music": True}
    over = {"video": {"sizes": [3]}, "voice": "joe"}
    assert merge(base, over) == {"video": {"fps": 24, "sizes": [3]}, "music": True, "voice": "joe"}


@given(TABLES)
def test_nothing_laid_on_a_table_changes_nothing(table: Table) -> None:
    assert merge(table, {}) == merge({}, table) == merge(table, table) == table


@given(TABLES, TABLES)
def test_what_is_laid_on_top_can_be_read_back(base: Table, over: Table) -> None:
    merged = merge(base, over)
    assert all(at(merged, path) == value for path, value in leaves(over).items() if value != {})


@given(TABLES, TABLES)
def test_every_value_comes_from_one_of_the_two(base: Table, over: Table) -> None:
    below, above = leaves(base), leaves(over)
    assert all(
        value in (below.get(path), above.get(path)) for path, value in leaves(merge(base, over)).items()
    )


@given(TABLES, TABLES)
def test_a_value_below_stays_unless_the_layer_above_crosses_its_path(base: Table, over: Table) -> None:
    merged, above = merge(base, over), leaves(over)
    for path, value in leaves(base).items():
        crossed = any(path[: len(other)] == other or other[: len(path)] == path for other in above)
        assert crossed or at(merged, path) == value


@given(TABLES, TABLES)
def test_laying_the_same_twice_is_laying_it_once(base: Table, over: Table) -> None:
    assert merge(merge(base, over), over) == merge(base, over)


@given(TABLES, TABLES)
def test_neither_side_is_changed(base: Table, over: Table) -> None:
    before = repr((base, over))
    merge(base, over)
    assert repr((base, over)) == before
