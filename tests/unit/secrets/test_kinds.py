"""Names say kinds, and texts are read as them without being repeated."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from reelwright.environment.secret import ApiKey, OAuthClient, SecretKind, SigningKey
from reelwright.observability.redaction import scrub
from reelwright.secrets.errors import SecretMalformed, SecretNameInvalid
from reelwright.secrets.kinds import kind_of, parse, serialise

CANARY = "cnry-8d2f6b3a90"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("providers/runway", ApiKey), ("platforms/youtube", OAuthClient), ("signing/audit", SigningKey)],
)
def test_the_first_part_of_a_name_says_the_kind(name: str, kind: type[SecretKind]) -> None:
    assert kind_of(name) is kind


@pytest.mark.parametrize(
    "name", ["runway", "providers", "other/runway", "Providers/runway", "providers/", ""]
)
def test_names_of_no_kind_are_refused(name: str) -> None:
    with pytest.raises(SecretNameInvalid):
        kind_of(name)


@pytest.mark.parametrize(
    "text", [CANARY, f"{CANARY}\n", f'{{"api_key": "{CANARY}"}}', f' {{"api_key":"{CANARY}"}} ']
)
def test_an_api_key_is_bare_or_an_object(text: str) -> None:
    assert parse("providers/x", ApiKey, SecretStr(text)).api_key.get_secret_value() == CANARY


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ApiKey, ""),
        (ApiKey, "short"),
        (ApiKey, f"{CANARY} {CANARY}"),
        (ApiKey, f'{{"api_key": "{CANARY}", "{CANARY}": 1}}'),
        (ApiKey, f'{{"api_key": "{CANARY}"'),
        (OAuthClient, CANARY),
        (OAuthClient, f'["{CANARY}"]'),
        (OAuthClient, f'{{"client_id": "{CANARY}"}}'),
        (OAuthClient, "[" * 100_000),
        (SigningKey, f'{{"current": "{CANARY}", "keys": {{"{CANARY}": "{CANARY}"}}}}'),
    ],
)
def test_what_is_of_another_kind_is_refused_unseen(kind: type[SecretKind], text: str) -> None:
    with pytest.raises(SecretMalformed) as caught:
        parse("any/name", kind, SecretStr(text))

    error = caught.value
    assert CANARY not in str(error) + repr(error) + json.dumps(error.as_dict())
    assert error.__cause__ is None
    assert error.__context__ is None
    assert kind.__name__ in error.message


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=80))
def test_what_is_written_is_read(text: str) -> None:
    value = OAuthClient(client_id="id", client_secret=SecretStr(text), refresh_token=SecretStr(text * 2))

    assert parse("platforms/x", OAuthClient, serialise(value)) == value


def test_what_was_read_is_masked_from_then_on() -> None:
    ring = SigningKey(current="a", keys={"a": SecretStr("a1" * 32), "b": SecretStr("b2" * 32)})
    parse("signing/x", SigningKey, serialise(ring))

    assert scrub(f"{'a1' * 32} and {'b2' * 32}") == "[redacted] and [redacted]"


def test_a_malformed_text_is_masked_too() -> None:
    with pytest.raises(SecretMalformed):
        parse("platforms/x", OAuthClient, SecretStr("misplaced-3f9a8b7c"))

    assert "misplaced" not in scrub("it was misplaced-3f9a8b7c, he said")


def test_a_generated_text_is_a_ring_of_one() -> None:
    generated = "Zx9" * 16
    ring = parse("signing/audit", SigningKey, SecretStr(json.dumps({"first": generated})))
    assert (ring.current, list(ring.keys)) == ("first", ["first"])
    key = ring.keys["first"].get_secret_value()
    assert key == hashlib.sha256(generated.encode()).hexdigest()
    assert parse("signing/audit", SigningKey, serialise(ring)) == ring
    assert generated not in scrub(f"it was {generated}")


@pytest.mark.parametrize(
    "text", ['{"first": "0a"}', '{"first": 1}', '{"first": "0a", "second": "0b"}', '{"last": ""}']
)
def test_a_generated_text_that_is_too_short_or_none_is_refused(text: str) -> None:
    with pytest.raises(SecretMalformed):
        parse("signing/audit", SigningKey, SecretStr(text))
