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
    "allowed_resolution",
    "incapable",
    "keyless",
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

_Because = Literal["tier", "lifecycle", "configuration"]


@dataclass(slots=True)
class _Question:
    """One model under one set of settings on one day."""

    model: Model
    settings: Settings
    wanted: ServiceSettings
    on: date

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
    question = _Question(model, settings, _wanted(settings, model.service), on)
    for because, check in _LASTING:
        if reason := check(question):
            return RejectedCandidate(model=model.name, reason=reason, because=because)
    return None


def passing_objection(
    model: Model, settings: Settings, requirements: Requirements, *, has_credential: Callable[[str], bool]
) -> RejectedCandidate | None:
    """Return why this very call cannot go to a model to which others may."""
    named = model.name in _wanted(settings, model.service).models
    return incapable(model, requirements, named=named) or keyless(model, has_credential)


def incapable(model: Model, requirements: Requirements, *, named: bool) -> RejectedCandidate | None:
    """Return why a model cannot do what a call needs; ``named`` says that the settings ask for this model."""
    reason = _language(model, requirements) or _OF_SERVICE[model.service](model, requirements, named)
    return RejectedCandidate(model=model.name, reason=reason, because="capability") if reason else None


def keyless(model: Model, has_credential: Callable[[str], bool]) -> RejectedCandidate | None:
    """Return that the settings name no key for a model that needs one."""
    provider = model.provider
    if model.free or provider in KEYLESS or has_credential(provider):
        return None
    reason = f"no credential: reelwright secrets set providers/{provider}"
    return RejectedCandidate(model=model.name, reason=reason, because="credential")


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


def _language(model: Model, needed: Requirements) -> str:
    known, language = model.languages, needed.language
    if not known or language in known or language.partition("-")[0] in known:
        return ""
    return f"does not work in language {language!r}, only in {', '.join(known)}"


def _content(model: Model, needed: Requirements, _named: bool) -> str:  # noqa: FBT001 (each service's is called so)
    can = model.content
    if can is None:
        return ""
    if needed.input_tokens and needed.input_tokens > can.max_input_tokens:
        return f"takes at most {can.max_input_tokens:,} tokens, up to {needed.input_tokens:,} are needed"
    if needed.output_tokens and needed.output_tokens > can.max_output_tokens:
        return f"writes at most {can.max_output_tokens:,} tokens, {needed.output_tokens:,} are needed"
    return ""


def _audio(model: Model, needed: Requirements, _named: bool) -> str:  # noqa: FBT001 (as above)
    can = model.audio
    if can is None or not needed.characters or needed.characters <= can.max_characters * _MOST_REQUESTS:
        return ""
    return (
        f"speaks at most {_MOST_REQUESTS} times {can.max_characters:,} characters, "
        f"{needed.characters:,} are needed"
    )


def _video(model: Model, needed: Requirements, named: bool) -> str:  # noqa: FBT001 (as above)
    return (
        _image(model, needed)
        or _duration(model, needed)
        or _aspect(model, needed)
        or ("" if named else _resolution(model, needed))
    )


def _image(model: Model, needed: Requirements) -> str:
    can = model.video
    if can is None or not can.needs_image or needed.allow_image:
        return ""
    return "only sets a picture in motion that it is given, and there is none"


def _duration(model: Model, needed: Requirements) -> str:
    can, seconds = model.video, needed.seconds
    if can is None or seconds is None:
        return ""
    longest = max(can.durations_seconds, default=can.max_seconds)
    if seconds <= longest:
        return ""
    return f"makes at most {longest} s, {seconds:.1f} s are needed"


def _aspect(model: Model, needed: Requirements) -> str:
    can, aspect = model.video, needed.aspect
    if can is None or aspect is None or not can.aspects or aspect in can.aspects:
        return ""
    return f"makes {', '.join(can.aspects)}, not {aspect}"


def _resolution(model: Model, needed: Requirements) -> str:
    can, asked = model.video, needed.resolution
    if can is None or asked is None or allowed_resolution(model, asked):
        return ""
    return f"makes at most {max(can.resolutions, key=_lines)}, {asked} is needed"


def _lines(resolution: Resolution) -> int:
    return int(resolution.removesuffix("p"))


_OF_SERVICE = {"content": _content, "audio": _audio, "video": _video}
_LASTING: tuple[tuple[_Because, Callable[[_Question], str]], ...] = (
    ("lifecycle", _lifecycle),
    ("configuration", _configuration),
    ("tier", _tier),
)
