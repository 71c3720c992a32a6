"""`reelwright doctor`."""

import json
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from reelwright.cli import findings as looking
from reelwright.config.local import default_sources
from reelwright.config.manager import ConfigurationManager
from reelwright.config.memory import ScriptedSource
from reelwright.config.schema import Layer
from tests.unit.cli.conftest import Run

PYPROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_whole_machine_is_in_order(run: Run) -> None:
    outcome = run("doctor", "--json")
    assert outcome.code == 0, outcome.out
    answer = json.loads(outcome.out)
    assert answer["ok"] is True
    names = [finding["name"] for finding in answer["findings"]]
    assert {
        "Python",
        "packages: render",
        "font",
        "voice",
        "state folder",
        "free disk space",
        "processors",
    } <= set(names)
    assert all(set(finding) == {"name", "ok", "detail", "next_step"} for finding in answer["findings"])
    assert "Manrope" in outcome.out


def test_what_is_wrong_is_named_with_what_to_do(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / ".reelwright").write_text("in the way", encoding="utf-8")
    monkeypatch.setattr(looking.shutil, "disk_usage", lambda _: Usage(10, 9, 1))
    monkeypatch.setitem(looking.PACKAGES, "speech", {"no-such-package": "no_such_package"})
    outcome = run("doctor", "--env", "nope", "--json")
    assert outcome.code == 1
    wrong = {each["name"]: each for each in json.loads(outcome.out)["findings"] if not each["ok"]}
    assert set(wrong) == {"packages: speech", "environment", "state folder", "free disk space"}
    assert all(each["next_step"] for each in wrong.values())
    assert "make setup" in wrong["packages: speech"]["next_step"]
    text = run("doctor", "--env", "nope").out
    assert text.count("Next: ") == 4


def test_a_broken_package_is_a_finding_and_no_error(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "broken_on_import.py").write_text("raise OSError('libx.so.1: cannot open')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.setattr(looking, "PACKAGES", {"render": {"broken": "broken_on_import"}})
    (found,) = [each for each in looking.findings("local") if each.name == "packages: render"]
    assert (found.ok, found.detail) == (False, "missing: broken")


def stand_in(monkeypatch: pytest.MonkeyPatch, manager: ConfigurationManager) -> None:
    """Let a configuration be that of the deployed environment."""
    monkeypatch.setattr("reelwright.cli.configuring.open_configuration", lambda _: manager)


def test_every_source_of_a_deployed_environment_is_looked_at(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, ConfigurationManager.for_environment("dev", root=place, variables={}))
    found = {each.name: each for each in looking.findings("dev")}
    assert found["runtime: runtime/settings"].ok
    assert found["defaults: environments/dev.toml"].detail.startswith("fresh, version ")


def test_a_source_that_is_away_is_a_finding(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away = ScriptedSource(Layer.SSM, name="ssm:/reelwright/dev/settings/")
    away.outage = "throttle"
    sources = [*default_sources("dev"), away]
    stand_in(monkeypatch, ConfigurationManager.for_environment("dev", sources=sources, root=place))
    (found,) = [each for each in looking.findings("dev") if each.name == "deployed configuration"]
    assert not found.ok
    assert "ssm:/reelwright/dev/settings/" in found.detail
    assert found.next_step


def test_the_way_to_aws_is_missed_only_where_it_is_needed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, ConfigurationManager.for_environment("dev", root=place, variables={}))
    monkeypatch.setattr(looking, "PACKAGES", {"aws": {"no-such-package": "no_such_package"}})
    for environment, ok in (("local", True), ("dev", False)):
        (found,) = [each for each in looking.findings(environment) if each.name == "packages: aws"]
        assert found.ok is ok
        assert found.detail.startswith("missing: no-such-package")


def test_the_packages_are_those_of_the_project() -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    groups = {"runtime": project["dependencies"], **project["optional-dependencies"]}
    del groups["openfeature"]  # for programs that ask our flags: no production needs it
    named = {group: {_name(line) for line in lines} for group, lines in groups.items()}
    known = {group: set(packages) for group, packages in looking.PACKAGES.items()}
    known["speech"].add("numpy")
    assert known == named


def _name(requirement: str) -> str:
    return requirement.partition(">")[0].partition("=")[0].strip()
