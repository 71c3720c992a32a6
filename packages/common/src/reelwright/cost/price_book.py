"""What things cost: dated prices from a file, with operators' own over them. Nothing unknown is free."""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from reelwright.assets import locate
from reelwright.cost.errors import PriceExpired, PricesInvalid, PriceUnknown
from reelwright.cost.schema import Price
from reelwright.environment.schema import ModelName, PriceOverride, UnitName, Usd

__all__ = ["Overrides", "PriceBook", "parse_prices"]

_FILE = "environments/catalog/prices.toml"
_MICRO = Decimal(1_000_000)
_OVERRIDE_DAYS = 365
_VERSION_CHARS = 12
_NEXT_STEP = "Set the price: reelwright config set catalog.prices.{model}.{unit} '{{ usd = \"…\" }}'."

Overrides = Mapping[str, Mapping[str, PriceOverride]]
"""Operators' prices as ``settings.catalog.prices`` has them: by model, then by unit."""


class _Entry(BaseModel):
    """One entry of the file: the prices of one model in some regions, by unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: ModelName
    regions: Annotated[tuple[str, ...], Field(min_length=1)] = ("*",)
    currency: Literal["USD"] = "USD"
    usd: Annotated[dict[UnitName, Usd], Field(min_length=1)]
    per: Annotated[int, Field(ge=1)] = 1
    source: Annotated[str, Field(min_length=1)]
    as_of: date
    valid_until: date


_ENTRIES = TypeAdapter(tuple[_Entry, ...])


@dataclass(frozen=True)
class PriceBook:
    """Prices as they stand on one day.

    ``on`` is that day; a price counts through the whole of its ``valid_until``.
    """

    prices: tuple[Price, ...]
    on: date
    _by_key: Mapping[tuple[str, str, str], Price] = field(init=False, repr=False, compare=False)
    _valid: dict[tuple[str, str, str], Price] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    """What was asked for and found, by model, unit and region: routes ask for the same again and again."""

    def __post_init__(self) -> None:
        """Index the prices; PricesInvalid if one stands twice."""
        by_key: dict[tuple[str, str, str], Price] = {}
        for price in self.prices:
            key = (price.model, price.unit, price.region)
            if key in by_key:
                raise _invalid(f"{price.model} has two prices for {price.unit} in region {price.region!r}")
            by_key[key] = price
        object.__setattr__(self, "_by_key", by_key)

    @classmethod
    def bundled(cls, *, on: date, overrides: Overrides | None = None) -> "PriceBook":
        """Return the shipped prices with operators' over them; PricesInvalid names what cannot be read.

        An operator's price counts everywhere: it takes the place of that unit's prices in all regions.
        """
        known = dict(overrides or {})
        own = tuple(_overriding(known, on))
        replaced = {(price.model, price.unit) for price in own}
        shipped = (price for price in _shipped() if (price.model, price.unit) not in replaced)
        return cls((*shipped, *own), on)

    @property
    def version(self) -> str:
        """A short hash of all prices, for records: the same text is the same book."""
        lines = sorted(price.model_dump_json() for price in self.prices)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:_VERSION_CHARS]

    def price(self, model: str, unit: str, region: str = "") -> Price:
        """Return what a unit of a model costs, in its region if that has a price of its own.

        PriceUnknown if nobody says; PriceExpired if what was said is no longer believed.
        """
        key = (model, unit, region)
        return self._valid.get(key) or self._valid.setdefault(key, self._look_up(*key))

    def expiring(self, within_days: int) -> tuple[Price, ...]:
        """Return the prices that will have expired so many days after the book's own, or have already."""
        last = self.on + timedelta(within_days)
        return tuple(price for price in self.prices if price.valid_until < last)

    def prices_of(self, model: str) -> tuple[Price, ...]:
        """Return all prices of a model, expired ones too."""
        return tuple(price for price in self.prices if price.model == model)

    def _look_up(self, model: str, unit: str, region: str) -> Price:
        found = self._by_key.get((model, unit, region)) or self._by_key.get((model, unit, "*"))
        if found is None:
            raise PriceUnknown(
                f"No price is known for {unit} of {model}{_in(region)}.",
                next_step=_NEXT_STEP.format(model=model, unit=unit),
                context={"model": model, "unit": unit, "region": region},
            )
        if self.on > found.valid_until:
            raise _expired(found)
        return found


def parse_prices(text: str) -> tuple[Price, ...]:
    """Return the prices of a file, one for each model, region and unit; PricesInvalid if it is none."""
    try:
        entries = _ENTRIES.validate_python(tomllib.loads(text).get("prices", []))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise _invalid(f"{_FILE} cannot be read: {error}") from error
    return tuple(price for entry in entries for price in _expanded(entry))


@cache
def _shipped() -> tuple[Price, ...]:
    return parse_prices(locate("environments").joinpath("catalog", "prices.toml").read_text("utf-8"))


def _expanded(entry: _Entry) -> Iterator[Price]:
    for region in entry.regions:
        for unit, usd in entry.usd.items():
            yield Price(
                model=entry.model,
                unit=unit,
                region=region,
                micro_usd=int(usd * _MICRO),
                per=entry.per,
                source=entry.source,
                as_of=entry.as_of,
                valid_until=entry.valid_until,
            )


def _overriding(overrides: Overrides, on: date) -> Iterable[Price]:
    for model, units in overrides.items():
        for unit, said in units.items():
            key = f"catalog.prices.{model}.{unit}"
            yield Price(
                model=model,
                unit=unit,
                micro_usd=int(said.usd * _MICRO),
                per=said.per,
                source=said.source or "set by an operator",
                as_of=_day(said.as_of, f"{key}.as_of") or on,
                valid_until=_day(said.valid_until, f"{key}.valid_until") or on + timedelta(_OVERRIDE_DAYS),
            )


def _day(text: str | None, key: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _invalid(f"{key} is no day: write it as 2026-11-25") from error


def _in(region: str) -> str:
    return f" in {region}" if region else ""


def _expired(price: Price) -> PriceExpired:
    return PriceExpired(
        f"The price of {price.unit} of {price.model} was believed until {price.valid_until} only.",
        next_step=_NEXT_STEP.format(model=price.model, unit=price.unit),
        context={"model": price.model, "unit": price.unit, "source": price.source},
    )


def _invalid(what: str) -> PricesInvalid:
    return PricesInvalid(f"The price book is not valid: {what}.", next_step="Mend what the message names.")
