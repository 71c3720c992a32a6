"""A folder in which the command line makes productions, with all vendors in a house of simulators."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from reelwright.cost.ledger import CostLedger
from reelwright.cost.schema import Charge, Totals
from tests.simulators.house import House

__all__ = ["COMMAND", "NOTES", "Place", "all_decisions", "attempts_of"]

COMMAND = (sys.executable, "-m", "tests.e2e.vendors.hurried")
NOTES = """---
topic: {topic}
duration_seconds: {seconds}
---
Honey keeps because it holds little water. Bees dry the nectar with their wings. It is sour, too.
"""
Result = TypeVar("Result")
_REPOSITORY = Path(__file__).resolve().parents[3]
_SECONDS = 240
_STANDARD = {
    "MODELS__CONTENT__TIER": "standard",
    "MODELS__AUDIO__TIER": "standard",
    "MODELS__VIDEO__TIER": "standard",
}


@dataclass
class Place:
    """One folder and one house. ``settings`` are variables for every command here, as ``VIDEO__FPS=30``."""

    folder: Path
    house: House
    settings: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.house.write_secrets(self.folder / ".reelwright" / "secrets.env")

    @property
    def ledger_url(self) -> str:
        return f"sqlite:///{self.folder}/.reelwright/ledger.db"

    def variables(self, **more: object) -> dict[str, str]:
        """The variables of this machine, and those that lead to the house."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("REELWRIGHT", "AWS_")) and name != "PYTHONPATH"
        }
        paths = os.pathsep.join((str(_REPOSITORY), str(_REPOSITORY / "packages/common/src")))
        return kept | {"PYTHONPATH": paths} | self.house.variables(**(_STANDARD | self.settings | more))

    def start(self, *words: str, **more: object) -> subprocess.Popen[str]:
        """Start a command, in a process group of its own."""
        return subprocess.Popen(
            [*COMMAND, *words],
            cwd=self.folder,
            env=self.variables(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, **more: object) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever that is."""
        return ended(self.start(*words, **more))

    def making(self, topic: str, *, seconds: int = 10, jobs: int = 2) -> tuple[str, ...]:
        """Write a brief, and return the command that makes a video of it."""
        brief = self.folder / f"{topic.lower().replace(' ', '-')}.md"
        brief.write_text(NOTES.format(topic=topic, seconds=seconds), encoding="utf-8")
        return ("make", "--brief", brief.name, "--resolution", "480p", "--jobs", str(jobs), "--json")

    def make(self, topic: str, *, seconds: int = 10, **more: object) -> dict[str, Any]:
        """Make a video, and return its record."""
        return record_of(self.run(*self.making(topic, seconds=seconds), **more))

    def charges(self) -> tuple[Charge, ...]:
        """Every charge of the ledger, oldest first."""
        return self._read(lambda ledger: ledger.charges())

    def totals(self, budget: str) -> Totals:
        """What counts against a budget."""
        return self._read(lambda ledger: ledger.totals(budget))

    def _read(self, read: Callable[[CostLedger], Result]) -> Result:
        ledger = CostLedger.open(self.ledger_url)
        try:
            return read(ledger)
        finally:
            ledger.close()


def ended(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """Wait until a command is over."""
    out, told = process.communicate(timeout=_SECONDS)
    return subprocess.CompletedProcess(process.args, process.returncode, out, told)


def record_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return the record of a production that a command has completed."""
    assert done.returncode == 0, done.stdout + done.stderr
    package = Path(json.loads(done.stdout)["output_dir"])
    record: dict[str, Any] = json.loads((package / "production.json").read_text(encoding="utf-8"))
    return record


def all_decisions(record: dict[str, Any], subject: str) -> list[dict[str, Any]]:
    """Return the decisions on a subject, in step order."""
    steps = record["production"]["steps"]
    return [each for step in steps for each in step["decisions"] if each["subject"] == subject]


def attempts_of(decision: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the failed attempts of a choice: at whom, and what kind of failure."""
    for rejected in decision["rejected"]:
        name, is_attempt, _ = rejected["name"].partition(", attempt ")
        if is_attempt:
            yield name, rejected["reason"].partition(":")[0]
