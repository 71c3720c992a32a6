"""AIModelManager: the one way from the work to a model."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Protocol, TypeVar

from reelwright.clock import Clock
from reelwright.cost.schema import ChargeLine, Service, Usage
from reelwright.environment.schema import Settings, Tier
from reelwright.models.access import NoAccess
from reelwright.models.capability import objection_to, tier_of
from reelwright.models.errors import NoModelAvailable
from reelwright.models.ports import Call, ContentProvider, SpeechProvider, VideoProvider
from reelwright.models.schema import (
    Attempt,
    Candidate,
    ContentRequest,
    ContentResponse,
    Model,
    ModelRequest,
    ModelResult,
    RejectedCandidate,
    Route,
    ShotRequest,
    ShotResponse,
    SpeechRequest,
    SpeechResponse,
)
from reelwright.resilience.deadline import Deadline
from reelwright.resilience.retry import retry

__all__ = ["AIModelManager", "Providers"]


@dataclass(frozen=True, slots=True)
class Providers:
    """The vendors that can be called, by the name the catalogue gives them."""

    content: Mapping[str, ContentProvider]
    audio: Mapping[str, SpeechProvider]
    video: Mapping[str, VideoProvider]


class _Response(Protocol):
    @property
    def usage(self) -> tuple[Usage, ...]: ...


_Answer = TypeVar("_Answer", bound=_Response)


class AIModelManager:
    """Chooses a model for a call, makes the call with retries, and says what it used."""

    def __init__(
        self,
        *,
        catalogue: tuple[Model, ...],
        providers: Providers,
        settings: Settings,
        clock: Clock,
        rng: Random,
    ) -> None:
        self._catalogue = catalogue
        self._providers = providers
        self._settings = settings
        self._clock = clock
        self._rng = rng

    def route(self, service: Service, *, language: str = "en") -> Route:
        """Return the choices for a call, best first; NoModelAvailable if there is none."""
        tier = self._tier(service)
        candidates: list[Candidate] = []
        rejected: list[RejectedCandidate] = []
        for model in self._catalogue:
            if model.service != service:
                continue
            objection = self._objection(model, tier, language)
            if objection:
                rejected.append(RejectedCandidate(model=model.name, reason=objection))
            else:
                candidates.append(Candidate(model=model, reason=f"serves tier {tier}"))
        if not candidates:
            raise _no_model(service, tier, language, rejected)
        return Route(service=service, candidates=tuple(candidates), rejected=tuple(rejected))

    def write(self, request: ContentRequest) -> ModelResult[ContentResponse]:
        """Ask for text."""
        route = self.route("content", language=request.language)
        model = route.candidates[0].model
        return self._call(
            route,
            lambda: self._providers.content[model.provider].write(model, request, self._attempt(request)),
        )

    def speak(self, request: SpeechRequest) -> ModelResult[SpeechResponse]:
        """Ask for speech."""
        route = self.route("audio", language=request.language)
        model = route.candidates[0].model
        return self._call(
            route, lambda: self._providers.audio[model.provider].speak(model, request, self._attempt(request))
        )

    def shoot(self, request: ShotRequest) -> ModelResult[ShotResponse]:
        """Ask for footage."""
        route = self.route("video", language=request.language)
        model = route.candidates[0].model
        return self._call(
            route, lambda: self._providers.video[model.provider].shoot(model, request, self._attempt(request))
        )

    def _call(self, route: Route, call: Callable[[], _Answer]) -> ModelResult[_Answer]:
        started = self._clock.monotonic()
        answer, attempts = retry(call, policy=self._settings.retry, clock=self._clock, rng=self._rng)
        model = route.candidates[0].model
        return ModelResult(
            output=answer,
            route=route,
            model=model,
            attempts=tuple(Attempt(model=model.name, number=number + 1) for number in range(attempts)),
            charges=tuple(_charge(model, usage) for usage in answer.usage),
            latency_seconds=self._clock.monotonic() - started,
        )

    def _attempt(self, request: ModelRequest) -> Call:
        token = hashlib.sha256(request.idempotency_key.encode()).hexdigest()
        return Call(token, Deadline.after(240.0, self._clock), NoAccess())

    def _tier(self, service: Service) -> Tier:
        return tier_of(self._settings, service)

    def _objection(self, model: Model, tier: Tier, language: str) -> str:
        known = {
            "content": self._providers.content,
            "audio": self._providers.audio,
            "video": self._providers.video,
        }
        if objection := objection_to(model, tier, self._settings):
            return objection
        if model.languages and language.partition("-")[0] not in model.languages:
            return f"does not work in language {language!r}, only in {', '.join(model.languages)}"
        if model.provider not in known[model.service]:
            return f"provider {model.provider!r} is not installed"
        return ""


def _charge(model: Model, usage: Usage) -> ChargeLine:
    return ChargeLine(
        service=model.service,
        provider=model.provider,
        model=model.name,
        unit=usage.unit,
        quantity=usage.quantity,
        micro_usd=0,
    )


def _no_model(
    service: Service, tier: str, language: str, rejected: list[RejectedCandidate]
) -> NoModelAvailable:
    reasons = "; ".join(f"{item.model}: {item.reason}" for item in rejected) or "the catalogue has none"
    return NoModelAvailable(
        f"No {service} model for tier {tier} in language {language!r} ({reasons}).",
        next_step="Ask for a language or tier that a model of the catalogue serves.",
        context={"service": service, "tier": tier, "language": language},
    )
