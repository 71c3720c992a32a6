"""Calls end before the function does that makes them."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from reelwright.clock import VirtualClock
from reelwright.cost.ledger import CostLedger
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.models.manager import Providers
from reelwright.models.memory import MemoryAnswers
from reelwright.models.parts import ModelParts
from reelwright.pipeline.timed import TimedModelParts
from reelwright.resilience.memory import MemoryHealth
from reelwright.storage.local import FolderArtifacts

DEV = load_environment("dev").settings
Seen = Callable[[float], Settings]


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """The settings that calls go by, of a function that has so many seconds."""
    asked: list[Settings] = []
    monkeypatch.setattr(ModelParts, "manager_for", lambda _, settings: asked.append(settings))
    clock = VirtualClock()

    def settings_with(seconds: float) -> Settings:
        parts = TimedModelParts(
            seconds=seconds,
            environment="dev",
            providers=Providers(content={}, audio={}, video={}),
            ledger=CostLedger.open("memory:", clock=clock),
            health=MemoryHealth(),
            answers=MemoryAnswers(clock),
            artifacts=FolderArtifacts(tmp_path),
            secrets=None,
            clock=clock,
            rng=Random(1),
        )
        parts.manager_for(DEV)
        return asked[-1]

    return settings_with


def test_who_has_time_goes_by_the_settings_as_they_are(seen: Seen) -> None:
    assert seen(240.0) is DEV


def test_text_and_speech_end_in_time_and_footage_has_the_time_of_its_order(seen: Seen) -> None:
    models = seen(100.9).models
    assert (models.content.timeout_seconds, models.audio.timeout_seconds) == (100, 100)
    assert models.video == DEV.models.video
    assert models.content.tier == DEV.models.content.tier


def test_there_is_always_some_time(seen: Seen) -> None:
    assert seen(-3.0).models.content.timeout_seconds == 5
