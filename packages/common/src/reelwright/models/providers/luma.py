"""Footage by the Luma Agents API.

Facts: docs.agents.lumalabs.ai (guides/error-handling, guides/rate-limits, guides/videos/generation) and the
types of luma_agents 0.5. Orders have no idempotency token, generations are not listed, none can be stopped.
"""

from collections.abc import Sequence
from random import Random
from typing import Any, Final

from reelwright.cost.schema import Usage
from reelwright.environment.schema import Aspect, Resolution
from reelwright.models.errors import ProviderFailed, RequestInvalid
from reelwright.models.estimating import requirements_of, video_unit
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

__all__ = ["LUMA", "TASK_FAILURES", "LumaProvider", "order_of"]

_ADDRESS: Final = "https://agents.lumalabs.ai"
_GENERATIONS: Final = "/v1/generations"
_PROMPT_CHARACTERS: Final = 6_000
_ASPECT_TOLERANCE: Final = 0.02
_RESOLUTIONS: Final = {"480p": "540p", "720p": "720p", "1080p": "1080p"}
_REWORD = "Change the scene's visual prompt; the same one will be refused again."
_FUNDS = "Add funds at platform.lumalabs.ai, or let another provider serve."

LUMA: Final = Dialect(
    vendor="luma",
    messages=(("detail",), ("detail", "message"), ("error", "message"), ("error",), ("message",)),
    request_id="x-request-id",
    rules=(
        Rule("refused", (400, 422), message=r"moderat|content polic", next_step=_REWORD),
        Rule("exhausted", (402,), next_step=_FUNDS),
        Rule("callers_fault", (400, 413, 422)),
        Rule("misconfigured", (404, 405), next_step="Check providers.luma.endpoints."),
    ),
)
"""Beyond what statuses say."""

TASK_FAILURES: Final = (
    TaskFailure("content_moderated", "refused", _REWORD),
    TaskFailure("budget_exhausted", "exhausted", _FUNDS, billed=False),
    TaskFailure("rate_limited", "throttled", billed=False),
    TaskFailure("invalid_request", "callers_fault", billed=False),
    TaskFailure("image_too_large", "callers_fault", billed=False),
    TaskFailure("unsupported_format", "callers_fault", billed=False),
    TaskFailure("corrupt_input", "callers_fault", billed=False),
    TaskFailure("output_not_found", "unavailable"),
    TaskFailure("generation_failed", "unavailable"),
    TaskFailure("", "unavailable"),
)
"""What failure codes mean. Luma does not say what a failed generation costs: if work was done it is booked
as if it were billed, so that no budget is overdrawn by a guess."""


