"""What feature flags mean to a production that begins: asked once, pinned, laid over its settings, told.

Nothing here can fail because flags cannot be read: there is always a document to ask, if only the one that
comes with the code. What a flag says to the contrary of the request is not done, and the record says so.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from reelwright.config.request import asks_for, with_document, with_flag_settings
from reelwright.config.schema import Snapshot
from reelwright.config.tree import MISSING, find, plain
from reelwright.environment.schema import EnvironmentName, Settings
from reelwright.flags.answers import DOCUMENT, FlagAnswers, NoFlags
from reelwright.flags.effects import STYLE, Effect, closed, effects_of, publishing, tree_of
from reelwright.flags.evaluation import Evaluation
from reelwright.flags.ports import FlagSource
from reelwright.pipeline.errors import PublishingClosed
from reelwright.production.flags import FlagRecord
from reelwright.production.schema import Brief

__all__ = ["Asking", "Flagged", "FlagsFor", "check_open", "context_of", "flagged", "no_flags"]

_LOG = logging.getLogger(__name__)
_AUTO = "auto"


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks: a production that is to begin."""

    production_id: str
    environment: EnvironmentName
    brief: Brief
    now: datetime


@dataclass(frozen=True, slots=True)
class Flagged:
    """A snapshot with what flags say of a production, and the account of it."""

    snapshot: Snapshot
    answers: FlagAnswers
    records: tuple[FlagRecord, ...]


FlagsFor = Callable[[Settings], FlagSource]
"""Finds the flags of a place, as settings have them: from where, and with which overrides."""


def no_flags(settings: Settings) -> FlagSource:  # noqa: ARG001 (as FlagsFor)
    """Return what a place without flags has."""
    return NoFlags()


def flagged(source: FlagSource, asking: Asking, snapshot: Snapshot) -> Flagged:
    """Return the snapshot that a production is to pin: with all answers, and the settings they stand for.

    InvalidConfiguration only if the snapshot itself is no whole.
    """
    brief = asking.brief
    context = context_of(asking, snapshot.settings)
    answers = FlagAnswers.given_by(source.evaluator_for(asking.production_id), context)
    if not answers.names:
        return Flagged(snapshot, answers, ())
    effects = effects_of(answers, snapshot.settings.providers)
    told = {effect.flag: _told(effect, snapshot, brief) for effect in effects}
    tree = tree_of(effect for effect in effects if not _asked_otherwise(effect, brief))
    laid = with_flag_settings(snapshot, tree, origin=answers.origin, version=answers.version)
    told |= _said_of_platforms(answers, brief.platforms)
    records = tuple(_record(answers.evaluate(flag), answers.origin, told) for flag in answers.names)
    return Flagged(with_document(laid, DOCUMENT, answers.as_document()), answers, records)


def context_of(asking: Asking, settings: Settings) -> dict[str, Any]:
    """Return what rules can ask of a production.

    ``now`` is a moment in UTC; ``weekday`` (``"Monday"``) and ``hour`` (0 to 23) are those of the time zone
    of budgets. ``platforms`` are names with commas between them, for rules know no lists.
    """
    brief, there = asking.brief, asking.now.astimezone(ZoneInfo(settings.budgets.time_zone))
    return {
        "environment": asking.environment,
        "id": asking.production_id,
        "topic": brief.topic,
        "language": brief.language,
        "aspect": brief.aspect,
        "durationSeconds": brief.duration_seconds,
        "platforms": ",".join(brief.platforms),
        "now": asking.now,
        "weekday": _WEEKDAYS[there.weekday()],
        "hour": there.hour,
    }


def check_open(answers: FlagAnswers, platforms: Iterable[str], environment: str = "local") -> None:
    """Raise PublishingClosed if flags close one of the platforms."""
    where = "" if environment == "local" else f" --env {environment}"
    for name in closed(answers, platforms):
        answer = answers.evaluate(publishing(name), default=True)
        opened = f'reelwright flags set {answer.flag} on --reason "…"{where}'
        raise PublishingClosed(
            f"Publishing on {name} is closed by the flag {answer.flag}.",
            next_step=f"Leave out {name}, or open it: {opened}",
            context={"flag": answer.flag, "platform": name, "version": answer.version},
        )


def _asked_otherwise(effect: Effect, brief: Brief) -> bool:
    return effect.key == STYLE and brief.style != _AUTO


def _told(effect: Effect, snapshot: Snapshot, brief: Brief) -> str:
    """Return in words what becomes of an effect."""
    if effect.refused:
        _LOG.warning("The flag %s has no effect: %s.", effect.flag, effect.refused)
        return f"none: {effect.refused}"
    if _asked_otherwise(effect, brief):
        return f"none: the brief asks for the style {brief.style}"
    before = find(plain(snapshot.settings), effect.key)
    if asks_for(snapshot, effect.key):
        return f"none: this request asks for {effect.key} = {_shown(before)}"
    if before == effect.value:
        return f"none: {effect.key} is {_shown(before)} anyway"
    instead = "" if before is MISSING else f" instead of {_shown(before)}"
    return f"{effect.key} = {_shown(effect.value)}{instead}{_but(effect, snapshot.settings)}"


def _but(effect: Effect, settings: Settings) -> str:
    """Return what keeps a tier from mattering: models that are asked for by name."""
    table = effect.key.removesuffix(".tier")
    named = find(plain(settings), f"{table}.models") if table != effect.key else ()
    return f"; but {table}.models names the models" if named else ""


def _said_of_platforms(answers: FlagAnswers, platforms: Iterable[str]) -> Mapping[str, str]:
    known = set(answers.names)
    flags = {publishing(name): name for name in platforms}
    return {
        flag: f"{'publishes' if answers.is_enabled(flag) else 'does not publish'} on {name}"
        for flag, name in flags.items()
        if flag in known
    }


def _record(answer: Evaluation, origin: str, told: Mapping[str, str]) -> FlagRecord:
    return FlagRecord.model_validate(
        {**answer.as_dict(), "origin": origin, "effect": told.get(answer.flag, "")}
    )


def _shown(value: JsonValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
