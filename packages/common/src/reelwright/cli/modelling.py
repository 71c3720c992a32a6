"""Between a command and models: an environment's ledger, health and answers, and every vendor's adapter.

Nothing is opened or imported before it is used: who only looks at the catalogue touches no file and no table.
"""

import math
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.configuring import open_configuration, open_secrets
from reelwright.cli.places import ROOT
from reelwright.errors import InvalidInput

if TYPE_CHECKING:
    from random import Random

    from reelwright.clock import Clock
    from reelwright.cost.price_book import PriceBook
    from reelwright.cost.schema import Price
    from reelwright.environment.deployment import Deployment
    from reelwright.environment.schema import Settings
    from reelwright.models.manager import Providers
    from reelwright.models.parts import ModelParts
    from reelwright.models.schema import Model
    from reelwright.pipeline.overrides import Overrides

__all__ = [
    "PREFERENCES",
    "SECONDS",
    "SERVICES",
    "TIERS",
    "ModelUnknown",
    "catalogue_of",
    "credential_of",
    "ledger_url",
    "named",
    "open_models",
    "open_settings",
    "plain_usd",
    "price_problem",
    "prices_that_count",
]

_SWITCH_SECONDS = 1.0
"""So long a call waits for the kill switches at most, about once a second."""

# As in cost.schema and environment.schema, which are too heavy to import before they are needed.
SERVICES = ("content", "audio", "video")
TIERS = ("economy", "standard", "premium")
PREFERENCES = ("quality", "cost", "latency")


class _Seconds(click.FloatRange):
    """A length of time. NaN compares with nothing, and so passes every range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail("that is not a number of seconds.", param, ctx)
        return seconds


SECONDS = _Seconds(0, 3600, min_open=True)
"""Of footage: more than none."""


class ModelUnknown(InvalidInput):
    """No model of the catalogue has this name."""

    code = "model_unknown"


def catalogue_of(settings: "Settings") -> "tuple[Model, ...]":
    """Return the models with operators' corrections; CatalogueInvalid."""
    from reelwright.models.catalogue import load_catalogue  # noqa: PLC0415 (heavy)

    return load_catalogue(settings.catalog)


def named(name: str, models: "Iterable[Model]", service: str | None = None) -> "Model":
    """Return the model of a name, of a service if one is given; ModelUnknown, with what is near to it."""
    known = {model.name: model for model in models if service in {None, model.service}}
    if name in known:
        return known[name]
    near = get_close_matches(name[:80], known, n=3)
    what = f"a model of {service}" if service else "a model"
    raise ModelUnknown(
        f"{name[:60]!r} is not {what}." + (f" Did you mean {' or '.join(near)}?" if near else ""),
        next_step="See: reelwright models list --all",
        context={"model": name[:60]},
    )


def credential_of(model: "Model", settings: "Settings") -> str:
    """Return ``none needed``, ``AWS`` (what the caller's role permits), ``present`` or ``missing``."""
    from reelwright.models.capability import KEYLESS  # noqa: PLC0415 (heavy)

    if model.free:
        return "none needed"
    if model.provider in KEYLESS:
        return "AWS"
    told = settings.providers.get(model.provider)
    return "present" if told is not None and told.credential is not None else "missing"


def plain_usd(micro_usd: int) -> str:
    """Return an amount as people write it: without the zeroes at its end."""
    from reelwright.cost.schema import format_usd  # noqa: PLC0415 (heavy)

    whole, _, fraction = format_usd(micro_usd).partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"


def prices_that_count(model: "Model", book: "PriceBook") -> "list[Price]":
    """Return one price for each unit: the one for where the model runs, else the one for everywhere."""
    from reelwright.models.catalogue import price_region  # noqa: PLC0415 (heavy)

    region = price_region(model)
    fitting = [price for price in book.prices_of(model.name) if price.region in {region, "*"}]
    by_unit = {price.unit: price for price in sorted(fitting, key=lambda each: each.region == region)}
    return [by_unit[unit] for unit in dict.fromkeys(price.unit for price in fitting)]


def price_problem(model: "Model", book: "PriceBook") -> str:
    """Return why a model has no valid price on the book's day, or nothing."""
    from reelwright.cost.errors import PriceUnknown  # noqa: PLC0415 (heavy)
    from reelwright.models.catalogue import price_region  # noqa: PLC0415 (heavy)

    if model.free:
        return ""
    units = dict.fromkeys(price.unit for price in book.prices_of(model.name))
    if not units:
        return f"No price is known for {model.name}."
    try:
        for unit in units:
            book.price(model.name, unit, price_region(model))
    except PriceUnknown as error:
        return error.message
    return ""


def open_settings(name: str, asked: "Overrides | None" = None) -> "Settings":
    """Return the settings that a production which began now, asked for so, would pin, but for its flags'."""
    from reelwright.config.request import with_request_overrides  # noqa: PLC0415 (heavy)

    snapshot = open_configuration(name).snapshot
    return (with_request_overrides(snapshot, asked.tree()) if asked else snapshot).settings


