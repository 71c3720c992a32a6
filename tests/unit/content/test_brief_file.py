import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.brief_file import MAX_FILE_BYTES, parse_brief, read_brief
from reelwright.content.errors import BriefInvalid, BriefUnreadable
from reelwright.errors import InvalidInput

FULL = """\
---
topic: Why the sea rises
audience: divers
duration_seconds: 90
aspect: 9:16
language: en-GB
style: auto
platforms: [folder, youtube]
---
The Moon pulls.
It pulls hard.
"""


def test_every_key_is_read_and_the_body_is_the_notes() -> None:
    brief = parse_brief(FULL, source="b.md")
    assert brief.model_dump() == {
        "topic": "Why the sea rises",
        "notes": "The Moon pulls.\nIt pulls hard.",
        "audience": "divers",
        "duration_seconds": 90,
        "aspect": "9:16",
        "language": "en-GB",
        "style": "auto",
        "platforms": ("folder", "youtube"),
        "pictures": (),
        "media": (),
        "music": None,
        "brand": None,
        "scenes": (),
        "translation": None,
    }


@pytest.mark.parametrize(
    ("written", "topic"),
    [("2024", "2024"), ("2024-05-01", "2024-05-01"), ("yes", "yes"), ("1_000", "1_000"), ('"a: b"', "a: b")],
)
def test_a_topic_is_text_as_written_whatever_yaml_makes_of_it(written: str, topic: str) -> None:
    assert parse_brief(f"---\ntopic: {written}\n---\n", source="b.md").topic == topic


def test_platforms_may_be_one_line_with_commas() -> None:
    assert parse_brief("---\ntopic: x\nplatforms: folder, youtube\n---\n", source="b").platforms == (
        "folder",
        "youtube",
    )


@pytest.mark.parametrize(
    "written",
    [
        "scenes: 1=provider, 3=graphics",
        "scenes: [1=provider, 3=graphics]",
        "scenes:\n  - scene: 1\n    source: provider\n  - 3=graphics",
    ],
)
def test_scenes_may_be_said_in_one_line_or_in_lines_of_their_own(written: str) -> None:
    scenes = parse_brief(f"---\ntopic: x\n{written}\n---\n", source="b.md").scenes
    assert [(each.scene, each.source) for each in scenes] == [(1, "provider"), (3, "graphics")]


def test_a_scene_that_is_said_wrongly_is_named_with_its_line() -> None:
    with pytest.raises(BriefInvalid, match="line 3, scenes"):
        parse_brief("---\ntopic: x\nscenes: [3=clip.mp4]\n---\n", source="b.md")


def test_dots_close_the_front_matter_and_windows_line_ends_are_line_ends() -> None:
    brief = parse_brief("\r\n---\r\ntopic: x\r\n...\r\nA note.\r\n", source="b.md")
    assert (brief.topic, brief.notes) == ("x", "A note.")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["empty"]),
        (" \n\t\n", ["empty"]),
        ("Just notes.", ["line 1", "front matter is missing"]),
        ("---\ntopic: x\n", ["line 1", "never closed"]),
        ("---\n---\nnotes", ["topic is required"]),
        ("---\naudience: all\n---\n", ["topic is required"]),
        ("---\n\ntopcs: x\n---\n", ["line 3", "'topcs'", "Did you mean 'topic'?"]),
        ("---\ntopic: x\nzzz: 1\n---\n", ["line 3", "'zzz'", "duration_seconds"]),
        ("---\ntopic: x\ntopic: y\n---\n", ["line 3", "already given on line 2"]),
        ("---\ntopic:\n---\n", ["line 2", "topic has no value"]),
        ("---\ntopic: ~\n---\n", ["line 2", "topic has no value"]),
        ('---\ntopic: ""\n---\n', ["line 2", "topic", "must not be empty"]),
        ('---\ntopic: " \\u0007 \\u200d"\n---\n', ["line 2", "must not be empty"]),
        ("---\ntopic: [a, b]\n---\n", ["line 2", "topic is a list"]),
        ("---\ntopic: {a: b}\n---\n", ["line 2", "topic must be text"]),
        ("---\nplatforms: [[a]]\n---\n", ["line 2", "flat list"]),
        ("---\ntopic: a: b\n---\n", ["line 2", "not YAML", "Quote"]),
        ("---\ntopic: 'open\n---\n", ["not YAML"]),
        ("---\n- topic\n---\n", ["line 2", "key: value"]),
        ("---\n? [a]\n: b\n---\n", ["line 2", "key must be plain text"]),
        ("---\ntopic: &a x\naudience: *a\n---\n", ["line 2", "anchor &a"]),
        ("---\ntopic: *a\n---\n", ["line 2", "alias *a"]),
        ("---\ntopic: !!python/object/apply:os.system ['x']\n---\n", ["line 2", "tag"]),
        ("---\ntopic: !!str 5\n---\n", ["line 2", "tag"]),
        ("---\ntopic: " + "[" * 5000 + "\n---\n", ["line 2"]),
        ("---\ntopic: " + "x" * 20_000 + "\n---\n", ["20,007 characters"]),
        ("---\ntopic: x\nduration_seconds: 60s\n---\n", ["line 3", "'60s'", "whole number"]),
        ("---\ntopic: x\nduration_seconds: -5\n---\n", ["line 3", "at least 6"]),
        ("---\ntopic: x\nduration_seconds: 1e9\n---\n", ["line 3", "whole number"]),
        ("---\ntopic: x\naspect: 4:3\n---\n", ["line 3", "'4:3'", "'16:9', '9:16' or '1:1'"]),
        ("---\ntopic: x\nlanguage: english\n---\n", ["line 3", "'en' or 'en-GB'"]),
        ("---\ntopic: x\nplatforms: [../etc]\n---\n", ["line 3", "platforms.0", "small letters"]),
        ("---\ntopic: x\nplatforms: []\n---\n", ["line 3", "at least 1"]),
        (f"---\ntopic: {'x' * 300}\n---\n", ["line 2", "(300 characters)", "at most 200"]),
        (f"---\ntopic: x\n---\n{'y' * 200_001}", ["notes", "at most 200,000"]),
    ],
)
def test_what_is_wrong_is_named_with_line_key_and_what_is_allowed(text: str, told: list[str]) -> None:
    with pytest.raises(BriefInvalid) as caught:
        parse_brief(text, source="my.md")
    message = str(caught.value)
    assert message.startswith("my.md")
    assert all(part in message for part in told), message
    assert caught.value.next_step
    assert len(message) < 600


