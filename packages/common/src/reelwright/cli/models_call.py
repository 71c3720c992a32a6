"""`reelwright models call`: one real call to a model outside of a production, to see what it gives."""

import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb, environment_name
from reelwright.cli.making import ASPECTS, PATH, RESOLUTIONS
from reelwright.cli.modelling import SECONDS, SERVICES, TIERS, named, open_models, open_settings, plain_usd
from reelwright.cli.models_out import check_out
from reelwright.cli.places import OUT
from reelwright.errors import BudgetExceeded, InvalidInput

if TYPE_CHECKING:
    from reelwright.cli.models_trial import Trial
    from reelwright.environment.schema import Settings
    from reelwright.models.parts import ModelParts

__all__ = ["CeilingNeeded", "call"]

_MOST_CHARS = 100_000
_SMALL_MICRO_USD = 100_000
"""What may be spent without being asked: ten cents."""
_MICRO = 1_000_000
_MAX_SEED = 2**31 - 1
_AMOUNT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_SUFFIXES = {"audio": ".wav", "video": ".mp4"}


class CeilingNeeded(InvalidInput):
    """A call may cost more than anybody spends by accident, and no limit was given."""

    code = "ceiling_needed"


def _dollars(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Take an amount above nothing, with six decimals at most."""
    if value is None or (_AMOUNT.fullmatch(value) and Decimal(value)):
        return value
    raise click.BadParameter(f"{value[:40]!r} is not an amount above 0, such as 0.50.")


@click.command(cls=Verb)
@click.argument("service", type=click.Choice(SERVICES), required=False)
@click.argument("text", required=False)
@click.option("--model", help="Ask this model and no other.")
@click.option("--tier", type=click.Choice(TIERS), help="As if the settings asked for this level.")
@click.option("--max-usd", callback=_dollars, metavar="USD", help="Most that all of the call may cost.")
@click.option("--yes", is_flag=True, help="Spend more than $0.10 without --max-usd.")
@click.option("--out", type=PATH, help=f"File for sound or picture. [default: {OUT}/KEY.wav or .mp4]")
@click.option("--language", help="Tag of the language, such as en. [default: en]")
@click.option("--seed", type=click.IntRange(0, _MAX_SEED), help="For models that take one. [default: 0]")
@click.option("--tokens", type=click.IntRange(1, 100_000), help="content: most to write. [default: 1,000]")
@click.option("--voice", help="audio: a voice's name, or auto. [default: the environment's]")
@click.option("--seconds", type=SECONDS, help="video: length of the shot. [default: 5]")
@click.option("--aspect", type=click.Choice(ASPECTS), help="video: shape. [default: 16:9]")
@click.option("--resolution", type=click.Choice(RESOLUTIONS), help="video. [default: the environment's]")
@click.option("--no-wait", is_flag=True, help="video: order, and collect it later with --resume.")
@click.option("--resume", metavar="KEY", help="Go on with a call that was stopped; nothing is paid twice.")
def call(
    service: str | None, text: str | None, *, resume: str | None, yes: bool, no_wait: bool, **options: Any
) -> None:
    """Make one call to a model of SERVICE and show what it gives, who gave it and what it cost.

    TEXT is the prompt, or what is to be said; without it, it is read from standard input. The call goes by
    the environment's route, budgets and ledger. Above $0.10 it needs --max-usd, or --yes.
    """
    _check_words(service, text, resume, options)
    settings = open_settings(environment_name())
    parts = open_models(environment_name())
    try:
        trial = (
            _begun(parts, settings, service or "", _read(text), options, may_spend=yes)
            if resume is None
            else _resumed(parts, resume, options["out"])
        )
        from reelwright.cli.models_calling import carry_out  # noqa: PLC0415 (heavy)

        carry_out(trial, parts, settings, wait=not no_wait)
    finally:
        parts.close()


def _check_words(service: str | None, text: str | None, resume: str | None, options: dict[str, Any]) -> None:
    given = [f"--{name.replace('_', '-')}" for name, value in options.items() if value is not None]
    given = [name for name in given if name != "--out"]
    if resume is not None and (service or text or given):
        more = ", ".join([*filter(None, (service, text and "TEXT")), *given])
        raise click.UsageError(f"A call is resumed as it was begun: {more} cannot change it.")
    if resume is None and service is None:
        raise click.UsageError("Name a service (content, audio or video), or give --resume KEY.")
    if service == "content" and options["out"] is not None:
        raise click.UsageError("--out is for sound and picture; text goes to standard output.")


def _read(text: str | None) -> str:
    """Return the text, cleaned at its ends; InvalidInput if there is none, or far too much."""
    if text in {None, "-"}:
        if sys.stdin.isatty():
            raise click.UsageError("Give a text, or pipe one in.")
        text = _typed()
    said = (text or "").strip()
    if not any(each.isprintable() and not each.isspace() for each in said):
        raise InvalidInput("The text is empty.", next_step="Say what the model is to do with it.")
    if len(said) > _MOST_CHARS or not _is_encodable(said):
        raise InvalidInput(
            f"The text is not UTF-8, or longer than {_MOST_CHARS:,} characters.",
            next_step="Shorten it, or save it as UTF-8.",
        )
    return said


def _typed() -> str:
    try:
        return sys.stdin.read(_MOST_CHARS + 1)
    except UnicodeDecodeError as error:
        raise InvalidInput("Standard input is not UTF-8.", next_step="Save the text as UTF-8.") from error


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _resumed(parts: "ModelParts", key: str, out: Path | None) -> "Trial":
    from reelwright.cli.models_trial import recall  # noqa: PLC0415 (heavy)

    trial = recall(key, parts)
    if out is not None and trial.out:
        trial = trial.model_copy(update={"out": str(out.absolute())})
    if trial.out:
        check_out(Path(trial.out))
    return trial


def _begun(
    parts: "ModelParts",
    settings: "Settings",
    service: str,
    text: str,
    options: dict[str, Any],
    *,
    may_spend: bool,
) -> "Trial":
    """Return a new call, kept; nothing was bought yet. CeilingNeeded, and all that a route may raise."""
    from reelwright.cli.models_trial import keep  # noqa: PLC0415 (heavy)

    if options["model"] is not None:
        named(options["model"], parts.catalogue_for(settings), service)
    trial = _trial(parts, settings, service, text, options)
    may_cost = _check_price(trial, parts, settings, may_spend=may_spend)
    if trial.out:
        check_out(Path(trial.out))
    if may_cost:
        keep(trial, parts)
    return trial


def _trial(
    parts: "ModelParts", settings: "Settings", service: str, text: str, options: dict[str, Any]
) -> "Trial":
    from reelwright.cli.models_trial import Trial, new_trial_id  # noqa: PLC0415 (heavy)
    from reelwright.video.schema import frame_size  # noqa: PLC0415 (heavy)

    key = new_trial_id(parts)
    aspect: Any = options["aspect"] or "16:9"
    width, height = frame_size(aspect, options["resolution"] or settings.video.resolution)
    default = OUT / f"{key}{_SUFFIXES.get(service, '')}"
    return Trial(
        id=key,
        service=service,
        text=text,
        language=_language(options["language"]),
        seed=options["seed"] or 0,
        model=options["model"],
        tier=options["tier"],
        max_usd=options["max_usd"],
        out=str((options["out"] or default).absolute()) if service in _SUFFIXES else "",
        output_tokens=options["tokens"] or 1_000,
        voice=options["voice"] or settings.audio.voice,
        width=width,
        height=height,
        fps=settings.video.fps,
        frames=max(1, round((options["seconds"] or 5.0) * settings.video.fps)),
        aspect=aspect,
    )


def _language(tag: str | None) -> str:
    if tag is None or re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", tag):
        return tag or "en"
    raise InvalidInput(f"{tag[:40]!r} is not a language.", next_step="Write a tag such as en or en-GB.")


def _check_price(trial: "Trial", parts: "ModelParts", settings: "Settings", *, may_spend: bool) -> bool:
    """Return whether the call may cost anything; CeilingNeeded if that is much and nobody agreed to it."""
    from reelwright.cli.models_trial import request_of, settings_for  # noqa: PLC0415 (heavy)
    from reelwright.models.estimating import requirements_of  # noqa: PLC0415 (heavy)

    own: Any = trial.service
    needed = requirements_of(request_of(trial, settings, Path()))
    manager = parts.manager_for(settings_for(trial, settings))
    candidates = manager.select(own, needed, production_id=trial.id).candidates
    least = min(each.estimate_micro_usd for each in candidates)
    if trial.max_usd is not None and least > Decimal(trial.max_usd) * _MICRO:
        raise BudgetExceeded(
            f"One attempt may cost ${plain_usd(least)} at least, above the ${trial.max_usd} of --max-usd.",
            next_step="Allow more, ask for less, or choose another model.",
        )
    dearest = max(candidates, key=lambda each: each.estimate_micro_usd)
    if dearest.estimate_micro_usd > _SMALL_MICRO_USD and trial.max_usd is None and not may_spend:
        raise CeilingNeeded(
            f"One attempt at {dearest.model.name} may cost ${plain_usd(dearest.estimate_micro_usd)}.",
            next_step="Say how much all of the call may cost with --max-usd, or agree with --yes.",
            context={"model": dearest.model.name},
        )
    return any(not each.model.free for each in candidates)
