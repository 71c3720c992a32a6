"""One schedule: a seed's faults at every vendor, whole calls through them, and the books held together."""

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final, cast

from pydantic import BaseModel, SecretStr

from reelwright.cost.ledger import CostLedger
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.environment.secret import ApiKey, Secret
from reelwright.errors import ReelwrightError
from reelwright.models.errors import OutcomeUnknown
from reelwright.models.local import SqliteAnswers
from reelwright.models.manager import AIModelManager, Providers
from reelwright.models.parts import ModelParts
from reelwright.models.providers.anthropic import AnthropicProvider
from reelwright.models.providers.bedrock import BedrockProvider
from reelwright.models.providers.bedrock_calls import AwsCalls
from reelwright.models.providers.bedrock_video import BedrockFootage
from reelwright.models.providers.elevenlabs import ElevenLabsProvider
from reelwright.models.providers.luma import LumaProvider
from reelwright.models.providers.openai import OpenAIProvider
from reelwright.models.providers.polly import PollyProvider
from reelwright.models.providers.runway import RunwayProvider
from reelwright.models.schema import ContentRequest, Message, ModelPending, ShotRequest, SpeechRequest
from reelwright.resilience.local import SqliteHealth
from reelwright.storage.memory import MemoryArtifacts
from reelwright.video.footage_check import objection_to_footage
from tests.chaos.audit import audit
from tests.chaos.market import BUCKETS, PATIENCE_SECONDS, BriefHttp, ChaosClock, Market, Tagged
from tests.simulators.access import KEY
from tests.simulators.bedrock_clients import clients_to

__all__ = ["PRODUCTION", "Outcome", "Shop", "call_of", "run_schedule", "settings_with"]

PRODUCTION: Final = "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"
TIMEOUT_SECONDS: Final = 240
LAST_REQUESTS_SECONDS: Final = 120.0
"""A look that begins in time, and the request to cancel after it."""
PATIENCE: Final = 60
SCENES: Final = 2
MODELS: Final = {
    "content": ("claude-sonnet-5-5", "gpt-6-1-sol", "nova-lite", "bedrock-claude-sonnet-5-5"),
    "audio": ("polly-neural", "polly-standard", "elevenlabs-multilingual-v2"),
    "video": ("runway-gen4-5", "luma-ray-3-2", "luma-ray2-bedrock"),
}
KEYLESS: Final = ("bedrock", "polly")


class _Nothing(BaseModel):
    """Graphics that nobody draws."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one schedule came to."""

    seed: int
    faults: Counter[str]
    works: int
    charges: Counter[str]
    """By state."""
    ends: Counter[str]
    """Of calls: ``answered``, or the error's name."""


class _OneKey:
    """Secrets that hold one key."""

    def with_secret(self, _: object, __: object, call: Callable[[ApiKey], Any]) -> Any:
        return call(ApiKey(api_key=SecretStr(KEY)))


@dataclass
class Shop:
    """Everything of ours that outlives a process: files in a folder, and the time."""

    folder: Path
    market: Market
    settings: Settings
    rng: Random
    clock: ChaosClock
    artifacts: Any
    patience_seconds: float = PATIENCE_SECONDS

    def process(self, deadly: Callable[[str, Any], Any] | None = None) -> ModelParts:
        """Return the parts of a process that has just begun; ``deadly`` may put something around each."""
        around = deadly or _as_it_is
        http = BriefHttp(self.patience_seconds)
        url = self.market["bedrock"].url
        aws, polly = AwsCalls(http, clients_to(url)), AwsCalls(http, clients_to(self.market["polly"].url))
        rng = Random(self.rng.getrandbits(64))
        return ModelParts(
            environment="local",
            providers=Providers(
                content={
                    "anthropic": around("vendor", Tagged(AnthropicProvider(http))),
                    "openai": around("vendor", Tagged(OpenAIProvider(http))),
                    "bedrock": around("vendor", Tagged(BedrockProvider(aws))),
                },
                audio={
                    "polly": around("vendor", Tagged(PollyProvider(polly))),
                    "elevenlabs": around("vendor", Tagged(ElevenLabsProvider(http))),
                },
                video={},
                footage={
                    "runway": around("vendor", Tagged(RunwayProvider(http, rng))),
                    "luma": around("vendor", Tagged(LumaProvider(http, rng))),
                    "bedrock": around("vendor", Tagged(BedrockFootage(aws, BUCKETS))),
                },
            ),
            ledger=around("ledger", CostLedger.open(f"sqlite:///{self.folder}/ledger.db", clock=self.clock)),
            health=SqliteHealth(self.folder / "health.db"),
            answers=around("answers", SqliteAnswers(self.folder / "answers.db", clock=self.clock)),
            artifacts=self.artifacts,
            secrets=cast("Any", _OneKey()),
            clock=self.clock,
            rng=rng,
        )


