"""A ledger filled as productions fill one, for the tests of `reelwright cost`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from reelwright.clock import VirtualClock
from reelwright.config.schema import Pinned
from reelwright.cost.budgets import budget_names
from reelwright.cost.ledger import CostLedger
from reelwright.cost.manager import charge_lines
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import Charge, ModelUsage, Usage
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import EnvironmentName
from reelwright.models.catalogue import load_catalogue
from reelwright.models.estimating import as_model_usage
from reelwright.models.schema import Model
from reelwright.pipeline.local import SqliteProductions
from reelwright.production.schema import Brief, Production, StepRecord

MODELS = {model.name: model for model in load_catalogue()}
BOOK = PriceBook.bundled(on=date(2026, 11, 25))
HOSTILE = "</title><script>alert(1)</script>"


def production_id(number: int) -> str:
    return f"prod_01KAQ4Z7M8V3N5T2X9C6B1D{number:03d}"


def usage(unit: str, quantity: int, reported: int | None = None) -> Usage:
    return Usage(unit=unit, quantity=quantity, reported_micro_usd=reported)


@dataclass
class Spender:
    """Buys as productions do, and keeps what the bill should come to."""

    ledger: CostLedger
    clock: VirtualClock
    environment: EnvironmentName = "local"
    settled: int = 0
    unknown: int = 0
    reserved: int = 0
    failed: int = 0
    usages: list[ModelUsage] = field(default_factory=list)

    def buy(self, call: str, model: str, *used: Usage, number: int = 1, failed: bool = False) -> Charge:
        """Settle one attempt of a call, such as ``prod_…/shoot/0/abc``, at the prices of the book."""
        charge = self._intended(call, MODELS[model], number)
        usages = [as_model_usage(MODELS[model], each) for each in used]
        lines = charge_lines(usages, BOOK)
        if failed:
            lines = tuple(line.model_copy(update={"failed": True}) for line in lines)
        amount = sum(line.micro_usd for line in lines)
        self.settled += amount
        self.failed += amount if failed else 0
        self.usages += [] if failed else usages
        return self.ledger.settle(charge, amount, lines=lines)

    def lose(self, call: str, model: str, reference: str = "") -> Charge:
        """Make an attempt of which nobody knows what became."""
        charge = self._intended(call, MODELS[model], 1)
        if reference:
            charge = self.ledger.attach(charge, reference)
        self.unknown += charge.reserved_micro_usd
        return self.ledger.mark_unknown(charge)

    def begin(self, call: str, model: str) -> Charge:
        """Make an attempt that is under way."""
        charge = self._intended(call, MODELS[model], 1)
        self.reserved += charge.reserved_micro_usd
        return charge

    def refuse(self, call: str, model: str, number: int = 1) -> Charge:
        """Make an attempt that the vendor did not take on."""
        return self.ledger.release(self._intended(call, MODELS[model], number))

    def _intended(self, call: str, model: Model, number: int) -> Charge:
        video = call.partition("/")[0]
        budgets = budget_names(self.environment, self.clock.now().date(), model.service, video).all()
        subject = {
            "environment": self.environment,
            "production_id": video,
            "service": model.service,
            "provider": model.provider,
            "model": model.name,
            "attempt": str(number),
        }
        key = f"{call}/{model.name}/{number}"
        charge = self.ledger.reserve(budgets, 2_000_000, key=key, subject=subject)
        return self.ledger.intend(charge)


def spender_at(url: str, moment: datetime, environment: EnvironmentName = "local") -> Spender:
    clock = VirtualClock(moment)
    return Spender(CostLedger.open(url, clock=clock), clock, environment)


def local_spender(place: Path, moment: datetime | None = None) -> Spender:
    """A ledger where the command line looks for one."""
    file = place / ".reelwright" / "ledger.db"
    return spender_at(f"sqlite:///{file}", moment or datetime.now(UTC) - timedelta(hours=1))


def one_video(spender: Spender, number: int, *, shots: Sequence[int] = (5, 9, 7)) -> str:
    """Buy what a video of some shots takes, and return its id."""
    video = production_id(number)
    spender.buy(
        f"{video}/write_script/0/{number:016x}",
        "claude-sonnet-5-5",
        usage("input_tokens", 2_100),
        usage("output_tokens", 1_240),
    )
    spender.buy(f"{video}/narrate/0/{number:016x}", "polly-neural", usage("characters", 1_710))
    for index, seconds in enumerate(shots):
        spender.buy(
            f"{video}/shoot/{index}/{number:016x}",
            "runway-gen4-5",
            usage("video_seconds", seconds, seconds * 120_000),
        )
    return video


def store_production(place: Path, video: str, topic: str, *, environment: str = "staging") -> Production:
    """Store a record where the command line looks for one, pinned to the settings of an environment."""
    settings = load_environment(environment).settings
    production = Production(
        id=video,
        environment="local",
        status="completed",
        brief=Brief(topic=topic, duration_seconds=30),
        seed=1,
        settings_fingerprint="f" * 64,
        output_dir="out",
        created_at=datetime(2026, 11, 25, 10, tzinfo=UTC),
        steps=(StepRecord(name="write_script", status="done"),),
    )
    store = SqliteProductions(place / ".reelwright")
    store.create(production, Pinned(settings=settings))
    store.close()
    return production
