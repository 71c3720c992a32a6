"""Receipts of answers and notes on orders, and how they are written down for whoever goes on after a crash.

A route is written with its models' names, the reasons and the money. The entries of the catalogue stay in the
catalogue, where the reader finds them: a candidate that it has no more is left out. How each candidate was
doing is not written either: nobody is asked by a route that is over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, groupby
from operator import attrgetter
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue
from pydantic_core import to_json

from reelwright.cost.schema import ChargeLine, MicroUsd, Service, Usage
from reelwright.models.schema import Attempt, Candidate, Model, RejectedCandidate, Route
from reelwright.storage.schema import Artifact

__all__ = ["Models", "OrderNote", "Receipt"]

Models = Mapping[str, Model]
"""The catalogue by name."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An answer, who gave it, and which charge is to be settled for it with which usage."""

    model: str
    response: BaseModel | dict[str, JsonValue]
    route: Route
    attempts: tuple[Attempt, ...]
    charge_key: str
    usage: tuple[Usage, ...]
    file: Artifact | None = None
    charges: tuple[ChargeLine, ...] = ()
    """Of the attempts before."""
    mock: bool = False

    def written(self) -> bytes:
        """Return it as ``read`` takes it."""
        return _with_rejected(
            self.route.rejected,
            {
                "model": self.model,
                "response": self.response,
                "file": self.file,
                "route": _kept(self.route),
                "attempts": self.attempts,
                "charge_key": self.charge_key,
                "usage": self.usage,
                "charges": self.charges,
                "mock": self.mock,
            },
        )

    @classmethod
    def read(cls, text: bytes, models: Models) -> "Receipt":
        """Return what was written, of whichever version; ValidationError if it is no receipt."""
        kept = _KeptReceipt.model_validate_json(text)
        return cls(
            model=kept.model,
            response=kept.response,
            route=kept.whole_route(models),
            attempts=kept.attempts,
            charge_key=kept.charge_key,
            usage=kept.usage,
            file=kept.file,
            charges=kept.charges,
            mock=kept.mock,
        )


@dataclass(frozen=True, slots=True)
class OrderNote:
    """How work came to be ordered: by which route, and after which attempts that failed."""

    route: Route
    attempts: tuple[Attempt, ...] = ()

    def written(self) -> bytes:
        """Return it as ``read`` takes it."""
        return _with_rejected(self.route.rejected, {"route": _kept(self.route), "attempts": self.attempts})

    @classmethod
    def read(cls, text: bytes, models: Models) -> "OrderNote":
        """Return what was written, of whichever version; ValidationError if it is no such note."""
        kept = _KeptNote.model_validate_json(text)
        return cls(kept.whole_route(models), kept.attempts)


def _name_of(model: object) -> object:
    """Return the name of a model; the first version wrote its whole entry."""
    return model.get("name") if isinstance(model, dict) else model


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _KeptCandidate(_Kept):
    model: Annotated[str, BeforeValidator(_name_of)]
    reason: str
    estimate_micro_usd: MicroUsd = 0
    ceiling_micro_usd: MicroUsd | None = None


class _PassedOver(_Kept):
    because: Any
    reason: str
    models: tuple[str, ...]


class _KeptRoute(_Kept):
    service: Service
    candidates: tuple[_KeptCandidate, ...]
    rejected: tuple[RejectedCandidate, ...] = ()
    """Written here by the first version only."""
    warnings: tuple[str, ...] = ()
    mock: bool = False
    bypass: bool = False

    def with_models(self, models: Models, rejected: tuple[RejectedCandidate, ...]) -> Route:
        candidates = tuple(
            Candidate(
                model=models[each.model],
                reason=each.reason,
                estimate_micro_usd=each.estimate_micro_usd,
                ceiling_micro_usd=each.ceiling_micro_usd,
            )
            for each in self.candidates
            if each.model in models
        )
        return Route(
            service=self.service,
            candidates=candidates,
            rejected=(*self.rejected, *rejected),
            warnings=self.warnings,
            mock=self.mock,
            bypass=self.bypass,
        )


class _KeptNote(_Kept):
    route: _KeptRoute
    passed_over: tuple[_PassedOver, ...] = ()
    attempts: tuple[Attempt, ...] = ()

    def whole_route(self, models: Models) -> Route:
        return self.route.with_models(models, tuple(chain.from_iterable(map(_expanded, self.passed_over))))


class _KeptReceipt(_KeptNote):
    model: str
    response: dict[str, JsonValue]
    file: Artifact | None = None
    charge_key: str
    usage: tuple[Usage, ...]
    charges: tuple[ChargeLine, ...] = ()
    mock: bool = False


def _expanded(group: _PassedOver) -> Iterator[RejectedCandidate]:
    for model in group.models:
        yield RejectedCandidate(model=model, reason=group.reason, because=group.because)


def _kept(route: Route) -> dict[str, Any]:
    return {
        "service": route.service,
        "candidates": [
            {
                "model": each.model.name,
                "reason": each.reason,
                "estimate_micro_usd": each.estimate_micro_usd,
                "ceiling_micro_usd": each.ceiling_micro_usd,
            }
            for each in route.candidates
        ],
        "warnings": route.warnings,
        "mock": route.mock,
        "bypass": route.bypass,
    }


def _grouped(rejected: tuple[RejectedCandidate, ...]) -> list[dict[str, Any]]:
    """Say a reason once for all models in a row that it was said of."""
    return [
        {"because": because, "reason": reason, "models": [each.model for each in models]}
        for (because, reason), models in groupby(rejected, attrgetter("because", "reason"))
    ]


def _with_rejected(rejected: tuple[RejectedCandidate, ...], record: Mapping[str, Any]) -> bytes:
    return b'{"passed_over":' + _last_rejected.text(rejected) + b"," + to_json(record)[1:]


class _LastRejected:
    """The text of the reasons that were written last: one call after the other mostly has the same."""

    def __init__(self) -> None:
        self._last: tuple[tuple[RejectedCandidate, ...], bytes] = ((), b"[]")

    def text(self, rejected: tuple[RejectedCandidate, ...]) -> bytes:
        last = self._last
        if last[0] is not rejected:
            last = self._last = (rejected, to_json(_grouped(rejected)))
        return last[1]


_last_rejected: Final = _LastRejected()
