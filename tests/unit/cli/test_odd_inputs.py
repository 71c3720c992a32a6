"""Odd inputs that are fine come through as text: parsed here, rendered by the tests of the engines."""

import json
import unicodedata
from pathlib import Path

import pytest

from reelwright.content.brief_file import read_brief
from tests.e2e.bad_inputs.odd import ODD_OPTIONS, ODD_TOPICS
from tests.unit.cli.conftest import Run
from tests.unit.cli.fake_studio import World

FILE_TOPICS = {name: texts for name, texts in ODD_TOPICS.items() if name != "bytes that are not UTF-8"}


@pytest.mark.parametrize("name", ODD_TOPICS)
def test_an_odd_topic_is_made(run: Run, world: World, name: str) -> None:
    typed, expected = ODD_TOPICS[name]
    outcome = run("--json", "make", "--", typed)
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["status"] == "completed"
    topic = world.made[0][0].topic
    assert topic == expected or (not expected and topic)
    assert_plain(topic)


@pytest.mark.parametrize("name", FILE_TOPICS)
def test_an_odd_topic_in_a_file_is_the_same(tmp_path: Path, name: str) -> None:
    typed, expected = FILE_TOPICS[name]
    file = tmp_path / "brief.md"
    notes = typed.replace("\0", "")
    file.write_text(f"---\ntopic: {quoted(typed)}\n---\n{notes}\n", encoding="utf-8")
    brief = read_brief(file)
    assert brief.topic == expected or (not expected and brief.topic)
    assert_plain(brief.topic)
    assert_plain(brief.notes.replace("\n", ""))


@pytest.mark.parametrize("name", ODD_OPTIONS)
def test_an_odd_option_is_understood(run: Run, world: World, name: str) -> None:
    words, key, expected = ODD_OPTIONS[name]
    outcome = run("--json", "make", "Tides", *words)
    assert outcome.code == 0, outcome.err
    assert getattr(world.made[0][0], key) == expected


FILE_NAMES = ["tides é.md", "-.md", "潮 🌊.md", "a'b\"c.md", "new\nline.md", "…/../brief.md", "caf\udce9.md"]


@pytest.mark.parametrize("name", FILE_NAMES, ids=ascii)
def test_an_odd_file_name_is_found(run: Run, world: World, tmp_path: Path, name: str) -> None:
    (tmp_path / "…").mkdir()
    (tmp_path / name).write_text("---\ntopic: Tides\n---\nNotes.\n", encoding="utf-8")
    outcome = run("--json", "make", f"--brief={name}")
    assert outcome.code == 0, outcome.err
    assert world.made[0][0].topic == "Tides"


def assert_plain(text: str) -> None:
    """No control, direction or unassigned characters; joiners belong to scripts and emoji."""
    hidden = {each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Co", "Cn"}}
    assert hidden <= {"\u200c", "\u200d"}


def quoted(text: str) -> str:
    """Return text as YAML writes it in double quotes."""
    line = json.dumps(text, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in line)
