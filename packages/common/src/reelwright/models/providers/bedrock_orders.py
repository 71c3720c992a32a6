"""What footage models of Bedrock are ordered with, and what they will bill: pure functions of a request.

They must stay so: a repeated order is the same order only if its body is the same to the letter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log
from typing import Any, Final

from reelwright.models.errors import ProviderMisconfigured, RequestInvalid
from reelwright.models.providers.footage import cut_at_word, first_frame_of
from reelwright.models.schema import Model, ShotRequest

__all__ = ["FootageOrder", "footage_order"]

_LUMA_SECONDS: Final = (5, 9)
_LUMA_RATIOS: Final = ("1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21")
_LUMA_PROMPT_CHARS: Final = 5000
_LUMA_SMALL_SIDE: Final = 540
_NOVA_SECONDS: Final = 6
_NOVA_PROMPT_CHARS: Final = 512
_NOVA_SIZE: Final = "1280x720"
_NOVA_SEEDS: Final = 2_147_483_647
_RATE: Final = 24
_ROUNDING_SECONDS: Final = 1e-6


@dataclass(frozen=True, slots=True)
class FootageOrder:
    """An order and what comes of it."""

    model_input: Mapping[str, Any]
    seconds: int
    unit: str
    """That the seconds are billed in."""
    rate: int = _RATE
    """Frames per second of what is delivered."""


def footage_order(model: Model, request: ShotRequest) -> FootageOrder:
    """Return the order for a request; RequestInvalid if the model cannot make it.

    ProviderMisconfigured for a vendor id of which the order's shape is not known.
    """
    for prefix, make in _SHAPES.items():
        if model.vendor_id.startswith(prefix):
            return make(model, request)
    raise ProviderMisconfigured(
        f"Nobody knows how {model.vendor_id!r} is ordered through Bedrock.",
        next_step=f"Use a model whose id begins with one of: {', '.join(_SHAPES)}.",
        context={"model": model.name},
    )


def _luma(model: Model, request: ShotRequest) -> FootageOrder:
    """Luma's own parameters (Bedrock's guide, "Luma AI models"). It takes no seed."""
    seconds = _long_enough(model, request, _LUMA_SECONDS)
    resolution = "540p" if min(request.width, request.height) <= _LUMA_SMALL_SIDE else "720p"
    body = {
        "prompt": _prompt(model, request, _LUMA_PROMPT_CHARS),
        "aspect_ratio": min(_LUMA_RATIOS, key=lambda ratio: _distance(ratio, request)),
        "duration": f"{seconds}s",
        "resolution": resolution,
        "loop": False,
        **_beginning(first_frame_of(model, request)),
    }
    return FootageOrder(body, seconds, f"video_seconds_{resolution}")


def _beginning(picture: str) -> dict[str, Any]:
    """Return the keyframe at the start, as the guide's "Luma AI models" writes it."""
    if not picture:
        return {}
    source = {"type": "base64", "media_type": "image/jpeg", "data": picture}
    return {"keyframes": {"frame0": {"type": "image", "source": source}}}


def _nova_reel(model: Model, request: ShotRequest) -> FootageOrder:
    """One shot of Nova Reel, which AWS ended on 2026-09-30: 6 s, 1280 by 720, whatever is asked."""
    seconds = _long_enough(model, request, (_NOVA_SECONDS,))
    body = {
        "taskType": "TEXT_VIDEO",
        "textToVideoParams": {"text": _prompt(model, request, _NOVA_PROMPT_CHARS)},
        "videoGenerationConfig": {
            "durationSeconds": seconds,
            "fps": _RATE,
            "dimension": _NOVA_SIZE,
            "seed": request.seed % _NOVA_SEEDS,
        },
    }
    return FootageOrder(body, seconds, "video_seconds")


_SHAPES: Final[Mapping[str, Callable[[Model, ShotRequest], FootageOrder]]] = {
    "luma.": _luma,
    "amazon.nova-reel": _nova_reel,
}


def _long_enough(model: Model, request: ShotRequest, lengths: tuple[int, ...]) -> int:
    enough = [seconds for seconds in lengths if seconds >= request.seconds - _ROUNDING_SECONDS]
    if enough:
        return enough[0]
    raise RequestInvalid(
        f"{model.name} makes at most {lengths[-1]} s of footage, and {request.seconds:.1f} s are asked.",
        next_step="Split the scene, or let another model shoot it.",
        context={"model": model.name},
    )


def _prompt(model: Model, request: ShotRequest, limit: int) -> str:
    prompt = cut_at_word(request.prompt, limit)
    if prompt:
        return prompt
    raise RequestInvalid(
        f"{model.name} needs a prompt, and the scene has none.",
        next_step="Give the scene a visual prompt, or let another model shoot it.",
        context={"model": model.name},
    )


def _distance(ratio: str, request: ShotRequest) -> float:
    """Return how far a shape is from the asked one; twice as wide is as far as twice as high."""
    width, height = map(int, ratio.split(":"))
    return abs(log(width / height * request.height / request.width))
