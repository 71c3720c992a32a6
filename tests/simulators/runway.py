"""Runway's API on loopback: text to video, tasks, the organization; requests held to runwayml's own types."""

import base64
import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import ModuleType
from typing import Any, Final

from runwayml.types import image_to_video_create_params, text_to_video_create_params

from tests.simulators.footage import FootageSimulator, Kind, Task, model_of, objections_to
from tests.simulators.server import Answer, Received, json_answer

__all__ = ["CREDIT_MICRO_USD", "PRICES", "REFUSALS", "RunwaySimulator"]

CREDIT_MICRO_USD = 10_000
_CREATED = "2026-11-25T12:00:00.000Z"
_VERSION = "2024-11-06"
_UTF16_UNITS = 1_000
_SEEDS = range(2**32)
_GEN4_5_SECONDS = range(2, 11)
_NAMED = {"16:9": (1376, 768), "9:16": (768, 1376), "1:1": (768, 768)}
_ORDERS: Final = {
    "/v1/text_to_video": text_to_video_create_params,
    "/v1/image_to_video": image_to_video_create_params,
}
_JPEG: Final = "data:image/jpeg;base64,"
_JPEG_MARK: Final = b"\xff\xd8"
_IMAGE_CHARACTERS: Final = 5 * 1024 * 1024


def _schemas(module: ModuleType) -> dict[str | None, Any]:
    """The types of orders by model."""
    found = (getattr(module, name, None) for name in module.__all__)
    return {
        model_of(schema): schema
        for schema in found
        if schema is not None and "model" in getattr(schema, "__annotations__", {})
    }


_SCHEMAS: Final = {path: _schemas(module) for path, module in _ORDERS.items()}

PRICES: Final = {
    "gen4.5": {"video_seconds": Fraction(12 * CREDIT_MICRO_USD)},
    "veo3.1": {"video_seconds": Fraction(20 * CREDIT_MICRO_USD)},
    "veo3.1_fast": {"video_seconds": Fraction(10 * CREDIT_MICRO_USD)},
    "hailuo3": {"video_seconds": Fraction(10 * CREDIT_MICRO_USD)},
    "gemini_omni_flash": {"video_seconds": Fraction(10 * CREDIT_MICRO_USD)},
}
"""Micro-dollars a second."""

REFUSALS: Final = {
    "throttled": (429, "Too many requests. Slow down."),
    "daily_limit": (429, "You have exceeded your daily task limit. Try again later."),
    "server_error": (500, "Internal server error"),
    "overloaded": (503, "Runway is shedding load."),
    "unauthorised": (401, "The provided API key is not valid."),
    "retired": (403, "Model variant gen4.5 is not available."),
    "exhausted": (400, "You do not have enough credits to run this task."),
    "invalid_request": (400, "Validation of body failed"),
    "missing": (404, "Not found"),
    "wrong_method": (405, "Method not allowed"),
    "forbidden": (403, "This key may not create tasks."),
}


