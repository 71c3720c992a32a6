"""One call: candidate after candidate, attempt after attempt, until somebody answers and it is paid."""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar, get_args

from reelwright.cost.errors import ChargeConflict
from reelwright.cost.schema import ChargeLine, format_usd
from reelwright.cost.trusted import trusted
from reelwright.environment.schema import RetriedFailure, Settings
from reelwright.errors import BudgetExceeded, InvalidInput, ReelwrightError, Retryable
from reelwright.models.answers import Answers
from reelwright.models.errors import (
    AnswerRejected,
    CallCeilingReached,
    CallInProgress,
    OutcomeUnknown,
    ProviderFailed,
    ProviderStopped,
    RouteFailed,
)
from reelwright.models.outside import Outside
from reelwright.models.ports import Call
from reelwright.models.receipts import Receipt
from reelwright.models.routing import micro_usd_of, service_settings
from reelwright.models.schema import (
    Attempt,
    Candidate,
    Failure,
    Model,
    ModelResult,
    RejectedCandidate,
    Route,
)
from reelwright.models.session import Paid, Repairing, Session
from reelwright.models.spending import Spender, free_line, lines_of
from reelwright.resilience.bulkhead import BulkheadFull
from reelwright.resilience.deadline import DeadlineExceeded
from reelwright.resilience.failure_log import log_failure
from reelwright.resilience.retry import policy_for, wait_seconds

__all__ = ["Caller"]

_LOG = logging.getLogger(__name__)

Answer = TypeVar("Answer")

_RETRIED: Final = frozenset(get_args(RetriedFailure))


