"""What the functions of the state machine do: one call of the pipeline each."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from reelwright.clock import Clock, VirtualClock
from reelwright.config.errors import InvalidConfiguration
from reelwright.config.request import with_request_overrides
from reelwright.config.schema import Snapshot
from reelwright.cost.manager import total_cost
from reelwright.cost.schema import Service
from reelwright.environment.deployment import Deployment
from reelwright.errors import BudgetExceeded, GuardrailRefused, InvalidInput, ReelwrightError
from reelwright.ids import check_production_id, new_production_id
from reelwright.models.errors import NoModelAvailable
from reelwright.models.schema import Requirements
from reelwright.observability.correlation import bind
from reelwright.observability.metrics import Metric, Metrics
from reelwright.pipeline.cloudbench import output_dir_of
from reelwright.pipeline.errors import ProductionBusy, ProductionExists, ProductionNotFound
from reelwright.pipeline.failure import Failure
from reelwright.pipeline.flagging import Asking, flagged
from reelwright.pipeline.own_files import check_own, with_house
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.stepping import Stepper
from reelwright.pipeline.translating import translated_brief
from reelwright.pipeline.wiring import Request, begin, workshop_of
from reelwright.production.schema import Brief, Script
from reelwright.storage.ports import ArtifactStore
from reelwright.storage.schema import Artifact

__all__ = [
    "BeginRequest",
    "ExecutionInput",
    "FailRequest",
    "Functions",
    "ItemRequest",
    "ProductionRequest",
    "StepRequest",
    "TranslationAsked",
    "refused",
]

_log = logging.getLogger(__name__)

_BUSY_WAIT_SECONDS = 5.0
_BUSY_TRIES = 6


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TranslationAsked(_Event):
    """Which production is to be told again, and in which language."""

    original: str
    language: str
    script: Artifact | None = None
    """Its script in that language, if somebody has it."""


class ExecutionInput(_Event):
    """What an execution is started with: a brief, or the artifact that holds one; or only whom to resume."""

    production_id: str | None = None
    brief: Brief | Artifact | None = None
    seed: int | None = Field(default=None, ge=0, lt=2**31)
    schedule: str = Field(default="", max_length=100)
    """The recurring production that it is of."""
    scheduled_at: datetime | None = None
    """When that was to begin: with its name it gives the id, so that a repeated delivery begins nothing."""
    translate: TranslationAsked | None = None
    """Instead of a brief: which production is to be told again."""
    overrides: dict[str, JsonValue] = {}
    """A partial tree of settings: the layer of the request."""


class BeginRequest(_Event):
    """The event of BeginProduction."""

    execution: str
    input: ExecutionInput


class ProductionRequest(_Event):
    """The event of FinishProduction."""

    production_id: str


class StepRequest(ProductionRequest):
    """The event of OpenStep."""

    step: str


class ItemRequest(StepRequest):
    """The event of a function that runs a step."""

    index: int = Field(ge=0)


class FailRequest(ProductionRequest):
    """The event of FailProduction."""

    error: Failure


class Functions:
    """The calls of the state machine, over one set of parts. All may be repeated."""

    def __init__(
        self,
        deployment: Deployment,
        parts: Parts,
        *,
        configuration: Callable[[], Snapshot],
        metrics: Metrics,
    ) -> None:
        self._deployment = deployment
        self._parts = parts
        self._configuration = configuration
        self._metrics = metrics
        self._stepper = Stepper(workshop_of(parts), metrics)

    def begin(self, request: BeginRequest) -> dict[str, Any]:
        """Begin the production that is asked for, or find the one to resume; errors as the studio's."""
        asked = request.input
        if asked.brief is None and asked.translate is None:
            production = self._parts.store.load(check_production_id(asked.production_id or ""))
            return {"production_id": production.id}
        production_id = check_production_id(asked.production_id or self._id_for(request))
        with bind(production_id=production_id), self._counting_our_failures(production_id, asked):
            brief = check_own(self._asked_for(asked), self._parts.artifacts)
            self._begin(production_id, brief, asked)
        return {"production_id": production_id}

    def open_step(self, request: StepRequest) -> dict[str, Any]:
        """Return the items of a step that are still to be run."""
        with bind(production_id=request.production_id, step=request.step):
            items = self._stepper.open_step(request.production_id, request.step)
        return request.model_dump() | {"items": list(items)}

    def run_item(self, request: ItemRequest) -> dict[str, Any]:
        """Run one item once; ``check_after_seconds`` is a whole number, as the state machine wants it."""
        with bind(production_id=request.production_id, step=request.step):
            outcome = self._stepper.run_item(request.production_id, request.step, request.index)
        seconds = -int(-outcome.check_after_seconds // 1)
        return request.model_dump() | {"state": outcome.state, "check_after_seconds": seconds}

    def finish(self, request: ProductionRequest) -> dict[str, Any]:
        """Write the account of a production, complete it, and return what it cost."""
        with bind(production_id=request.production_id):
            production = self._stepper.finish(request.production_id)
        return {"production_id": production.id, **total_cost(production.charges).model_dump(mode="json")}

    def fail(self, request: FailRequest) -> dict[str, Any]:
        """Note a failure on the record; waits for whoever is writing it. Nothing to note is fine."""
        with bind(production_id=request.production_id):
            try:
                self._fail(request)
            except ProductionNotFound:
                _log.warning("there is no production to mark as failed")
        return {"production_id": request.production_id}

    def _fail(self, request: FailRequest) -> None:
        record = request.error.as_record()
        for _ in range(_BUSY_TRIES - 1):
            try:
                self._stepper.fail(request.production_id, record)
            except ProductionBusy:
                self._parts.clock.sleep(_BUSY_WAIT_SECONDS)
            else:
                return
        self._stepper.fail(request.production_id, record)

    @contextmanager
    def _counting_our_failures(self, production_id: str, asked: ExecutionInput) -> Iterator[None]:
        """Count a production that cannot begin as failed, unless its brief or a spent budget is to blame.

        No other function hears of it, and the alarm that takes back a bad change of settings or flags must;
        but not the change that raises a budget, or that puts a flag or a switch back.
        """
        try:
            yield
        except ReelwrightError as error:
            if isinstance(error, BudgetExceeded | GuardrailRefused):
                self._metrics.emit(Metric.PRODUCTIONS_STOPPED, 1, error=error.code)
            elif self._is_ours(error, production_id, asked):
                self._metrics.emit(Metric.PRODUCTIONS_FAILED, 1, error=error.code)
            raise

    def _is_ours(self, error: ReelwrightError, production_id: str, asked: ExecutionInput) -> bool:
        if isinstance(error, NoModelAvailable) and asked.brief is not None:
            return not self._could_begin(production_id, self._brief(asked.brief))
        return isinstance(error, InvalidConfiguration) or not isinstance(error, InvalidInput)

    def _could_begin(self, production_id: str, brief: Brief) -> bool:
        """Return whether a production that asks for nothing special finds models, if operators let it.

        Its flags are those of the one that did not.
        """
        snapshot, now = self._configuration(), self._parts.clock.now()
        asking = Asking(production_id, self._deployment.environment, brief, now)
        told = flagged(self._parts.flags(snapshot.settings), asking, snapshot)
        models = self._parts.models.manager_for(told.snapshot.settings)
        try:
            for service in get_args(Service):
                models.select(service, Requirements())
        except GuardrailRefused:
            return True
        except ReelwrightError:
            return False
        return True

    def _begin(self, production_id: str, brief: Brief, asked: ExecutionInput) -> None:
        request = Request(
            production_id=production_id,
            environment=self._deployment.environment,
            brief=brief,
            output_dir=output_dir_of(self._deployment, production_id),
            seed=self._seed(asked),
        )
        snapshot = with_request_overrides(self._configuration(), asked.overrides)
        try:
            begin(self._parts, request, snapshot, take=_as_checked)
        except ProductionExists:
            if not self._is_of(production_id, brief):
                raise
            _log.info("the production had begun before")

    def _is_of(self, production_id: str, brief: Brief) -> bool:
        """Tell whether a production is of a brief, with what its settings give to one that brings none."""
        store = self._parts.store
        settings = store.pinned(production_id).settings
        return store.load(production_id).brief in (brief, with_house(brief, settings, self._parts.artifacts))

    def _seed(self, asked: ExecutionInput) -> int | None:
        """Return what was asked for; a translation has its original's, so that it is drawn alike."""
        if asked.seed is None and asked.translate is not None:
            return self._parts.store.load(asked.translate.original).seed
        return asked.seed

    def _asked_for(self, asked: ExecutionInput) -> Brief:
        if asked.brief is not None:
            return self._brief(asked.brief)
        told = asked.translate
        assert told is not None  # noqa: S101 (looked at by the caller)
        script = self._parts.artifacts.read_bytes(told.script) if told.script else None
        try:
            brought = Script.model_validate_json(script) if script else None
            return translated_brief(
                self._parts.store,
                self._parts.artifacts,
                check_production_id(told.original),
                told.language,
                script=brought,
            )
        except ValidationError as error:
            raise refused(error, "The translation that is asked for") from error

    def _brief(self, brief: Brief | Artifact) -> Brief:
        if isinstance(brief, Brief):
            return brief
        try:
            return Brief.model_validate_json(self._parts.artifacts.read_bytes(brief))
        except ValidationError as error:
            raise refused(error, "The brief") from error

    def _id_for(self, request: BeginRequest) -> str:
        """Return the id of an execution that names none: the same when the call is repeated.

        Either it follows from a schedule's name and time, or the execution's name is one already, or its time
        is cut to the hour and the rest comes from the name.
        """
        execution, at = request.execution, request.input.scheduled_at
        if at is not None:
            return new_production_id(VirtualClock(at), Random(f"{request.input.schedule} {at.timestamp()}"))
        if execution.startswith("prod_"):
            return execution
        return new_production_id(_Hour(self._parts.clock), Random(execution))


def _as_checked(brief: Brief, artifacts: ArtifactStore) -> Brief:  # noqa: ARG001 (its pictures were looked at, once)
    return brief


class _Hour:
    """A clock that shows the hour only."""

    def __init__(self, clock: Clock) -> None:
        now = clock.now()
        self._hour = now - timedelta(minutes=now.minute, seconds=now.second, microseconds=now.microsecond)
        self.now = lambda: self._hour
        self.monotonic = clock.monotonic
        self.sleep = clock.sleep


def refused(error: ValidationError, what: str) -> InvalidInput:
    """Return the error for an event or a document that breaks its schema; no value is repeated."""
    first = error.errors(include_url=False, include_input=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    return InvalidInput(
        f"{what} cannot be used: {key}: {first['msg']}.",
        next_step="Start an execution with a brief, or with the production_id of one to resume.",
        context={"key": key},
    )
