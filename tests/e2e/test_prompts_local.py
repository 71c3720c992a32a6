"""One machine, before and after an operator rolled a prompt back: what productions say and record."""

import json
import subprocess
from pathlib import Path
from typing import Any

from reelwright.prompts.library import PromptLibrary
from tests.e2e.test_cli_process import run

MAKE = ("make", "tides", "--duration", "6", "--resolution", "480p", "--jobs", "2", "--json")
NAME = "write-script"
REASON = ("--reason", "to see what it does")


def told(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def made(place: Path) -> dict[str, Any]:
    """Make a video and return its record, as it lies in the package."""
    package = Path(told(run(place, *MAKE))["output_dir"])
    record: dict[str, Any] = json.loads((package / "production.json").read_bytes())["production"]
    (said,) = record["prompts"]
    page = (package / "report.html").read_text(encoding="utf-8")
    assert 'id="prompts"' in page
    assert f"{NAME} {said['version']}, variant {said['variant']}" in page
    return record


def said(record: dict[str, Any]) -> tuple[str, str, str]:
    """Version, label and source of the one prompt, which the step names as well."""
    (prompt,) = record["prompts"]
    (step,) = (it for it in record["steps"] if it["name"] == "write_script")
    (decision,) = (it for it in step["decisions"] if it["subject"] == "prompt")
    assert decision["chosen"] == f"{NAME} {prompt['version']}, variant {prompt['variant']}"
    assert prompt["variant"] in {"control", "question"}
    return prompt["version"], prompt["label"], prompt["source"]


def save(place: Path, words: str) -> str:
    """Save the code's own prompt with other words, and serve it."""
    bundled = PromptLibrary().get(NAME)
    assert bundled is not None
    file = place / f"{NAME}.md"
    file.write_text(bundled.text.replace("short narrated videos", words), encoding="utf-8")
    done = told(run(place, "prompts", "save", file.name, "--label", "production", *REASON, "--json"))
    return str(done["version"])


def test_productions_say_the_version_that_is_labelled_and_after_a_rollback_the_one_before(
    tmp_path: Path,
) -> None:
    bundled = PromptLibrary().get(NAME)
    assert bundled is not None
    assert said(made(tmp_path)) == (bundled.version, "bundled", "bundled")
    first = save(tmp_path, "short films")
    second = save(tmp_path, "brief films")
    before = made(tmp_path)
    told(run(tmp_path, "prompts", "rollback", NAME, *REASON, "--json"))
    after = made(tmp_path)

    assert said(before) == (second, "production", "store")
    assert said(after) == (first, "production", "store")
    assert first != second
    assert before["settings_fingerprint"] != after["settings_fingerprint"]
    shown = run(tmp_path, "productions", "show", before["id"]).stdout
    assert f"write_script  {NAME} {second}, variant " in shown
    assert "(production, as the store says)" in shown
    again = told(run(tmp_path, "productions", "show", before["id"], "--json"))["production"]
    assert again["prompts"] == before["prompts"]