class RunwaySimulator(FootageSimulator):
    """Runway. Its tasks tell what they cost; those that fail inside are refunded, refused prompts are not."""

    refusal_code = "SAFETY.INPUT.TEXT"

    def __init__(self, *, balance: int = 100_000, **common: Any) -> None:
        super().__init__(**{"prices": PRICES, **common})
        self.balance = balance
        """Credits left, as the organization tells them."""
        self.refused_with: str | None = None
        """Refuse every order so: a key of REFUSALS."""
        self.daily = {"gen4.5": (200, 0)}
        """Most tasks a day and how many there were, by model."""
        self._numbers = itertools.count(1)

    def kind(self, request: Received) -> Kind:
        if request.path.startswith("/files/"):
            return "file"
        if request.method == "POST" and request.path in _ORDERS:
            return "submit"
        if request.path.startswith("/v1/tasks/"):
            return "stop" if request.method == "DELETE" else "look"
        return "other"

    def answer(self, request: Received) -> Answer:
        if self.kind(request) == "submit" and ("promptImage" in (request.json or {})) != (
            "image_to" in request.path
        ):
            self.object(f"{request.path} was sent an order of the other kind")
        if self.kind(request) != "file" and request.headers.get("x-runway-version") != _VERSION:
            self.object("the header X-Runway-Version is missing or wrong")
        if self.kind(request) == "submit" and self.refused_with:
            return self.refused(self.refused_with, request)
        return super().answer(request)

    def body_objections(self, body: Any) -> list[str]:
        if not isinstance(body, dict):
            return ["the body is no object"]
        path = "/v1/image_to_video" if "promptImage" in body else "/v1/text_to_video"
        schema = _SCHEMAS[path].get(body.get("model"))
        if schema is None:
            return ["no such model"]
        return [*objections_to(body, schema), *_beyond_types(body)]

    def order(self, body: Mapping[str, Any]) -> Task:
        reference = f"{next(self._numbers):08d}-0000-4000-8000-000000000000"
        seconds = int(body["duration"])
        failure = self.next_failure()
        task = Task(
            reference=reference,
            request=body,
            prompt=str(body["promptText"]),
            seconds=seconds,
            size=_size(str(body["ratio"])),
            work=self.take_on(reference, str(body["model"]), {"video_seconds": seconds}),
            failure=failure,
        )
        if failure.startswith("INTERNAL"):
            self.refund(task)
        return task

    def ordered(self, task: Task) -> Answer:
        return json_answer({"id": task.reference, "estimatedCost": {"credits": _credits(task)}})

    def told(self, task: Task) -> Answer:
        common = {"id": task.reference, "createdAt": _CREATED}
        over = {"cost": {"credits": _credits(task)}}
        waiting = {"estimatedCost": {"credits": _credits(task)}}
        said: dict[str, object]
        match task.state:
            case "done":
                said = {"status": "SUCCEEDED", "output": [self.address(task)], **over}
            case "failed":
                words = "The task was rejected."
                said = {"status": "FAILED", "failure": words, "failureCode": task.failure, **over}
            case "cancelled":
                said = {"status": "CANCELLED", **over}
            case "running":
                said = {"status": "RUNNING", "progress": 0.5, **waiting}
            case _:
                said = {"status": "PENDING" if task.started else "THROTTLED", **waiting}
        return json_answer({**common, **said})

    def refused(self, reason: str, request: Received) -> Answer:
        status, words = REFUSALS[reason]
        data: dict[str, Any] = {"error": words}
        if reason == "invalid_request":
            issue = {"code": "invalid_type", "path": ["ratio"], "message": "Required"}
            data |= {"issues": [issue], "docUrl": "https://docs.dev.runwayml.com/api"}
        return json_answer(data, status)

    def other(self, request: Received) -> Answer:
        if (request.method, request.path) != ("GET", "/v1/organization"):
            return self.refused("missing", request)
        limits = {
            name: {"maxConcurrentGenerations": 2, "maxDailyGenerations": most}
            for name, (most, _) in self.daily.items()
        }
        used = {name: {"dailyGenerations": count} for name, (_, count) in self.daily.items()}
        return json_answer(
            {
                "creditBalance": self.balance,
                "tier": {"maxMonthlyCreditSpend": 10_000, "models": limits},
                "usage": {"models": used},
            }
        )


def _beyond_types(body: Mapping[str, Any]) -> Iterator[str]:
    """Say what the types' descriptions forbid, and the types do not."""
    prompt = body.get("promptText", "")
    if not prompt or len(prompt.encode("utf-16-le")) // 2 > _UTF16_UNITS:
        yield "promptText has no character, or more than 1000 UTF-16 units"
    if body["model"] == "gen4.5" and body.get("duration") not in _GEN4_5_SECONDS:
        yield "duration is not from 2 to 10"
    if "promptImage" in body and not _is_picture(str(body["promptImage"])):
        yield "promptImage is no JPEG of at most 5 MB"
    if "seed" in body and body["seed"] not in _SEEDS:
        yield "seed is not a number of 32 bits"
    if body.get("duration") is None or body.get("ratio") is None:
        yield "a default would be taken for length or shape"


def _is_picture(uri: str) -> bool:
    data = base64.b64decode(uri.removeprefix(_JPEG)) if uri.startswith(_JPEG) else b""
    return len(uri) <= _IMAGE_CHARACTERS and data.startswith(_JPEG_MARK)


def _size(ratio: str) -> tuple[int, int]:
    across, down = (int(side) for side in ratio.split(":"))
    return _NAMED.get(ratio, (across, down))


def _credits(task: Task) -> int:
    return -(-task.work.micro_usd // CREDIT_MICRO_USD)
