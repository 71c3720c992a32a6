"""Footage by Runway's API, which also sells the models of other vendors.

Facts: docs.dev.runwayml.com (api, errors/errors, errors/task-failures, usage/tiers) and the types of
runwayml 5.24. Orders have no idempotency token, and there is no listing of tasks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from random import Random
from typing import Any, Final

from reelwright.cost.schema import Usage
from reelwright.models.errors import ProviderFailed, RequestInvalid
from reelwright.models.http import HttpClient
from reelwright.models.outcomes import Dialect, Rule, failed
from reelwright.models.ports import Call
from reelwright.models.providers.footage import (
    FootageWire,
    TaskFailure,
    first_frame_of,
    footage_file,
    later,
    ordered_prompt,
    ordered_seconds,
    task_path,
)
from reelwright.models.schema import Model, ShotRequest, ShotResponse, Underway

__all__ = ["RUNWAY", "TASK_FAILURES", "RunwayProvider", "order_of"]

_ADDRESS: Final = "https://api.dev.runwayml.com"
_VERSION: Final = "2024-11-06"
_TASKS: Final = "/v1/tasks"
_MICRO_USD_PER_CREDIT: Final = 10_000
_PROMPT_UNITS: Final = 1_000
_SEEDS: Final = 2**32
_ASPECT_TOLERANCE: Final = 0.02
_CREDITS = "Buy credits at dev.runwayml.com, or let another provider serve."
_REWORD = "Change the scene's visual prompt; the same one will be refused again."

RUNWAY: Final = Dialect(
    vendor="runway",
    messages=(("error",), ("message",)),
    request_id="x-request-id",
    rules=(
        Rule("exhausted", (400,), message=r"enough credits|insufficient credits", next_step=_CREDITS),
        Rule("retired", (403,), message=r"model .*not available"),
        Rule(
            "exhausted",
            (429,),
            message=r"daily|24.hour|quota",
            next_step="Wait until the 24 hours are over, or ask for a higher tier.",
        ),
        Rule("misconfigured", (404, 405), next_step="Check providers.runway.endpoints."),
    ),
)
"""Beyond what statuses say: a 429 is most often the day's number of tasks, for none is limited a minute."""

TASK_FAILURES: Final = (
    TaskFailure("SAFETY", "refused", _REWORD),
    TaskFailure("INPUT_PREPROCESSING.SAFETY", "refused", _REWORD),
    TaskFailure("THIRD_PARTY.SAFETY", "refused", _REWORD),
    TaskFailure("INTERNAL.BAD_OUTPUT", "rejected"),
    TaskFailure("ASSET.INVALID", "callers_fault", "Change what the scene starts from."),
    TaskFailure("INTERNAL", "unavailable"),
    TaskFailure("", "unavailable"),
)
"""What failure codes mean. What it cost all the same, the task says; ``SAFETY.INPUT`` is not refunded."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one family of models wants to be asked. Only sizes of the catalogue's price are listed."""

    ratios: tuple[str, ...] = ("1280:720", "720:1280")
    seed: bool = True
    negative: bool = False
    """Whether it takes what must not be seen."""
    extra: tuple[tuple[str, object], ...] = ()


_UP_TO_1080P: Final = ("1280:720", "720:1280", "1920:1080", "1080:1920")
_NAMED_RATIOS: Final = ("16:9", "9:16", "1:1")
_SILENT: Final = (("audio", False),)
"""Sound costs up to twice as much, and would be dropped."""
_SHAPES: Final = {
    "gen4.5": _Shape(),
    "veo3.1": _Shape(_UP_TO_1080P, negative=True, extra=_SILENT),
    "veo3.1_fast": _Shape(_UP_TO_1080P, negative=True, extra=_SILENT),
    "hailuo3": _Shape(_NAMED_RATIOS, seed=False, extra=(("resolution", "768p"),)),
    "grok_imagine_1_5": _Shape(_NAMED_RATIOS, seed=False, extra=(("resolution", "720p"),)),
    "gemini_omni_flash": _Shape(seed=False),
    "kling2.5_turbo_pro": _Shape(("1280:720", "720:1280", "720:720"), seed=False),
    "wan3": _Shape(("1280:720", "720:1280", "960:960"), seed=False, extra=_SILENT),
    "seedance2": _Shape(("1280:720", "720:1280", "960:960"), extra=_SILENT),
    "seedance2_fast": _Shape(("1280:720", "720:1280", "960:960"), extra=_SILENT),
    "seedance2_mini": _Shape(("1280:720", "720:1280", "960:960"), extra=_SILENT),
}
_PLAIN: Final = _Shape(seed=False)
"""For a model that an operator names and that is not known here: only what every model takes."""


