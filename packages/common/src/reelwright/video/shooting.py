"""One scene shot: by whoever's turn it is, fitted if it is a vendor's, and kept for the next time."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from reelwright.cost.schema import ChargeLine, Service
from reelwright.environment.schema import Settings
from reelwright.errors import BudgetExceeded
from reelwright.models.errors import NoModelAvailable, ProviderStopped
from reelwright.models.estimating import requirements_of
from reelwright.models.schema import (
    Model,
    ModelPending,
    ModelResult,
    Requirements,
    Route,
    ShotRequest,
    ShotResponse,
)
from reelwright.production.choices import choice_of_model
from reelwright.production.schema import Clip, Decision
from reelwright.storage.ports import ArtifactStore
from reelwright.storage.schema import Artifact
from reelwright.video.chain import over_scenes
from reelwright.video.schema import SceneGraphics

__all__ = ["Footage", "Objection", "SceneShooter", "Shooter", "cache_key"]

_MP4, _TRACE = "video/mp4", "application/gzip"
_CACHE_FORMAT = 3
"""Raised when what is kept of a scene changes: what draws it is in the key anyway."""
_UNSEEN: dict[str, Any] = {
    "layout_reason": True,
    "no_pictures_reason": True,
    "logo": {"path"},
    "font": {"path"},
    "pictures": {"__all__": {"score", "why", "path"}},
}
"""Of a scene's graphics, what is told of it and not drawn: other scenes may change that.

