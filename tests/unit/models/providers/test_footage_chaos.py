"""Whole calls for footage over the wire, through random faults: what was ordered is what is on the books."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import BudgetSettings, ProviderSettings, ServiceSettings, Settings
from reelwright.environment.secret import ApiKey, Secret
from reelwright.errors import ReelwrightError
from reelwright.models.http import HttpClient
from reelwright.models.manager import Providers
from reelwright.models.parts import ModelParts, in_memory
from reelwright.models.providers.luma import LumaProvider
from reelwright.models.providers.runway import RunwayProvider
from reelwright.models.schema import ModelPending
from reelwright.storage.memory import MemoryArtifacts
from tests.simulators.access import KEY
from tests.simulators.footage import FootageSimulator
from tests.simulators.luma import LumaSimulator
from tests.simulators.runway import RunwaySimulator
from tests.simulators.server import FAULTS, Faults
from tests.unit.models.providers.footage_kit import a_shot, orders

APART = {"timeout", "slow_body", "duplicate_id"}
"""The first two take real time; after the last, the vendor itself does not know what it billed for what."""
KINDS = [fault for fault in FAULTS if fault not in APART]
SEEDS = range(60)


class Running(VirtualClock):
    """A day on which the prices count, time that runs, and pauses that take none."""

    def now(self) -> datetime:
        return datetime(2026, 11, 25, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class OneKey:
    """Secrets that hold one key."""

    def with_secret(self, reference: object, kind: object, call: Callable[[ApiKey], Any]) -> Any:
        return call(ApiKey(api_key=SecretStr(KEY)))


def settings_for(runway: FootageSimulator, luma: FootageSimulator, first: str) -> Settings:
    tree = load_environment("local").settings
    names = ("runway-gen4-5", "luma-ray-3-2") if first == "runway" else ("luma-ray-3-2", "runway-gen4-5")
    video = ServiceSettings(tier="standard", models=names, timeout_seconds=600)
    providers = {
        name: ProviderSettings(credential=Secret(f"providers/{name}", "api_key"), endpoints=(simulator.url,))
        for name, simulator in {"runway": runway, "luma": luma}.items()
    }
    return tree.model_copy(
        update={
            "models": tree.models.model_copy(update={"video": video}),
            "providers": providers,
            "budgets": BudgetSettings(),
        }
    )


def parts_in(folder: Path, seed: int) -> ModelParts:
    http = HttpClient()
    return in_memory(
        providers=Providers(
            content={},
            audio={},
            video={},
            footage={"runway": RunwayProvider(http, Random(seed)), "luma": LumaProvider(http, Random(seed))},
        ),
        artifacts=MemoryArtifacts(folder / "store"),
        clock=Running(),
        rng=Random(seed),
        secrets=OneKey(),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_books_are_the_vendors_bill_whatever_happens(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    faults = [Faults.random(seed * 7 + each, rng.choice([0.1, 0.3, 0.6]), KINDS) for each in range(2)]
    failures = [rng.choice([None, None, "INTERNAL", "SAFETY.OUTPUT"]) for _ in range(20)]
    with (
        RunwaySimulator(keys=[KEY], shrink=8, faults=faults[0], failures=failures) as runway,
        LumaSimulator(keys=[KEY], shrink=8, faults=faults[1]) as luma,
    ):
        parts = parts_in(tmp_path, seed)
        settings = settings_for(runway, luma, rng.choice(["runway", "luma"]))
        for scene in range(3):
            shot = a_shot(
                tmp_path,
                idempotency_key=f"prod_1/shoot/{scene}/abc",
                prompt=f"Scene {scene}",
                width=160,
                height=90,
                fps=12,
                frames=30,
            )
            _made(parts, settings, shot)
        assert runway.objections == luma.objections == []
        _agree(parts, runway, luma)


def _made(parts: ModelParts, settings: Settings, shot: Any) -> None:
    """Have a scene made, each look by another process, until it is done or has failed for good."""
    for _ in range(60):
        try:
            outcome = parts.manager_for(settings).shoot(shot)
        except ReelwrightError:
            return
        if not isinstance(outcome, ModelPending):
            return
    raise AssertionError("it went on for ever")


def _agree(parts: ModelParts, runway: FootageSimulator, luma: FootageSimulator) -> None:
    charges = parts.ledger.charges()
    settled = sum(charge.settled_micro_usd for charge in charges if charge.state == "settled")
    unknown = [charge for charge in charges if charge.state in {"unknown", "reserved"}]
    by_reference = {charge.reference: charge for charge in charges if charge.reference}
    works = {**dict(_works(runway)), **dict(_works(luma))}
    told = sum(work.micro_usd for name, work in works.items() if name in by_reference)
    untold = [work for name, work in works.items() if name not in by_reference]
    bill = runway.bill_micro_usd + luma.bill_micro_usd
    assert settled <= bill
    assert bill - settled <= sum(charge.reserved_micro_usd for charge in unknown)
    assert len(untold) <= len([charge for charge in unknown if not charge.reference])
    assert told + sum(work.micro_usd for work in untold) == bill
    assert len(works) <= orders(runway) + orders(luma) <= len(charges)
    if not unknown:
        assert settled == bill


def _works(simulator: FootageSimulator) -> list[tuple[str, Any]]:
    return [(work.token, work) for work in simulator.accepted]
