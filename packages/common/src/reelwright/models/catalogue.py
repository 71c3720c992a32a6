"""The model catalogue, as data, with operators' corrections."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reelwright.assets import locate
from reelwright.cost.manager import OURS
from reelwright.environment.schema import CatalogSettings, ModelOverride
from reelwright.models.errors import CatalogueInvalid
from reelwright.models.schema import Model

__all__ = ["PROVIDERS", "load_catalogue", "price_region"]

PROVIDERS = ("embedded", "anthropic", "openai", "bedrock", "polly", "runway", "luma", "elevenlabs")
"""Vendors that there is an adapter for."""

_FILE = "environments/catalog/models.toml"
_MODELS = TypeAdapter(tuple[Model, ...])


def load_catalogue(overrides: CatalogSettings | None = None) -> tuple[Model, ...]:
    """Return the models in file order, with operators' corrections.

    CatalogueInvalid if the file cannot be read, an entry contradicts itself, or a correction names no model.
    """
    models = _corrected(_read(), overrides or CatalogSettings())
    for problem in _problems(models):
        raise _invalid(problem)
    return models


def price_region(model: Model) -> str:
    """Return the region by which the model is priced.

    Bedrock prices cross-region inference by the profile, which is the id's first part: ``global`` is the
    list price, geographic ones such as ``us`` and ``eu`` ten percent more.
    """
    if model.provider != "bedrock":
        return model.region
    first, _, rest = model.vendor_id.partition(".")
    return first if rest.partition(".")[2] else model.region


def _read() -> tuple[Model, ...]:
    try:
        entries = tomllib.loads(locate("environments").joinpath("catalog", "models.toml").read_text("utf-8"))
        return _MODELS.validate_python(entries.get("models", []))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise _invalid(f"{_FILE} cannot be read: {error}") from error


def _corrected(models: Iterable[Model], overrides: CatalogSettings) -> tuple[Model, ...]:
    shipped = tuple(models)
    names = {model.name for model in shipped}
    for name in overrides.models:
        if name not in names:
            raise _invalid(f"catalog.models.{name} corrects a model that is not in the catalogue")
    return tuple(
        model.model_copy(update=_update(model, overrides.models[model.name]))
        if model.name in overrides.models
        else model
        for model in shipped
    )


def _update(model: Model, said: ModelOverride) -> dict[str, Any]:
    update = said.model_dump(exclude_none=True)
    if said.retired_on is not None:
        update["retired_on"] = _day(said.retired_on, f"catalog.models.{model.name}.retired_on")
    return update


def _day(text: str, key: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _invalid(f"{key} is no day: write it as 2026-11-25") from error


def _problems(models: Iterable[Model]) -> Iterator[str]:
    kept = tuple(models)
    for name, times in Counter(model.name for model in kept).items():
        if times > 1:
            yield f"model {name!r} stands in it {times} times"
    for model in kept:
        yield from (f"model {model.name!r} {what}" for what in _contradictions(model))


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