def run_schedule(seed: int, market: Market, *, patience_seconds: float = PATIENCE_SECONDS) -> Outcome:
    """Run one schedule to its end; AssertionError if the books do not agree."""
    market.begin(seed)
    rng = Random(seed)
    with tempfile.TemporaryDirectory(dir=_scratch()) as folder:
        place = Path(folder)
        files = MemoryArtifacts(place / "artifacts")
        shop = Shop(place, market, _settings(rng, market), rng, ChaosClock(), files, patience_seconds)
        ends = Counter(_end_of(shop, call) for call in _calls(shop))
        charges = audit(shop.folder, market, shop.clock)
        return Outcome(
            seed=seed,
            faults=market.met(),
            works=sum(1 for _ in market.works()),
            charges=Counter(charge.state for charge in charges),
            ends=ends,
        )


def _end_of(shop: Shop, ask: Callable[[AIModelManager], Any]) -> str:
    """Make one call, each time by another process, until it is answered or has failed for good."""
    resolved = 0
    for _ in range(PATIENCE):
        parts, began = shop.process(), shop.clock.monotonic()
        try:
            outcome = ask(parts.manager_for(shop.settings))
        except OutcomeUnknown as error:
            resolved += 1
            if resolved > 3 or not _is_asked_again(shop, parts, error):
                return "OutcomeUnknown"
            continue
        except ReelwrightError as error:
            return type(error).__name__
        finally:
            _check_time(shop, parts, began)
            parts.close()
        if not isinstance(outcome, ModelPending):
            return "answered"
        shop.clock.sleep(outcome.check_after_seconds)
    raise AssertionError("a call went on for ever")


def _check_time(shop: Shop, parts: ModelParts, began: float) -> None:
    """Check that a call, or a look at an order, took no longer than it may, and a last request."""
    took = shop.clock.monotonic() - began
    assert took <= TIMEOUT_SECONDS + LAST_REQUESTS_SECONDS, f"one call took {took:.0f} s"
    for charge in parts.ledger.charges():
        age = (shop.clock.now() - charge.created_at).total_seconds()
        late = charge.state == "reserved" and age > TIMEOUT_SECONDS + LAST_REQUESTS_SECONDS
        assert not late, f"{charge.key} is waited for after {age:.0f} s"


def _is_asked_again(shop: Shop, parts: ModelParts, error: OutcomeUnknown) -> bool:
    """Now and then do as an operator does: look into the vendor's account, and say what is true."""
    if shop.rng.random() < 0.5:
        return False
    charge = parts.ledger.charge(str(error.context["charge"]))
    assert charge is not None, error
    if shop.rng.random() < 0.5:
        return True
    shop.market.settle_down()
    bill = shop.market.bill_of(charge)
    if bill is None:
        parts.ledger.release(charge)
    else:
        parts.ledger.settle(charge, bill)
    return True


def _calls(shop: Shop) -> list[Callable[[AIModelManager], Any]]:
    calls = [call_of(shop, "content"), call_of(shop, "audio")]
    calls += [call_of(shop, "video", scene) for scene in range(SCENES)]
    shop.rng.shuffle(calls)
    return calls