Why a picture was chosen is not seen; the word that it stands for is: it enters with that.
"""

_NOT_DRAWN: Any = dict.fromkeys(("idempotency_key", "work_dir", "first_frame", "negative_prompt"), True)

Objection = Callable[[ShotRequest, ShotResponse], str]
"""Says why footage cannot be used, or nothing."""


class Shooter(Protocol):
    """The part of AIModelManager that is needed here."""

    def select(self, service: Service, requirements: Requirements, *, production_id: str = "") -> Route:
        """Return the choices for a call, best first, without making it."""
        ...

    def shoot(
        self, request: ShotRequest, *, objection: Objection | None = None
    ) -> ModelResult[ShotResponse] | ModelPending:
        """Ask for footage that nobody objects to; it may be made elsewhere meanwhile."""
        ...


@dataclass(frozen=True, slots=True)
class Footage:
    """One clip and how it came about."""

    clip: Clip
    decisions: tuple[Decision, ...] = ()
    charges: tuple[ChargeLine, ...] = ()
    warnings: tuple[str, ...] = ()
    is_ours: bool = False
    """Whether an engine of ours drew it."""
    fell_back: str = ""
    """Why an engine of ours drew it after paid models had failed; empty if none did."""
    took_first_frame: bool = False
    """Whether it begins with the picture that it was to begin with."""
    delivered: Path | None = None
    """The file as a vendor made it, before it was fitted, as long as its run lasts."""


@dataclass(frozen=True, slots=True)
class SceneShooter:
    """Shoots scenes through the model route, with a cache by content and by who shot."""

    models: Shooter
    artifacts: ArtifactStore
    settings: Settings

    def shoot(
        self, request: ShotRequest, scene_index: int, *, resuming: bool = False
    ) -> Footage | ModelPending:
        """Return the clip, or that a vendor makes it: then ask again with ``resuming``.

        What was ordered is collected and paid, even if the same scene lies in the cache by now.
        """
        cached = None if resuming else self._cached(request, scene_index)
        return cached or self._shot(request, scene_index)

    def _cached(self, request: ShotRequest, scene_index: int) -> Footage | None:
        """Return the clip that an engine of ours has drawn of the same scene before, if it is its turn.

        It never serves where a vendor would be paid. What vendors made is kept by the cache of answers, for
        as long as ``costs.cache_seconds`` says.
        """
        route = self._route(request) if self.settings.features.scene_cache else None
        if route is None or not route.candidates[0].model.free:
            return None
        key = cache_key(request)
        media, trace = self.artifacts.recall(key), self.artifacts.recall(_key_of_trace(key))
        if media is None:
            return None
        clip = _clip(request, scene_index, media, trace, cached=True, mock=route.mock)
        decisions = (*_found_in_cache(route, scene_index), *_staging(request, scene_index))
        return Footage(clip=clip, decisions=decisions, warnings=route.warnings, is_ours=True)

    def _route(self, request: ShotRequest) -> Route | None:
        """Return the way that the call would take; if there is none, the call itself says why."""
        needed = requirements_of(request)
        try:
            return self.models.select("video", needed, production_id=request.production_id)
        except (NoModelAvailable, ProviderStopped, BudgetExceeded):
            return None

    def _shot(self, request: ShotRequest, scene_index: int) -> Footage | ModelPending:
        result = self.models.shoot(request, objection=_objection)
        if isinstance(result, ModelPending):
            return result
        ready, unlike = _ready(request, result)
        media = self.artifacts.put_file(ready, _MP4)
        told = result.output.trace if result.model.free else None
        trace = None if told is None else self.artifacts.put_file(told, _TRACE)
        left_out = _left_out(result.output, scene_index)
        if self.settings.features.scene_cache and result.model.free and not left_out:
            self._keep(cache_key(request), media, trace)
        return Footage(
            clip=_clip(request, scene_index, media, trace, cached=result.cached, mock=result.mock),
            decisions=(
                *choice_of_model(result, "video model"),
                *self._fitting(request, result, scene_index, unlike),
                *(
                    _staging(request, scene_index)
                    if result.model.free
                    else _not_in_footage(request, scene_index)
                ),
                *_choices(result.output, scene_index),
            ),
            charges=result.charges,
            warnings=(*result.route.warnings, *left_out),
            is_ours=result.model.free,
            fell_back=_fell_back(result),
            delivered=None if result.model.free else result.output.media,
            took_first_frame=bool(request.first_frame) and _takes(result.model, "first_frame"),
        )

    def _keep(self, key: str, media: Artifact, trace: Artifact | None) -> None:
        """Remember a scene, its trace first: where there is a clip from the cache, its trace is there too."""
        if trace is not None:
            self.artifacts.remember(_key_of_trace(key), trace)
        self.artifacts.remember(key, media)

    def _fitting(
        self,
        request: ShotRequest,
        result: ModelResult[ShotResponse],
        scene_index: int,
        unlike: tuple[str, ...],
    ) -> tuple[Decision, ...]:
        """Return what was done to footage that is not ours, how it was unlike ours, and what it lacks."""
        if result.model.free:
            return ()
        fitted = Decision(
            subject=f"fitting of scene {scene_index + 1}",
            chosen=f"{request.width}x{request.height}, {request.fps} fps, {request.frames} frames",
            reason="; ".join((f"{result.model.name}'s footage was made to join the other scenes", *unlike)),
        )
        fitting = (fitted, *_not_taken(request, result.model, scene_index))
        if not over_scenes(self.settings).captions:
            return fitting
        soft = Decision(
            subject=f"captions of scene {scene_index + 1}",
            chosen="soft captions only",
            reason=f"only engines of ours draw captions into the picture; {result.model.name} does not",
        )
        return (*fitting, soft)


def _takes(model: Model, what: Literal["first_frame", "negative_prompt"]) -> bool:
    return model.video is not None and bool(getattr(model.video, what))


def _not_taken(request: ShotRequest, model: Model, scene_index: int) -> tuple[Decision, ...]:
    """Return what the settings ask for and the model cannot be told."""
    if not request.negative_prompt or _takes(model, "negative_prompt"):
        return ()
    return (
        Decision(
            subject=f"parameters of scene {scene_index + 1}",
            chosen="no negative prompt",
            reason=f"{model.name} cannot be told what not to show",
        ),
    )


def _fell_back(result: ModelResult[ShotResponse]) -> str:
    """Return what the paid models said that were asked before an engine of ours was."""
    said = {each.model: each.message for each in result.attempts if each.failure}
    if not result.model.free:
        return ""
    return "; ".join(f"{model}: {words}" for model, words in said.items() if model != result.model.name)


def _objection(request: ShotRequest, response: ShotResponse) -> str:
    from reelwright.video.footage_check import objection_to_footage  # noqa: PLC0415 (FFmpeg, only for vendors)

    return objection_to_footage(request, response)


def _ready(request: ShotRequest, result: ModelResult[ShotResponse]) -> tuple[Path, tuple[str, ...]]:
    """Return footage that joins with the others: our engines' as it is, a vendor's made over, and how odd."""
    if result.model.free:
        return result.output.media, ()
    from reelwright.video.fitting import fit  # noqa: PLC0415 (FFmpeg, only for vendors)

    fitted = request.work_dir / "fitted.mp4"
    return fitted, fit(result.output.media, request, fitted)


def cache_key(request: ShotRequest) -> str:
    """Hash all that decides the picture; where it is made and for whom does not."""
    unseen: dict[str, Any] = {**_NOT_DRAWN, "graphics": _UNSEEN}
    content = request.model_dump_json(exclude=unseen)
    drawn_with = _makings(request)
    return hashlib.sha256(f"scene {_CACHE_FORMAT} {content} {drawn_with}".encode()).hexdigest()


def _makings(request: ShotRequest) -> tuple[str, ...]:
    from reelwright.video.engine.makings import makings  # noqa: PLC0415 (only where a cache is asked)

    return makings(request.graphics) if isinstance(request.graphics, SceneGraphics) else ()


def _key_of_trace(key: str) -> str:
    return hashlib.sha256(f"trace {key}".encode()).hexdigest()


def _clip(
    request: ShotRequest,
    scene_index: int,
    media: Artifact,
    trace: Artifact | None,
    *,
    cached: bool,
    mock: bool,
) -> Clip:
    return Clip(
        scene_index=scene_index,
        media=media,
        frames=request.frames,
        fps=request.fps,
        width=request.width,
        height=request.height,
        cached=cached,
        mock=mock,
        trace=trace,
    )


def _found_in_cache(route: Route, scene_index: int) -> tuple[Decision, ...]:
    model = route.candidates[0].model
    found = Decision(
        subject=f"scene {scene_index + 1}",
        chosen="scene cache",
        reason="the same scene was shot before",
    )
    if not route.mock:
        return (found,)
    why = next(each.reason for each in route.rejected if each.because == "budget")
    return (found, Decision(subject="mock video model", chosen=model.name, reason=why))


def _staging(request: ShotRequest, scene_index: int) -> tuple[Decision, ...]:
    """Return how a scene was composed and which pictures it shows, with why, or why it has none."""
    graphics = request.graphics
    if not isinstance(graphics, SceneGraphics):
        return ()
    number = scene_index + 1
    layout = graphics.layout or graphics.visual.kind
    told = [Decision(subject=f"layout of scene {number}", chosen=layout, reason=graphics.layout_reason)]
    if not graphics.pictures:
        reason = graphics.no_pictures_reason
        told.append(Decision(subject=f"pictures of scene {number}", chosen="none", reason=reason))
    for use in graphics.pictures:
        where = f"item {use.item + 1}" if use.role == "item" else use.role
        reason = f"{use.score:.2f}: {use.why}"
        told.append(
            Decision(subject=f"pictures of scene {number}", chosen=f"{use.name} ({where})", reason=reason)
        )
    return tuple(told)


def _left_out(response: ShotResponse, scene_index: int) -> tuple[str, ...]:
    """Return what is missing in a scene, which is drawn anew the next time: it may be there by then."""
    return tuple(
        f"Scene {scene_index + 1}: {chosen}: {reason}"
        for chosen, reason in response.choices
        if chosen.startswith("left out")
    )


def _not_in_footage(request: ShotRequest, scene_index: int) -> tuple[Decision, ...]:
    """Return which pictures of the brief's own a scene lacks because somebody else shot it."""
    graphics = request.graphics
    pictures = graphics.pictures if isinstance(graphics, SceneGraphics) else ()
    own = [use.name for use in pictures if use.source == "user"]
    reason = (
        f"footage that models shoot shows no pictures of the brief; drawn, it would have {', '.join(own)}"
    )
    told = Decision(subject=f"pictures of scene {scene_index + 1}", chosen="none", reason=reason)
    return (told,) if own else ()


def _choices(response: ShotResponse, scene_index: int) -> tuple[Decision, ...]:
    return tuple(
        Decision(subject=f"picture of scene {scene_index + 1}", chosen=chosen, reason=reason)
        for chosen, reason in response.choices
    )
