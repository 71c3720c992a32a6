"""AIModelManager: the one way from the work to a model."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from reelwright.cost.schema import Charge, ChargeState, Service
from reelwright.environment.schema import Settings
from reelwright.models.answers import Answers
from reelwright.models.calling import Caller
from reelwright.models.errors import OutcomeUnknown, ProviderFailed
from reelwright.models.estimating import Estimator, requirements_of
from reelwright.models.orders import Orders
from reelwright.models.outside import Outside
from reelwright.models.ports import ContentProvider, FootageProvider, Probe, SpeechProvider, VideoProvider
from reelwright.models.receipts import OrderNote, Receipt
from reelwright.models.routing import RouteBuilder, service_settings
from reelwright.models.schema import (
    Attempt,
    Candidate,
    ContentRequest,
    ContentResponse,
    Failure,
    Model,
    ModelPending,
    ModelRequest,
    ModelResult,
    Requirements,
    Route,
    ShotRequest,
    ShotResponse,
    SpeechRequest,
    SpeechResponse,
)
from reelwright.models.session import Objection, Paid, Session
from reelwright.models.spending import Spender, lines_of
from reelwright.resilience.deadline import Deadline

__all__ = ["AIModelManager", "Answered", "Providers"]

_UNROUTED: Final = {service: Route(service=service, candidates=()) for service in get_args(Service)}

_FAILURES: Final[Mapping[ChargeState, Failure]] = {
    "unknown": "unknown",
    "released": "unavailable",
    "settled": "rejected",
}
"""What an attempt must have come to, by the state of its charge; one that is open came to nothing yet."""

Answered = ModelResult[Any] | ModelPending
"""What a call comes to when nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Providers:
    """The vendors that can be called, by the name the catalogue gives them."""

    content: Mapping[str, ContentProvider]
    audio: Mapping[str, SpeechProvider]
    video: Mapping[str, VideoProvider]
    footage: Mapping[str, FootageProvider] = field(default_factory=dict)
    """Those that make video while nobody waits."""
    probes: Mapping[str, Probe] = field(default_factory=dict)
    """Those that can be asked how they are, by provider."""

    def serve(self, model: Model) -> bool:
        """Whether an adapter for the model is at hand."""
        by_service: dict[Service, Mapping[str, Any]] = {
            "content": self.content,
            "audio": self.audio,
            "video": {**self.video, **self.footage},
        }
        return model.provider in by_service[model.service]


