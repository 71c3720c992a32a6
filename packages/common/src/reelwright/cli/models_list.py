"""`reelwright models list` and `show`: the catalogue as an environment sees it, with today's prices."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb, environment_name
from reelwright.cli.modelling import (
    SERVICES,
    catalogue_of,
    credential_of,
    named,
    open_settings,
    plain_usd,
    price_problem,
    prices_that_count,
)
from reelwright.cli.output import answer

if TYPE_CHECKING:
    from reelwright.cost.price_book import PriceBook
    from reelwright.cost.schema import Price
    from reelwright.environment.schema import Settings
    from reelwright.models.schema import Model

__all__ = ["list_models", "show"]

_IDENTITY = ("name", "provider", "vendor_id", "service", "tiers", "quality", "free", "enabled", "region")


@click.command("list", cls=Verb)
@click.option("--service", type=click.Choice(SERVICES), help="Only models of this service.")
@click.option("--all", "everything", is_flag=True, help="Also those that are retired or switched off.")
def list_models(service: str | None, *, everything: bool) -> None:
    """List the models of the environment: lifecycle, price, credential and what they can do."""
    settings = open_settings(environment_name())
    today, book = _today(settings)
    known = [model for model in catalogue_of(settings) if service in {None, model.service}]
    kept = known if everything else [model for model in known if _is_usable(model, today)]
    rows = [_row(model, settings, book, today) for model in kept]
    left_out = len(known) - len(kept)
    data = {"environment": environment_name(), "on": today.isoformat(), "models": rows, "left_out": left_out}
    answer(data, "\n".join(_list_lines(rows, left_out)))


@click.command("show", cls=Verb)
@click.argument("name")
def show(name: str) -> None:
    """Show everything that is known of model NAME, with the sources of it."""
    settings = open_settings(environment_name())
    today, book = _today(settings)
    model = named(name, catalogue_of(settings))
    row = _row(model, settings, book, today)
    prices = [_price(price, today) for price in book.prices_of(model.name)]
    data = row | {"all_prices": prices, "source": model.source, "typical_seconds": model.typical_seconds}
    answer({"environment": environment_name(), "on": today.isoformat(), **data}, "\n".join(_show_lines(data)))


def _today(settings: "Settings") -> "tuple[date, PriceBook]":
    from reelwright.clock import SystemClock  # noqa: PLC0415 (heavy)
    from reelwright.cost.price_book import PriceBook  # noqa: PLC0415 (heavy)

    today = SystemClock().now().date()
    return today, PriceBook.bundled(on=today, overrides=settings.catalog.prices)


def _is_usable(model: "Model", today: date) -> bool:
    return model.enabled and model.lifecycle_on(today) != "retired"


def _row(model: "Model", settings: "Settings", book: "PriceBook", today: date) -> dict[str, Any]:
    told = model.model_dump(mode="json")
    provider = settings.providers.get(model.provider)
    return {
        **{key: told[key] for key in _IDENTITY},
        "provider_enabled": provider is None or provider.enabled,
        "lifecycle": {
            "state": model.lifecycle_on(today),
            "legacy_on": told["legacy_on"],
            "retired_on": told["retired_on"],
            "days_left": (model.retired_on - today).days if model.retired_on else None,
            "replaced_by": model.replaced_by or None,
        },
        "prices": [_price(price, today) for price in prices_that_count(model, book)],
        "price_problem": price_problem(model, book),
        "credential": credential_of(model, settings),
        "languages": told["languages"],
        "capabilities": told[model.service] or {},
    }


def _price(price: "Price", today: date) -> dict[str, Any]:
    told = price.model_dump(mode="json", exclude={"model", "micro_usd"})
    return told | {"usd": plain_usd(price.micro_usd), "expired": today > price.valid_until}


def _list_lines(rows: Sequence[dict[str, Any]], left_out: int) -> Iterator[str]:
    for row in rows:
        yield (
            f"{row['name']:<28} {row['service']:<8} {row['provider']:<11} {', '.join(row['tiers'])}"
            f"{_off(row)}"
        )
        yield f"    id         {row['vendor_id'] or '—'}"
        yield f"    lifecycle  {_lifecycle(row['lifecycle'])}"
        yield f"    price      {_prices(row)}"
        yield f"    credential {row['credential']}"
        yield f"    can        {_abilities(row)}"
    if left_out:
        yield f"{left_out} more are retired or switched off: --all"


def _show_lines(data: dict[str, Any]) -> Iterator[str]:
    yield from _list_lines([data], 0)
    yield f"    quality    {data['quality']}, usually {data['typical_seconds']:g} s"
    yield f"    source     {data['source'] or '—'}"
    for price in data["all_prices"]:
        yield f"    price of {_one_price(price)} in {price['region']}"
        yield f"               {_believed(price)}; {price['source']}"


def _off(row: dict[str, Any]) -> str:
    if not row["enabled"]:
        return "  (switched off)"
    return "" if row["provider_enabled"] else "  (its provider is switched off)"


def _lifecycle(told: dict[str, Any]) -> str:
    said = [told["state"]]
    if told["legacy_on"]:
        said.append(f"legacy from {told['legacy_on']}")
    if told["retired_on"]:
        left = f" ({told['days_left']} days left)" if told["days_left"] > 0 else ""
        said.append(f"ends {told['retired_on']}{left}" if left else f"ended {told['retired_on']}")
    if told["replaced_by"]:
        said.append(f"use {told['replaced_by']}")
    return ", ".join(said)


def _prices(row: dict[str, Any]) -> str:
    if row["free"]:
        return "free: an engine of ours"
    said = [_one_price(price) for price in row["prices"]]
    dates = dict.fromkeys(_believed(price) for price in row["prices"])
    problem = f"NO VALID PRICE: {row['price_problem']} " if row["price_problem"] else ""
    return f"{problem}{'; '.join(said)}" + (f" ({', '.join(dates)})" if dates else "")


def _one_price(price: dict[str, Any]) -> str:
    per = "" if price["per"] == 1 else f" per {price['per']:,}"
    return f"{price['unit']} ${price['usd']}{per}"


def _believed(price: dict[str, Any]) -> str:
    ended = "EXPIRED, was believed" if price["expired"] else "believed"
    return f"as of {price['as_of']}, {ended} until {price['valid_until']}"


def _abilities(row: dict[str, Any]) -> str:
    said = [
        f"{key.replace('_', ' ')} {_spoken(value)}" for key, value in row["capabilities"].items() if value
    ]
    languages = [f"languages {_spoken(row['languages'])}"] if row["languages"] else []
    return "; ".join(languages + said) or "—"


def _spoken(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "yes"
    return f"{value:,}" if isinstance(value, int) else str(value)
