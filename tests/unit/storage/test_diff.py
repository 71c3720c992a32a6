import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.observability.concealed import conceal
from reelwright.storage.diff import HIDDEN, is_secret_name, redacted_diff

CANARY = "canary4711"
SECRET_NAMES = [
    "api_key",
    "apiKey",
    "X-Api-Key",
    "token",
    "refresh_token",
    "client_secret",
    "PASSWORD",
    "credential",
    "credentials",
    "Authorization",
    "authorisation",
    "private_key",
    "signing_key",
    "secret",
    "secrets",
    "aws_secret_access_key",
    "cookie",
    "passphrase",
    "dbPassword",
    "auth",
]
OTHER_NAMES = ["fps", "author", "key", "keys", "max_tokens", "maxOutputTokens", "authors", "title", "spinner"]
NAMES = st.sampled_from(OTHER_NAMES[:5]) | st.text(max_size=5)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)


def changed(old: Any, new: Any) -> Any:
    before = None if old is None else json.dumps(old).encode()
    return redacted_diff(before, json.dumps(new).encode())["changed"]


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_names_that_secrets_have(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_names_that_other_things_have(name: str) -> None:
    assert not is_secret_name(name)


def test_what_changed_is_told_by_dotted_key() -> None:
    old = {"video": {"fps": 24, "width": 1280}, "gone": True, "same": [1]}
    new = {"video": {"fps": 30, "width": 1280, "look": {}}, "same": [1], "tags": ["a", "b"]}

    assert changed(old, new) == {
        "gone": {"old": True},
        "tags": {"new": ["a", "b"]},
        "video.fps": {"old": 24, "new": 30},
        "video.look": {"new": {}},
    }


def test_a_new_document_has_no_old_side() -> None:
    assert changed(None, {"a": None}) == {"a": {"new": None}}


def test_one_and_true_and_one_point_nought_are_three_values() -> None:
    assert changed({"a": 1, "b": 1}, {"a": True, "b": 1.0}) == {
        "a": {"old": 1, "new": True},
        "b": {"old": 1, "new": 1.0},
    }


def test_a_key_with_dots_is_not_taken_for_a_path() -> None:
    assert changed({}, {"a.b": 1, "a": {"b": 2}}) == {'"a.b"': {"new": 1}, "a.b": {"new": 2}}


def test_a_secret_that_changed_shows_that_it_did_and_no_more() -> None:
    assert changed({"provider": {"api_key": "one"}}, {"provider": {"api_key": "two"}}) == {
        "provider.api_key": {"old": HIDDEN, "new": HIDDEN}
    }


@given(
    name=st.sampled_from(SECRET_NAMES),
    around=st.lists(NAMES | st.none(), max_size=4),
    secret=st.sampled_from([CANARY, [CANARY], {"value": CANARY}, [{"x": [CANARY]}]]),
    old=st.dictionaries(NAMES, PLAIN, max_size=3),
)
def test_nothing_under_the_name_of_a_secret_appears_at_any_depth(
    name: str, around: list[str | None], secret: Any, old: dict[str, Any]
) -> None:
    document: Any = {name: secret}
    for key in around:
        document = [document] if key is None else {key: document}
    document = {"top": document}

    for pair in ((old, document), (document, old), (None, document)):
        assert CANARY not in json.dumps(changed(*pair))


@pytest.mark.parametrize(
    "text",
    [
        f"secret://providers/{CANARY}#api_key",
        f"https://ann:{CANARY}@example.com/x",
        f"-----BEGIN PRIVATE KEY-----\n{CANARY}",
        f"sk-{CANARY}-abcdefgh",
        f"Bearer {CANARY}",
        f"see ghp_{CANARY}abcdefghij",
        f"eyJhbGciOiJIUzI1NiJ9.{CANARY}.x",
    ],
)
def test_what_looks_like_a_credential_is_hidden_under_any_name(text: str) -> None:
    told = json.dumps(changed({"note": "x"}, {"note": text, "list": [{"deep": text}]}))

    assert CANARY not in told
    assert HIDDEN in told


def test_what_this_process_knows_to_be_secret_is_hidden_under_any_name() -> None:
    conceal("correct horse battery staple")
    assert "horse" not in json.dumps(changed({}, {"note": "it is: correct horse battery staple"}))


@given(old=st.dictionaries(NAMES, PLAIN, max_size=4), new=st.dictionaries(NAMES, PLAIN, max_size=4))
def test_a_diff_is_empty_only_if_nothing_changed_and_is_always_json(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    same = json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)

    told = changed(old, new)

    json.dumps(told, allow_nan=False).encode()
    assert bool(told) != same


def test_long_texts_and_many_changes_are_cut() -> None:
    told = redacted_diff(None, json.dumps({f"k{number:04}": "x" * 999 for number in range(1000)}).encode())

    assert told["more"] == 800
    assert isinstance(told["changed"], dict)
    assert len(told["changed"]) == 200
    assert len(json.dumps(told)) < 100_000


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"a\nb\nc\n", b"a\nc\nd\ne\n", {"lines_added": 2, "lines_removed": 1}),
        (None, b"a\nb", {"lines_added": 2, "lines_removed": 0}),
        (b'{"a": 1}', b"a: 1", {"lines_added": 1, "lines_removed": 1}),
        (b"[1]", b"[2]", {"lines_added": 1, "lines_removed": 1}),
        (b"a", b"\xff\xfe", {"bytes_before": 1, "bytes_after": 2}),
        (None, b"", {"lines_added": 0, "lines_removed": 0}),
    ],
)
def test_other_documents_are_counted(old: bytes | None, new: bytes, told: dict[str, int]) -> None:
    assert redacted_diff(old, new) == told


@given(old=st.binary(max_size=60) | st.none(), new=st.binary(max_size=60))
def test_any_bytes_make_a_diff_that_is_json(old: bytes | None, new: bytes) -> None:
    json.dumps(redacted_diff(old, new), allow_nan=False)


@pytest.mark.parametrize(
    "content",
    [b'{"a": NaN}', b'{"a": 1e999}', b'{"a": "\\ud800", "\\ud800": 1}', b'{"a":' * 3000 + b"1" + b"}" * 3000,
     b'{"a":' * 200 + b'{"b": "x"}' + b"}" * 200, b'{"a": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_odd_json_makes_a_diff_that_lasts(content: bytes) -> None:
    json.dumps(redacted_diff(b"{}", content), allow_nan=False, ensure_ascii=False).encode()
