"""Vendors in memory that do as they are told, keep books of their own, and parts around them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from pydantic import BaseModel

from reelwright.clock import VirtualClock
from reelwright.cost.schema import Usage
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import PriceOverride, Settings
from reelwright.environment.secret import Secret
from reelwright.models.errors import OutcomeUnknown, ProviderFailed
from reelwright.models.manager import AIModelManager, Providers
from reelwright.models.parts import ModelParts, in_memory
from reelwright.models.ports import Call
from reelwright.models.schema import (
    ContentRequest,
    ContentResponse,
    Message,
    Model,
    ShotRequest,
    ShotResponse,
    Underway,
    VideoCapabilities,
)
from reelwright.storage.memory import MemoryArtifacts

PRODUCTION = "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"
TODAY = date(2026, 11, 25)
PENNY = 10_000
"""What one token, or one second of footage, costs at every vendor here, in micro-dollars."""

Outcome = ProviderFailed | str
"""What a vendor does with a request: fail so, or answer with the text (or make the footage)."""


class Graphics(BaseModel):
    scene: int = 0


def writer(name: str, quality: int, **fields: Any) -> Model:
    return Model(name=name, provider=name, service="content", tiers=("economy",), quality=quality, **fields)


def camera(name: str, quality: int, **fields: Any) -> Model:
    capabilities = VideoCapabilities(durations_seconds=(5, 10), max_seconds=10)
    return Model(
        name=name,
        provider=name,
        service="video",
        tiers=("economy",),
        quality=quality,
        video=capabilities,
        **fields,
    )


OURS = writer("embedded-writer", 1, free=True).model_copy(update={"provider": "embedded"})
DRAWN = camera("embedded-graphics", 1, free=True).model_copy(update={"provider": "embedded"})


@dataclass
class Pen:
    """Writes, and counts what it would bill."""

    outcomes: list[Outcome] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    billed_tokens: int = 0
    before: Callable[[], object] = lambda: None
    heard: list[tuple[str, tuple[Message, ...]]] = field(default_factory=list)

    def write(self, model: Model, request: ContentRequest, call: Call) -> ContentResponse:
        self.before()
        self.heard.append((model.name, request.messages))
        self.asked.append(model.name)
        self.tokens.append(call.token)
        outcome = self.outcomes.pop(0) if self.outcomes else "{}"
        if isinstance(outcome, ProviderFailed):
            self.billed_tokens += sum(usage.quantity for usage in outcome.usage)
            raise outcome
        self.billed_tokens += 3
        return ContentResponse(text=outcome, usage=(Usage(unit="output_tokens", quantity=3),))


@dataclass
class Studio:
    """Makes footage to order. ``polls`` is how often it is still under way."""

    knows_tokens: bool = False
    polls: int = 1
    submits: list[str] = field(default_factory=list)
    """Tokens of the orders that were taken on."""
    outcomes: list[Outcome] = field(default_factory=list)
    """What befalls an order: fails to be taken on, or (with ``accepted="maybe"``) its answer is lost."""
    endings: list[Outcome] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    requests: int = 0

    def submit(self, model: Model, request: ShotRequest, call: Call) -> str:
        self.requests += 1
        outcome = self.outcomes.pop(0) if self.outcomes else ""
        if isinstance(outcome, ProviderFailed) and outcome.accepted == "no":
            raise outcome
        if not (self.knows_tokens and call.token in self.submits):
            self.submits.append(call.token)
        if isinstance(outcome, ProviderFailed):
            raise outcome
        return f"task-{self.submits.index(call.token)}"

    def collect(
        self, model: Model, request: ShotRequest, reference: str, call: Call
    ) -> Underway | ShotResponse:
        if self.polls > 0:
            self.polls -= 1
            return Underway(check_after_seconds=5.0)
        ending = self.endings.pop(0) if self.endings else ""
        if isinstance(ending, ProviderFailed):
            raise ending
        media = request.work_dir / "vendor.mp4"
        media.write_bytes(reference.encode())
        usage = Usage(unit="video_seconds", quantity=5)
        return ShotResponse(media=media, frames=request.frames, usage=(usage,))

    def cancel(self, model: Model, reference: str, call: Call) -> None:
        self.cancelled.append(reference)

    def find(self, model: Model, request: ShotRequest, call: Call) -> str | None:
        if not self.knows_tokens:
            raise OutcomeUnknown("This vendor keeps no list.", accepted="maybe")
        return f"task-{self.submits.index(call.token)}" if call.token in self.submits else None


class Drawn:
    """An engine of ours."""

    def write(self, model: Model, request: ContentRequest, call: Call) -> ContentResponse:
        return ContentResponse(text="ours", usage=(Usage(unit="characters", quantity=4),))

    def shoot(self, model: Model, request: ShotRequest, call: Call) -> ShotResponse:
        media = request.work_dir / "ours.mp4"
        media.write_bytes(b"ours")
        return ShotResponse(media=media, frames=request.frames, usage=(Usage(unit="frames", quantity=1),))


def failing(kind: type[ProviderFailed], **said: Any) -> ProviderFailed:
    return kind("It did not work.", **said)


def text_request(**fields: Any) -> ContentRequest:
    return ContentRequest(
        **{
            "idempotency_key": f"{PRODUCTION}/write_script/0/abc",
            "seed": 1,
            "task": "write_script",
            "variables": {},
            "output_schema": {},
            "max_output_tokens": 100,
            **fields,
        }
    )


def shot_request(folder: Path, **fields: Any) -> ShotRequest:
    return ShotRequest(
        **{
            "idempotency_key": f"{PRODUCTION}/shoot/0/abc",
            "seed": 1,
            "prompt": "A lighthouse",
            "graphics": Graphics(),
            "width": 1280,
            "height": 720,
            "fps": 24,
            "frames": 96,
            "work_dir": folder,
            **fields,
        }
    )


@dataclass
class World:
    """Two writers, two cameras and engines of ours; every ``process`` shares what is outside of one."""

    folder: Path
    models: Sequence[Model] = (
        writer("alpha", 90),
        writer("beta", 80),
        OURS,
        camera("gamma", 90),
        camera("delta", 80),
        DRAWN,
    )
    environment: str = "local"
    changes: dict[str, Any] = field(default_factory=dict)
    """Of settings, by dotted key."""

    def __post_init__(self) -> None:
        self.clock = VirtualClock()
        self.alpha, self.beta, self.gamma, self.delta = Pen(), Pen(), Studio(), Studio()
        self.parts: ModelParts = in_memory(
            providers=Providers(
                content={"alpha": self.alpha, "beta": self.beta, "embedded": Drawn()},
                audio={},
                video={"embedded": Drawn()},
                footage={"gamma": self.gamma, "delta": self.delta},
            ),
            artifacts=MemoryArtifacts(self.folder / "store"),
            clock=self.clock,
            rng=Random(1),
            catalogue=tuple(self.models),
            environment=self.environment,
        )

    def settings(self) -> Settings:
        tree = load_environment("local").settings.model_dump()
        tree["providers"] = {
            name: {"credential": Secret(f"providers/{name}", "api_key")}
            for name in ("alpha", "beta", "gamma", "delta")
        }
        tree["budgets"] = {}
        tree["catalog"]["prices"] = {
            model.name: {
                unit: PriceOverride(usd=Decimal("0.01"), valid_until="2030-01-01")
                for unit in _UNITS[model.service]
            }
            for model in self.models
        }
        for key, value in self.changes.items():
            *path, last = key.split(".")
            branch = tree
            for part in path:
                branch = branch[part]
            branch[last] = value
        return Settings.model_validate(tree)

    def process(self, **changes: Any) -> AIModelManager:
        """Return the manager of a process that has just begun: nothing in memory but what the ports give."""
        return replace(self.parts, rng=Random(2), **changes).manager_for(self.settings())

    def states(self) -> dict[str, str]:
        """Return the state of every charge, by model and attempt."""
        charges = self.parts.ledger.charges()
        return {charge.key.split("/", 4)[-1]: charge.state for charge in charges}

    def spent(self) -> int:
        return self.parts.ledger.totals(f"env:{self.environment}").settled


_UNITS = {
    "content": ("input_tokens", "output_tokens"),
    "audio": ("characters",),
    "video": ("video_seconds",),
}
