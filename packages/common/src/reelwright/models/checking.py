"""Looking at all models before anybody needs one: which ends when, and who answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from reelwright.clock import Clock
from reelwright.environment.schema import Settings
from reelwright.errors import ReelwrightError
from reelwright.models.ports import Access, Call, Probe
from reelwright.models.schema import Lifecycle, Model
from reelwright.resilience.deadline import Deadline

__all__ = ["ModelCheck", "ModelChecker", "lifecycle_warnings"]

_PROBE_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """What is known of one model today."""

    model: Model
    lifecycle: Lifecycle
    days_left: int | None = None
    """Until the first day on which calls fail; None if no end is known, 0 or less if it has come."""
    warnings: tuple[str, ...] = ()
    probed: bool = False
    """Whether its provider was asked."""
    problem: str = ""
    """What is wrong with it, as its provider says; nothing if it is well or was not asked."""
    price_problem: str = ""

    @property
    def is_well(self) -> bool:
        """Whether it can be used today; that it ends some day is a warning, and no more."""
        return self.lifecycle != "retired" and not (self.problem or self.price_problem)


class ModelChecker:
    """Checks every model of a catalogue without buying anything.

    ``probes`` and ``access_for`` go by the provider's name; who has no probe is not asked, nor is a provider
    that is switched off. ``stopped`` says why an operator has stopped one, when it is about to be asked;
    ``price_problem`` what is wrong with a model's price, or nothing.
    """

    def __init__(
        self,
        catalogue: Sequence[Model],
        probes: Mapping[str, Probe],
        settings: Settings,
        clock: Clock,
        access_for: Callable[[str], Access],
        *,
        price_problem: Callable[[Model], str] = lambda _model: "",
        stopped: Callable[[str], str] = lambda _provider: "",
    ) -> None:
        self._catalogue = tuple(catalogue)
        self._probes = probes
        self._settings = settings
        self._clock = clock
        self._access_for = access_for
        self._price_problem = price_problem
        self._stopped = stopped

    def check(self) -> tuple[ModelCheck, ...]:
        """Return a check for every model, in the order of the catalogue; what fails is in it, not raised."""
        problems: dict[str, str] = {}
        for provider in dict.fromkeys(model.provider for model in self._catalogue):
            problems |= self._probe(provider)
        return tuple(self._check(model, problems) for model in self._catalogue)

    def _check(self, model: Model, problems: Mapping[str, str]) -> ModelCheck:
        today = self._clock.now().date()
        days = self._settings.health.lifecycle_warn_days
        return ModelCheck(
            model=model,
            lifecycle=model.lifecycle_on(today),
            days_left=_days_left(model, today),
            warnings=lifecycle_warnings([model], today, days),
            probed=model.name in problems,
            problem=problems.get(model.name, ""),
            price_problem="" if model.free else self._price_problem(model),
        )

    def _probe(self, provider: str) -> dict[str, str]:
        probe, settings = self._probes.get(provider), self._settings.providers.get(provider)
        if probe is None or (settings and not settings.enabled):
            return {}
        today = self._clock.now().date()
        mine = [model for model in self._catalogue if model.provider == provider]
        asked = [model for model in mine if model.enabled and model.lifecycle_on(today) != "retired"]
        return self._ask(probe, provider, asked) if asked and not self._stopped(provider) else {}

    def _ask(self, probe: Probe, provider: str, models: Sequence[Model]) -> dict[str, str]:
        call = Call(
            token=f"check-{provider}",
            deadline=Deadline.after(_PROBE_SECONDS, self._clock),
            access=self._access_for(provider),
        )
        try:
            return dict(probe.probe(models, call))
        except ReelwrightError as error:
            return {model.name: str(error) for model in models}


def lifecycle_warnings(
    catalogue: Sequence[Model], on: date, days: Sequence[int] = (90, 30, 7)
) -> tuple[str, ...]:
    """Return a sentence for every model that ends within the longest of ``days``, the nearest end first.

    A sentence names the shortest of ``days`` that has come, so it changes when the next one does. What has
    ended already is not warned of: routes skip it.
    """
    ending = [
        (left, model)
        for model in catalogue
        if 0 < (left := _days_left(model, on) or 0) <= max(days, default=0)
    ]
    return tuple(_warning(model, left, days) for left, model in sorted(ending, key=lambda pair: pair[0]))


def _warning(model: Model, left: int, days: Sequence[int]) -> str:
    within = min(limit for limit in days if left <= limit)
    instead = f"; use {model.replaced_by} instead" if model.replaced_by else ""
    when = f"in {left} days, on" if left > 1 else "tomorrow,"
    return f"{model.name} of {model.provider} ends {when} {model.retired_on} (within {within} days){instead}."


def _days_left(model: Model, on: date) -> int | None:
    return (model.retired_on - on).days if model.retired_on else None