@dataclass(frozen=True, slots=True)
class Caller:
    """Makes calls under one production's settings."""

    settings: Settings
    spender: Spender
    answers: Answers
    outside: Outside
    models: Mapping[str, Model]

    def exhaust(self, session: Session, candidate: Candidate, once: Callable[[Candidate], Any]) -> Any | None:
        """Try one candidate as often as its failures allow; None when it is time for the next."""
        session.asked_again = None
        if not candidate.model.free and not self._may_ask(session, candidate):
            return None
        for number in self._tries(session):
            try:
                return once(candidate)
            except OutcomeUnknown as error:
                self.stop_if_told(session, error)
                return None
            except (BudgetExceeded, ProviderStopped) as error:
                self.outside.health.give_back(candidate.model)
                session.passed_over.append(_rejected(candidate, error.message, _because(error)))
                session.errors.append(error)
                return None
            except ReelwrightError as error:
                if not _is_the_models(error, candidate.model):
                    self.outside.health.give_back(candidate.model)
                    raise
                session.errors.append(error)
                if not self.worth_another(session, error, number):
                    return None
        self.outside.health.give_back(candidate.model)
        return None

    def stop_for_money(self, session: Session) -> None:
        """Raise the refusal of a budget, unless engines of ours are to stand in for what it cannot pay."""
        if self.settings.budgets.per_day_action == "mock":
            return
        for error in session.errors:
            if isinstance(error, BudgetExceeded) and not isinstance(error, CallCeilingReached):
                raise error

    def stop_if_told(self, session: Session, error: OutcomeUnknown) -> None:
        """Pay nobody else for what may have been paid already, unless the settings say so."""
        if service_settings(self.settings, session.service).on_unknown == "stop":
            raise error
        session.errors.append(error)

    def _tries(self, session: Session) -> Iterator[int]:
        number = 0
        while session.deadline.remaining_seconds() > 0:
            number += 1
            yield number

    def _may_ask(self, session: Session, candidate: Candidate) -> bool:
        """Whether health lets this worker ask the model."""
        if not session.route.bypass and not self.outside.health.may_ask(candidate.model):
            session.passed_over.append(_rejected(candidate, "another worker is trying it", "health"))
            return False
        return True

    def _check_ceiling(self, session: Session, candidate: Candidate) -> None:
        """Refuse an attempt with which the whole call might cost more than it may."""
        ceiling = service_settings(self.settings, session.service).call_ceiling_usd
        if ceiling is None or session.spent() + candidate.estimate_micro_usd <= micro_usd_of(ceiling):
            return
        raise CallCeilingReached(
            f"The call has cost ${format_usd(session.spent())}; {candidate.model.name} may add "
            f"${format_usd(candidate.estimate_micro_usd)}, above the ceiling of ${ceiling} for all of it.",
            next_step=f"Raise models.{session.service}.call_ceiling_usd, or prefer a cheaper model.",
        )

    def worth_another(self, session: Session, error: ReelwrightError, number: int) -> bool:
        """Wait and say yes, if the failure may pass, the policy allows it and there is time."""
        failure = _failure_of(error)
        policy = policy_for(self.settings.retry, failure)
        if failure not in _RETRIED:
            return False
        wait = wait_seconds(
            number,
            policy,
            self.outside.rng,
            deadline=session.deadline,
            retry_after_seconds=getattr(error, "retry_after_seconds", None),
        )
        if wait is None or not self.outside.retry_budget.spend():
            return False
        self.outside.clock.sleep(wait)
        return True

    def once(
        self, session: Session, candidate: Candidate, adapter: Callable[[Model, Any, Call], Any]
    ) -> ModelResult[Any]:
        """Make one attempt whose answer is waited for."""
        if candidate.model.free:
            return self._free(session, candidate, adapter)
        paid = self.reserve(session, candidate)
        asked = session.asked_again or session.request
        response, seconds = self.attempt(
            session,
            paid,
            lambda call: self.checked(session, adapter(candidate.model, asked, call)),
        )
        return self.finish(session, paid, response, seconds)

    def _free(
        self, session: Session, candidate: Candidate, adapter: Callable[[Model, Any, Call], Any]
    ) -> ModelResult[Any]:
        """Ask an engine of ours: no money, no health, and the caller judges the answer."""
        model, started = candidate.model, self.outside.clock.monotonic()
        self.outside.check_switch(model.provider)
        number = session.next_number(model)
        call = self.call_for(session, f"{session.request.idempotency_key}/{model.name}", model.provider)
        try:
            response = adapter(model, session.request, call)
        except ReelwrightError as error:
            _write_down(session, model, number, error, self.outside.clock.monotonic() - started)
            raise
        seconds = self.outside.clock.monotonic() - started
        session.attempts.append(Attempt(model=model.name, number=number, seconds=seconds))
        paid_before = lines_of(session.charges.values())
        lines = tuple(free_line(model, usage) for usage in response.usage)
        return self.result(session, model, response, (*paid_before, *lines))

    def reserve(self, session: Session, candidate: Candidate) -> Paid:
        """Set money aside for an attempt; BudgetExceeded, or CallInProgress if another worker makes it."""
        self._check_ceiling(session, candidate)
        number = session.next_number(candidate.model)
        try:
            charge = session.keep(self.spender.begin(candidate, session.request, number))
        except ChargeConflict as error:
            raise CallInProgress(
                f"Attempt {number} at {candidate.model.name} is being made by another worker.",
                next_step="Nothing was sent. Resume the production later.",
                context={"call": session.request.idempotency_key},
            ) from error
        return Paid(candidate.model, charge, number)

    def attempt(self, session: Session, paid: Paid, ask: Callable[[Call], Any]) -> tuple[Any, float]:
        """Let a request leave once; return the answer and the seconds it took. Failures are accounted for."""
        started = self.outside.clock.monotonic()
        try:
            response = self._answered(session, paid, ask)
        except ProviderStopped:
            raise  # nothing was sent: that is no attempt
        except ReelwrightError as error:
            self.note(session, paid, error, self.outside.clock.monotonic() - started)
            raise
        return response, self.outside.clock.monotonic() - started

    def _answered(self, session: Session, paid: Paid, ask: Callable[[Call], Any]) -> Any:
        """Ask when there is a place for one more call to the provider."""
        try:
            with self.outside.bulkhead_for(paid.model.provider).place(session.deadline):
                self.outside.check_switch(paid.model.provider)
                return self._asked(session, paid, ask)
        except BulkheadFull:
            session.keep(self.spender.released(paid.charge))
            raise
        except ProviderStopped:
            session.keep(self.spender.untouched(paid.charge))
            raise

    def _asked(self, session: Session, paid: Paid, ask: Callable[[Call], Any]) -> Any:
        """Ask, and account for the money of whatever goes wrong."""
        try:
            return ask(self.call_for(session, paid.charge.key, paid.model.provider))
        except ProviderFailed as error:
            session.keep(self.spender.failed(paid.charge, paid.model, error))
            raise
        except Exception:
            # A full disk, or a fault of ours: the request had left, and may well have been carried out.
            session.keep(self.spender.unknown(paid.charge))
            raise

    def finish(self, session: Session, paid: Paid, response: Any, seconds: float) -> ModelResult[Any]:
        """Write the receipt of a paid answer, settle its charge, and return the result."""
        self._write_receipt(session, paid, response, seconds)
        settled = session.keep(self.spender.spent(paid.charge, paid.model, response.usage))
        self.outside.health.note(paid.model, None, seconds)
        session.attempts.append(_success(paid, seconds, settled.settled_micro_usd))
        lines = lines_of(session.charges.values())
        return self.result(session, paid.model, response, lines)

    def _write_receipt(self, session: Session, paid: Paid, response: Any, seconds: float) -> None:
        data, file = self._packed(session, paid, response)
        before = (charge for charge in session.charges.values() if charge.key != paid.charge.key)
        receipt = Receipt(
            model=paid.model.name,
            response=data,
            file=file,
            route=self._route(session),
            attempts=(*session.attempts, _success(paid, seconds, 0)),
            charge_key=paid.charge.key,
            usage=response.usage,
            charges=lines_of(before),
            mock=session.route.mock,
        )
        try:
            self.answers.keep(session.service, session.request, receipt, first=_first(session, paid))
        except Retryable as error:
            # It costs a second payment if the process dies now; not the answer that is in hand.
            _LOG.warning("No receipt could be written: %s", error.message)

    def _packed(self, session: Session, paid: Paid, response: Any) -> Any:
        """Put an answer away; one that cannot be is lost with its money, unless it can be collected again."""
        try:
            return self.answers.packed(session.service, response)
        except ReelwrightError:
            if not paid.charge.reference:
                session.keep(self.spender.unknown(paid.charge))
            raise

    def result(
        self, session: Session, model: Model, response: Any, lines: tuple[ChargeLine, ...]
    ) -> ModelResult[Any]:
        """Return what a call came to."""
        return ModelResult(
            output=response,
            route=self._route(session),
            model=model,
            attempts=tuple(session.attempts),
            charges=lines,
            latency_seconds=self.outside.clock.monotonic() - session.started,
            mock=model.free and _for_money(session),
        )

    def call_for(self, session: Session, key: str, provider: str) -> Call:
        """Return one attempt's name, time and way to the vendor."""
        token = hashlib.sha256(key.encode()).hexdigest()[:48]
        return Call(token, session.deadline, self.outside.access_for(provider))

    def defeat(self, session: Session) -> ReelwrightError:
        """Return the error of a call that nobody answered: the one kind all failed with, or all of them."""
        kinds = {type(error) for error in session.errors}
        if len(kinds) == 1:
            return session.errors[-1]
        if session.deadline.remaining_seconds() <= 0 and not session.errors:
            return DeadlineExceeded("There was no time left to ask any model.")
        return _route_failed(session)

    def checked(self, session: Session, response: Any) -> Any:
        """Return an answer that its asker can use; AnswerRejected for another, which is billed too."""
        why = session.objection(session.request, response) if session.objection else ""
        if not why:
            return response
        if isinstance(session.objection, Repairing):
            session.asked_again = session.objection.repaired(session.request, response, why)
        raise AnswerRejected(
            f"The answer cannot be used: {why}.",
            next_step="Another model is asked, or the same again.",
            accepted="yes",
            usage=response.usage,
        )

    def note(self, session: Session, paid: Paid, error: ReelwrightError, seconds: float) -> None:
        """Write a failed attempt at a paid model into health, log and session."""
        if isinstance(error, ProviderFailed):
            self.outside.health.note(paid.model, error.failure, seconds)
        else:
            # Our own trouble, such as no free place, says nothing of the vendor.
            self.outside.health.give_back(paid.model)
        billed = session.charges[paid.charge.key].settled_micro_usd
        _write_down(session, paid.model, paid.number, error, seconds, micro_usd=billed)

    def _route(self, session: Session) -> Route:
        """Return the route with those that were passed over on the way."""
        if not session.passed_over:
            return session.route
        rejected = (*session.route.rejected, *session.passed_over)
        return session.route.model_copy(update={"rejected": rejected})