def call_of(shop: Shop, service: str, scene: int = 0) -> Callable[[AIModelManager], Any]:
    """Return a call of a service, as it is made of a manager."""
    if service == "content":
        return lambda models: models.write(_text())
    if service == "audio":
        return lambda models: models.speak(_speech(shop.folder))
    shot = _shot(shop.folder, scene)
    return lambda models: models.shoot(shot, objection=objection_to_footage)


def _text() -> ContentRequest:
    schema = {
        "type": "object",
        "properties": {"title": {"type": "string"}},
        "required": ["title"],
        "additionalProperties": False,
    }
    return ContentRequest(
        idempotency_key=f"{PRODUCTION}/write_script/0/abc",
        seed=1,
        task="write",
        messages=(Message(role="system", text="Be brief."), Message(role="user", text="Say something.")),
        variables={},
        output_schema=schema,
        max_output_tokens=500,
    )


def _speech(folder: Path) -> SpeechRequest:
    return SpeechRequest(
        idempotency_key=f"{PRODUCTION}/narrate/0/abc",
        seed=1,
        passages=("The tide comes in.", "It goes out again."),
        voice="auto",
        work_dir=folder,
    )


def _shot(folder: Path, scene: int) -> ShotRequest:
    return ShotRequest(
        idempotency_key=f"{PRODUCTION}/shoot/{scene}/abc",
        seed=7,
        prompt="The tide comes in at dusk.",
        graphics=_Nothing(),
        width=160,
        height=90,
        fps=12,
        frames=30,
        work_dir=folder,
    )


def _settings(rng: Random, market: Market) -> Settings:
    tree = _plain()
    services = {name: _service(rng, name) for name in MODELS}
    models = tree.models.model_copy(
        update={name: getattr(tree.models, name).model_copy(update=each) for name, each in services.items()}
    )
    limit = rng.choice((None, None, None, Decimal("1.00")))
    return tree.model_copy(
        update={
            "models": models,
            "providers": _providers(market),
            "budgets": tree.budgets.model_copy(update={"per_video_usd": limit}),
            "costs": tree.costs.model_copy(update={"cache_seconds": rng.choice((0, 3600))}),
        }
    )


def settings_with(market: Market, named: Mapping[str, tuple[str, ...]]) -> Settings:
    """Return settings whose routes have these models and no others, without limits."""
    tree = _plain()
    update = {
        service: getattr(tree.models, service).model_copy(
            update={"models": names, "timeout_seconds": TIMEOUT_SECONDS}
        )
        for service, names in named.items()
    }
    models = tree.models.model_copy(update=update)
    return tree.model_copy(update={"models": models, "providers": _providers(market)})


def _as_it_is(_: str, target: Any) -> Any:
    return target


def _service(rng: Random, name: str) -> dict[str, Any]:
    names = list(MODELS[name])
    rng.shuffle(names)
    return {
        "models": tuple(names[: rng.randrange(1, len(names) + 1)]),
        "timeout_seconds": TIMEOUT_SECONDS,
        "on_unknown": rng.choice(("stop", "stop", "fall_back")),
    }


def _providers(market: Market) -> Mapping[str, Any]:
    plain = _plain().providers
    found: dict[str, Any] = {}
    for name, vendor in market.vendors.items():
        credential = None if name in KEYLESS else Secret[ApiKey](f"providers/{name}", "api_key")
        update = {"enabled": True, "endpoints": (vendor.url,), "credential": credential}
        found[name] = plain[name].model_copy(update=update)
    return found


@cache
def _plain() -> Settings:
    settings = load_environment("local").settings
    retry = settings.retry.model_copy(update={"attempts": 3, "budget_percent": 100})
    budgets = type(settings.budgets)()
    return settings.model_copy(update={"retry": retry, "budgets": budgets})


@cache
def _scratch() -> str | None:
    memory = Path("/dev/shm")  # noqa: S108 (only a faster temporary folder, where there is one)
    return str(memory) if memory.is_dir() else None
