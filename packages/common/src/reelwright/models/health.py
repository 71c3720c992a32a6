"""How every model has been doing, for the whole fleet, and whether to ask it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from types import MappingProxyType
from typing import Final, Literal

from reelwright.clock import Clock
from reelwright.cost.schema import Service
from reelwright.environment.schema import HealthSettings
from reelwright.models.schema import Failure, Model, Standing
from reelwright.observability.metrics import Metric, Metrics
from reelwright.resilience.breaker import phase_of
from reelwright.resilience.fleet import Fleet, Known, Watched
from reelwright.resilience.ports import HealthStore, KeyState
from reelwright.resilience.statistics import Statistics, Verdict

__all__ = ["TRIAL_SHARE", "FleetHealth", "all_open"]

TRIAL_SHARE: Final = 0.05
"""Of the routes, in which a demoted model keeps its place: who is never asked cannot show that it is well."""

_VERDICTS: Final[Mapping[Failure | None, Verdict]] = MappingProxyType(
    {None: "well", "rejected": "well", "refused": "well", "unavailable": "ill", "timed_out": "ill"}
)
"""Every other failure says nothing of the vendor's health."""

_StandingState = Literal["healthy", "demoted", "open", "probing"]
_AWAY: Final = frozenset({"open", "probing"})
_TIMEOUT_SECONDS: Final = 240.0
_LEAST_LEASE_SECONDS: Final = 60.0
_BARRED_SECONDS: Final = 60.0


