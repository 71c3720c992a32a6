"""What the tests of footage adapters share: a shot to ask for, and models as the catalogue has them."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from reelwright.models.catalogue import load_catalogue
from reelwright.models.schema import Model, ShotRequest, ShotResponse, Underway
from tests.simulators.footage import FootageSimulator

__all__ = ["a_model", "a_shot", "collected", "orders"]


class Nothing(BaseModel):
    """Graphics that nobody draws."""


def a_model(name: str) -> Model:
    """Return a model of the bundled catalogue."""
    return next(model for model in load_catalogue() if model.name == name)


def a_shot(folder: Path, **changes: Any) -> ShotRequest:
    """Return a request for 2.5 s of a small picture in the shape of 16:9."""
    fields: dict[str, Any] = {
        "idempotency_key": "vid_1/shoot/0/abc",
        "seed": 7,
        "prompt": "The tide comes in at dusk.",
        "graphics": Nothing(),
        "width": 854,
        "height": 480,
        "fps": 24,
        "frames": 60,
        "work_dir": folder,
    }
    return ShotRequest(**(fields | changes))


def collected(provider: Any, model: Model, request: ShotRequest, reference: str, call: Any) -> ShotResponse:
    """Ask until the footage is there."""
    for _ in range(20):
        found: ShotResponse | Underway = provider.collect(model, request, reference, call)
        if not isinstance(found, Underway):
            return found
    raise AssertionError("it was never done")


def orders(simulator: FootageSimulator) -> int:
    """Return how many requests for new work came in."""
    return sum(simulator.kind(request) == "submit" for request in simulator.received)
