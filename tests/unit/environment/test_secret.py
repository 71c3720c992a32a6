"""References are addresses, kinds hold values that do not show."""

import copy
import json
import pickle
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError

from reelwright.environment.errors import describe
from reelwright.environment.fingerprint import fingerprint
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import ProviderSettings, Strict
from reelwright.environment.secret import ApiKey, OAuthClient, Secret, SecretKind, SigningKey

CANARY = "cnry-4f9a77d1e0"
REFERENCE = "secret://providers/runway#api_key"

names = st.from_regex(r"[a-z][a-z0-9_-]{0,8}(/[a-z0-9][a-z0-9_-]{0,8}){0,2}", fullmatch=True)
fields = st.none() | st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


class Holder(Strict):
    credential: Secret[ApiKey] | None = None


def kinds() -> list[SecretKind]:
    return [
        ApiKey(api_key=SecretStr(CANARY)),
        OAuthClient(client_id="id", client_secret=SecretStr(CANARY), refresh_token=SecretStr(CANARY * 2)),
        SigningKey(current="a", keys={"a": SecretStr(CANARY.encode().hex().ljust(64, "0"))}),
    ]


@given(name=names, field=fields)
def test_a_reference_reads_what_it_writes(name: str, field: str | None) -> None:
    reference: Secret[ApiKey] = Secret(name, field)

    assert Secret.parse(str(reference)) == reference
    assert hash(Secret.parse(str(reference))) == hash(reference)


@given(text=st.text(max_size=40))
def test_what_is_no_reference_is_refused_and_not_repeated(text: str) -> None:
    for junk in (
        f"{CANARY}{text}",
        f"secret://{CANARY} {text}",
        f"secret://a#{CANARY}",
        f"secret://A/{text}\n",
    ):
        with pytest.raises(ValueError, match="write a reference") as caught:
            Secret.parse(junk)
        assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "field"),
    [("", None), ("A", None), ("a/", None), ("a", ""), ("a", "A"), ("a#b", "c"), ("a b", None)],
)
def test_a_reference_cannot_be_made_wrong(name: str, field: str | None) -> None:
    with pytest.raises(ValueError, match="write a reference"):
        Secret(name, field)


def test_a_reference_does_not_change() -> None:
    reference: Secret[ApiKey] = Secret("providers/runway")

    with pytest.raises(AttributeError, match="does not change"):
        reference.name = "other"
    with pytest.raises(AttributeError, match="does not change"):
        del reference.field


def test_a_reference_equals_only_references() -> None:
    assert Secret("a") != "secret://a"
    assert Secret("a") != Secret("a", "b")


@pytest.mark.parametrize("kind", [Secret, Secret[ApiKey]])
def test_a_reference_survives_copies_and_pickles(kind: Any) -> None:
    reference = kind("providers/runway", "api_key")

    for same in (copy.copy(reference), copy.deepcopy(reference), pickle.loads(pickle.dumps(reference))):  # noqa: S301 (our own bytes)
        assert same == reference


def test_a_setting_holds_the_reference_through_everything() -> None:
    holder = Holder.model_validate({"credential": REFERENCE})

    assert holder.model_dump() == {"credential": REFERENCE}
    assert json.loads(holder.model_dump_json()) == {"credential": REFERENCE}
    assert Holder.model_validate_json(holder.model_dump_json()) == holder
    assert Holder.model_validate(holder.model_dump()) == holder
    assert holder.model_copy() == holder
    assert copy.deepcopy(holder) == holder
    assert pickle.loads(pickle.dumps(holder)) == holder  # noqa: S301 (our own bytes)
    assert hash(Holder(credential=Secret.parse(REFERENCE))) == hash(holder)


def test_the_schema_allows_what_validation_allows() -> None:
    schema = Holder.model_json_schema()["properties"]["credential"]["anyOf"][0]

    assert schema["type"] == "string"
    for text in (REFERENCE, "secret://a", "secret://signing/audit", "secret://A", "secret://a#", "x"):
        allowed = bool(re.search(schema["pattern"], text))
        assert allowed == _validates(text), text


def _validates(text: str) -> bool:
    try:
        Holder.model_validate({"credential": text})
    except ValidationError:
        return False
    return True


def test_the_kind_can_be_found_in_the_schema() -> None:
    (inner,) = [each for each in _walk(Holder.__pydantic_core_schema__) if "secret_kind" in each]

    assert inner["secret_kind"] is ApiKey


def _walk(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [node, *(found for each in node.values() for found in _walk(each))]
    return [found for each in node for found in _walk(each)] if isinstance(node, list | tuple) else []


@pytest.mark.parametrize("wrong", [CANARY, 7, None, ["secret://a"]])
def test_a_value_in_place_of_a_reference_is_refused_unseen(wrong: object) -> None:
    document = {"enabled": True, "credential": {"x": CANARY} if wrong is None else wrong}

    with pytest.raises(ValidationError) as caught:
        ProviderSettings.model_validate(document)

    assert CANARY not in str(caught.value)
    assert CANARY not in describe(caught.value, ProviderSettings, {"base.toml": document})


def test_settings_with_a_reference_have_a_fingerprint_of_their_own() -> None:
    settings = load_environment("local").settings
    provider = ProviderSettings(credential=Secret.parse(REFERENCE))
    referring = settings.model_copy(update={"providers": {**settings.providers, "runway": provider}})

    assert fingerprint(referring) != fingerprint(settings)
    assert REFERENCE in referring.model_dump_json()


@pytest.mark.parametrize("value", kinds(), ids=lambda each: type(each).__name__)
def test_values_do_not_show(value: SecretKind) -> None:
    class Around(BaseModel):
        inner: SecretKind

    hexed = CANARY.encode().hex()
    shown = [
        repr(value),
        str(value),
        f"{value}",
        repr(value.model_dump()),
        value.model_dump_json(),
        repr(Around(inner=value)),
        repr(vars(value)),
    ]
    assert [text for text in shown if CANARY in text or hexed in text] == []


@pytest.mark.parametrize("value", kinds(), ids=lambda each: type(each).__name__)
def test_values_are_copied_and_compared_but_not_pickled(value: SecretKind) -> None:
    assert copy.deepcopy(value) == copy.copy(value) == value.model_copy() == value
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="holds a secret"):
            pickle.dumps({"inner": value}, protocol)


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (ApiKey, {"api_key": "short"}),
        (ApiKey, {"api_key": f"{CANARY}\n"}),
        (ApiKey, {"api_key": f"{CANARY} {CANARY}"}),
        (ApiKey, {"api_key": CANARY, "other": CANARY}),
        (ApiKey, {"api_key": {"nested": CANARY}}),
        (OAuthClient, {"client_id": "id", "client_secret": CANARY}),
        (SigningKey, {"current": "a", "keys": {"a": CANARY}}),
        (SigningKey, {"current": "b", "keys": {"a": "0" * 64}}),
        (SigningKey, {"current": "a b", "keys": {"a b": "0" * 64}}),
        (SigningKey, {"current": "a", "keys": {}}),
    ],
)
def test_what_is_not_of_the_kind_is_refused_unseen(kind: type[SecretKind], document: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(document)
    assert CANARY not in str(caught.value)
