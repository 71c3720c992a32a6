"""Every step reaches every provider through AIModelManager, and every adapter can be made."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reelwright import Brief, Studio
from reelwright.environment.loader import load_environment
from reelwright.models.catalogue import load_catalogue
from reelwright.models.manager import Providers
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.vendors import with_vendors
from tests.simulation.settings import snapshot_of

BRIEF = Brief(topic="Tides", duration_seconds=30)
METHODS = {"content": ("write",), "audio": ("speak",), "video": ("submit", "collect", "cancel", "find")}
MANAGER = "reelwright.models.manager"


class Guarded:
    """A provider that answers only to who comes through AIModelManager."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self.calls = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            assert MANAGER in _callers(), f"{name} was called past AIModelManager"
            return getattr(self._provider, name)(*args, **kwargs)

        return call


def _callers() -> set[str]:
    frame, names = sys._getframe(1), set()
    while frame is not None:
        names.add(frame.f_globals.get("__name__", ""))
        frame = frame.f_back
    return names


def _guarded(parts: Parts) -> tuple[Parts, list[Guarded]]:
    told = parts.models.providers
    guards = {kind: Guarded(getattr(told, kind)["embedded"]) for kind in ("content", "audio", "video")}
    providers = Providers(**{kind: {"embedded": guard} for kind, guard in guards.items()})
    return replace(parts, models=replace(parts.models, providers=providers)), list(guards.values())


def test_no_step_reaches_a_provider_past_the_manager(parts: Parts, tmp_path: Path) -> None:
    guarded, guards = _guarded(parts)
    settings = load_environment("local").settings
    studio = Studio("local", lambda: snapshot_of(settings), guarded, out_dir=tmp_path / "out")

    assert studio.make(BRIEF).status == "completed"
    assert all(guard.calls for guard in guards)


def test_a_step_that_goes_past_the_manager_is_found(parts: Parts) -> None:
    guarded, _ = _guarded(parts)
    with pytest.raises(AssertionError, match="past AIModelManager"):
        guarded.models.providers.content["embedded"].write(None, None, None)


def test_every_model_of_the_catalogue_has_an_adapter_that_can_be_made() -> None:
    providers = with_vendors(Providers(content={}, audio={}, video={}), rng=Random(1))
    for model in load_catalogue():
        if model.free:
            continue
        assert providers.serve(model), model.name
        service = {"content": providers.content, "audio": providers.audio, "video": providers.footage}
        adapter: Any = service[model.service][model.provider]
        assert all(callable(getattr(adapter, name)) for name in METHODS[model.service]), model.name
        assert callable(providers.probes[model.provider].probe)
