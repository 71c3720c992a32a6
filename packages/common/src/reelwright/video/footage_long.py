"""Scenes that are longer than a model's longest shot: ordered shot by shot, and joined to the frame."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from reelwright.errors import BudgetExceeded
from reelwright.models.errors import NoModelAvailable, ProviderStopped
from reelwright.models.estimating import requirements_of
from reelwright.models.schema import Model, ModelPending, Requirements, Route, ShotRequest
from reelwright.production.schema import Clip, Decision
from reelwright.video.footage_pieces import (
    Piece,
    Pieces,
    frame_of,
    picture_of,
    piece_request,
    pieces_for,
    recalled,
    remembered,
)
from reelwright.video.schema import SceneGraphics
from reelwright.video.shooting import Footage, SceneShooter

__all__ = ["LongScenes"]

_SHORT_SECONDS: Final = 2.0
"""What any model makes: who is asked first for so little is who would be asked for a piece."""
_PASSING: Final = frozenset({"budget", "ceiling", "health", "price", "switch"})
"""Reasons against a model that did not hold, perhaps, when the scene was begun."""
_JPEG, _MP4 = "image/jpeg", "video/mp4"


@dataclass(frozen=True, slots=True)
class LongScenes:
    """Orders a long scene in pieces. Each is a call of its own: with its charge, its order and its receipt.

    How a scene is cut is kept before its first piece is ordered, and each piece when it is made, so that
    whoever goes on after a crash orders the same ones, and none of them twice.
    """

    scenes: SceneShooter
    most_pieces: int

    def shoot(
        self, request: ShotRequest, scene_index: int, *, resuming: bool
    ) -> Footage | ModelPending | None:
        """Return the clip of a scene that is cut in pieces, or that one is being made; None if it is not cut.

        Footage that ``is_ours`` is a piece that no paid model made: it does not stand for the scene.
        """
        store, key = self.scenes.artifacts, request.idempotency_key
        if self.most_pieces == 1 or request.seconds <= _SHORT_SECONDS:
            return None
        short = self._route(requirements_of(request).model_copy(update={"seconds": _SHORT_SECONDS}), request)
        if short is not None and not resuming and _is_ours_alone(short):
            return None
        pieces = recalled(store, key)
        if pieces is None:
            planned = None if resuming or short is None else self._planned(request, short.candidates[0].model)
            if planned is None:
                return None
            pieces = remembered(store, key, planned)
        while len(pieces.done) < len(pieces.frames):
            footage = self._next(request, pieces, scene_index)
            if isinstance(footage, ModelPending) or footage.is_ours:
                return footage
            piece = self._kept(footage, pieces, scene_index)
            pieces = remembered(store, key, pieces.model_copy(update={"done": (*pieces.done, piece)}))
        return self._joined(request, pieces, scene_index)

    def _planned(self, request: ShotRequest, model: Model) -> Pieces | None:
        """Return how to cut a scene that nobody who is paid makes whole, and this model would in pieces."""
        whole = self._route(requirements_of(request), request)
        if model.free or (whole is not None and not whole.candidates[0].model.free):
            return None
        words = request.graphics.words if isinstance(request.graphics, SceneGraphics) else ()
        return pieces_for(request, words, model, most=self.most_pieces)

    def _route(self, needed: Requirements, request: ShotRequest) -> Route | None:
        try:
            return self.scenes.models.select("video", needed, production_id=request.production_id)
        except (NoModelAvailable, ProviderStopped, BudgetExceeded):
            return None  # the call itself says why

    def _next(self, request: ShotRequest, pieces: Pieces, scene_index: int) -> Footage | ModelPending:
        last = pieces.done[-1] if pieces.done else None
        folder = request.work_dir / f"piece-{len(pieces.done) + 1}"
        folder.mkdir(exist_ok=True)
        picture = picture_of(self.scenes.artifacts, last)
        order = piece_request(request, pieces, picture, folder)
        return self.scenes.shoot(order, scene_index, resuming=True)

    def _kept(self, footage: Footage, pieces: Pieces, scene_index: int) -> Piece:
        """Return a piece that is made, with the frame that the next one begins with.

        It is the vendor's own: in a fitted one there is a logo, which would be drawn over its likeness.
        """
        store, at = self.scenes.artifacts, len(pieces.done)
        last = None
        if pieces.join == "first frame" and at + 1 < len(pieces.frames):
            media = footage.delivered or store.local_path(footage.clip.media)
            shown = frame_of(media, pieces.frames[at] - 1, footage.clip.fps)
            last = store.put_bytes(shown, _JPEG)
        breaks = pieces.join == "first frame" and at > 0 and not footage.took_first_frame
        note = (
            f"Scene {scene_index + 1}: piece {at + 1} does not follow the one before: the model that made it "
            "takes no picture to begin with."
        )
        return Piece(
            media=footage.clip.media,
            last_frame=last,
            decisions=footage.decisions,
            charges=footage.charges,
            warnings=(*footage.warnings, *((note,) if breaks else ())),
            cached=footage.clip.cached,
        )

    def _joined(self, request: ShotRequest, pieces: Pieces, scene_index: int) -> Footage:
        from reelwright.video.footage_joining import join_pieces  # noqa: PLC0415 (needs PyAV, which few functions have)

        store, out = self.scenes.artifacts, request.work_dir / "joined.mp4"
        join_pieces([store.local_path(piece.media) for piece in pieces.done], out)
        clip = Clip(
            scene_index=scene_index,
            media=store.put_file(out, _MP4),
            frames=request.frames,
            fps=request.fps,
            width=request.width,
            height=request.height,
            cached=all(piece.cached for piece in pieces.done),
        )
        cut = Decision(
            subject=f"pieces of scene {scene_index + 1}",
            chosen=", ".join(f"{frames / request.fps:.1f} s" for frames in pieces.frames),
            reason=pieces.decision_reason,
        )
        return Footage(
            clip=clip,
            decisions=(cut, *_told(pieces)),
            charges=tuple(line for piece in pieces.done for line in piece.charges),
            warnings=tuple(dict.fromkeys(note for piece in pieces.done for note in piece.warnings)),
        )


def _is_ours_alone(route: Route) -> bool:
    """Whether no model is paid under these settings, at any time: then nothing was ever ordered in pieces."""
    passing = any(each.because in _PASSING for each in route.rejected)
    return not passing and all(each.model.free for each in route.candidates)


def _told(pieces: Pieces) -> Iterator[Decision]:
    """Yield the decisions of all pieces, what is the same of several once."""
    seen: set[tuple[str, str, str]] = set()
    for number, piece in enumerate(pieces.done, start=1):
        for each in piece.decisions:
            same = (each.subject, each.chosen, each.reason)
            if same not in seen:
                subject = each.subject if number == 1 else f"{each.subject}, piece {number}"
                yield each.model_copy(update={"subject": subject})
            seen.add(same)
