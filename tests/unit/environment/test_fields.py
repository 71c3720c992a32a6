from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from reelwright.environment.errors import HIDDEN, problems
from reelwright.environment.fields import contains_secret, field_type, is_known, is_secret, is_table, names_in
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.environment.secret import ApiKey, Secret

PLAIN = load_environment("dev").settings.model_dump(mode="json")


def at(key: str) -> Any:
    return field_type(Settings, key.split("."))


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("video", True),
        ("video.fps", True),
        ("video.fps.more", False),
        ("video.fsp", False),
        ("providers.anybody", True),
        ("providers.anybody.credential", True),
        ("providers.anybody.token", False),
        ("budgets.per_video_usd", True),
        ("", False),
    ],
)
def test_a_key_is_known_when_the_schema_has_a_place_for_it(key: str, known: bool) -> None:  # noqa: FBT001 (a table)
    assert is_known(Settings, key) is known


def test_every_setting_of_the_house_is_known() -> None:
    def keys(table: dict[str, Any], prefix: str = "") -> list[str]:
        own = [f"{prefix}{name}" for name in table]
        tables = [(f"{prefix}{name}.", value) for name, value in table.items() if isinstance(value, dict)]
        return own + [key for deeper, value in tables for key in keys(value, deeper)]

    assert [key for key in keys(PLAIN) if not is_known(Settings, key)] == []


def test_a_fields_type_keeps_its_constraints() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(at("production.jobs")).validate_python(65)


def test_tables_and_secrets_are_told_from_other_fields() -> None:
    assert [key for key in ("video", "providers", "providers.x", "video.fps") if is_table(at(key))] == [
        "video",
        "providers",
        "providers.x",
    ]
    assert is_secret(at("providers.x.credential"))
    assert is_secret(Secret)
    assert not is_secret(at("providers.x"))


def test_secrets_are_seen_from_every_table_above_them() -> None:
    assert [contains_secret(at(key)) for key in ("providers", "providers.x", "providers.x.credential")] == [
        True
    ] * 3
    assert not contains_secret(at("video"))
    assert contains_secret(Settings)
    assert contains_secret(dict[str, Secret[ApiKey]])


def test_names_are_told_where_they_are_fixed() -> None:
    assert names_in(at("video"))[:1] == (next(iter(PLAIN["video"])),)
    assert names_in(at("providers")) == ()


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (
            ("runway", "credential"),
            "sk-live-canary",
            f"providers.runway.credential = {HIDDEN} is refused: write a",
        ),
        (("runway",), "sk-live-canary", f"providers.runway = {HIDDEN} is refused: it must be a table."),
        (
            ("runway", "credentail"),
            "sk-live-canary",
            "providers.runway.credentail is not a key. Did you mean",
        ),
        (("Run Way",), {}, "providers.Run Way is no name: it should match pattern"),
        (("runway", "enabled"), 1, "providers.runway.enabled = 1 is refused: it must be a valid boolean."),
    ],
)
def test_what_is_wrong_below_a_table_of_free_names_is_told(
    where: tuple[str, ...], value: Any, said: str
) -> None:
    told: Any = value
    for part in reversed(where):
        told = {part: told}
    document = PLAIN | {"providers": told}
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(document)
    (found,) = problems(caught.value, Settings, {"a.toml": document})
    assert found.text.startswith(f"a.toml: {said}")
    assert found.file == "a.toml"
    assert "canary" not in found.text


def test_a_model_may_be_empty() -> None:
    class Nothing(BaseModel):
        pass

    assert not contains_secret(Nothing)
    assert names_in(Nothing) == ()
