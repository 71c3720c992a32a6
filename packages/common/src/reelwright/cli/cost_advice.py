"""What settings could say instead, and what the calls of a period would have cost under them.

Every alternative changes one key. What a call would have cost is found by its route under the changed
settings: whoever failed in truth fails there too, and the first that did not answers, at the price of the
same usage. What the settings, the catalogue, the price book or the request do not allow is no candidate, so
nothing impossible is advised. An engine of ours is none either: it would not have been the same video.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from reelwright.cost.advice import Advice, Alternative, Outlook, PaidCall, advise, saved_by_cache
from reelwright.cost.errors import PriceUnknown
from reelwright.cost.schema import Service
from reelwright.environment.schema import Aspect, ModelOverride, Preference, Resolution, Settings, Tier
from reelwright.models.errors import NoModelAvailable
from reelwright.models.repricing import repriced, repriced_usages, seconds_of
from reelwright.models.routing import service_settings
from reelwright.models.schema import Candidate, Model, Requirements
from reelwright.pipeline.report.planning import Planner

__all__ = ["Adviser", "Facts"]

_TIERS: tuple[Tier, ...] = ("economy", "standard", "premium")
_CACHE_SECONDS = (3_600, 86_400)
_MULTIPLES = (1.0, 1.5, 2.0, 3.0, 5.0)
_PRODUCTION = "prod"
_TOKENS_OUT = "output_tokens"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a production asked for, as far as it decides which models could have served it."""

    language: str
    aspect: Aspect
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Adviser:
    """Works out what a period would have cost under other settings of one environment.

    ``planner`` has the settings as they are now. Of a production without facts nobody knows what it asked
    for: it may only go to models that can do all that the model could which answered.
    """

    planner: Planner
    environment: str
    facts: Mapping[str, Facts]
    _saved: dict[int, dict[str, int]] = field(default_factory=dict, repr=False)
    _planners: dict[int, tuple[Settings, Planner]] = field(default_factory=dict, repr=False)
    """By the settings' identity; they are kept, so that it stays theirs."""
    _routes: dict[tuple[int, Service, Requirements], Sequence[Candidate]] = field(
        default_factory=dict, repr=False
    )

    def outlook(self, calls: Sequence[PaidCall]) -> Outlook:
        """Return every change of one setting that would have saved something, the most first.

        Of models to name instead, only those that no other beats in both price and quality; of values of
        one key that come to the very same, one.
        """
        self._remember_cache(calls)
        found = advise(calls, self._alternatives(calls), self.reprice, now=self.planner.settings)
        kept = [each for each in found.advices if not self._is_beaten(each, found.advices)]
        distinct = {(each.key, each.saved_micro_usd, each.quality): each for each in reversed(kept)}
        return replace(found, advices=tuple(each for each in kept if each in distinct.values()))

    def reprice(self, call: PaidCall, settings: Settings) -> int | None:
        """Return what a call would have cost under other settings; None if it would not be the same video."""
        seconds = settings.costs.cache_seconds
        if seconds != self.planner.settings.costs.cache_seconds and call.key in self._saved.get(seconds, {}):
            return 0
        was = self._model(call.model)
        if was is None:
            return call.micro_usd
        total = 0
        for candidate in self._candidates(call, settings):
            model = candidate.model
            if model.name in call.failed:
                total += call.failed[model.name]
                if model.name != was.name:
                    continue
            answered = self._answer(call, was, model, settings)
            return None if answered is None else total + answered
        return None

    def _answer(self, call: PaidCall, was: Model, model: Model, settings: Settings) -> int | None:
        """Return what an answer of this model would have cost; None if it could not have given the same."""
        resolution = self._resolution(call, settings)
        if model.name == was.name and self._is_same(call, was, resolution):
            return call.answer
        if model.free or not (call.production_id in self.facts or _can_all_of(model, was)):
            return None
        try:
            return repriced(model, call.lines, was, self.planner.book, resolution)
        except PriceUnknown:
            return None

    def _is_same(self, call: PaidCall, model: Model, resolution: Resolution) -> bool:
        """Whether the model would have been asked for the very same, and so would have billed the same."""
        usages = repriced_usages(model, call.lines, model, self.planner.book, resolution)
        return all(
            (usage.unit, usage.quantity) == (line.unit, line.quantity)
            for usage, line in zip(usages, call.lines, strict=True)
        )

    def _candidates(self, call: PaidCall, settings: Settings) -> Sequence[Candidate]:
        planner, requirements = self._planner(settings), self._requirements(call, settings)
        key = (id(settings), call.service, requirements)
        if key not in self._routes:
            try:
                self._routes[key] = planner.select(call.service, requirements).candidates
            except NoModelAvailable:
                self._routes[key] = ()
        return self._routes[key]

    def _planner(self, settings: Settings) -> Planner:
        if id(settings) not in self._planners:
            self._planners[id(settings)] = (settings, self._planner_of(settings))
        return self._planners[id(settings)][1]

    def _planner_of(self, settings: Settings) -> Planner:
        """Return the planner of other settings; a model that they switch off is off in the catalogue."""
        off = {name for name, said in settings.catalog.models.items() if said.enabled is False}
        catalogue = tuple(
            model.model_copy(update={"enabled": False}) if model.name in off else model
            for model in self.planner.catalogue
        )
        return Planner(settings, catalogue, self.planner.book, self.planner.has_credential)

    def _requirements(self, call: PaidCall, settings: Settings) -> Requirements:
        facts = self.facts.get(call.production_id)
        language = facts.language if facts else "en"
        if call.service == "video":
            return Requirements(
                language=language,
                seconds=seconds_of(call.lines) or None,
                aspect=facts.aspect if facts else None,
                resolution=self._resolution(call, settings),
            )
        counted = {line.unit: line.quantity for line in call.lines}
        if call.service == "audio":
            return Requirements(language=language, characters=counted.get("characters"))
        written = counted.pop(_TOKENS_OUT, 0)
        return Requirements(
            language=language, input_tokens=sum(counted.values()) or None, output_tokens=written or None
        )

    def _resolution(self, call: PaidCall, settings: Settings) -> Resolution:
        """Return the resolution that was asked for, unless the settings now say another than they do."""
        facts, now = self.facts.get(call.production_id), self.planner.settings.video.resolution
        changed = settings.video.resolution
        return changed if changed != now or facts is None else facts.resolution

    def _model(self, name: str) -> Model | None:
        return next((model for model in self.planner.catalogue if model.name == name), None)

    def _alternatives(self, calls: Sequence[PaidCall]) -> Iterator[Alternative[Settings]]:
        for service in dict.fromkeys(call.service for call in calls):
            own = [call for call in calls if call.service == service]
            yield from self._of_service(service, own)
        yield from self._failing(calls)
        yield from self._resolutions(calls)
        yield from self._caches()

    def _of_service(self, service: Service, calls: Sequence[PaidCall]) -> Iterator[Alternative[Settings]]:
        wanted, key = service_settings(self.planner.settings, service), f"models.{service}"
        if not wanted.models:
            for tier in _TIERS[: _TIERS.index(wanted.tier)]:
                yield self._changed(f"{key}.tier", wanted.tier, tier)
            for preference in get_args(Preference):
                if preference != wanted.prefer:
                    yield self._changed(f"{key}.prefer", wanted.prefer, preference)
        for name in self._others(service):
            yield self._changed(f"{key}.models", list(wanted.models), (name,))
        for multiple in _MULTIPLES if any(call.failed for call in calls) else ():
            if wanted.link_ceiling_multiple is None or multiple < wanted.link_ceiling_multiple:
                yield self._changed(f"{key}.link_ceiling_multiple", wanted.link_ceiling_multiple, multiple)

    def _others(self, service: Service) -> Iterator[str]:
        wanted = service_settings(self.planner.settings, service).models
        for model in self.planner.catalogue:
            if model.service == service and not model.free and (model.name,) != wanted:
                yield model.name

    def _failing(self, calls: Iterable[PaidCall]) -> Iterator[Alternative[Settings]]:
        """Models that were billed for nothing."""
        billed = {name for call in calls for name, amount in call.failed.items() if amount}
        for name in sorted(billed):
            models = dict(self.planner.settings.catalog.models)
            said = models.get(name, ModelOverride())
            changed = {**models, name: said.model_copy(update={"enabled": False})}
            yield self._alternative(
                f"catalog.models.{name}.enabled",
                "true",
                "false",
                _with(self.planner.settings, "catalog.models", changed),
            )

    def _resolutions(self, calls: Iterable[PaidCall]) -> Iterator[Alternative[Settings]]:
        if not any(call.service == "video" for call in calls):
            return
        known: tuple[Resolution, ...] = get_args(Resolution)
        now = self.planner.settings.video.resolution
        for resolution in known[: known.index(now)]:
            yield self._changed("video.resolution", now, resolution)

    def _caches(self) -> Iterator[Alternative[Settings]]:
        """Production keeps no answers for other videos, whatever they would save."""
        now = self.planner.settings.costs.cache_seconds
        for seconds in _CACHE_SECONDS:
            if self.environment != _PRODUCTION and seconds > now:
                yield self._changed("costs.cache_seconds", now, seconds)

    def _remember_cache(self, calls: Sequence[PaidCall]) -> None:
        for seconds in _CACHE_SECONDS:
            self._saved[seconds] = saved_by_cache(calls, seconds)

    def _changed(self, key: str, was: object, to: Any) -> Alternative[Settings]:
        return self._alternative(key, _written(was), _written(to), _with(self.planner.settings, key, to))

    def _alternative(self, key: str, was: str, to: str, settings: Settings) -> Alternative[Settings]:
        return Alternative(
            key=key,
            was=was,
            to=to,
            settings=settings,
            touches=_touches(key),
            quality=lambda calls: self._quality(key, to, calls, settings),
        )

    def _quality(self, key: str, to: str, calls: Sequence[PaidCall], settings: Settings) -> str:
        """Return what it would cost otherwise: whose work stands in for whose, with their ranks."""
        if key == "costs.cache_seconds":
            return "none: the same answer to the same request"
        pairs: dict[str, None] = {}
        for call in calls:
            was, answers = self._model(call.model), self._answers(call, settings)
            if was and answers and answers.name != was.name:
                pairs[f"{was.name} (quality {was.quality}) → {answers.name} ({answers.quality})"] = None
        lower = f"footage in {to}" if key == "video.resolution" else ""
        return "; ".join(filter(None, (lower, *pairs))) or "none: the models that did answer"

    def _answers(self, call: PaidCall, settings: Settings) -> Model | None:
        for candidate in self._candidates(call, settings):
            if candidate.model.name not in call.failed or candidate.model.name == call.model:
                return candidate.model
        return None

    def _named(self, advice: Advice) -> Model | None:
        """Return the model that an advice says to name instead, if it says so."""
        is_list = advice.key.startswith("models.") and advice.key.endswith(".models")
        return self._model(json.loads(advice.to)[0]) if is_list else None

    def _is_beaten(self, advice: Advice, others: Iterable[Advice]) -> bool:
        """Whether another model of the same key saves as much, and is of no lower quality."""
        model = self._named(advice)
        for other in others if model else ():
            better = self._named(other) if other.key == advice.key and other is not advice else None
            if model is None or better is None or other.saved_micro_usd < advice.saved_micro_usd:
                continue
            is_first = (other.saved_micro_usd, better.quality) > (advice.saved_micro_usd, model.quality)
            if better.quality >= model.quality and (is_first or better.name < model.name):
                return True
        return False


def _touches(key: str) -> Callable[[PaidCall], bool]:
    parts = key.split(".")
    if parts[0] == "models":
        return lambda call: call.service == parts[1]
    if parts[0] == "video":
        return lambda call: call.service == "video"
    if parts[0] == "catalog":
        return lambda call: parts[2] in call.failed or parts[2] == call.model
    return lambda _: True


def _can_all_of(model: Model, was: Model) -> bool:
    """Whether a model can do whatever another may have been asked: its languages and shapes."""
    return _covers(model.languages, was.languages) and _covers(
        model.video.aspects if model.video else (), was.video.aspects if was.video else ()
    )


def _covers(those: Sequence[str], these: Sequence[str]) -> bool:
    """Whether nothing of these is missing; an empty list is everything."""
    return not those or (bool(these) and set(these) <= set(those))


def _with(settings: Any, key: str, value: Any) -> Any:
    """Return settings with one key changed."""
    head, _, rest = key.partition(".")
    changed = _with(getattr(settings, head), rest, value) if rest else value
    return settings.model_copy(update={head: changed})


def _written(value: object) -> str:
    """Return a value as `reelwright config set` takes it."""
    if value is None:
        return "none"
    return json.dumps(value) if isinstance(value, list | tuple) else str(value)