class FleetHealth:
    """A HealthRecord over a shared store. It never raises into a call; a store that is away says "healthy".

    ``timeouts`` are the seconds that a call of a service may take; latency trends are held against them.
    """

    def __init__(
        self,
        store: HealthStore,
        settings: HealthSettings,
        clock: Clock,
        rng: Random,
        metrics: Metrics,
        *,
        timeouts: Mapping[Service, float] | None = None,
    ) -> None:
        self._fleet = Fleet(store, settings, clock, rng, on_open=self._opened)
        self._clock = clock
        self._rng = rng
        self._metrics = metrics
        self._timeouts = timeouts or {}
        self._healthy: dict[str, tuple[Known, Standing]] = {}
        """By model; while nothing else is known, time alone changes no healthy standing."""
        self._keys: dict[str, tuple[Model, Watched]] = {}
        """By model, as its entry was last."""

    def standing(self, model: Model) -> Standing:
        """Return the standing for one route, from memory if it was read a moment ago.

        A demoted model is healthy in ``TRIAL_SHARE`` of the answers, at random, and the reason says so.
        """
        standing = self.look(model)
        if standing.state == "demoted" and self._rng.random() < TRIAL_SHARE:
            said = f"asked in its place this once, to see whether it is well again: {standing.reason}"
            return standing.model_copy(update={"state": "healthy", "reason": said})
        return standing

    def look(self, model: Model) -> Standing:
        """Return the standing as it is, for people to look at."""
        known = self._fleet.known(self._watched(model))
        remembered = self._healthy.get(model.name)
        if remembered and remembered[0] is known:
            return remembered[1]
        standing = self._judged(known)
        if standing.state == "healthy":
            self._healthy[model.name] = (known, standing)
        return standing

    def may_ask(self, model: Model) -> bool:
        """Return whether this thread may ask now; while a breaker is half open, one in the fleet may.

        Who may then must ``note`` what came of it, or ``give_back``: until then, or for a minute, or twice
        the model's usual time if that is longer, nobody else may.
        """
        watched = self._watched(model)
        state = self._fleet.known(watched).state
        if self._is_barred(state):
            return False
        return not state.openings or self._fleet.may_try(watched)

    def give_back(self, model: Model) -> None:
        """Note that this thread does not ask after all, for want of money or time."""
        self._fleet.give_back(_key(model))

    def note(self, model: Model, failure: Failure | None, seconds: float) -> None:
        """Note the outcome of one attempt, from the thread that made it."""
        verdict = _VERDICTS.get(failure, "unclear")
        self._fleet.note(self._watched(model), verdict, failure, seconds)
        if failure:
            self._metrics.emit(Metric.MODEL_CALLS_FAILED, 1, model=model.name, failure=failure)
        if verdict == "well":
            self._metrics.emit(Metric.MODEL_LATENCY, seconds, model=model.name)
        self._bar(model, failure)

    def statistics(self, model: Model) -> Statistics:
        """Return how the calls of the window went, counted exactly, this process's own included."""
        return self._fleet.statistics(self._watched(model))

    def reset(self, model: Model) -> None:
        """Forget all about a model, that it is retired included; HealthStoreUnavailable if it cannot be."""
        self._fleet.reset(_key(model))

    def flush(self) -> None:
        """Deliver what was counted: at the end of a function's turn, after which it may be frozen."""
        self._fleet.flush()

    def close(self) -> None:
        """Deliver what was counted, and let go of the store."""
        self._fleet.close()

    def _judged(self, known: Known) -> Standing:
        state, reason = self._state(known)
        seen = known.statistics
        return Standing(
            state=state,
            reason=reason,
            gone=bool(known.state.retired_at),
            calls=seen.calls,
            p50_seconds=seen.p50_seconds,
            p95_seconds=seen.p95_seconds,
            failure_share=seen.failure_share,
            refusal_share=seen.refusal_share,
        )

    def _watched(self, model: Model) -> Watched:
        known = self._keys.get(model.name)
        if known is None or known[0] is not model:
            watched = Watched(
                _key(model),
                timeout_seconds=self._timeouts.get(model.service, _TIMEOUT_SECONDS),
                lease_seconds=max(_LEAST_LEASE_SECONDS, 2 * model.typical_seconds),
            )
            known = self._keys[model.name] = (model, watched)
        return known[1]

    def _opened(self, key: str) -> None:
        self._metrics.emit(Metric.MODELS_OPEN, 1, model=key.partition("/")[2])

    def _is_barred(self, state: KeyState) -> bool:
        return bool(state.retired_at or (state.barred_until and self._now() < state.barred_until))

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _state(self, known: Known) -> tuple[_StandingState, str]:
        state, now = known.state, self._now()
        if state.retired_at:
            return "open", f"its provider said at {_moment(state.retired_at)} that it has ended the model"
        if now < state.barred_until:
            return "open", f"{state.barred_why}; it is asked again in {state.barred_until - now:.0f} s"
        match phase_of(state, now):
            case "open":
                return "open", _open_reason(known, now)
            case "probing":
                until = state.probe_until - now
                return "probing", f"one worker tries whether it is well again, for {until:.0f} s at most"
            case "half_open":
                return "probing", "it was left alone for long enough; the next worker tries it"
        return ("demoted", state.demoted_why) if state.demoted_at else ("healthy", "")

    def _bar(self, model: Model, failure: Failure | None) -> None:
        if failure == "retired":
            now = self._now()
            self._metrics.emit(Metric.MODELS_RETIRED, 1, model=model.name)
            self._fleet.change(_key(model), lambda state: replace(state, retired_at=state.retired_at or now))
        elif failure == "misconfigured":
            why = "its credential or permission was missing or refused a moment ago"
            until = self._now() + _BARRED_SECONDS
            self._fleet.change(_key(model), lambda state: replace(state, barred_until=until, barred_why=why))


def all_open(standings: Mapping[str, Standing]) -> str:
    """Return the warning with which all candidates are asked all the same; nothing unless all are open.

    An open breaker spares a vendor; when there is no other, nothing is gained by sparing it (Portkey and
    AgentCore do the same). Models that their provider has ended do not count, and stay away.
    """
    left = {name: standing for name, standing in standings.items() if not standing.gone}
    if not left or any(standing.state not in _AWAY for standing in left.values()):
        return ""
    reasons = "; ".join(f"{name}: {standing.reason}" for name, standing in left.items())
    return f"Every candidate is being left alone, so all are asked all the same ({reasons})."


def _open_reason(known: Known, now: float) -> str:
    seen, state = known.statistics, known.state
    times = f", and {state.openings} times in a row it was no better" if state.openings > 1 else ""
    return (
        f"{seen.ill} of its last {seen.judged} calls failed{times}; it is left alone for another"
        f" {state.open_until - now:.0f} s"
    )


def _key(model: Model) -> str:
    return f"{model.provider}/{model.name}"


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