def _for_money(session: Session) -> bool:
    """Whether a budget kept paid models away: before the call, or when money was to be set aside for it."""
    return session.route.mock or any(each.because == "budget" for each in session.passed_over)


def _first(session: Session, paid: Paid) -> str:
    """Return the model that a cached answer is looked up by: whoever the route would ask first."""
    candidates = session.route.candidates
    return candidates[0].model.name if candidates else paid.model.name


def _success(paid: Paid, seconds: float, micro_usd: int) -> Attempt:
    values = {
        "model": paid.model.name,
        "number": paid.number,
        "failure": None,
        "message": "",
        "request_id": "",
        "seconds": seconds,
        "micro_usd": micro_usd,
    }
    return trusted(Attempt, values)


def _write_down(
    session: Session, model: Model, number: int, error: ReelwrightError, seconds: float, *, micro_usd: int = 0
) -> None:
    log_failure(error, model=model.name, provider=model.provider, attempt=number, seconds=seconds)
    session.attempts.append(
        Attempt(
            model=model.name,
            number=number,
            failure=_failure_of(error),
            message=error.message,
            request_id=getattr(error, "request_id", ""),
            seconds=seconds,
            micro_usd=micro_usd,
        )
    )


def _is_the_models(error: ReelwrightError, model: Model) -> bool:
    """Whether another model may do better: not when ledger or storage are away, whoever is asked."""
    if model.free:
        return isinstance(error, Retryable | InvalidInput)
    return isinstance(error, ProviderFailed | BulkheadFull | DeadlineExceeded)


def _because(error: BudgetExceeded | ProviderStopped) -> str:
    if isinstance(error, ProviderStopped):
        return "switch"
    return "ceiling" if isinstance(error, CallCeilingReached) else "budget"


def _failure_of(error: ReelwrightError) -> Failure:
    if isinstance(error, ProviderFailed):
        return error.failure
    return "unavailable" if isinstance(error, Retryable) else "callers_fault"


def _rejected(candidate: Candidate, reason: str, because: Any) -> RejectedCandidate:
    return RejectedCandidate(model=candidate.model.name, reason=reason, because=because)


def _route_failed(session: Session) -> RouteFailed:
    said = [f"{a.model} ({a.failure}): {a.message}" for a in session.attempts if a.failure]
    said += [f"{each.model}: {each.reason}" for each in session.passed_over]
    error = RouteFailed(
        f"No {session.service} model answered. {' | '.join(said)}",
        next_step="Resume the production later, or see: reelwright models check",
        context={
            "service": session.service,
            "attempts": len(session.attempts),
            "rejected": sum(each.failure == "rejected" for each in session.attempts),
        },
    )
    error.attempts = tuple(session.attempts)
    if session.errors:
        error.__cause__ = session.errors[-1]
    return error
