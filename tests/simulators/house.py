"""All simulated vendors under one roof, and how an environment of one machine is led to them.

They bill by one table, which the environment is given as an operator's prices too: what is tested with it
does not change on the day on which the bundled prices end.
"""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Self

from pydantic import SecretStr

from reelwright.environment.schema import CatalogSettings
from reelwright.models.catalogue import load_catalogue
from reelwright.secrets.local import FileSecrets
from tests.simulators.anthropic import AnthropicSimulator
from tests.simulators.elevenlabs import ElevenLabsSimulator
from tests.simulators.luma import LumaSimulator
from tests.simulators.openai import OpenAISimulator
from tests.simulators.polly import PollySimulator
from tests.simulators.runway import RunwaySimulator
from tests.simulators.server import PriceTable, Simulator

__all__ = ["KEY", "PRICES", "House", "Prices"]

KEY = "k" * 40
"""The key that is stored for every vendor that wants one."""

Prices = Mapping[str, Mapping[str, Fraction]]
"""Micro-dollars for one unit, by catalogue name and unit."""

_OF_TOKENS: Final = {
    "input_tokens": Fraction(2),
    "output_tokens": Fraction(10),
    "cache_read_tokens": Fraction(1, 10),
    "cache_write_tokens": Fraction(5, 2),
}

PRICES: Prices = {
    "claude-sonnet-5-5": _OF_TOKENS,
    "gpt-6-2-sol": _OF_TOKENS,
    "polly-generative": {"characters": Fraction(30)},
    "polly-neural": {"characters": Fraction(16)},
    "elevenlabs-multilingual-v2": {"characters": Fraction(180)},
    "runway-gen4-5": {"video_seconds": Fraction(120_000)},
    "luma-ray-3-2": {
        "video_seconds_540p": Fraction(80_000),
        "video_seconds_720p": Fraction(142_000),
        "video_seconds_1080p": Fraction(318_000),
    },
}
"""What the models of the house cost, unless it is built with other prices."""

_LONG = "2099-12-31"
_MILLION = 1_000_000
_WHOLE = 1_000
"""From so many micro-dollars on, a price is told for one unit."""
_MAKERS: dict[str, type[Simulator]] = {
    "anthropic": AnthropicSimulator,
    "openai": OpenAISimulator,
    "polly": PollySimulator,
    "elevenlabs": ElevenLabsSimulator,
    "runway": RunwaySimulator,
    "luma": LumaSimulator,
}
_KEYLESS = {"polly", "bedrock"}


class House:
    """One simulator for each vendor, open while the house is; each can be made with options of its own.

    ``House(runway={"failures": ["SAFETY.INPUT.TEXT"]})``. Orders are done at the first look, at half
    their size, unless something else is said.
    """

    def __init__(
        self,
        *,
        prices: Prices = PRICES,
        makers: dict[str, type[Simulator]] | None = None,
        **options: Mapping[str, Any],
    ) -> None:
        self._prices = {**PRICES, **prices}
        vendor_prices = _by_vendor_id(self._prices)
        quick = {"looks": 0, "shrink": 2}
        usual = {"runway": quick, "luma": quick}
        self.simulators: dict[str, Simulator] = {
            name: maker(**{"prices": vendor_prices, **usual.get(name, {}), **options.get(name, {})})
            for name, maker in (_MAKERS | (makers or {})).items()
        }
        self._open = ExitStack()

    def __enter__(self) -> Self:
        for simulator in self.simulators.values():
            self._open.enter_context(simulator)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def __getattr__(self, name: str) -> Any:
        """Return a vendor by its name."""
        try:
            return self.__dict__["simulators"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def bill_micro_usd(self) -> int:
        """What all vendors together will ask for."""
        return sum(simulator.bill_micro_usd for simulator in self.simulators.values())

    @property
    def bills(self) -> dict[str, int]:
        """What each vendor will ask for, if it is anything."""
        return {name: each.bill_micro_usd for name, each in self.simulators.items() if each.bill_micro_usd}

    @property
    def accepted(self) -> int:
        """How many pieces of work were taken on."""
        return sum(len(simulator.accepted) for simulator in self.simulators.values())

    @property
    def objections(self) -> list[str]:
        """What the vendors' own schemas had against requests, and what failed in the simulators."""
        return [objection for simulator in self.simulators.values() for objection in simulator.objections]

    def variables(self, **settings: object) -> dict[str, str]:
        """Return the variables that lead to this house; ``settings`` are more, as ``VIDEO__FPS=30``."""
        named = {
            **{
                f"PROVIDERS__{name.upper()}__ENDPOINTS": [simulator.url]
                for name, simulator in self.simulators.items()
            },
            "PROVIDERS__POLLY__ENABLED": True,
            "CATALOG__PRICES": self.price_overrides(),
            **settings,
        }
        text = {
            f"REELWRIGHT__{name}": value if isinstance(value, str) else json.dumps(value)
            for name, value in named.items()
        }
        access = {"AWS_ACCESS_KEY_ID": "AKIDSIMULATED", "AWS_SECRET_ACCESS_KEY": "simulated"}
        return {**text, **access, "AWS_DEFAULT_REGION": "us-east-1"}

    def price_overrides(self) -> dict[str, dict[str, dict[str, object]]]:
        """Return the house's prices as ``catalog.prices`` takes them."""
        return {
            model: {unit: _override(price) for unit, price in units.items()}
            for model, units in self._prices.items()
        }

    def write_secrets(self, file: Path) -> None:
        """Write a file of secrets with a key for every vendor that wants one."""
        file.parent.mkdir(parents=True, exist_ok=True)
        secrets = FileSecrets(file)
        for name in self.simulators:
            if name not in _KEYLESS:
                secrets.put(f"providers/{name}", SecretStr(KEY))


def _by_vendor_id(prices: Prices) -> PriceTable:
    ids = {model.name: model.vendor_id for model in load_catalogue(CatalogSettings())}
    return {ids.get(name, name): units for name, units in prices.items()}


def _override(price: Fraction) -> dict[str, object]:
    """Write a price as dollars: of one if it is whole micro-dollars, else of a million, without rounding."""
    usd, per = Decimal(price.numerator) / Decimal(price.denominator), _MILLION
    if price.denominator == 1 and price >= _WHOLE:
        usd, per = usd / _MILLION, 1
    return {"usd": format(usd, "f"), "per": per, "valid_until": _LONG, "source": "the house's table"}
