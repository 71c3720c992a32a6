"""The Luma Agents API on loopback: generations and files; requests held to luma_agents' own types."""

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from luma_agents.types import GenerationCreateParams, VideoOptionsParam

from tests.simulators.footage import FootageSimulator, Kind, Task, objections_to
from tests.simulators.server import Answer, Received, json_answer

__all__ = ["PRICES", "REFUSALS", "LumaSimulator"]

_CREATED = "2026-11-25T12:00:00Z"
_PROMPT_CHARACTERS = 6_000
_ASPECTS = {"9:16", "3:4", "1:1", "4:3", "16:9", "21:9"}
_UNPAID = {
    "budget_exhausted",
    "corrupt_input",
    "image_too_large",
    "invalid_request",
    "rate_limited",
    "unsupported_format",
}

PRICES: Final = {
    "ray-3.2": {
        "video_seconds_540p": Fraction(80_000),
        "video_seconds_720p": Fraction(142_000),
        "video_seconds_1080p": Fraction(318_000),
    }
}
"""Micro-dollars a second."""

REFUSALS: Final = {
    "throttled": (429, "Rate limit exceeded"),
    "server_error": (502, "Upstream service unavailable"),
    "overloaded": (503, "Media ingestion unavailable"),
    "unauthorised": (401, "Invalid API key"),
    "exhausted": (402, "Insufficient balance"),
    "invalid_request": (400, "aspect_ratio: not valid for this model"),
    "unprocessable": (422, "video.duration: 10s cannot be combined with video.loop"),
    "too_large": (413, "Input media exceeds the size limit"),
    "moderated": (400, "The prompt was rejected by content moderation"),
    "forbidden": (403, "This client was suspended"),
    "retired": (403, "This client has no access to model ray-3.2"),
    "missing": (404, "Not found"),
}


class LumaSimulator(FootageSimulator):
    """Luma. Its generations do not tell what they cost, also if they fail after work was done."""

    refusal_code = "content_moderated"

    def __init__(self, **common: Any) -> None:
        super().__init__(**{"prices": PRICES, **common})
        self.refused_with: str | None = None
        """Refuse every order so: a key of REFUSALS."""
        self._numbers = itertools.count(1)

    def kind(self, request: Received) -> Kind:
        if request.path.startswith("/files/"):
            return "file"
        if (request.method, request.path) == ("POST", "/v1/generations"):
            return "submit"
        if request.method == "GET" and request.path.startswith("/v1/generations/"):
            return "look"
        return "other"

    def answer(self, request: Received) -> Answer:
        if self.kind(request) == "submit" and self.refused_with:
            return self.refused(self.refused_with, request)
        return super().answer(request)

    def body_objections(self, body: Any) -> list[str]:
        found = list(objections_to(body, GenerationCreateParams))
        if not found:
            found += objections_to(body.get("video"), VideoOptionsParam)
        return found or list(_beyond_types(body))

    def order(self, body: Mapping[str, Any]) -> Task:
        reference = f"gen_{next(self._numbers):08d}"
        seconds = int(str(body["video"]["duration"]).removesuffix("s"))
        resolution = str(body["video"]["resolution"])
        failure = self.next_failure()
        task = Task(
            reference=reference,
            request=body,
            prompt=str(body["prompt"]),
            seconds=seconds,
            size=_size(str(body["aspect_ratio"]), int(resolution.removesuffix("p"))),
            work=self.take_on(reference, str(body["model"]), {f"video_seconds_{resolution}": seconds}),
            failure=failure,
        )
        if failure in _UNPAID:
            self.refund(task)
        return task

    def ordered(self, task: Task) -> Answer:
        return json_answer(_generation(task, "queued"), 201)

    def told(self, task: Task) -> Answer:
        match task.state:
            case "done":
                output = [{"type": "video", "url": self.address(task)}]
                return json_answer({**_generation(task, "completed"), "output": output})
            case "failed":
                why = {"failure_code": task.failure, "failure_reason": "It was not to be."}
                return json_answer({**_generation(task, "failed"), **why})
            case "running":
                return json_answer(_generation(task, "processing"))
        return json_answer(_generation(task, "queued"))

    def refused(self, reason: str, request: Received) -> Answer:
        status, words = REFUSALS[reason]
        after = {"retry_after": "7"} if status == 429 else {}
        return json_answer({"detail": words}, status, **after)

    def other(self, request: Received) -> Answer:
        if (request.method, request.path) != ("GET", "/v1/files"):
            return self.refused("missing", request)
        return json_answer({"data": [], "has_more": False, "next_cursor": None})


def _beyond_types(body: Mapping[str, Any]) -> Iterator[str]:
    """Say what the guides forbid, and the types do not."""
    if (body.get("model"), body.get("type")) != ("ray-3.2", "video"):
        yield "it is no order for footage by ray-3.2"
    if not 1 <= len(body.get("prompt", "")) <= _PROMPT_CHARACTERS:
        yield "prompt has no character, or more than 6000"
    if body.get("aspect_ratio") not in _ASPECTS:
        yield "ray-3.2 does not make this aspect_ratio"
    if None in (body["video"].get("duration"), body["video"].get("resolution")):
        yield "a default would be taken for length or resolution"


def _size(aspect: str, lines: int) -> tuple[int, int]:
    across, down = (int(side) for side in aspect.split(":"))
    long = round(lines * max(across, down) / min(across, down) / 2) * 2
    return (long, lines) if across >= down else (lines, long)


def _generation(task: Task, state: str) -> dict[str, Any]:
    return {
        "id": task.reference,
        "created_at": _CREATED,
        "model": "ray-3.2",
        "state": state,
        "type": "video",
        "failure_code": None,
        "failure_reason": None,
        "output": None,
    }