class RunwayProvider:
    """A FootageProvider and a Probe. ``rng`` spreads the polls of many workers."""

    def __init__(self, http: HttpClient, rng: Random | None = None) -> None:
        self._wire = FootageWire(http, RUNWAY, _ADDRESS, {"X-Runway-Version": _VERSION})
        self._rng = rng or Random()

    def submit(self, model: Model, request: ShotRequest, call: Call) -> str:
        """Order the footage with one request, and return the task's id."""
        body = order_of(model, request)
        path = "/v1/image_to_video" if "promptImage" in body else "/v1/text_to_video"
        return self._wire.order(path, body, call)

    def collect(
        self, model: Model, request: ShotRequest, reference: str, call: Call
    ) -> Underway | ShotResponse:
        """Return the footage, or that it is still being made; being queued by Runway is no error.

        Errors with ``accepted="yes"`` are the task's end, with its price; others are of the asking.
        """
        task = self._look(reference, call)
        match task.get("status"):
            case "SUCCEEDED":
                return self._delivered(model, request, task, call)
            case "FAILED":
                raise self._failed(model, request, task)
            case "CANCELLED":
                raise _cancelled(model, request, task)
        return later(self._rng, str(task.get("status", "")))

    def cancel(self, model: Model, reference: str, call: Call) -> None:  # noqa: ARG002 (the task is enough)
        """Ask Runway to stop; a task that is over is deleted there."""
        self._wire.stop(task_path(_TASKS, reference), call)

    def find(self, model: Model, request: ShotRequest, call: Call) -> str | None:  # noqa: ARG002 (nobody can be asked)
        """Raise OutcomeUnknown: usage is told by day and model, tasks are not listed."""
        raise self._wire.unfindable()

    def probe(self, models: Sequence[Model], call: Call) -> tuple[tuple[str, str], ...]:
        """Return what the account says of credits and of the day's tasks; it is free."""
        account = self._wire.look("/v1/organization", call)
        return tuple((model.name, _trouble(account, model.vendor_id)) for model in models)

    def _look(self, reference: str, call: Call) -> dict[str, Any]:
        return self._wire.look(task_path(_TASKS, reference), call)

    def _delivered(
        self, model: Model, request: ShotRequest, task: dict[str, Any], call: Call
    ) -> ShotResponse:
        """Copy the output; an address that is over is asked for anew, as Runway advises."""
        reference, usage = str(task.get("id", "")), (_usage(model, request, task),)
        into = footage_file(request.work_dir, reference)
        again = lambda: _output(self._look(reference, call), usage)  # noqa: E731 (asked only if need be)
        self._wire.deliver(_output(task, usage), again, into, call, usage)
        return ShotResponse(media=into, frames=request.frames, usage=usage)

    def _failed(self, model: Model, request: ShotRequest, task: dict[str, Any]) -> ProviderFailed:
        code, words = str(task.get("failureCode") or ""), str(task.get("failure") or "")
        return self._wire.failure_of_task(TASK_FAILURES, code, words, (_usage(model, request, task),))


def order_of(model: Model, request: ShotRequest) -> dict[str, object]:
    """Return the body of an order; RequestInvalid for a scene that the model cannot make."""
    shape, picture = _SHAPES.get(model.vendor_id, _PLAIN), first_frame_of(model, request)
    body: dict[str, object] = {
        "model": model.vendor_id,
        "promptText": ordered_prompt(model, request, _PROMPT_UNITS),
        "ratio": _ratio(model, shape, request),
        "duration": ordered_seconds(model, request),
        **dict(shape.extra),
    }
    body |= {"seed": request.seed % _SEEDS} if shape.seed else {}
    body |= {"negativePrompt": request.negative_prompt} if shape.negative and request.negative_prompt else {}
    return {**body, "promptImage": f"data:image/jpeg;base64,{picture}"} if picture else body


def _ratio(model: Model, shape: _Shape, request: ShotRequest) -> str:
    """Return the smallest size of the right shape that need not be enlarged, else the largest."""
    sizes = {ratio: tuple(int(side) for side in ratio.split(":")) for ratio in shape.ratios}
    asked = request.width / request.height
    fitting = [name for name, (w, h) in sizes.items() if abs(w / h / asked - 1) <= _ASPECT_TOLERANCE]
    if not fitting:
        raise RequestInvalid(
            f"{model.name} makes {', '.join(shape.ratios)}, nothing like {request.width}x{request.height}.",
            next_step="Ask for another aspect, or another model.",
        )
    ample = [name for name in fitting if sizes[name][1] >= request.height]
    return min(ample, key=sizes.__getitem__) if ample else max(fitting, key=sizes.__getitem__)


def _output(task: dict[str, Any], usage: Sequence[Usage]) -> str:
    match task.get("output"):
        case [str() as url, *_]:
            return url
    raise failed("rejected", RUNWAY, "finished a task and gave no output.", accepted="yes", usage=usage)


def _usage(model: Model, request: ShotRequest, task: dict[str, Any]) -> Usage:
    """Return what a task that is over has cost, as Runway itself says."""
    cost = task.get("cost")
    credits_used = cost.get("credits") if isinstance(cost, dict) else None
    told = isinstance(credits_used, (int, float)) and credits_used >= 0
    return Usage(
        unit="video_seconds",
        quantity=ordered_seconds(model, request),
        reported_micro_usd=ceil(Fraction(str(credits_used)) * _MICRO_USD_PER_CREDIT) if told else None,
    )


def _cancelled(model: Model, request: ShotRequest, task: dict[str, Any]) -> ProviderFailed:
    return failed(
        "callers_fault",
        RUNWAY,
        "says that the task was cancelled.",
        next_step="Resume the production to have the scene made by the next model.",
        accepted="yes",
        usage=(_usage(model, request, task),),
    )


def _trouble(account: dict[str, Any], vendor_id: str) -> str:
    balance = account.get("creditBalance")
    if isinstance(balance, int) and balance <= 0:
        return f"the account has no credits left. {_CREDITS}"
    most = _of_model(account, "tier", vendor_id, "maxDailyGenerations")
    used = _of_model(account, "usage", vendor_id, "dailyGenerations")
    if most is not None and used is not None and used >= most:
        return f"all {most} tasks that the tier allows in 24 hours are used up"
    return ""


def _of_model(account: dict[str, Any], part: str, vendor_id: str, name: str) -> int | None:
    found: object = account
    for key in (part, "models", vendor_id, name):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, int) else None
