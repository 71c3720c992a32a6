from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.environment.fingerprint import fingerprint
from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment
from reelwright.environment.schema import Settings

PLAIN = load_environment("dev").settings.model_dump(mode="json")
MONEY = st.decimals(0, 1_000_000, places=6).map(lambda amount: f"{amount:f}")


def settings(**budgets: Any) -> Settings:
    return Settings.model_validate(PLAIN | {"budgets": budgets})


def shuffled(table: Any) -> Any:
    """The same data, its keys in the opposite order."""
    if isinstance(table, dict):
        return {key: shuffled(table[key]) for key in reversed(table)}
    return table


def leaves(table: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        yield from leaves(value, (*path, key)) if isinstance(value, dict) else [(*path, key)]


def test_environments_that_differ_have_fingerprints_that_differ() -> None:
    found = {fingerprint(load_environment(name).settings) for name in ENVIRONMENT_NAMES}
    assert len(found) == len(ENVIRONMENT_NAMES)
    assert all(len(one) == 64 and set(one) <= set("0123456789abcdef") for one in found)


def test_the_order_of_keys_does_not_matter() -> None:
    assert fingerprint(Settings.model_validate(shuffled(PLAIN))) == fingerprint(
        Settings.model_validate(PLAIN)
    )


def test_settings_survive_json_with_their_fingerprint() -> None:
    before = load_environment("staging").settings
    assert fingerprint(Settings.model_validate_json(before.model_dump_json())) == fingerprint(before)


@given(MONEY, MONEY)
def test_equal_settings_and_only_they_share_a_fingerprint(one: str, other: str) -> None:
    first, second = settings(per_video_usd=one), settings(per_video_usd=other)
    assert (fingerprint(first) == fingerprint(second)) == (first == second)


@given(MONEY)
def test_trailing_zeros_of_money_do_not_matter(amount: str) -> None:
    short = amount.rstrip("0").rstrip(".")
    assert fingerprint(settings(per_video_usd=short)) == fingerprint(settings(per_video_usd=amount))


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # the stand-in value has no right type
@pytest.mark.parametrize("path", list(leaves(PLAIN)), ids=".".join)
def test_every_setting_is_part_of_the_fingerprint(path: tuple[str, ...]) -> None:
    before = Settings.model_validate(PLAIN)
    changed = before.model_copy(deep=True)
    holder: Any = changed
    for part in path[:-1]:
        holder = holder[part] if isinstance(holder, dict) else getattr(holder, part)
    holder.__dict__[path[-1]] = "something else"
    assert fingerprint(changed) != fingerprint(before)


def test_documents_that_go_with_the_settings_are_part_of_it() -> None:
    one = Settings.model_validate(PLAIN)
    assert fingerprint(one, {}) == fingerprint(one)
    assert len({fingerprint(one), fingerprint(one, {"flags": 1}), fingerprint(one, {"flags": 2})}) == 3
