"""Vendors on loopback for the deployed environment, whose functions are processes of this machine."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from pydantic import SecretStr

from reelwright.cost.price_book import PriceBook
from reelwright.models.catalogue import load_catalogue, price_region
from reelwright.models.voices import load_voices
from reelwright.secrets.aws import SecretsManagerStore
from reelwright.secrets.manager import SecretsManager
from tests.e2e.deployed.stack import Stack
from tests.simulators.anthropic import AnthropicSimulator
from tests.simulators.openai import OpenAISimulator
from tests.simulators.polly import PollySimulator
from tests.simulators.runway import RunwaySimulator
from tests.simulators.server import Faults, PriceTable, Received, Simulator

KEY = "sk-canary-of-the-deployed-vendors-0123456789"
WITH_KEYS = ("anthropic", "openai", "runway")


@dataclass(frozen=True)
class Vendors:
    """Four vendors, and what they will ask for."""

    anthropic: AnthropicSimulator
    openai: OpenAISimulator
    polly: PollySimulator
    runway: RunwaySimulator

    @property
    def all(self) -> Mapping[str, Simulator]:
        """By the provider's name."""
        return vars(self)

    @property
    def bill_micro_usd(self) -> int:
        """The bills of all of them."""
        return sum(vendor.bill_micro_usd for vendor in self.all.values())

    @property
    def objections(self) -> list[str]:
        """What any of them would not have taken."""
        return [objection for vendor in self.all.values() for objection in vendor.objections]

    @property
    def settings(self) -> dict[str, Any]:
        """What an operator sets to have productions ask them."""
        return {name: {"enabled": True, "endpoints": [it.url]} for name, it in self.all.items()}


@contextmanager
def vendors_of(stack: Stack) -> Iterator[Vendors]:
    """Start the vendors, with a fault in each service, and give their keys to the environment.

    Who writes best is overloaded until nobody asks it any more; the first request for speech is throttled; of
    the footage that is ordered, the first comes to nothing and costs nothing.
    """
    secrets = SecretsManager(SecretsManagerStore(stack.client("secretsmanager"), stack.names.secrets_prefix))
    for name in WITH_KEYS:
        secrets.set(f"providers/{name}", SecretStr(KEY))
    overloaded = Faults.script(["overloaded"] * 3, on=_writes)
    throttled = Faults.script(["throttled"], on=_speaks)
    with ExitStack() as opened:
        yield Vendors(
            anthropic=opened.enter_context(
                AnthropicSimulator(
                    keys=[KEY], prices=list_prices("anthropic"), faults=overloaded, models=ids("anthropic")
                )
            ),
            openai=opened.enter_context(
                OpenAISimulator(keys=[KEY], prices=list_prices("openai"), models=ids("openai"))
            ),
            polly=opened.enter_context(
                PollySimulator(voices=voices(), prices=list_prices("polly"), faults=throttled)
            ),
            runway=opened.enter_context(
                RunwaySimulator(keys=[KEY], looks=1, failures=["INTERNAL.BAD_OUTPUT.CODE01"], shrink=2)
            ),
        )


def ids(provider: str) -> list[str]:
    """The vendor's own ids of all its models."""
    return [model.vendor_id for model in load_catalogue() if model.provider == provider]


def list_prices(provider: str) -> PriceTable:
    """What a vendor charges, as the price book has it: by its own ids, in micro-dollars for one unit."""
    book = PriceBook.bundled(on=datetime.now(UTC).date())
    table: dict[str, dict[str, Fraction]] = {}
    for model in (it for it in load_catalogue() if it.provider == provider):
        for unit in {price.unit for price in book.prices_of(model.name)}:
            price = book.price(model.name, unit, price_region(model))
            table.setdefault(model.vendor_id, {})[unit] = Fraction(price.micro_usd, price.per)
    return table


def voices() -> dict[str, tuple[str, tuple[str, ...]]]:
    """All voices of Polly that the catalogue knows, so that a look finds none missing."""
    return {it.vendor_id: (it.languages[0], it.engines) for it in load_voices() if it.provider == "polly"}


def _writes(request: Received) -> bool:
    return request.method == "POST"


def _speaks(request: Received) -> bool:
    return request.path.endswith("/speech")
