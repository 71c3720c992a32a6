"""The command line against the deployed environment: what a person types, as a process of its own."""

import hashlib
import json
from typing import Any

import pytest
from PIL import Image

from tests.e2e.deployed.stack import Stack
from tests.e2e.deployed.terminal import Terminal

BRIEF = """---
topic: Why the sea rises twice a day
duration_seconds: 6
---
The Moon pulls the water nearest to it more than it pulls the Earth, so a bulge forms there.
"""
KEY = "sk-canary-of-the-deployed-0123456789"


@pytest.fixture(scope="session")
def result(stack: Stack, terminal: Terminal) -> Any:
    """One production that was asked for at the command line."""
    (terminal.folder / "brief.md").write_text(BRIEF, encoding="utf-8")
    Image.radial_gradient("L").resize((400, 300)).convert("RGB").save(terminal.folder / "bulge.png")
    looks = ["--resolution", "480p", "--captions", "off", "--picture", "bulge.png=The bulge of water"]
    with stack.timed("make --env dev"):
        return terminal.answer("make", "--brief", "brief.md", *looks)


def test_a_production_made_there_comes_home_whole(stack: Stack, terminal: Terminal, result: Any) -> None:
    package = terminal.folder / "out" / result["production_id"]
    there = stack.package(result["production_id"])
    assert {file.name for file in package.iterdir() if not file.name.startswith(".")} >= {
        *("video.mp4", "report.html", "production.json"),
    }
    for name in ("video.mp4", "report.html", "production.json"):
        home = hashlib.sha256((package / name).read_bytes()).hexdigest()
        assert home == hashlib.sha256(stack.fetch(result["production_id"], name)).hexdigest(), name
    assert there["video.mp4"] > 10_000
    assert result["status"] == "completed"


def test_what_was_asked_for_is_on_the_record(terminal: Terminal, result: Any) -> None:
    record = json.loads((terminal.folder / "out" / result["production_id"] / "production.json").read_bytes())
    asked = {
        it["key"]: (it["value"], it["layer"])
        for it in record["production"]["configuration"]["overridden"]
        if it["layer"] == "request"
    }
    assert asked == {"video.resolution": ("480p", "request"), "features.captions": ("off", "request")}
    assert record["production"]["environment"] == "dev"


def test_a_picture_that_was_brought_is_shown_there(terminal: Terminal, result: Any) -> None:
    record = json.loads((terminal.folder / "out" / result["production_id"] / "production.json").read_bytes())
    decisions = [it for step in record["production"]["steps"] for it in step["decisions"]]
    assert any(
        it["subject"].startswith("pictures of scene") and "bulge.png" in it["chosen"] for it in decisions
    )


def test_it_is_listed_and_shown_from_anywhere(terminal: Terminal, result: Any) -> None:
    listed = terminal.answer("productions", "list")["productions"]
    assert result["production_id"] in [each["production_id"] for each in listed]
    shown = terminal.answer("productions", "show", result["production_id"])
    assert shown["production"]["status"] == "completed"


def test_a_setting_is_changed_explained_and_taken_back(stack: Stack, terminal: Terminal) -> None:
    why = ("--reason", "a test", "--actor", "ann", "--at-once")
    stack.runtime.settled()
    terminal.answer("config", "set", "video.fps", "30", *why)
    stack.runtime.settled()
    explained = terminal.answer("config", "explain", "video.fps")
    assert (explained["value"], explained["layer"]) == (30, "runtime")
    assert explained["shadowed"][0]["layer"] == "defaults"
    terminal.answer("config", "unset", "video.fps", *why)
    stack.runtime.settled()
    assert terminal.answer("config", "get", "video.fps")["value"] == 24
    changes = [
        it for it in terminal.answer("config", "history", "video.fps")["revisions"] if it["actor"] == "ann"
    ]
    assert [it["changes"][0]["new"] for it in changes] == [None, 30]
    trail = terminal.answer("config", "audit")
    assert trail["whole"]
    assert ("ann", "document.put.done") in {(it["actor"], it["action"]) for it in trail["entries"]}


def test_operators_documents_lie_below_overrides(terminal: Terminal) -> None:
    why = ("--reason", "a test", "--actor", "ann", "--layer", "s3")
    terminal.answer("config", "set", "video.fps", "60", *why)
    assert terminal.answer("config", "explain", "video.fps")["layer"] == "s3"
    terminal.answer("config", "unset", "video.fps", *why)
    assert terminal.answer("config", "get", "video.fps")["value"] == 24


def test_a_wrong_value_is_refused_here_already(terminal: Terminal) -> None:
    refused = terminal.run("config", "set", "video.fps", "31", "--reason", "a test", "--env", "dev")
    assert refused.returncode == 2
    assert "24, 30 or 60" in refused.stderr


def test_a_secret_is_set_unseen_and_configuration_finds_it(terminal: Terminal) -> None:
    done = terminal.run("secrets", "set", "providers/luma", "--env", "dev", stdin=KEY)
    assert done.returncode == 0, done.stderr
    assert terminal.answer("config", "get", "providers.luma.credential")["value"].startswith("secret://")
    listed = terminal.run("secrets", "list", "--env", "dev")
    assert "providers/luma" in listed.stdout
    assert KEY not in done.stdout + done.stderr + listed.stdout + listed.stderr


def test_doctor_looks_at_every_source(terminal: Terminal) -> None:
    found = {it["name"]: it for it in terminal.answer("doctor")["findings"]}
    assert {name.partition(":")[0] for name in found} >= {"runtime", "ssm", "secrets", "s3", "defaults"}


def test_an_environment_that_is_not_deployed_is_said_to_be_none(terminal: Terminal) -> None:
    done = terminal.run("productions", "list", "--env", "staging")
    assert done.returncode == 2
    assert "not deployed" in done.stderr