def _outcome(text: str) -> str:
    try:
        return parse_brief(text, source="b.md").topic
    except InvalidInput as error:
        return str(error)


@given(st.text())
def test_any_text_is_a_brief_or_a_typed_error(text: str) -> None:
    assert _outcome(text)


@given(st.text(alphabet="ab:-'\"[]{}&*!?|>#%@` \n\t", max_size=80))
def test_any_front_matter_is_read_or_refused_by_name(header: str) -> None:
    outcome = _outcome(f"---\ntopic: x\n{header}\n---\n")
    assert outcome == "x" or outcome.startswith("b.md") or header.lstrip(" ")


def _written(folder: Path, data: bytes) -> Path:
    path = folder / "brief.md"
    path.write_bytes(data)
    return path


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert read_brief(_written(tmp_path, b"\xef\xbb\xbf---\ntopic: x\n---\n")).topic == "x"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (FULL.encode("utf-16"), "UTF-16"),
        (b"---\ntopic: \x00\n---\n", "null bytes"),
        (b"---\ntopic: caf\xe9\n---\n", "line 2 is not UTF-8"),
        (b"x" * (MAX_FILE_BYTES + 1), "larger than 1,000,000 bytes"),
    ],
)
def test_files_that_are_no_text_are_refused_by_name(tmp_path: Path, data: bytes, told: str) -> None:
    path = _written(tmp_path, data)
    with pytest.raises(BriefUnreadable) as caught:
        read_brief(path)
    assert str(path) in str(caught.value)
    assert told in str(caught.value)


def test_a_file_of_just_the_allowed_size_is_read(tmp_path: Path) -> None:
    head = b"---\ntopic: x\n---\n"
    path = _written(tmp_path, head + b" " * (MAX_FILE_BYTES - len(head)))
    assert read_brief(path).topic == "x"


def test_folders_devices_and_missing_files_are_refused(tmp_path: Path) -> None:
    for path, told in (
        (tmp_path, "folder"),
        (tmp_path / "none.md", "no such file"),
        (Path("/dev/null"), "regular"),
    ):
        with pytest.raises(BriefUnreadable, match=told):
            read_brief(path)


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_names_that_no_file_can_have_are_refused_shortly(name: str) -> None:
    with pytest.raises(BriefUnreadable) as caught:
        read_brief(Path(name))
    assert len(str(caught.value)) < 500


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    with pytest.raises(BriefUnreadable, match="regular"):
        read_brief(pipe)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    path = _written(tmp_path, b"---\ntopic: x\n---\n")
    monkeypatch.setattr(os, "open", refuse)  # root may read everything: permissions cannot be tested for real
    with pytest.raises(BriefUnreadable, match="permission denied"):
        read_brief(path)


def test_music_is_found_beside_the_brief_with_its_credit(tmp_path: Path) -> None:
    text = "---\ntopic: Tides\nmusic: song.mp3\nmusic_credit: Song by A, CC BY 4.0\n---\n"
    music = parse_brief(text, source="tides.md", folder=tmp_path).music
    assert music is not None
    assert (music.file, music.credit) == (str(tmp_path.resolve() / "song.mp3"), "Song by A, CC BY 4.0")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("music: ../song.mp3", "line 3, music: '../song.mp3' cannot be used: its path leads out"),
        ("music: /etc/passwd", "must be relative to the brief"),
        ("music_credit: A", "line 3, music_credit is of no music"),
        ("music:\n  - a.mp3", "music is a list"),
    ],
)
def test_music_elsewhere_or_of_nothing_is_refused(tmp_path: Path, lines: str, told: str) -> None:
    with pytest.raises(BriefInvalid, match=re.escape(told)):
        parse_brief(f"---\ntopic: Tides\n{lines}\n---\n", source="tides.md", folder=tmp_path)
