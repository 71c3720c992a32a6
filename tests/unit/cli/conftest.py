import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import reelwright.pipeline
from reelwright.cli.main import main
from tests.unit.cli.fake_studio import World, studio_class
from tests.unit.pipeline.report.samples import Sample, make_sample


@dataclass(frozen=True)
class Outcome:
    """What one run of the command line answered."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_sample(tmp_path_factory.mktemp("sample"), width=64, height=36)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and no environment asked for from outside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REELWRIGHT_ENV", raising=False)
    return tmp_path


@pytest.fixture
def world(sample: Sample, place: Path, monkeypatch: pytest.MonkeyPatch) -> World:  # noqa: ARG001 (a folder to work in)
    """Stand a fake studio where the real one is, so that everything in front of it is real."""
    fake = World(sample)
    studio = studio_class(fake)
    stand_ins = {"studio": {"Studio": studio}, "remote": {"RemoteStudio": studio}, "workbench": {}}
    for name, contents in stand_ins.items():
        _stand_in(monkeypatch, name, contents)
    return fake


@pytest.fixture
def run(place: Path, capsys: pytest.CaptureFixture[str]) -> Run:  # noqa: ARG001 (a folder to work in)
    def call(*arguments: object) -> Outcome:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return call


def _stand_in(monkeypatch: pytest.MonkeyPatch, name: str, contents: dict[str, Any]) -> None:
    module = ModuleType(f"reelwright.pipeline.{name}")
    vars(module).update(contents)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(reelwright.pipeline, name, module, raising=False)
