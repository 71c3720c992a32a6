"""What a model may be asked under given settings, without asking it: catalogue against configuration."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from reelwright.cost.schema import Service
from reelwright.environment.schema import Resolution, ServiceSettings, Settings, Tier
from reelwright.models.catalogue import load_catalogue
from reelwright.models.errors import CatalogueInvalid
from reelwright.models.schema import Model, RejectedCandidate, Requirements

__all__ = [
    "KEYLESS",
    "PassingObjections",
    "allowed_resolution",
    "lasting_objection",
    "objection",
    "objection_to",
    "passing_objection",
    "tier_of",
    "unroutable",
]

KEYLESS = frozenset({"embedded", "bedrock", "polly"})
"""Providers without an API key: engines of ours, and what a role of the account permits."""

_MOST_REQUESTS = 50
"""Requests for one narration above which a voice is not asked: a text is split, but not without end."""

_Because = Literal["tier", "lifecycle", "capability", "configuration", "credential"]


@dataclass(slots=True)
class _Question:
    """One model under one set of settings, for one call on one day."""

    model: Model
    settings: Settings
    wanted: ServiceSettings
    needed: Requirements
    on: date
    has_credential: Callable[[str], bool]

    @property
    def is_named(self) -> bool:
        return self.model.name in self.wanted.models


def objection(
    model: Model,
    settings: Settings,
    requirements: Requirements,
    *,
    on: date,
    has_credential: Callable[[str], bool],
) -> RejectedCandidate | None:
    """Return why the model cannot serve a call on a day, and the kind of reason; None if it can.

    The most lasting reason comes first: a retired model is retired, whatever tier it served. Models that
    ``settings.models.<service>.models`` names are asked without regard to their tiers, and may make
    footage of a lower resolution than asked, which is scaled up: whoever names one wants that one.
    """
    lasting = _remembered.of(model, settings, on)
    if lasting is not None:
        return lasting
    return passing_objection(model, settings, requirements, has_credential=has_credential)


def lasting_objection(model: Model, settings: Settings, *, on: date) -> RejectedCandidate | None:
    """Return why no call can go to the model under these settings on that day; none changes within it."""
    question = _Question(model, settings, _wanted(settings, model.service), _NOTHING, on, _nobody)
    return _first_objection(question, _LASTING)


def passing_objection(
    model: Model, settings: Settings, requirements: Requirements, *, has_credential: Callable[[str], bool]
) -> RejectedCandidate | None:
    """Return why this very call cannot go to a model to which others may."""
    return PassingObjections(model.service, settings, requirements, has_credential).to(model)


class PassingObjections:
    """Why one call cannot go to the models of a service to which others may, one model after the other."""

    def __init__(
        self,
        service: Service,
        settings: Settings,
        requirements: Requirements,
        has_credential: Callable[[str], bool],
    ) -> None:
        self._fields = (settings, _wanted(settings, service), requirements, date.min, has_credential)

    def to(self, model: Model) -> RejectedCandidate | None:
        """Return why the call cannot go to a model; None if it can."""
        return _first_objection(_Question(model, *self._fields), _PASSING)


class _Remembered:
    """Lasting objections under the settings and on the day of the last question: routes ask for all."""

    def __init__(self) -> None:
        self._last: tuple[Settings, date, dict[int, tuple[Model, RejectedCandidate | None]]] | None = None

    def of(self, model: Model, settings: Settings, on: date) -> RejectedCandidate | None:
        last = self._last
        if last is None or last[0] is not settings or last[1] != on:
            last = (settings, on, {})
            self._last = last
        known = last[2].get(id(model))
        if known is None:
            known = (model, lasting_objection(model, settings, on=on))
            last[2][id(model)] = known
        return known[1]


_remembered = _Remembered()


def _first_objection(
    question: _Question, checks: Sequence[tuple[_Because, Callable[[_Question], str]]]
) -> RejectedCandidate | None:
    for because, check in checks:
        if reason := check(question):
            return RejectedCandidate(model=question.model.name, reason=reason, because=because)
    return None


def _nobody(_provider: str) -> bool:
    return False


def tier_of(settings: Settings, service: Service) -> Tier:
    """Return the tier that the settings ask of a service."""
    return _wanted(settings, service).tier


def objection_to(model: Model, tier: Tier, settings: Settings) -> str:
    """Return why no route may lead to the model, whatever is asked; nothing if one may."""
    if model.lifecycle == "retired":
        return "retired by its provider"
    if not model.enabled:
        return _DISABLED.format(name=model.name)
    if tier not in model.tiers:
        return f"does not serve tier {tier}"
    return _switched_off(model, settings)


def unroutable(settings: Settings, catalogue: Sequence[Model] | None = None) -> Iterator[str]:
    """Yield a line for every service that no model of the catalogue could serve under these settings."""
    try:
        models = load_catalogue(settings.catalog) if catalogue is None else catalogue
    except CatalogueInvalid as error:
        yield error.message
        return
    for service in get_args(Service):
        tier = tier_of(settings, service)
        objections = {
            model.name: _standing_objection(model, settings) for model in models if model.service == service
        }
        if all(objections.values()):
            reasons = "; ".join(f"{name}: {why}" for name, why in objections.items())
            yield f"no {service} model for tier {tier} ({reasons or 'the catalogue has none'})"


def allowed_resolution(model: Model, asked: Resolution) -> Resolution | None:
    """Return the lowest resolution of the model that is at least the asked one; None if all are lower."""
    made = model.video.resolutions if model.video else ()
    if not made:
        return asked
    enough = [each for each in made if _lines(each) >= _lines(asked)]
    return min(enough, key=_lines, default=None)


_DISABLED = "switched off in catalog.models.{name}.enabled"


def _wanted(settings: Settings, service: Service) -> ServiceSettings:
    wanted: ServiceSettings = getattr(settings.models, service)
    return wanted


def _standing_objection(model: Model, settings: Settings) -> str:
    """Return what holds whatever is asked and whenever, for a check of settings before they are used."""
    wanted = _wanted(settings, model.service)
    if wanted.models:
        named = model.name in wanted.models
        return objection_to(model, model.tiers[0], settings) if named else _not_named(model, wanted)
    return objection_to(model, wanted.tier, settings)


def _not_named(model: Model, wanted: ServiceSettings) -> str:
    return f"not among models.{model.service}.models ({', '.join(wanted.models)})"


def _switched_off(model: Model, settings: Settings) -> str:
    provider = settings.providers.get(model.provider)
    if provider is not None and not provider.enabled:
        return f"provider {model.provider!r} is switched off in providers.{model.provider}.enabled"
    return ""


def _lifecycle(question: _Question) -> str:
    model = question.model
    if model.lifecycle_on(question.on) != "retired" or model.name in question.wanted.allow_retired:
        return ""
    day = f" on {model.retired_on}" if model.retired_on else ""
    instead = f"; use {model.replaced_by}" if model.replaced_by else ""
    return f"retired by its provider{day}{instead}"


def _configuration(question: _Question) -> str:
    model = question.model
    if not model.enabled:
        return _DISABLED.format(name=model.name)
    if question.wanted.models and not question.is_named:
        return _not_named(model, question.wanted)
    return _switched_off(model, question.settings)


def _tier(question: _Question) -> str:
    wanted = question.wanted
    if wanted.models or wanted.tier in question.model.tiers:
        return ""
    return f"does not serve tier {wanted.tier}"


def _credential(question: _Question) -> str:
    provider = question.model.provider
    if question.model.free or provider in KEYLESS or question.has_credential(provider):
        return ""
    return f"no credential: reelwright secrets set providers/{provider}"


def _capability(question: _Question) -> str:
    return _language(question) or _OF_SERVICE[question.model.service](question)


def _language(question: _Question) -> str:
    known, language = question.model.languages, question.needed.language
    if not known or language in known or language.partition("-")[0] in known:
        return ""
    return f"does not work in language {language!r}, only in {', '.join(known)}"


def _content(question: _Question) -> str:
    can, needed = question.model.content, question.needed
    if can is None:
        return ""
    if needed.input_tokens and needed.input_tokens > can.max_input_tokens:
        return f"takes at most {can.max_input_tokens:,} tokens, up to {needed.input_tokens:,} are needed"
    if needed.output_tokens and needed.output_tokens > can.max_output_tokens:
        return f"writes at most {can.max_output_tokens:,} tokens, {needed.output_tokens:,} are needed"
    return ""


def _audio(question: _Question) -> str:
    can, needed = question.model.audio, question.needed
    if can is None or not needed.characters or needed.characters <= can.max_characters * _MOST_REQUESTS:
        return ""
    return (
        f"speaks at most {_MOST_REQUESTS} times {can.max_characters:,} characters, "
        f"{needed.characters:,} are needed"
    )


def _video(question: _Question) -> str:
    return _image(question) or _duration(question) or _aspect(question) or _resolution(question)


def _image(question: _Question) -> str:
    can = question.model.video
    if can is None or not can.needs_image or question.needed.allow_image:
        return ""
    return "only sets a picture in motion that it is given, and there is none"


def _duration(question: _Question) -> str:
    can, seconds = question.model.video, question.needed.seconds
    if can is None or seconds is None:
        return ""
    longest = max(can.durations_seconds, default=can.max_seconds)
    if seconds <= longest:
        return ""
    return f"makes at most {longest} s, {seconds:.1f} s are needed"


def _aspect(question: _Question) -> str:
    can, aspect = question.model.video, question.needed.aspect
    if can is None or aspect is None or not can.aspects or aspect in can.aspects:
        return ""
    return f"makes {', '.join(can.aspects)}, not {aspect}"


def _resolution(question: _Question) -> str:
    can, asked = question.model.video, question.needed.resolution
    if can is None or asked is None or question.is_named or allowed_resolution(question.model, asked):
        return ""
    return f"makes at most {max(can.resolutions, key=_lines)}, {asked} is needed"


def _lines(resolution: Resolution) -> int:
    return int(resolution.removesuffix("p"))


_NOTHING = Requirements()
_OF_SERVICE = {"content": _content, "audio": _audio, "video": _video}
_LASTING: tuple[tuple[_Because, Callable[[_Question], str]], ...] = (
    ("lifecycle", _lifecycle),
    ("configuration", _configuration),
    ("tier", _tier),
)
_PASSING: tuple[tuple[_Because, Callable[[_Question], str]], ...] = (
    ("capability", _capability),
    ("credential", _credential),
)
