"""No secret passes, in whatever form; what is innocent does."""

import base64
import html
import json
import re
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from reelwright.environment.secret import ApiKey, Secret
from reelwright.observability import concealed
from reelwright.observability.concealed import MASK, conceal, mask
from reelwright.observability.redaction import redact, scrub

SECRET = "q7/W+x\"é\\z&=<9>k'Tn42"  # noqa: S105 (made up)
PEM = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n-----END KEY-----\n"


@pytest.fixture(autouse=True)
def _fresh_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concealed, "_CONCEALED", concealed._Concealed())


def basic(before: str, after: str) -> str:
    return base64.b64encode(f"{before}{SECRET}{after}".encode()).decode()


FORMS = {
    "plain": SECRET,
    "in a sentence": f"the key '{SECRET}' is wrong",
    "repr": repr(SECRET),
    "json": json.dumps({"body": SECRET}),
    "json in UTF-8": json.dumps({"body": SECRET}, ensure_ascii=False),
    "json in json": json.dumps({"body": json.dumps({"inner": SECRET})}),
    "url path": f"https://x/{quote(SECRET)}/y",
    "url": f"https://x/?a={quote(SECRET, safe='')}",
    "form": quote_plus(SECRET),
    "query": urlencode({"anything": SECRET}),
    "lower-case percents": re.sub("%..", lambda each: each[0].lower(), quote(SECRET, safe="")),
    "quoted twice": quote(quote(SECRET, safe=""), safe=""),
    "html": html.escape(SECRET),
    "hex": SECRET.encode().hex(),
    "HEX": SECRET.encode().hex().upper(),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 for URLs": base64.urlsafe_b64encode(SECRET.encode()).decode(),
    "base64 of user and password": basic("ann:", ""),
    "base64, shifted by one": basic("a", "bc"),
    "base64, shifted by two": basic("ab", "c"),
    "twice": f"{SECRET} and {SECRET}",
    "many lines": f"a\n{SECRET}\nb",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_a_known_secret_is_masked_in_every_form(text: str) -> None:
    conceal(SECRET)

    masked = scrub(text)

    assert MASK in masked
    for part in (SECRET[:6], SECRET[-6:], quote(SECRET, safe="")[-8:], json.dumps(SECRET)[-7:-1]):
        assert part not in masked
    assert base64.b64encode(SECRET.encode()).decode()[4:12] not in masked


@given(
    secret=st.text(st.characters(exclude_categories=["Cs"]), min_size=12, max_size=40),
    before=st.text(max_size=5),
    after=st.text(max_size=5),
)
def test_any_known_secret_is_masked_anywhere(secret: str, before: str, after: str) -> None:
    conceal(secret)

    assert secret not in scrub(before + secret + after)
    assert json.dumps(secret)[1:-1] not in scrub(json.dumps([before, secret, after]))
    assert quote(secret, safe="") not in scrub(quote(secret, safe=""))
    aligned = base64.b64encode(secret.encode()).decode().rstrip("=")[:12]
    assert aligned not in scrub(base64.b64encode(secret.encode() + b"rest").decode())


@given(cut=st.integers(12, 39))
def test_what_is_left_of_a_secret_that_was_cut_off_is_masked(cut: int) -> None:
    secret = "vk93hdmwqpz04ncbx7yrtle85sgua6fj1oiq2w8e"  # noqa: S105 (made up)
    conceal(secret)

    assert scrub(f"before {secret[:cut]}… after") == f"before {MASK}… after"


@given(
    common=st.text("abc019-", min_size=6, max_size=30),
    ends=st.lists(st.text("abcdef0123456789", min_size=6, max_size=30), min_size=2, max_size=4, unique=True),
)
def test_keys_that_begin_alike_are_all_masked_whole(common: str, ends: list[str]) -> None:
    for end in ends:
        conceal(common + end)

    for end in ends:
        for shown in (common + end, (common + end).encode().hex(), (common + end).encode().hex().upper()):
            assert scrub(f"<{shown}>") == f"<{MASK}>"


def test_the_lines_of_a_key_are_masked_one_by_one() -> None:
    conceal(PEM)

    assert "MIIEvQIBADANBg" not in scrub("at MIIEvQIBADANBgkqhkiG9w0B it broke")
    assert "AAQEFAASC" not in scrub("at AQEFAASCBKcwggSjAgEAAoIB it broke")


def test_a_secret_across_the_end_of_what_is_kept_leaves_no_piece() -> None:
    conceal(SECRET)
    for offset in range(30):
        text = "x" * (65_536 - offset) + SECRET + "y" * 10
        assert SECRET[:6] not in scrub(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a plain message about tokens, keys and secrets",
        "max_tokens=500 key=value token: none",
        "https://example.org/a?page=2&size=10#key",
        "secret://providers/runway#api_key",
        "sk-short",
        "2026-01-01T00:00:00+00:00 user@example.org",
    ],
)
def test_innocent_text_stays(text: str) -> None:
    conceal(SECRET)
    assert scrub(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer cnry-5e6f7a8b",
        "authorization='Basic cnry5e6f7a8b'",
        "x-api-key: cnry-5e6f7a8b",
        '{"x-api-key": "cnry-5e6f7a8b"}',
        "https://user:cnry-5e6f7a8b@host/path",
        "GET /v1?api_key=cnry-5e6f7a8b&a=1",
        "GET /v1?a=1&access_token=cnry-5e6f7a8b",
        "https://b.s3/k?X-Amz-Signature=cnry5e6f7a8b",
        "used sk-cnry5e6f7a8b0123456789",
        "used AKIACNRY5E6F7A8B9C0D",
        "eyJhbGciOiJIUzI1NiJ9.eyJjbnJ5IjoiNWU2ZjdhOGIifQ.cnry5e6f7a8b",
    ],
)
def test_what_looks_like_a_credential_is_masked_unknown(text: str) -> None:
    masked = scrub(text)

    assert "cnry" not in masked.lower()
    assert "5e6f7a8b" not in masked.lower()


