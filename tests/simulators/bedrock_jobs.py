"""Bedrock's asynchronous invocations: orders of footage, their rules, their fate and their delivery."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.simulators.media import make_clip

__all__ = ["MODERATED", "Clip", "Job", "clip_bytes", "clip_of", "job_id", "same_order"]

MODERATED = "The generated video has been blocked by our content filters."
_SIDES = {"540p": 540, "720p": 720}
_RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21")
_LUMA_KEYS = {"prompt", "aspect_ratio", "loop", "duration", "resolution", "keyframes"}
_NOVA_SEEDS = 2_147_483_646
_RATE = 24


@dataclass(frozen=True)
class Clip:
    """What is to be delivered, and what it bills."""

    width: int
    height: int
    seconds: int
    prompt: str
    unit: str


@dataclass
class Job:
    """One invocation."""

    arn: str
    model_arn: str
    token: str
    order: str
    """A digest of the whole body."""
    uri: str
    clip: Clip
    submitted: datetime
    polls: int
    """How often it is still found in progress."""
    failure: str = ""
    listed_after: int = 0
    """How many lists do not have it yet."""
    is_delivered: bool = False
    """Once: what somebody takes out of the bucket afterwards stays out."""
    names_own_folder: bool = True
    """Whether the service names the folder that it delivers to, or the one that was asked for."""

    @property
    def status(self) -> str:
        """What the service calls its state."""
        if self.polls > 0:
            return "InProgress"
        return "Failed" if self.failure else "Completed"

    @property
    def folder(self) -> str:
        """Where it delivers: the folder asked for, and one of its own in that."""
        return f"{self.uri.rstrip('/')}/{self.arn.rpartition('/')[2]}"

    def described(self) -> dict[str, Any]:
        """Return it as GetAsyncInvoke and ListAsyncInvokes tell it."""
        moment = self.submitted.astimezone(UTC).isoformat().replace("+00:00", "Z")
        known = {
            "invocationArn": self.arn,
            "modelArn": self.model_arn,
            "clientRequestToken": self.token,
            "status": self.status,
            "submitTime": moment,
            "lastModifiedTime": moment,
            "outputDataConfig": {
                "s3OutputDataConfig": {"s3Uri": self.folder if self.names_own_folder else self.uri}
            },
        }
        failed = {"failureMessage": self.failure} if self.status == "Failed" else {}
        return known | failed | ({} if self.status == "InProgress" else {"endTime": moment})


def job_id(number: int) -> str:
    """Return an invocation's id: twelve letters and digits."""
    return hashlib.sha256(f"job {number}".encode()).hexdigest()[:12]


def same_order(body: Mapping[str, Any]) -> str:
    """Return a digest of an order, by which another body under the same token is told."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def clip_of(kind: str, order: Mapping[str, Any]) -> tuple[Clip | None, list[str]]:
    """Return what an order's ``modelInput`` asks for, or what is wrong with it."""
    problems = list(_RULES[kind](order))
    return (None if problems else _CLIPS[kind](order)), problems


@lru_cache(maxsize=64)
def clip_bytes(clip: Clip, shrink: int = 1) -> bytes:
    """Return the footage as a file, so many times smaller than asked."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "output.mp4")
        make_clip(
            path,
            width=clip.width // shrink // 2 * 2,
            height=clip.height // shrink // 2 * 2,
            fps=_RATE,
            seconds=clip.seconds,
            prompt=clip.prompt,
        )
        return path.read_bytes()


def _luma_rules(order: Mapping[str, Any]) -> Iterator[str]:
    if unknown := set(order) - _LUMA_KEYS:
        yield f"modelInput has unknown keys {sorted(unknown)}"
    prompt = order.get("prompt")
    if not isinstance(prompt, str) or not 1 <= len(prompt) <= 5000:
        yield "modelInput.prompt must have 1 to 5000 characters"
    if order.get("aspect_ratio", "16:9") not in _RATIOS:
        yield f"modelInput.aspect_ratio {order['aspect_ratio']!r} is none"
    if order.get("duration", "5s") not in {"5s", "9s"}:
        yield f"modelInput.duration {order['duration']!r} is neither 5s nor 9s"
    if order.get("resolution", "720p") not in _SIDES:
        yield f"modelInput.resolution {order['resolution']!r} is neither 540p nor 720p"
    if not isinstance(order.get("loop", False), bool):
        yield "modelInput.loop must be a boolean"


def _luma_clip(order: Mapping[str, Any]) -> Clip:
    resolution = order.get("resolution", "720p")
    side = _SIDES[resolution]
    across, down = map(int, order.get("aspect_ratio", "16:9").split(":"))
    long = round(side * max(across, down) / min(across, down) / 2) * 2
    width, height = (long, side) if across >= down else (side, long)
    seconds = int(order.get("duration", "5s").rstrip("s"))
    return Clip(width, height, seconds, order["prompt"], f"video_seconds_{resolution}")


def _nova_rules(order: Mapping[str, Any]) -> Iterator[str]:
    if set(order) != {"taskType", "textToVideoParams", "videoGenerationConfig"}:
        yield f"modelInput has the keys {sorted(order)}"
        return
    if order["taskType"] != "TEXT_VIDEO":
        yield "modelInput.taskType is another one than this simulates"
    text, config = order["textToVideoParams"].get("text", ""), order["videoGenerationConfig"]
    if not 1 <= len(text) <= 512:
        yield "modelInput.textToVideoParams.text must have 1 to 512 characters"
    fixed = {"durationSeconds": 6, "fps": 24, "dimension": "1280x720"}
    if {key: config.get(key) for key in fixed} != fixed:
        yield f"modelInput.videoGenerationConfig must hold {fixed}"
    seed = config.get("seed", 42)
    if not isinstance(seed, int) or not 0 <= seed <= _NOVA_SEEDS:
        yield "modelInput.videoGenerationConfig.seed is out of range"
    if unknown := set(config) - {*fixed, "seed"}:
        yield f"modelInput.videoGenerationConfig has unknown keys {sorted(unknown)}"


def _nova_clip(order: Mapping[str, Any]) -> Clip:
    return Clip(1280, 720, 6, order["textToVideoParams"]["text"], "video_seconds")


_RULES: Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    "luma": _luma_rules,
    "nova-reel": _nova_rules,
}
_CLIPS: Mapping[str, Callable[[Mapping[str, Any]], Clip]] = {"luma": _luma_clip, "nova-reel": _nova_clip}
