"""The model catalogue, as data, with operators' corrections."""

import tomllib
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reelwright.assets import locate
from reelwright.cost.manager import OURS
from reelwright.cost.price_book import PriceBook
from reelwright.environment.schema import CatalogSettings, ModelOverride
from reelwright.models.errors import CatalogueInvalid
from reelwright.models.schema import Model

__all__ = ["PROVIDERS", "check_catalogue", "load_catalogue", "parse_catalogue", "price_region"]

PROVIDERS = ("embedded", "anthropic", "openai", "bedrock", "polly", "runway", "luma", "elevenlabs")
"""Vendors that there is an adapter for."""

_FILE = "environments/catalog/models.toml"
_MODELS = TypeAdapter(tuple[Model, ...])


def load_catalogue(overrides: CatalogSettings | None = None) -> tuple[Model, ...]:
    """Return the models in file order, with operators' corrections.

    CatalogueInvalid if the file cannot be read, an entry contradicts itself, or a correction names no model.
    """
    own = overrides or CatalogSettings()
    models = tuple(_corrected(_shipped(), own))
    unpriced = {model.name for model in models if not _has_price(model, own)}
    check_catalogue(models, unpriced)
    return models


def parse_catalogue(text: str) -> tuple[Model, ...]:
    """Return the models of a catalogue file; CatalogueInvalid if it cannot be read."""
    try:
        return _MODELS.validate_python(tomllib.loads(text).get("models", []))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise _invalid(f"{_FILE} cannot be read: {error}") from error


def check_catalogue(models: Iterable[Model], unpriced: Container[str] = ()) -> None:
    """Raise CatalogueInvalid for the first entry that contradicts itself, another, or the price book."""
    for problem in _problems(tuple(models), unpriced):
        raise _invalid(problem)


def price_region(model: Model) -> str:
    """Return the region by which the model is priced.

    Bedrock prices cross-region inference by the profile, which is the id's first part: ``global`` is the
    list price, geographic ones such as ``us`` and ``eu`` ten percent more.
    """
    if model.provider != "bedrock":
        return model.region
    first, _, rest = model.vendor_id.rpartition("/")[2].partition(".")
    return first if rest.partition(".")[2] else model.region


@cache
def _shipped() -> tuple[Model, ...]:
    return parse_catalogue(locate("environments").joinpath("catalog", "models.toml").read_text("utf-8"))


def _has_price(model: Model, overrides: CatalogSettings) -> bool:
    return model.free or model.name in overrides.prices or model.name in _priced_names()


@cache
def _priced_names() -> frozenset[str]:
    """Return what the shipped book has any price of: that one has expired is no fault of the entry."""
    return frozenset(price.model for price in PriceBook.bundled(on=date.min).prices)


def _corrected(models: tuple[Model, ...], overrides: CatalogSettings) -> Iterator[Model]:
    names = {model.name for model in models}
    for name in overrides.models:
        if name not in names:
            raise _invalid(f"catalog.models.{name} corrects a model that is not in the catalogue")
    for model in models:
        said = overrides.models.get(model.name)
        yield (
            model if said is None else model.model_copy(update=_update(said, f"catalog.models.{model.name}"))
        )


def _update(said: ModelOverride, key: str) -> dict[str, Any]:
    update = said.model_dump(exclude_none=True)
    if said.vendor_id == "":
        raise _invalid(f"{key}.vendor_id is empty")
    if said.tiers == ():
        raise _invalid(f"{key}.tiers is empty: set {key}.enabled to false instead")
    if said.retired_on is not None:
        update["retired_on"] = _day(said.retired_on, f"{key}.retired_on")
    return update


def _day(text: str, key: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _invalid(f"{key} is no day: write it as 2026-11-25") from error


def _problems(models: tuple[Model, ...], unpriced: Container[str]) -> Iterator[str]:
    for name, times in Counter(model.name for model in models).items():
        if times > 1:
            yield f"model {name!r} stands in it {times} times"
    names = {model.name for model in models}
    for model in models:
        yield from (f"model {model.name!r} {what}" for what in _contradictions(model))
        if model.replaced_by and model.replaced_by not in names:
            yield f"model {model.name!r} is replaced by {model.replaced_by!r}, which is not in it"
        if model.name in unpriced:
            yield f"model {model.name!r} has no price in environments/catalog/prices.toml"


def _contradictions(model: Model) -> Iterator[str]:
    if model.provider not in PROVIDERS:
        yield f"has the unknown provider {model.provider!r}; known are {', '.join(PROVIDERS)}"
    if model.free != (model.provider == OURS):
        yield "is free and not ours, or ours and not free: only engines of ours cost nothing"
    if not model.free and not model.vendor_id:
        yield "has no vendor_id to ask its vendor by"
    if not model.free and getattr(model, model.service) is None:
        yield f"does not say what it can do, in [models.{model.service}]"
    if not model.tiers:
        yield "serves no tier"


def _invalid(what: str) -> CatalogueInvalid:
    return CatalogueInvalid(
        f"The model catalogue is not valid: {what}.",
        next_step="Mend what the message names.",
        context={"file": _FILE},
    )