class LumaProvider:
    """A FootageProvider and a Probe. ``rng`` spreads the polls of many workers."""

    def __init__(self, http: HttpClient, rng: Random | None = None) -> None:
        self._wire = FootageWire(http, LUMA, _ADDRESS)
        self._rng = rng or Random()

    def submit(self, model: Model, request: ShotRequest, call: Call) -> str:
        """Order the footage with one request, and return the generation's id."""
        return self._wire.order(_GENERATIONS, order_of(model, request), call)

    def collect(
        self, model: Model, request: ShotRequest, reference: str, call: Call
    ) -> Underway | ShotResponse:
        """Return the footage, or that it is still being made.

        Errors with ``accepted="yes"`` are the generation's end; others are of the asking.
        """
        generation = self._look(reference, call)
        match generation.get("state"):
            case "completed":
                return self._delivered(model, request, generation, call)
            case "failed":
                raise self._failed(model, request, generation)
        return later(self._rng, str(generation.get("state", "")))

    def cancel(self, model: Model, reference: str, call: Call) -> None:
        """Do nothing: what Luma has begun it finishes, and bills."""

    def find(self, model: Model, request: ShotRequest, call: Call) -> str | None:  # noqa: ARG002 (nobody can be asked)
        """Raise OutcomeUnknown: usage is told in sums, generations are not listed."""
        raise self._wire.unfindable()

    def probe(self, models: Sequence[Model], call: Call) -> tuple[tuple[str, str], ...]:
        """Return that nothing is wrong if Luma lists our uploaded files, which is free and needs the key."""
        self._wire.look("/v1/files?limit=1", call)
        return tuple((model.name, "") for model in models)

    def _look(self, reference: str, call: Call) -> dict[str, Any]:
        return self._wire.look(task_path(_GENERATIONS, reference), call)

    def _delivered(
        self, model: Model, request: ShotRequest, generation: dict[str, Any], call: Call
    ) -> ShotResponse:
        """Copy the output; its address is good for an hour, and another look gives a new one."""
        reference, usage = str(generation.get("id", "")), (_usage(model, request),)
        into = footage_file(request.work_dir, reference)
        again = lambda: _output(self._look(reference, call), usage)  # noqa: E731 (asked only if need be)
        self._wire.deliver(_output(generation, usage), again, into, call, usage)
        return ShotResponse(media=into, frames=request.frames, usage=usage)

    def _failed(self, model: Model, request: ShotRequest, generation: dict[str, Any]) -> ProviderFailed:
        code, words = str(generation.get("failure_code") or ""), str(generation.get("failure_reason") or "")
        return self._wire.failure_of_task(TASK_FAILURES, code, words, (_usage(model, request),))


def order_of(model: Model, request: ShotRequest) -> dict[str, object]:
    """Return the body of an order; RequestInvalid for a scene that the model cannot make."""
    aspect, resolution = _format(model, request)
    return {
        "model": model.vendor_id,
        "type": "video",
        "prompt": ordered_prompt(model, request, _PROMPT_CHARACTERS),
        "aspect_ratio": aspect,
        "video": {
            "resolution": _RESOLUTIONS[resolution],
            "duration": f"{ordered_seconds(model, request)}s",
            **_beginning(first_frame_of(model, request)),
        },
    }


def _beginning(picture: str) -> dict[str, object]:
    """Return the anchor of a picture at the start: unlike ``start_frame``, ten seconds may follow it."""
    if not picture:
        return {}
    return {"keyframes": [{"data": picture, "media_type": "image/jpeg"}], "keyframe_indexes": [0]}


def _format(model: Model, request: ShotRequest) -> tuple[Aspect, Resolution]:
    """Return shape and resolution of an order; the resolution is the one by which it is priced."""
    needed = requirements_of(request)
    if needed.aspect is None or needed.resolution is None or not _alike(needed.aspect, request):
        raise RequestInvalid(
            f"{model.name} makes nothing like {request.width}x{request.height}.",
            next_step="Ask for another aspect, or another model.",
        )
    unit = video_unit(model, needed.resolution)
    return needed.aspect, _RESOLUTION_OF_UNIT.get(unit, needed.resolution)


def _alike(aspect: Aspect, request: ShotRequest) -> bool:
    across, down = (int(side) for side in aspect.split(":"))
    return abs(across / down / (request.width / request.height) - 1) <= _ASPECT_TOLERANCE


_RESOLUTION_OF_UNIT: Final[dict[str, Resolution]] = {
    "video_seconds_480p": "480p",
    "video_seconds_720p": "720p",
    "video_seconds_1080p": "1080p",
}


def _usage(model: Model, request: ShotRequest) -> Usage:
    """Return what is billed: the seconds, in two blocks of five for ten, at the price of the resolution."""
    _, resolution = _format(model, request)
    return Usage(unit=video_unit(model, resolution), quantity=ordered_seconds(model, request))


def _output(generation: dict[str, Any], usage: Sequence[Usage]) -> str:
    """Return where the footage is; of all outputs, such as an EXR beside it, the first is the video."""
    match generation.get("output"):
        case [{"url": str() as url}, *_]:
            return url
    raise failed("rejected", LUMA, "finished a generation and gave no output.", accepted="yes", usage=usage)