def test_what_people_made_keeps_all_but_known_secrets() -> None:
    conceal(SECRET)
    made = "cookie: chocolate-chips, https://user:password@host/?key=value-of-it "

    assert mask(f"{made}{SECRET}") == f"{made}{MASK}"
    assert len(mask("x" * 100_000)) == 100_000


def test_what_a_client_logs_of_secrets_is_masked_before_it_is_known() -> None:
    body = json.dumps({"Name": "n", "SecretString": json.dumps({"api_key": "cnry-5e6f7a8b"})})

    for text in (f"Response body:\n{body.encode()!r}", f"with params: {{'body': {body.encode()!r}}}", body):
        masked = scrub(text)
        assert "5e6f7a8b" not in masked
        assert "SecretString" in masked


def test_short_texts_are_not_looked_for() -> None:
    conceal("able")
    conceal("")

    assert scrub("a table") == "a table"


def test_only_the_latest_are_remembered_and_cost_is_bounded() -> None:
    for number in range(1000):
        conceal(f"generated-secret-{number:06}-of-many")

    assert len(concealed._CONCEALED._texts) == 256
    assert len(concealed._CONCEALED.heads) < 256 * 30
    assert MASK in scrub("generated-secret-000999-of-many")


@pytest.mark.parametrize(
    "key",
    [
        "api_key",
        "apiKey",
        "API-KEY",
        "x-api-key",
        "password",
        "client_secret",
        "refreshToken",
        "Authorization",
        "secret",
        "SecretString",
        "SecretAccessKey",
        "cookie",
        "credentials",
        "private_key",
        "token",
        "aws_secret_access_key",
    ],
)
@pytest.mark.parametrize("value", ["anything", 12345, ["a", "b"], b"bytes", SecretStr("x")])
def test_what_stands_under_a_secret_name_is_not_shown(key: str, value: object) -> None:
    assert redact({"outer": [{key: value}]}) == {"outer": [{key: MASK}]}


@pytest.mark.parametrize(
    "key", ["tokens_in", "max_tokens", "secret_name", "keyword", "monkey", "author", "keys"]
)
def test_innocent_names_stay(key: str) -> None:
    assert redact({key: "value"}) == {key: "value"}


def test_references_may_be_shown_under_any_name() -> None:
    reference: Secret[ApiKey] = Secret("providers/runway", "api_key")

    assert redact({"credential": reference, "token": str(reference), "secret": None}) == {
        "credential": str(reference),
        "token": str(reference),
        "secret": None,
    }


class Model(BaseModel):
    api_key: SecretStr
    note: str


@dataclass
class Record:
    password: str
    note: str


class Silent:
    def __str__(self) -> str:
        raise ZeroDivisionError


def test_objects_become_plain_data() -> None:
    conceal(SECRET)
    model = Model(api_key=SecretStr("value-of-it"), note=SECRET)

    plain = redact(
        {
            "model": model,
            "record": Record("p", SECRET),
            "money": Decimal("1.50"),
            "set": {1},
            "error": OSError(SECRET),
        }
    )

    assert plain["model"] == {"api_key": MASK, "note": MASK}
    assert plain["record"] == {"password": MASK, "note": MASK}
    assert (plain["money"], plain["set"], plain["error"]) == ("1.50", [1], MASK)
    assert redact(Silent()) == "<Silent>"
    assert json.dumps(plain)


def test_keys_are_masked_too() -> None:
    conceal(SECRET)

    assert redact({SECRET: 1}) == {MASK: 1}


def test_endless_values_end() -> None:
    circle: dict[str, Any] = {}
    circle["again"] = circle

    assert len(json.dumps(redact({"circle": circle, "long": list(range(100_000))}))) < 20_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@given(value=json_values, depth=st.integers(0, 5))
def test_a_secret_is_found_at_any_depth(value: Any, depth: int) -> None:
    conceal(SECRET)
    nested: Any = [value, f"x{SECRET}"]
    for _ in range(depth):
        nested = {"inner": nested}

    assert SECRET not in repr(redact(nested))


def test_patterns_take_linear_time() -> None:
    hostile = [
        "a" * 60_000,
        "://" * 20_000,
        "?" + "a" * 60_000 + "=",
        "eyJ" * 20_000,
        "bearer " * 9000,
        "sk-" * 20_000,
    ]
    started = time.process_time()
    for text in hostile:
        scrub(text)
    assert time.process_time() - started < 20
