"""Footage that a vendor makes while nobody waits: ordered once, collected by whichever process asks.

The charge of the ledger is the intent record. Before the order leaves it is *intended*; once the vendor has
said a name for the task, that is attached to it. A charge that is intended and has no name after a crash may
or may not be an order: only a vendor that can tell is asked, and nothing is ordered a second time by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from reelwright.cost.schema import Charge
from reelwright.errors import Retryable
from reelwright.models.calling import Caller
from reelwright.models.errors import (
    CallInProgress,
    OutcomeUnknown,
    ProviderFailed,
    ProviderStopped,
    ProviderTimedOut,
)
from reelwright.models.ports import Call, FootageProvider
from reelwright.models.receipts import OrderNote
from reelwright.models.routing import service_settings
from reelwright.models.schema import Candidate, Model, ModelPending, ModelResult, Underway
from reelwright.models.session import Paid, Session

__all__ = ["Orders"]

_ONE_REQUEST_SECONDS: Final = 60.0
_FIRST_LOOK_SECONDS: Final = 10.0
_SHOWN_AFTER_SECONDS: Final = 60.0
"""After a request is over, whoever looks into the vendor's account surely sees what it came to."""


@dataclass(frozen=True, slots=True)
class Orders:
    """Places and collects orders under one production's settings."""

    caller: Caller
    vendors: Mapping[str, FootageProvider]

    def takes(self, model: Model) -> bool:
        """Whether the model is one whose footage is ordered."""
        return model.service == "video" and model.provider in self.vendors

    def open_orders(self, session: Session) -> list[Paid]:
        """Return the orders of this call that have no outcome yet, those that have a name first."""
        if not session.charges:
            return []
        found = []
        for charge in session.charges.values():
            model = self.caller.models.get(charge.subject.get("model", ""))
            if model and self.takes(model) and _is_open(charge):
                found.append(Paid(model, charge, int(charge.subject["attempt"])))
        return sorted(found, key=lambda paid: not paid.charge.reference)

    def place(self, session: Session, candidate: Candidate) -> ModelPending:
        """Order from a candidate, once. OutcomeUnknown if nobody can tell whether the order arrived."""
        model, vendor = candidate.model, self.vendors[candidate.model.provider]
        paid = self.caller.reserve(session, candidate)
        self._yield_to_others(session, paid)
        note = OrderNote(route=session.route, attempts=tuple(session.attempts))
        self.caller.answers.note_order(paid.charge.key, note)
        try:
            reference, _ = self.caller.attempt(
                session, paid, lambda call: vendor.submit(model, session.request, _briefly(call))
            )
        except (ProviderFailed, ProviderStopped) as error:
            if isinstance(error, ProviderFailed) and error.accepted == "maybe":
                return self._found(session, paid, error)
            if session.charges[paid.charge.key].state == "unknown":
                raise _taken_up(paid) from error
            raise
        return self._attached(session, paid, reference)

    def _yield_to_others(self, session: Session, paid: Paid) -> None:
        """Give the money back if another worker has ordered for the same call since this one looked.

        Whoever orders notes the intent first and looks second: of two, at least one sees the other.
        """
        earlier = self.caller.spender.earlier(session.request)
        if any(charge.key not in session.charges and _is_open(charge) for charge in earlier):
            session.keep(self.caller.spender.untouched(paid.charge))
            raise _taken_up(paid)

    def go_on(self, session: Session, paid: Paid) -> ModelResult[Any] | ModelPending:
        """Collect an open order, or find out whether it is one. ProviderFailed if it came to nothing."""
        reference = paid.charge.reference
        if not reference:
            return self._found(session, paid, None)
        vendor, call = self.vendors[paid.model.provider], self._call(session, paid)
        try:
            found = vendor.collect(paid.model, session.request, reference, call)
        except ProviderFailed as error:
            return self._fell_through(session, paid, error)
        if isinstance(found, Underway):
            return self._waited(session, paid, found.check_after_seconds)
        return self._delivered(session, paid, found)

    def _delivered(self, session: Session, paid: Paid, footage: Any) -> ModelResult[Any]:
        seconds = self._age_seconds(paid)
        try:
            self.caller.checked(session, footage)
        except ProviderFailed as error:
            self._lost(session, paid, error)
        self.let_go(session, but=paid.charge.key)
        return self.caller.finish(session, paid, footage, seconds)

    def let_go(self, session: Session, *, but: str = "") -> None:
        """Cancel what was ordered in vain: who falls back may have two orders, and one is delivered."""
        for order in self.open_orders(session):
            if order.charge.key != but and order.charge.state == "reserved":
                self._cancel(session, order)
                session.keep(self.caller.spender.unknown(order.charge))

    def _fell_through(self, session: Session, paid: Paid, error: ProviderFailed) -> ModelPending:
        """Tell a task that is over from a question that went unanswered, which is asked again."""
        if error.accepted == "yes":
            self._lost(session, paid, error)
        if not isinstance(error, Retryable):
            self._give_up(session, paid, error)
        return self._waited(session, paid, error.retry_after_seconds or _FIRST_LOOK_SECONDS)

    def _lost(self, session: Session, paid: Paid, error: ProviderFailed) -> NoReturn:
        """Account for an order that came to nothing."""
        session.keep(self.caller.spender.failed(paid.charge, paid.model, error))
        self.caller.note(session, paid, error, self._age_seconds(paid))
        raise error

    def _waited(self, session: Session, paid: Paid, seconds: float) -> ModelPending:
        """Come back later, unless the time is over: then nobody knows, for the vendor may still deliver."""
        if self._seconds_left(session, paid) <= 0:
            self._cancel(session, paid)
            late = ProviderTimedOut(f"{paid.model.name} had not delivered in time.", accepted="maybe")
            self._give_up(session, paid, late)
        return self._pending(session, paid, paid.charge.reference, seconds)

    def _cancel(self, session: Session, paid: Paid) -> None:
        vendor, call = self.vendors[paid.model.provider], self._call(session, paid)
        if not paid.charge.reference:
            return
        try:
            vendor.cancel(paid.model, paid.charge.reference, call)
        except ProviderFailed as error:
            self.caller.note(session, paid, error, 0.0)

    def _found(self, session: Session, paid: Paid, cause: ProviderFailed | None) -> ModelPending:
        """Ask the vendor for the order that may have arrived."""
        vendor, call = self.vendors[paid.model.provider], self._call(session, paid)
        try:
            reference = vendor.find(paid.model, session.request, call)
            if reference is None:
                # The vendor is certain, and knows an order by its token: the same one again is the first.
                # Whoever sent that, and may still hear that it was refused, must not give the money back.
                seconds = call.deadline.remaining_seconds() + _SHOWN_AFTER_SECONDS
                if session.keep(self.caller.spender.taken_up(paid.charge, seconds)).state != "unknown":
                    raise _taken_up(paid)
                if not self.caller.outside.switched_off(paid.model.provider):
                    reference = vendor.submit(paid.model, session.request, call)
        except ProviderFailed as error:
            self._give_up(session, paid, cause or error)
        if reference is None:  # an operator has stopped the vendor: it is ordered when that is put back
            return self._waited(session, paid, _FIRST_LOOK_SECONDS)
        return self._attached(session, paid, reference)

    def _attached(self, session: Session, paid: Paid, reference: str) -> ModelPending:
        session.keep(self.caller.spender.attach(paid.charge, reference))
        return self._pending(session, paid, reference, _FIRST_LOOK_SECONDS)

    def _give_up(self, session: Session, paid: Paid, error: ProviderFailed) -> NoReturn:
        session.keep(self.caller.spender.unknown(paid.charge))
        model, key = paid.model, paid.charge.key
        raise OutcomeUnknown(
            f"Nobody can tell whether {model.provider} took an order for {model.name}: {error.message}",
            next_step=(
                f"Look at the account of {model.provider}; then: reelwright cost resolve {key} --spent USD, "
                "or --not-spent; and resume the production."
            ),
            accepted="maybe",
            context={"charge": key, "reference": paid.charge.reference},
        ) from error

    def _pending(self, session: Session, paid: Paid, reference: str, seconds: float) -> ModelPending:
        return ModelPending(
            model=paid.model,
            reference=reference,
            check_after_seconds=seconds,
            deadline_seconds=self._seconds_left(session, paid),
        )

    def _call(self, session: Session, paid: Paid) -> Call:
        return _briefly(self.caller.call_for(session, paid.charge.key, paid.model.provider))

    def _age_seconds(self, paid: Paid) -> float:
        return (self.caller.outside.clock.now() - paid.charge.created_at).total_seconds()

    def _seconds_left(self, session: Session, paid: Paid) -> float:
        allowed = service_settings(self.caller.settings, session.service).timeout_seconds
        return max(0.0, allowed - self._age_seconds(paid))


def _is_open(charge: Charge) -> bool:
    """Whether a request has left, or may have, and nobody knows yet what became of it."""
    return charge.intended and charge.state in {"reserved", "unknown"}


def _taken_up(paid: Paid) -> CallInProgress:
    return CallInProgress(
        f"Another worker finds out what became of the order for {paid.model.name}.",
        next_step="Resume the production later.",
        context={"charge": paid.charge.key},
    )


def _briefly(call: Call) -> Call:
    """Give one request of a long piece of work its own, shorter time."""
    return Call(call.token, call.deadline.no_later_than(_ONE_REQUEST_SECONDS), call.access)