class AIModelManager:
    """Chooses models for calls, makes the calls, pays for them, and says what was done and why.

    One stands for one production's settings. It may be shared between threads.
    """

    def __init__(
        self,
        *,
        providers: Providers,
        settings: Settings,
        routes: RouteBuilder,
        spender: Spender,
        answers: Answers,
        outside: Outside,
    ) -> None:
        self._providers = providers
        self._settings = settings
        self._routes = routes
        self._spender = spender
        self._answers = answers
        self._outside = outside
        self._models = {model.name: model for model in routes.catalogue}
        self._estimator = Estimator(spender.book, spender.ceiling_micro_usd)
        self._caller = Caller(settings, spender, answers, outside, self._models)
        self._orders = Orders(self._caller, providers.footage)

    def select(self, service: Service, requirements: Requirements, *, production_id: str = "") -> Route:
        """Return the choices for a call, best first, and why every other model was passed over.

        NoModelAvailable if there is none; BudgetExceeded if only money keeps them away.
        """
        estimate = self._estimator.micro_usd
        return self._routes.build(
            service,
            requirements,
            on=self._outside.clock.now().date(),
            estimate=lambda model: estimate(model, requirements),
            spending=self._spender.tracker.spending(service, production_id),
        )

    def call(
        self, service: Service, request: Any, *, objection: Objection | None = None
    ) -> ModelResult[Any] | ModelPending:
        """Return the first answer that the asker does not object to, with all that it cost.

        The same request may be made again after a crash: what was paid for is not paid again. ModelPending
        if a vendor works on it meanwhile; make the same call later. Errors: NoModelAvailable, BudgetExceeded,
        CallInProgress, OutcomeUnknown, RouteFailed, or the one error that every candidate gave.
        """
        if receipt := self._answers.receipt(request):
            return self._answered_before(service, request, receipt)
        session = self._session(service, request, objection)
        if session.left and (receipt := self._answers.receipt(request)):
            # Another worker was answered meanwhile: its receipt came first, and then the settled charge.
            return self._answered_before(service, request, receipt)
        for order in self._orders.open_orders(session):
            collected = self._collected(session, order)
            if collected is not None:
                return collected
        session.route = self._route(service, request)
        self._outside.retry_budget.earn()
        return self._from_cache(session) or self._ask(session)

    def abandon(self, idempotency_key: str) -> None:
        """Let go of what a call has left open whose result counts by now.

        Orders are cancelled; what may be billed all the same is unknown until somebody says. A worker that
        still waits for an answer settles what it gets.
        """
        request = ModelRequest(idempotency_key=idempotency_key, seed=0)
        self._orders.let_go(self._session("video", request, None))

    def write(
        self, request: ContentRequest, *, objection: Objection | None = None
    ) -> ModelResult[ContentResponse]:
        """Ask for text."""
        return self._now(self.call("content", request, objection=objection))

    def speak(
        self, request: SpeechRequest, *, objection: Objection | None = None
    ) -> ModelResult[SpeechResponse]:
        """Ask for speech."""
        return self._now(self.call("audio", request, objection=objection))

    def shoot(
        self, request: ShotRequest, *, objection: Objection | None = None
    ) -> ModelResult[ShotResponse] | ModelPending:
        """Ask for footage; it may be made elsewhere meanwhile."""
        result: ModelResult[ShotResponse] | ModelPending = self.call("video", request, objection=objection)
        return result

    @staticmethod
    def _now(result: ModelResult[Any] | ModelPending) -> ModelResult[Any]:
        if isinstance(result, ModelPending):
            raise TypeError("only footage is made while nobody waits")
        return result

    def _session(self, service: Service, request: ModelRequest, objection: Objection | None) -> Session:
        """Begin a call, or take it up where another process left it."""
        clock = self._outside.clock
        session = Session(
            service=service,
            request=request,
            route=_UNROUTED[service],
            deadline=Deadline.after(service_settings(self._settings, service).timeout_seconds, clock),
            objection=objection,
            started=clock.monotonic(),
        )
        if earlier := self._spender.earlier(request):
            self._take_up(session, earlier)
        return session

    def _take_up(self, session: Session, earlier: Iterable[Charge]) -> None:
        for charge in earlier:
            kept = session.keep(self._abandoned(charge))
            if kept.state == "settled":
                session.leave(kept.subject["model"], "was paid for an earlier attempt that came to nothing")
        noted = self._noted(session)
        session.route = noted.route
        session.attempts.extend(_before(session.charges.values(), noted.attempts))

    def _noted(self, session: Session) -> OrderNote:
        """Return how the newest open order of the call came to be placed, by whichever process."""
        orders = self._orders.open_orders(session)
        newest = max(orders, key=lambda order: order.charge.created_at, default=None)
        noted = newest and self._answers.order_of(newest.charge.key)
        return noted or OrderNote(route=session.route)

    def _abandoned(self, charge: Charge) -> Charge:
        """Put in order what a process left that is gone, or that is stopped by it: its intent comes too late.

        Nothing had left for a charge without intent. Of a request that had left, nobody knows what became;
        orders are asked after.
        """
        if charge.state != "reserved":
            return charge
        if not charge.intended:
            withdrawn = self._spender.withdrawn(charge)
            return self._abandoned(withdrawn) if withdrawn.intended else withdrawn
        model = self._models.get(charge.subject.get("model", ""))
        is_order = model is not None and self._orders.takes(model)
        return charge if is_order else self._spender.unknown(charge)

    def _collected(self, session: Session, order: Paid) -> ModelResult[Any] | ModelPending | None:
        """Return what became of an order; None if it came to nothing and another may be placed."""
        try:
            return self._orders.go_on(session, order)
        except OutcomeUnknown as error:
            self._caller.stop_if_told(session, error)
            session.leave(order.model.name, "may have carried out an order already")
        except ProviderFailed as error:
            session.errors.append(error)
            if not self._caller.worth_another(session, error, order.number):
                session.leave(order.model.name, error.message)
        return None

    def _route(self, service: Service, request: ModelRequest) -> Route:
        return self.select(service, requirements_of(request), production_id=request.production_id)

    def _ask(self, session: Session) -> Answered:
        for candidate in session.route.candidates:
            if candidate.model.name in session.left:
                continue
            if candidate.model.free:
                self._caller.stop_for_money(session)
            answer: Answered | None = self._caller.exhaust(
                session, candidate, lambda each: self._once(session, each)
            )
            if answer is not None:
                return answer
        raise self._caller.defeat(session)

    def _once(self, session: Session, candidate: Candidate) -> Answered:
        if self._orders.takes(candidate.model):
            return self._orders.place(session, candidate)
        return self._caller.once(session, self._as_asked(session, candidate), self._adapter(candidate.model))

    def _as_asked(self, session: Session, candidate: Candidate) -> Candidate:
        """Return the candidate with what an attempt may cost: who repairs an answer reads it, too."""
        if session.asked_again is None or candidate.model.free:
            return candidate
        needed = requirements_of(session.asked_again)
        most = self._estimator.micro_usd(candidate.model, needed)
        return candidate.model_copy(update={"estimate_micro_usd": max(most, candidate.estimate_micro_usd)})

    def _adapter(self, model: Model) -> Callable[..., Any]:
        if model.service == "content":
            return self._providers.content[model.provider].write
        if model.service == "audio":
            return self._providers.audio[model.provider].speak
        return self._providers.video[model.provider].shoot

    def _from_cache(self, session: Session) -> ModelResult[Any] | None:
        """Return an answer that was given before to the same request, whoever asked; nothing is bought.

        It may be this call's own, of a worker that died since receipts were looked for, and is to be settled.
        """
        first = session.route.candidates[0].model
        receipt = None if first.free else self._answers.cached(session.service, session.request, first.name)
        if receipt is None:
            return None
        if session.request.owns(receipt.charge_key):
            return self._answered_before(session.service, session.request, receipt)
        return ModelResult(
            output=self._answers.unpacked(session.service, session.request, receipt),
            route=session.route,
            model=self._models[receipt.model],
            attempts=(),
            charges=lines_of(session.charges.values()),
            latency_seconds=self._outside.clock.monotonic() - session.started,
            cached=True,
        )

    def _answered_before(self, service: Service, request: Any, receipt: Receipt) -> ModelResult[Any]:
        """Return the answer of this very call, and settle its charge if that was not done."""
        model = self._models[receipt.model]
        charge = self._spender.ledger.charge(receipt.charge_key)
        if charge is not None and charge.state != "settled":
            charge = self._spender.spent(charge, model, receipt.usage)
        own = lines_of([charge] if charge else [])
        return ModelResult(
            output=self._answers.unpacked(service, request, receipt),
            route=receipt.route,
            model=model,
            attempts=receipt.attempts,
            charges=(*receipt.charges, *own),
            latency_seconds=0.0,
            mock=receipt.mock,
        )


def _before(charges: Iterable[Charge], noted: Iterable[Attempt]) -> Iterator[Attempt]:
    """Yield the attempts that are over: as they were noted, and for others what the ledger knows."""
    told = {(attempt.model, attempt.number): attempt for attempt in noted}
    for attempt in (_remembered(charge) for charge in charges if charge.state in _FAILURES):
        yield told.get((attempt.model, attempt.number), attempt)


def _remembered(charge: Charge) -> Attempt:
    """Return what the ledger knows of an attempt that an earlier run made."""
    return Attempt(
        model=charge.subject.get("model", ""),
        number=int(charge.subject.get("attempt", "1")),
        failure=_FAILURES[charge.state],
        message="It was made by an earlier run of this step.",
        micro_usd=charge.settled_micro_usd,
    )