def ledger_url(name: str) -> str:
    """Return where an environment keeps its costs, as CostLedger.open takes it.

    InvalidEnvironment for a name that does not exist, is not deployed, or has no ledger yet.
    """
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)

    if check_environment_name(name) == "local":
        return f"sqlite:///{ROOT.resolve()}/ledger.db"
    return f"dynamodb://{_deployment(name).ledger_table}"


def open_models(name: str) -> "ModelParts":
    """Return what calls to models need in an environment: this machine's, or the deployed tables and secrets.

    Engines of ours run here in both. Warnings of the work become notes on stderr. Close it when done. Errors
    as ``ledger_url``; AwsUnavailable.
    """
    from reelwright.cli.models_notes import tell_warnings  # noqa: PLC0415 (heavy)
    from reelwright.clock import SystemClock  # noqa: PLC0415 (heavy)
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)

    tell_warnings()
    clock = SystemClock()
    return _here(clock) if check_environment_name(name) == "local" else _there(name, clock)


def _here(clock: "Clock") -> "ModelParts":
    from random import SystemRandom  # noqa: PLC0415 (as the others)

    from reelwright.cost.ledger import CostLedger  # noqa: PLC0415 (heavy)
    from reelwright.models.local import SqliteAnswers  # noqa: PLC0415 (heavy)
    from reelwright.models.parts import ModelParts  # noqa: PLC0415 (heavy)
    from reelwright.pipeline.switches import local_switches  # noqa: PLC0415 (heavy)
    from reelwright.resilience.local import SqliteHealth  # noqa: PLC0415 (heavy)
    from reelwright.storage.local import FolderArtifacts  # noqa: PLC0415 (heavy)

    root, rng = ROOT.resolve(), SystemRandom()
    return ModelParts(
        environment="local",
        providers=_providers(rng),
        ledger=CostLedger.open(ledger_url("local"), clock=clock),
        health=SqliteHealth(root / "health.db"),
        answers=SqliteAnswers(root / "answers.db", clock),
        artifacts=FolderArtifacts(root / "artifacts"),
        secrets=open_secrets("local"),
        clock=clock,
        rng=rng,
        switched_off=local_switches(root, "local", clock).provider,
    )


def _there(name: str, clock: "Clock") -> "ModelParts":
    from random import SystemRandom  # noqa: PLC0415 (as the others)

    from reelwright.cost.ledger import CostLedger  # noqa: PLC0415 (heavy)
    from reelwright.environment.aws import aws_client  # noqa: PLC0415 (heavy)
    from reelwright.models.aws import DynamoAnswers  # noqa: PLC0415 (heavy)
    from reelwright.models.parts import ModelParts  # noqa: PLC0415 (heavy)
    from reelwright.pipeline.switches import cloud_switches  # noqa: PLC0415 (heavy)
    from reelwright.resilience.aws import DynamoHealth  # noqa: PLC0415 (heavy)
    from reelwright.storage.aws_artifacts import S3Artifacts  # noqa: PLC0415 (heavy)

    deployment, rng = _deployment(name), SystemRandom()
    dynamodb, s3 = aws_client("dynamodb"), aws_client("s3")
    brief = aws_client("dynamodb", read_seconds=_SWITCH_SECONDS, attempts=1)
    bucket, table = deployment.artifacts_bucket, deployment.models_table
    return ModelParts(
        environment=name,
        providers=_providers(rng, {s3.meta.region_name: bucket}),
        ledger=CostLedger.open(f"dynamodb://{deployment.ledger_table}", clock=clock),
        health=DynamoHealth(dynamodb, table),
        answers=DynamoAnswers(dynamodb, table, clock),
        artifacts=S3Artifacts(s3, bucket, ROOT.resolve() / "artifacts" / name),
        secrets=open_secrets(name),
        clock=clock,
        rng=rng,
        switched_off=cloud_switches(deployment, brief, clock, is_measured=False).provider,
    )


def _providers(rng: "Random", footage_buckets: dict[str, str] | None = None) -> "Providers":
    """Return every adapter, each imported by its first call; scenes are drawn in this process."""
    from reelwright.models.manager import Providers  # noqa: PLC0415 (heavy)
    from reelwright.pipeline.lazy import lazy  # noqa: PLC0415 (as the others)
    from reelwright.pipeline.vendors import with_vendors  # noqa: PLC0415 (heavy)

    speech = ROOT.resolve() / "cache" / "speech"
    embedded = Providers(
        content={"embedded": lazy("reelwright.content.engine.provider:EmbeddedWriter")},
        audio={"embedded": lazy("reelwright.audio.engine.voice:EmbeddedVoice", cache_dir=speech)},
        video={"embedded": lazy("reelwright.video.engine.provider:EmbeddedMotionGraphics", jobs=1)},
    )
    return with_vendors(embedded, rng=rng, footage_buckets=footage_buckets)


def _deployment(name: str) -> "Deployment":
    from reelwright.environment.aws import find_deployment  # noqa: PLC0415 (heavy)
    from reelwright.environment.errors import InvalidEnvironment  # noqa: PLC0415 (heavy)

    deployment = find_deployment(name)
    if not (deployment.ledger_table and deployment.models_table):
        raise InvalidEnvironment(
            f"The environment {name} was deployed before it had tables for costs and models.",
            next_step=f"Deploy it again: make deploy ENV={name}",
            context={"environment": name},
        )
    return deployment
