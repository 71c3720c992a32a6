"""Laying one tree of settings over another."""

from reelwright.config.tree import laid_over


def test_tables_are_merged_and_the_upper_one_says() -> None:
    below = {"video": {"fps": 30, "style": "auto"}, "audio": {"voice": "auto"}}
    above = {"video": {"fps": 60}, "features": {"music": False}}
    assert laid_over(below, above) == {
        "video": {"fps": 60, "style": "auto"},
        "audio": {"voice": "auto"},
        "features": {"music": False},
    }
    assert below["video"] == {"fps": 30, "style": "auto"}


def test_a_table_and_a_value_are_no_two_tables() -> None:
    assert laid_over({"a": 1}, {"a": {"b": 2}}) == {"a": {"b": 2}}
    assert laid_over({"a": {"b": 2}}, {"a": 1}) == {"a": 1}
