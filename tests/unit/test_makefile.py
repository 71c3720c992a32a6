"""The Makefile hands other people's text on as it stands."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ECHO = "#!/usr/bin/env python3\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n"
TOPICS = [
    "How tides work",
    "$(shell touch made)",
    "`touch made`",
    "\"; touch made; '",
    "$HOME ${PATH} $$ $(HOME)",
    "50 % off #1, a) b( c",
    "--json",
    "two\nlines\tand tabs",
    "واحد 😀 héllo",
    "\\ \\n \\\\",
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A checkout in which `reelwright` says with what it was called."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name, text in {"bin/setup.py": "", ".venv/bin/reelwright": ECHO, ".venv/bin/cdk": ECHO}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "examples" / "briefs").mkdir(parents=True)
    for brief in ("beta.md", "alpha.md"):
        (tmp_path / "examples" / "briefs" / brief).touch()
    return tmp_path


def called_with(house: Path, *arguments: str, **environment: str) -> list[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"TOPIC", "BRIEF", "ENV", "MAKEFLAGS"}
    }
    done = subprocess.run(
        ["make", "--silent", *arguments],
        cwd=house,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    words: list[str] = json.loads(done.stdout.splitlines()[-1])
    return words


def test_without_a_topic_a_sample_brief_of_a_minute_is_made(house: Path) -> None:
    _, _, brief = called_with(house, "video")
    assert "duration_seconds: 60" in (ROOT / brief).read_text()


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_arrives_as_it_was_written(house: Path, topic: str) -> None:
    assert called_with(house, "video", f"TOPIC={topic}") == ["make", "--", topic]
    assert called_with(house, "video", TOPIC=topic) == ["make", "--", topic]
    assert not (house / "made").exists()


@pytest.mark.parametrize("brief", ["my brief.md", "$(shell touch made).md", "'; touch made; '.md"])
def test_a_brief_arrives_as_it_was_named(house: Path, brief: str) -> None:
    assert called_with(house, "video", f"BRIEF={brief}") == ["make", "--brief", brief]
    assert not (house / "made").exists()


def test_further_arguments_come_before_the_topic(house: Path) -> None:
    words = called_with(house, "video", "TOPIC=Tides", "ARGS=--aspect 9:16 --out 'a b'")
    assert words == ["make", "--aspect", "9:16", "--out", "a b", "--", "Tides"]


def test_an_environment_is_named_to_the_cdk_and_has_no_default(house: Path) -> None:
    assert called_with(house, "synth", "ENV=dev")[-1] == "env=dev"
    assert called_with(house, "deploy")[-1] == "env="
    assert called_with(house, "synth", "ENV=$(shell touch made)")[-1] == "env=$(shell touch made)"
    assert not (house / "made").exists()


def test_every_verb_is_explained() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    explained = re.findall(r"^([a-z0-9]+):.*## \S", text, re.MULTILINE)
    assert explained == phony.split()
