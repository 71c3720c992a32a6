"""A scene that is longer than a model's longest shot, as several shots: where it is cut, and how they follow.

A model that takes a picture to begin with is given the last frame of the shot before. Footage of another is
cut where a sentence ends, which looks like a cut because it is one.
"""

import base64
import hashlib
from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from reelwright.cost.schema import ChargeLine
from reelwright.models.estimating import longest_shot
from reelwright.models.schema import Model, ShotRequest
from reelwright.production.schema import Decision, Word
from reelwright.storage.ports import ArtifactStore
from reelwright.storage.schema import Artifact

__all__ = [
    "Piece",
    "Pieces",
    "frame_of",
    "picture_of",
    "piece_request",
    "pieces_for",
    "recalled",
    "remembered",
]

_TYPE: Final = "application/json"
_ENDS: Final = (".", "!", "?", "…", "。", "！", "？")
_CLOSING: Final = "\"'”’»)]"
_LEAST_SECONDS: Final = 2.0
"""No model makes a shot of less, nor is one worth a look."""
_JPEG_QUALITY: Final = 92
_ANOTHER_VIEW: Final = "Another view of the same."


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Piece(_Frozen):
    """One shot of a scene that is made, fitted and kept."""

    media: Artifact
    last_frame: Artifact | None = None
    decisions: tuple[Decision, ...] = ()
    charges: tuple[ChargeLine, ...] = ()
    warnings: tuple[str, ...] = ()
    cached: bool = False


class Pieces(_Frozen):
    """How a scene is cut, fixed when its first shot is ordered, and the shots that are made by now."""

    frames: Annotated[tuple[int, ...], Field(min_length=2)]
    """Of each."""
    model: str
    """The model whose longest shot decides."""
    join: Literal["first frame", "sentence", "length"]
    """How a shot follows the one before: from its last frame, at the end of a sentence, or anywhere."""
    reason: str
    done: tuple[Piece, ...] = ()

    @property
    def decision_reason(self) -> str:
        """Why it is cut, and how."""
        how = {
            "first frame": "each begins with the last frame of the one before",
            "sentence": f"{self.model} takes no picture to begin with: they are cut where sentences end",
            "length": f"{self.model} takes no picture to begin with, and no sentence ends near a cut",
        }
        return f"{self.reason}; {how[self.join]}"


def pieces_for(request: ShotRequest, words: Sequence[Word], model: Model, *, most: int) -> Pieces | None:
    """Return how to cut a scene for a model; None if it need not be, or would be too many pieces.

    ``words`` are the scene's, with times from its start.
    """
    longest = longest_shot(model) * request.fps
    count = ceil(request.frames / longest)
    if not 1 < count <= most or request.seconds / count < _LEAST_SECONDS:
        return None
    reason = (
        f"the scene lasts {request.seconds:.1f} s, and {model.name} makes at most {longest_shot(model)} s"
    )
    even = [round(request.frames * part / count) for part in range(1, count)]
    if model.video is not None and model.video.first_frame:
        return Pieces(
            frames=_lengths(even, request.frames), model=model.name, join="first frame", reason=reason
        )
    ends = [round(seconds * request.fps) for seconds in _sentence_ends(words)]
    cuts = _at_sentences(even, ends, request.frames, longest)
    join: Literal["sentence", "length"] = "length" if cuts == even else "sentence"
    return Pieces(frames=_lengths(cuts, request.frames), model=model.name, join=join, reason=reason)


def piece_request(request: ShotRequest, pieces: Pieces, first_frame: str, work_dir: Path) -> ShotRequest:
    """Return the order of the shot that is next, with a key of its own below the scene's."""
    at = len(pieces.done)
    changed: dict[str, object] = {
        "idempotency_key": f"{request.idempotency_key}/piece-{at + 1}",
        "frames": pieces.frames[at],
        "first_frame": first_frame,
        "work_dir": work_dir,
    }
    if at and not first_frame:
        changed |= {"seed": request.seed + at, "prompt": f"{request.prompt} {_ANOTHER_VIEW}".strip()}
    return request.model_copy(update=changed)


def frame_of(media: Path, frame: int, fps: int) -> bytes:
    """Return one frame of a vendor's footage as a JPEG, by the rate of the video; MediaRefused."""
    # Every function that begins or opens a production loads this module, and most have neither.
    from PIL import Image  # noqa: PLC0415 (as said above)

    from reelwright.video.decoding import reading  # noqa: PLC0415 (as said above)

    with reading(media) as reel:
        shown = None
        for picture in reel.pictures():
            if shown is not None and picture.seconds > (frame + 0.5) / fps:
                break
            shown = picture.frame
        assert shown is not None, media  # noqa: S101 (a reel without a picture is refused)
        out = BytesIO()
        Image.fromarray(shown.to_ndarray(format="rgb24")).save(out, "JPEG", quality=_JPEG_QUALITY)
        return out.getvalue()


def recalled(artifacts: ArtifactStore, key: str) -> Pieces | None:
    """Return how the scene of a call is cut, and what is made of it, if that was decided before."""
    kept = artifacts.recall(_name(key))
    return None if kept is None else Pieces.model_validate_json(artifacts.read_bytes(kept))


def remembered(artifacts: ArtifactStore, key: str, pieces: Pieces) -> Pieces:
    """Keep how the scene of a call is cut, and what is made of it, for whoever goes on with it."""
    artifacts.remember(_name(key), artifacts.put_bytes(pieces.model_dump_json().encode(), _TYPE))
    return pieces


def picture_of(artifacts: ArtifactStore, piece: Piece | None) -> str:
    """Return the frame that the next shot begins with, in base64; nothing where there is none."""
    if piece is None or piece.last_frame is None:
        return ""
    return base64.b64encode(artifacts.read_bytes(piece.last_frame)).decode()


def _name(key: str) -> str:
    return hashlib.sha256(f"pieces of {key}".encode()).hexdigest()


def _lengths(cuts: Sequence[int], frames: int) -> tuple[int, ...]:
    return tuple(end - start for start, end in zip([0, *cuts], [*cuts, frames], strict=True))


def _sentence_ends(words: Sequence[Word]) -> list[float]:
    """Return the moments between the last word of a sentence and the next word."""
    return [
        (word.end_seconds + after.start_seconds) / 2
        for word, after in pairwise(words)
        if word.text.rstrip(_CLOSING).endswith(_ENDS)
    ]


def _at_sentences(even: Sequence[int], ends: Sequence[int], frames: int, longest: int) -> list[int]:
    """Move each cut to the nearest end of a sentence, as long as no piece gets too long."""
    cuts: list[int] = []
    for place, cut in enumerate(even, start=1):
        before = cuts[-1] if cuts else 0
        left = len(even) + 1 - place
        least, most = max(before + 1, frames - left * longest), before + longest
        near = [end for end in ends if least <= end <= most]
        cuts.append(min(near, key=lambda end: (abs(end - cut), end), default=min(max(cut, least), most)))
    return cuts
