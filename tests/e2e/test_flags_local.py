"""One machine, before and after an operator changed flags: what the next production is and says."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.e2e.test_cli_process import run

MAKE = ("make", "tides", "--duration", "6", "--resolution", "480p", "--jobs", "2", "--json")
REASON = ("--reason", "to see what it does")


def told(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def made(place: Path, *words: str) -> dict[str, Any]:
    """Make a video and return its record, as it lies in the package."""
    package = Path(told(run(place, *MAKE, *words))["output_dir"])
    record: dict[str, Any] = json.loads((package / "production.json").read_bytes())["production"]
    assert 'id="flags"' in (package / "report.html").read_text(encoding="utf-8")
    return record


def effects(record: dict[str, Any]) -> dict[str, str]:
    return {flag["flag"]: flag["effect"] for flag in record["flags"] if flag["effect"]}


def overridden(record: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    settings = record["configuration"]["overridden"]
    return {setting["key"]: (setting["value"], setting["layer"]) for setting in settings}


def test_a_flag_that_was_set_changes_the_next_production_and_none_before(tmp_path: Path) -> None:
    before = made(tmp_path)
    told(run(tmp_path, "flags", "set", "captions", "off", *REASON, "--json"))
    told(
        run(tmp_path, "flags", "set", "picture-style", "on", "--attribute", "style=honey", *REASON, "--json")
    )
    after = made(tmp_path, "--captions", "burned")

    assert effects(before) == {"publish-folder": "publishes on folder"}
    assert {flag["version"] for flag in before["flags"]} == {"bundled"}
    assert effects(after) == {
        "captions": "none: this request asks for features.captions = burned",
        "picture-style": "video.style = honey instead of auto",
        "publish-folder": "publishes on folder",
    }
    assert overridden(after)["video.style"] == ("honey", "flags")
    assert overridden(after)["features.captions"] == ("burned", "request")
    assert after["settings_fingerprint"] != before["settings_fingerprint"]
    (palette,) = (
        decision["chosen"]
        for step in after["steps"]
        for decision in step["decisions"]
        if decision["subject"] == "palette of the video"
    )
    assert palette == "honey"

    shown = run(tmp_path, "productions", "show", after["id"]).stdout
    assert "picture-style        on, style = honey: video.style = honey instead of auto" in shown
    again = told(run(tmp_path, "productions", "show", before["id"], "--json"))["production"]
    assert again["flags"] == before["flags"]


def test_a_platform_that_was_closed_is_refused_by_the_flag_that_the_error_names(tmp_path: Path) -> None:
    told(run(tmp_path, "flags", "set", "publish-folder", "off", *REASON, "--json"))

    refused = run(tmp_path, *MAKE)

    assert refused.returncode == 3
    error = json.loads(refused.stdout)["error"]
    assert (error["code"], error["context"]["flag"]) == ("publishing_closed", "publish-folder")
    assert "reelwright flags set publish-folder on" in error["next_step"]
    assert told(run(tmp_path, "productions", "list", "--json"))["productions"] == []
    told(run(tmp_path, "flags", "set", "publish-folder", "on", *REASON, "--json"))
    assert effects(made(tmp_path)) == {"publish-folder": "publishes on folder"}


def test_an_override_in_the_environment_beats_the_document_for_that_process_alone(tmp_path: Path) -> None:
    variable = {"REELWRIGHT__FLAGS__OVERRIDES__PUBLISH-FOLDER": "false"}
    refused = run(tmp_path, *MAKE, **variable)
    assert refused.returncode == 3
    assert json.loads(refused.stdout)["error"]["code"] == "publishing_closed"
    assert run(tmp_path, "flags", "eval", "publish-folder", "--json").returncode == 0
