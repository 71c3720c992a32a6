"""What a video of twenty minutes leaves in the table and between the functions: within the limits of AWS.

DynamoDB: an item has 400 KB at the most. Step Functions: what goes into a state or comes out of one has 256
KB, and so have the results of all items of a Map together, though nobody reads them.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from moto import mock_aws
from pydantic import BaseModel

from reelwright.clock import VirtualClock
from reelwright.config.schema import Pinned
from reelwright.pipeline.aws import DynamoProductions
from reelwright.pipeline.declaration import PIPELINE
from reelwright.pipeline.functions import StepRequest
from reelwright.pipeline.memory import MemoryProductions
from reelwright.pipeline.ports import Claim, StepKey, StepResult
from reelwright.production.schema import MAX_DURATION_SECONDS, MAX_SCENES, Production
from reelwright.storage.memory import MemoryArtifacts
from tests.simulation import engines
from tests.unit.pipeline.cloud import PRODUCTION_ID, Cloud, make_resources

ITEM_BYTES, STATE_BYTES = 400_000, 256_000
WORDS = MAX_DURATION_SECONDS * 180 // 60
"""Of a fast speaker."""


class Weighed(MemoryProductions):
    """Keeps in memory, and notes how large the items of a table would be, and which bodies go elsewhere."""

    def __init__(self, clock: VirtualClock, artifacts: MemoryArtifacts) -> None:
        super().__init__(clock)
        self._table = DynamoProductions(None, "table", artifacts, clock=clock, rng=Random(1))
        self.largest = 0
        self.elsewhere: set[str] = set()
        self.results = 0

    def create(self, production: Production, pinned: Pinned) -> None:
        self._weigh("pinned", pinned)
        super().create(production, pinned)

    def save(self, production: Production, claim: Claim) -> None:
        self._weigh("record", production)
        super().save(production, claim)

    def put_result(self, key: StepKey, result: StepResult) -> StepResult:
        self._weigh(key.step, result)
        self.results += 1
        return super().put_result(key, result)

    def _weigh(self, name: str, model: BaseModel) -> None:
        body = self._table._body(model)
        self.largest = max(self.largest, size(body))
        if "spilled" in body:
            self.elsewhere.add(name)


def size(value: Any) -> int:
    return len(json.dumps(value).encode())


def long_script(_: str, rng: Random) -> dict[str, Any]:
    """Return as many scenes as there may be, which share the words of twenty minutes."""
    each = WORDS // MAX_SCENES
    told = [
        " ".join(rng.choice(("tide", "pulls", "moon", "ocean", "of")) for _ in range(each))
        for _ in range(MAX_SCENES)
    ]
    scenes = [
        {
            "narration": f"{number} {text}.",
            "visual_prompt": f"{text}, seen from the shore in the light of an early morning",
            "visual": {"kind": "statement", "text": text[:80]},
            "sources": [f"The notes say that {text}."],
        }
        for number, text in enumerate(told)
    ]
    return {
        "title": "Tides",
        "hook": scenes[0]["narration"],
        "scenes": scenes,
        "call_to_action": "Go.",
        "seo": {"title": "Tides", "description": "What it is about. " * 200},
    }


@pytest.fixture
def store(tmp_path: Path) -> Weighed:
    return Weighed(VirtualClock(), MemoryArtifacts(tmp_path / "artifacts"))


@pytest.fixture
def cloud(tmp_path: Path, store: Weighed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setattr(engines, "_script", long_script)
    with mock_aws():
        make_resources()
        yield Cloud(tmp_path / "room", changes={"store": store})


def shot(cloud: Cloud, store: Weighed) -> list[dict[str, Any]]:
    """Shoot the first scene and the last, and keep the like of the first for all between."""
    first, last = (cloud.run(PRODUCTION_ID, "shoot", index) for index in (0, MAX_SCENES - 1))
    key = next(key for key in store._results if key.step == "shoot")
    result = store.result(StepKey(PRODUCTION_ID, "shoot", 0, key.input_hash))
    assert result is not None
    assert isinstance(result.output, dict)
    for index in range(1, MAX_SCENES - 1):
        output = result.output | {"scene_index": index}
        like = StepKey(PRODUCTION_ID, "shoot", index, key.input_hash)
        store.put_result(like, result.model_copy(update={"output": output}))
    return [first] * (MAX_SCENES - 1) + [last]


def test_twenty_minutes_stay_within_what_an_item_and_a_state_may_have(cloud: Cloud, store: Weighed) -> None:
    cloud.begin(brief={"topic": "Tides", "notes": "The Moon pulls. " * 1000, "duration_seconds": 1200})
    said: list[Any] = []
    for step in PIPELINE:
        said.append(cloud.functions().open_step(StepRequest(production_id=PRODUCTION_ID, step=step.name)))
        if step.name == "shoot":
            assert said[-1]["items"] == list(range(MAX_SCENES))
            said.append(shot(cloud, store))
        else:
            said.append([cloud.run(PRODUCTION_ID, step.name, index) for index in said[-1]["items"]])

    assert store.results == len(PIPELINE) - 1 + MAX_SCENES
    assert store.largest < ITEM_BYTES
    assert max(map(size, said)) < STATE_BYTES / 4
    assert "narrate" in store.elsewhere
