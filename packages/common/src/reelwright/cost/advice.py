"""Which settings would have made the same videos cheaper: calls that were paid for, priced once more.

This module knows calls and what they cost; what a call would have cost under other settings is asked of a
``Reprice``, which knows the catalogue. Each advice stands for itself: two that change the same calls save
less together than the sum of both.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Generic, TypeVar

from reelwright.cost.schema import Charge, ChargeLine, Service

__all__ = [
    "Advice",
    "Alternative",
    "Outlook",
    "PaidCall",
    "Reprice",
    "advise",
    "calls_of",
    "saved_by_cache",
]

Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True)
class PaidCall:
    """One call that was answered for money, with all that it cost. Amounts are micro-dollars."""

    key: str
    """The call's own: that of its charges, without model and number."""
    production_id: str
    service: Service
    model: str
    """Who answered."""
    lines: tuple[ChargeLine, ...]
    """The bill of the answer."""
    answer: int
    failed: dict[str, int]
    """Models of which an attempt failed, and what was billed for those attempts: mostly nothing."""
    at: datetime

    @property
    def micro_usd(self) -> int:
        """What the call cost, failed attempts included."""
        return self.answer + sum(self.failed.values())

    @property
    def asked(self) -> str:
        """What was asked, whoever asked: the same step with the same input, seed and settings."""
        return self.key.partition("/")[2]


Reprice = Callable[[PaidCall, Settings], int | None]
"""What a call would have cost under other settings; None if it could not have been made the same."""


@dataclass(frozen=True, slots=True)
class Alternative(Generic[Settings]):
    """Other settings, and how they are written: one key, from what, to what."""

    key: str
    was: str
    to: str
    """As ``reelwright config set`` takes it."""
    settings: Settings
    touches: Callable[[PaidCall], bool]
    """Which calls it could change."""
    quality: Callable[[Sequence[PaidCall]], str]
    """What it would cost in quality, of the calls that it changes."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One change of one setting, what it would have saved, and what that costs otherwise."""

    key: str
    was: str
    to: str
    saved_micro_usd: int
    total_micro_usd: int
    """What all calls of the period would have cost with it."""
    share: Fraction
    """Of what all calls of the period cost, or would have cost as the settings are now if that is less."""
    calls: int
    """How many would have cost something else."""
    quality: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What calls cost, what they would cost as the settings are now, and what other settings would save."""

    paid_micro_usd: int
    now_micro_usd: int
    """Less than was paid where settings have changed since; for no service more."""
    advices: tuple[Advice, ...]
    """The most saving first, each beside what the calls would cost now."""


def calls_of(charges: Iterable[Charge]) -> tuple[PaidCall, ...]:
    """Return the calls behind charges that were answered, oldest first.

    A call is answered by the last of its charges that was settled for something useful. Calls of which
    anything is unknown or under way are left out: nobody knows what they cost.
    """
    by_call: dict[str, list[Charge]] = {}
    for charge in charges:
        by_call.setdefault(_call_key(charge.key), []).append(charge)
    found = (_call(key, each) for key, each in by_call.items())
    return tuple(sorted((call for call in found if call), key=lambda call: (call.at, call.key)))


def advise(
    calls: Sequence[PaidCall],
    alternatives: Iterable[Alternative[Settings]],
    reprice: Reprice[Settings],
    *,
    now: Settings,
) -> Outlook:
    """Return the alternatives that would have saved something.

    Where the settings of ``now`` would have saved something already, an alternative has to beat those.
    """
    paid = sum(call.micro_usd for call in calls)
    base = _base(calls, reprice, now)
    found = (_advice(calls, base, each, reprice) for each in alternatives)
    best_first = sorted(
        (each for each in found if each), key=lambda each: (-each.saved_micro_usd, each.key, each.to)
    )
    return Outlook(paid, sum(base.values()), tuple(best_first))


def saved_by_cache(calls: Iterable[PaidCall], seconds: int) -> dict[str, int]:
    """Return which calls a cache of so many seconds would have answered, and what each cost.

    An answer serves from when it was bought until its time is over; serving does not prolong it.
    """
    bought: dict[str, datetime] = {}
    saved = {}
    for call in calls:
        before = bought.get(call.asked)
        if before is not None and call.at - before < timedelta(seconds=seconds):
            saved[call.key] = call.micro_usd
        else:
            bought[call.asked] = call.at
    return saved


def _base(calls: Sequence[PaidCall], reprice: Reprice[Settings], now: Settings) -> dict[str, int]:
    """Return what each call cost, or would cost by now: whichever is less for its service as a whole."""
    base: dict[str, int] = {}
    for service in {call.service for call in calls}:
        own = [call for call in calls if call.service == service]
        paid = {call.key: call.micro_usd for call in own}
        by_now = {call.key: _or_paid(call, reprice(call, now)) for call in own}
        base |= by_now if sum(by_now.values()) < sum(paid.values()) else paid
    return base


def _or_paid(call: PaidCall, amount: int | None) -> int:
    return call.micro_usd if amount is None else amount


def _advice(
    calls: Sequence[PaidCall],
    base: Mapping[str, int],
    alternative: Alternative[Settings],
    reprice: Reprice[Settings],
) -> Advice | None:
    changed, after, total = [], 0, sum(base.values())
    for call in calls:
        amount = base[call.key]
        if alternative.touches(call):
            repriced = reprice(call, alternative.settings)
            if repriced is None:
                return None
            amount = repriced
        if amount != base[call.key]:
            changed.append(call)
        after += amount
    if after >= total:
        return None
    return Advice(
        key=alternative.key,
        was=alternative.was,
        to=alternative.to,
        saved_micro_usd=total - after,
        total_micro_usd=after,
        share=Fraction(total - after, total),
        calls=len(changed),
        quality=alternative.quality(changed),
    )


def _call(key: str, charges: Sequence[Charge]) -> PaidCall | None:
    if any(charge.state in {"reserved", "unknown"} for charge in charges):
        return None
    useful = [each for each in charges if each.state == "settled" and not _in_vain(each)]
    if not useful or not useful[-1].lines:
        return None
    answer = useful[-1]
    failed: dict[str, int] = {}
    for charge in charges:
        if charge is not answer:
            model = charge.subject.get("model", "")
            failed[model] = failed.get(model, 0) + charge.settled_micro_usd
    return PaidCall(
        key=key,
        production_id=answer.subject.get("production_id", ""),
        service=answer.lines[0].service,
        model=answer.lines[0].model,
        lines=answer.lines,
        answer=answer.settled_micro_usd,
        failed=failed,
        at=answer.created_at,
    )


def _in_vain(charge: Charge) -> bool:
    return any(line.failed for line in charge.lines)


def _call_key(key: str) -> str:
    """Return the call that a charge is an attempt of: its key ends in model and number."""
    return key.rsplit("/", 2)[0]
