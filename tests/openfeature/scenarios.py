"""The scenarios of OpenFeature's specification, as they stand in its repository, and which are not for us."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.openfeature.flags import DATA
from tests.openfeature.steps import run_step
from tests.openfeature.world import new_world

__all__ = ["NOT_FOR_US", "TOTALS", "Scenario", "run", "scenarios"]

TOTALS = {"contextMerging": 29, "evaluation": 13, "evaluation_v2": 82, "hooks": 3, "metadata": 5}
"""How many there are in each file."""
NOT_FOR_US = {
    "CACHED reason": "the provider evaluates in process, and nothing that it answers comes from a cache",
    "Evaluation context immutability": "details are a dataclass of the SDK 0.10, which anybody may change",
}
Table = list[list[str]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario with one of its examples."""

    feature: str
    name: str
    number: int
    steps: tuple[tuple[str, Table], ...]

    def __str__(self) -> str:
        return f"{self.feature}: {self.name} {self.number}"


def run(scenario: Scenario) -> None:
    """Run a scenario against our provider; AssertionError where it is not what it says."""
    with new_world() as world:
        for sentence, table in scenario.steps:
            run_step(world, sentence, table)


def scenarios() -> Iterator[Scenario]:
    """Yield every scenario, once for each of its examples."""
    for feature in TOTALS:
        told = json.loads((DATA / f"spec__gherkin__{feature}.feature.json").read_text("utf-8"))
        for scenario in told["scenarios"]:
            for number, example in enumerate(scenario["examples"] or [{}]):
                steps = [*told["background"], *scenario["steps"]]
                yield Scenario(feature, scenario["name"], number, (*filled(steps, example),))


def filled(steps: list[Any], example: dict[str, Any]) -> Iterator[tuple[str, Table]]:
    """Yield each step with its table, the example's values in their places."""
    for place, sentence in enumerate(steps):
        if isinstance(sentence, str):
            said = re.sub(r"<(\w+)>", lambda found: str(example[found[1]]), sentence)
            rows = []
            for row in steps[place + 1 :]:
                if isinstance(row, str):
                    break
                rows.append(row)
            yield said.split(" ", 1)[1], rows
