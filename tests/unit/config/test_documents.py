import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.config.documents import (
    EMPTY_DOCUMENT,
    Note,
    SettingsDocument,
    fetched_from,
    parse_document,
    render_document,
    with_setting,
    without_expired,
    without_setting,
)
from reelwright.config.errors import InvalidConfiguration
from reelwright.config.tree import MISSING, find

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NOTE = Note(actor="ann", reason="why not", set_at=NOW)
CANARY = "sk-live-canary-0123456789"
KEYS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(".".join)


def document(**parts: Any) -> SettingsDocument:
    return parse_document(json.dumps({"schema_version": 1, **parts}).encode())


def test_the_smallest_document_says_nothing() -> None:
    assert document() == EMPTY_DOCUMENT
    assert fetched_from(document(), "v1").settings == {}


def test_a_document_says_its_settings_its_notes_and_their_ends() -> None:
    end = "2026-03-02T00:00:00Z"
    note = {"actor": "ann", "reason": "smooth", "set_at": "2026-03-01T00:00:00Z", "expires_at": end}
    said = fetched_from(document(settings={"video": {"fps": 30}}, notes={"video.fps": note}), "v7")
    assert (said.version, said.settings) == ("v7", {"video": {"fps": 30}})
    assert said.expires == {"video.fps": NOW + timedelta(days=1)}
    assert said.notes == {"video.fps": "ann: smooth, until 2026-03-02 00:00 UTC"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The document is not JSON: Expecting value at line 1, column 1."),
        (b'{"schema_version": 1,\n "settings": }', "The document is not JSON: Expecting value at line 2"),
        (b"\xff\xfe\xff", "The document is not UTF-8 text: byte 0 cannot be read."),
        (b"[]", "the document: it must be a valid dictionary"),
        (b"{}", "schema_version: Field required."),
        (b'{"schema_version": 2}', "schema_version: it must be 1."),
        (b'{"schema_version": 1, "setting": {}}', "setting: Extra inputs are not permitted."),
        (b'{"schema_version": 1, "settings": []}', "settings: it must be a valid dictionary."),
        (b'{"schema_version": 1, "settings": {"a": NaN}}', "NaN is no number"),
        (b'{"schema_version": 1, "settings": {"a": 1, "a": 2}}', "The document says 'a' twice"),
        (b'{"schema_version": 1, "notes": {"a": {"actor": "ann"}}}', "notes.a.reason: Field required."),
        (b'{"schema_version": 1, "notes": {"a": {"expires_at": "soon"}}}', "notes.a.expires_at: "),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_document_says_why(content: bytes, said: str) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        parse_document(content)
    assert said in caught.value.message


@pytest.mark.parametrize(
    "content",
    [
        f'{{"schema_version": 1, "{CANARY}": 1, "{CANARY}": 2}}'.replace(f'"{CANARY}": 1, ', ""),
        f'{{"schema_version": "{CANARY}"}}',
        f'{{"schema_version": 1, "settings": "{CANARY}"}}',
        f'{{"schema_version": 1, "settings": {{"key": "{CANARY}}}',
        f'{{"schema_version": 1, "notes": {{"key": "{CANARY}"}}}}',
    ],
)
def test_no_message_repeats_a_value(content: str) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        parse_document(content.encode())
    shown = caught.value.message.replace(f"{CANARY}: Extra inputs", "")  # a name is no value
    assert CANARY not in shown
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_deprecated_key_that_the_schema_lost_is_ignored_and_one_that_it_has_still_counts() -> None:
    gone = {"type": "integer", "default": 1, "description": "Frames.", "deprecated": True}
    said = fetched_from(
        document(
            settings={"video": {"fps": 30, "frames": 9}, "cinema": {"screens": 2}},
            definitions={"video.fps": gone, "video.frames": gone, "cinema.screens": gone},
        ),
        "v1",
    )
    assert said.settings == {"video": {"fps": 30}}


def test_a_key_that_nobody_deprecated_stays_to_be_refused() -> None:
    kept = {"type": "integer"}
    said = fetched_from(document(settings={"cinema": 2}, definitions={"cinema": kept}), "v1")
    assert said.settings == {"cinema": 2}


@given(KEYS, KEYS, st.integers())
def test_what_is_set_is_said_and_what_is_taken_back_is_not(one: str, other: str, value: int) -> None:
    there = with_setting(with_setting(EMPTY_DOCUMENT, other, 0, NOTE), one, value, NOTE)
    assert find(there.settings, one) == value
    assert one in there.notes
    gone = without_setting(there, one)
    assert find(gone.settings, one) is MISSING
    assert not [key for key in gone.notes if find(gone.settings, key) is MISSING]


@given(KEYS, st.none() | st.integers() | st.lists(st.booleans()) | st.dictionaries(st.text(), st.text()))
def test_a_document_survives_being_written_and_read(key: str, value: Any) -> None:
    there = with_setting(EMPTY_DOCUMENT, key, value, NOTE)
    assert parse_document(render_document(there)) == there


def test_what_is_written_is_made_for_people() -> None:
    assert render_document(with_setting(EMPTY_DOCUMENT, "video.fps", 30, NOTE)).decode() == (
        '{\n  "schema_version": 1,\n  "settings": {\n    "video": {\n      "fps": 30\n    }\n  },\n'
        '  "notes": {\n    "video.fps": {\n      "actor": "ann",\n      "reason": "why not",\n'
        '      "set_at": "2026-03-01T00:00:00Z"\n    }\n  }\n}\n'
    )


def test_setting_a_table_takes_the_notes_on_its_parts_away() -> None:
    there = with_setting(with_setting(EMPTY_DOCUMENT, "video.fps", 30, NOTE), "video", {"fps": 60}, NOTE)
    assert list(there.notes) == ["video"]


@pytest.mark.parametrize(("seconds", "left"), [(59, {"a": {"b": 1}, "c": 2}), (60, {"c": 2})])
def test_a_setting_ends_at_its_very_moment_and_leaves_no_empty_table(seconds: int, left: Any) -> None:
    end = NOW + timedelta(seconds=60)
    now = NOW + timedelta(seconds=seconds)
    assert without_expired({"a": {"b": 1}, "c": 2}, {"a.b": end}, now) == left
