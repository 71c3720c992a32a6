"""Whose footage a scene shows, and what stands in for it if that comes to nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from reelwright.environment.schema import Settings
from reelwright.errors import BudgetExceeded, ReelwrightError
from reelwright.models.errors import NoModelAvailable, OutcomeUnknown, ProviderFailed, RouteFailed
from reelwright.models.schema import Model, ModelPending, ShotRequest
from reelwright.production.schema import Brief, Decision, Script
from reelwright.storage.errors import ArtifactDamaged, ArtifactMissing
from reelwright.storage.ports import ArtifactStore
from reelwright.video.errors import MediaRefused, SceneFailed
from reelwright.video.footage_failed import FailedScenes
from reelwright.video.footage_long import LongScenes
from reelwright.video.footage_sources import Sourced, source_of, sources_told
from reelwright.video.shooting import Footage, SceneShooter, Shooter

__all__ = ["FootageMaker", "SceneTask", "ours_alone"]


_SHOWN_CHARACTERS: Final = 300
"""Of a reason, beside the clip and in the warning: the decision has all of it."""


@dataclass(frozen=True, slots=True)
class SceneTask:
    """One scene that is to be shot, and where it stands."""

    brief: Brief
    script: Script
    request: ShotRequest
    index: int
    resuming: bool = False
    """Whether a vendor was at it when it was asked for last."""


@dataclass(frozen=True, slots=True)
class FootageMaker:
    """Shoots scenes by whoever is to shoot them; a failed one is drawn, where the settings let it be.

    ``draw`` gives the way to the engines of ours alone; without it nothing stands in for what fails.
    """

    models: Shooter
    artifacts: ArtifactStore
    settings: Settings
    draw: Callable[[], Shooter] | None = None

    def make(self, task: SceneTask, own: Callable[[], Footage | None]) -> Footage | ModelPending:
        """Return the clip, or that a vendor makes it: then ask again with ``resuming``.

        ``own`` gives the clip that the brief's own footage makes of the scene, where it brings some.
        Errors: of the models' route, unless the scene is drawn; SceneFailed where an engine of ours would
        stand in for a paid model and must not; MediaRefused, ArtifactMissing, ArtifactDamaged likewise.
        """
        source, task = source_of(task.brief, self.settings.video, task.index), self._asked(task)
        footage = self._own(task, own) or self._shot(task, source)
        if isinstance(footage, ModelPending) or task.index:
            return footage
        notes = sources_told(task.brief, self.settings.video, len(task.script.scenes))
        return replace(footage, warnings=(*footage.warnings, *notes))

    def _asked(self, task: SceneTask) -> SceneTask:
        """Return the task with what the settings say to models of all footage."""
        video, request = self.settings.video, task.request
        if not (video.look or video.negative_prompt):
            return task
        said = {"prompt": f"{request.prompt} {video.look}".strip(), "negative_prompt": video.negative_prompt}
        return replace(task, request=request.model_copy(update=said))

    def _own(self, task: SceneTask, own: Callable[[], Footage | None]) -> Footage | None:
        try:
            return own()
        except (MediaRefused, ArtifactMissing, ArtifactDamaged) as error:
            return self._drawn_instead(task, f"the brief's own footage: {error.message}", error)

    def _shot(self, task: SceneTask, source: Sourced) -> Footage | ModelPending:
        if source.source == "graphics":
            return _with(self._drawn(task), source.told(task.index))
        try:
            footage = self._ordered(task)
        except OutcomeUnknown:
            raise  # it may be paid, and be delivered: an operator says
        except BudgetExceeded as error:
            return self._without_money(task, source, error)
        except (RouteFailed, ProviderFailed, NoModelAvailable) as error:
            drawn = self._drawn_instead(task, error.message, error)
            return _with(drawn, source.told(task.index))
        if isinstance(footage, ModelPending):
            return footage
        return _with(self._judged(task, source, footage), source.told(task.index))

    def _ordered(self, task: SceneTask) -> Footage | ModelPending:
        """Return the scene as the route makes it: whole, or in pieces where it is too long for one shot."""
        shooter = SceneShooter(self.models, self.artifacts, self.settings)
        long = LongScenes(shooter, self.settings.video.most_pieces)
        cut = long.shoot(task.request, task.index, resuming=task.resuming)
        if isinstance(cut, Footage) and cut.is_ours:
            return self._whole_instead(task, cut)
        return cut or shooter.shoot(task.request, task.index, resuming=task.resuming)

    def _whole_instead(self, task: SceneTask, piece: Footage) -> Footage:
        """Return the scene drawn whole, where an engine of ours was the one to make a piece of it."""
        drawn = self._drawn(task)
        mocked = tuple(each for each in piece.decisions if each.subject.startswith("mock "))
        return replace(
            drawn,
            clip=drawn.clip.model_copy(update={"mock": piece.clip.mock}),
            decisions=(*mocked, *drawn.decisions),
            fell_back=piece.fell_back,
        )

    def _without_money(self, task: SceneTask, source: Sourced, error: BudgetExceeded) -> Footage:
        """Return the scene drawn, if it was to be shot only as long as there is money for it."""
        if not source.while_budget_lasts or self.draw is None:
            raise error
        said = Decision(subject=f"source of scene {task.index + 1}", chosen="graphics", reason=error.message)
        return _with(self._drawn(task), (*source.told(task.index), said))

    def _judged(self, task: SceneTask, source: Sourced, footage: Footage) -> Footage:
        """Return footage, with what it means if an engine of ours made it in place of a paid model."""
        failed = footage.fell_back or (source.source == "provider" and footage.is_ours)
        if not failed or footage.clip.mock:
            return footage
        why = footage.fell_back or "no paid model could be asked"
        scenes = self._failed_scenes(task)
        if scenes.may_be_drawn(task.index):
            return _told(footage, task.index, why)
        raise SceneFailed(
            f"Scene {task.index + 1} was not shot: {why}; {scenes.why_not()}.",
            next_step="Resume when a provider answers, or let more scenes be drawn: video.on_failed_scene "
            "and video.max_failed_scenes_share.",
            context={"scene": task.index + 1},
        )

    def _drawn_instead(self, task: SceneTask, why: str, error: ReelwrightError) -> Footage:
        """Return a failed scene as an engine of ours draws it; the error itself where that must not be."""
        if self.draw is None or not self._failed_scenes(task).may_be_drawn(task.index):
            raise error
        return _told(self._drawn(task), task.index, why)

    def _drawn(self, task: SceneTask) -> Footage:
        """Return the scene as an engine of ours draws it."""
        request = task.request
        drawing = request.model_copy(update={"idempotency_key": f"{request.idempotency_key}/drawn"})
        models = self.models if self.draw is None else self.draw()
        footage = SceneShooter(models, self.artifacts, self.settings).shoot(drawing, task.index)
        assert isinstance(footage, Footage), task.index  # noqa: S101 (engines of ours keep nobody waiting)
        return footage

    def _failed_scenes(self, task: SceneTask) -> FailedScenes:
        production, count = task.request.production_id, len(task.script.scenes)
        return FailedScenes(self.artifacts, self.settings.video, production, count)


class _Catalogues(Protocol):
    """The part of ModelParts that is needed here."""

    def catalogue_for(self, settings: Settings) -> tuple[Model, ...]:
        """Return the models that these settings know."""
        ...


def ours_alone(settings: Settings, models: _Catalogues) -> Settings:
    """Return settings under which nobody but engines of ours makes pictures."""
    catalogue = models.catalogue_for(settings)
    ours = tuple(model.name for model in catalogue if model.service == "video" and model.free)
    video = settings.models.video.model_copy(update={"models": ours})
    return settings.model_copy(update={"models": settings.models.model_copy(update={"video": video})})


def _with(footage: Footage, decisions: tuple[Decision, ...]) -> Footage:
    return replace(footage, decisions=(*decisions, *footage.decisions)) if decisions else footage


def _told(footage: Footage, scene_index: int, why: str) -> Footage:
    """Return footage of a scene that failed, which says so wherever one looks."""
    said, number = why.rstrip("."), scene_index + 1
    short = said if len(said) <= _SHOWN_CHARACTERS else f"{said[: _SHOWN_CHARACTERS - 1]}…"
    return replace(
        footage,
        clip=footage.clip.model_copy(update={"stands_in": short}),
        decisions=(
            Decision(subject=f"failed scene {number}", chosen="drawn by an engine of ours", reason=said),
            *footage.decisions,
        ),
        warnings=(*footage.warnings, f"Scene {number} was drawn because it could not be shot: {short}."),
    )
