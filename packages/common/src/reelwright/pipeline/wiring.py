"""Managers wired to ports, for one production's settings: the same for every runtime."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import get_args

from reelwright.audio.manager import AudioGenerationManager
from reelwright.config.schema import Snapshot
from reelwright.content.guardrail import guard_for
from reelwright.content.manager import ContentGenerationManager
from reelwright.content.translator import ScriptTranslator
from reelwright.cost.schema import Service
from reelwright.environment.schema import EnvironmentName, Settings
from reelwright.models.manager import AIModelManager
from reelwright.models.schema import Requirements
from reelwright.models.spending import whole_bill
from reelwright.pipeline.context import Managers
from reelwright.pipeline.flagging import Asking, check_open, flagged
from reelwright.pipeline.journal import new_step_records
from reelwright.pipeline.own_files import check_own, with_house
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.prompting import prompted
from reelwright.pipeline.workshop import Workshop
from reelwright.production.schema import Brief, Production
from reelwright.storage.ports import ArtifactStore
from reelwright.upload.manager import UploadManager
from reelwright.video.footage import ours_alone
from reelwright.video.manager import VideoGenerationManager

__all__ = ["Request", "begin", "check_brief", "seed_of", "workshop_of"]

_SEED_BITS = 31


@dataclass(frozen=True, slots=True)
class Request:
    """A production that is to begin: its name, what it is to become and where that goes."""

    production_id: str
    environment: EnvironmentName
    brief: Brief
    output_dir: str
    seed: int | None = None
    """None takes one from the topic, so that the same brief and settings give the same video."""


def begin(
    parts: Parts,
    request: Request,
    snapshot: Snapshot,
    *,
    take: Callable[[Brief, ArtifactStore], Brief] = check_own,
) -> Production:
    """Store a new production that pins the snapshot with what flags and prompts say to it, and return it.

    ``take`` makes sure that the brief's own files are in the store. InvalidInput, before anything
    else is stored, if the brief asks for what is not there; PublishingClosed for a platform that a flag
    closes; ProductionExists.
    """
    asking = Asking(request.production_id, request.environment, request.brief, parts.clock.now())
    told = flagged(parts.flags(snapshot.settings), asking, snapshot)
    check_brief(parts, told.snapshot.settings, request.brief)
    check_open(told.answers, request.brief.platforms, request.environment)
    said = prompted(parts.prompts(told.snapshot.settings), asking, told.snapshot)
    snapshot = said.snapshot
    production = Production(
        id=request.production_id,
        environment=request.environment,
        brief=with_house(take(request.brief, parts.artifacts), snapshot.settings, parts.artifacts),
        seed=seed_of(request.brief.topic) if request.seed is None else request.seed,
        settings_fingerprint=snapshot.fingerprint,
        configuration=snapshot.record(),
        flags=told.records,
        prompts=said.records,
        output_dir=request.output_dir,
        created_at=parts.clock.now(),
        steps=new_step_records(parts.steps),
    )
    parts.store.create(production, snapshot.pinned())
    return production


def check_brief(parts: Parts, settings: Settings, brief: Brief) -> None:
    """Raise InvalidInput if a language, style, platform or voice is asked for that is not there."""
    models = parts.models.manager_for(settings)
    for service in get_args(Service):
        models.select(service, Requirements(language=brief.language))
    if brief.translation is not None and brief.translation.brought is None:
        ScriptTranslator(models, settings.content).check(brief.language)
    managers = _managers(parts, settings, models)
    managers.audio.check(brief.language)
    managers.video.check(brief)
    managers.upload.check(brief)


def seed_of(topic: str) -> int:
    """Return the seed of a topic that was given none."""
    return int.from_bytes(hashlib.sha256(topic.encode()).digest()[:4], "big") >> (32 - _SEED_BITS)


def workshop_of(parts: Parts) -> Workshop:
    """Return what a runner works with."""
    return Workshop(
        steps=parts.steps,
        store=parts.store,
        artifacts=parts.artifacts,
        managers_for=lambda settings: _managers(parts, settings, parts.models.manager_for(settings)),
        clock=parts.clock,
        work_root=parts.work_root,
        mapper=parts.mapper,
        finish=parts.finish,
        count_prompts=parts.count_prompts,
        bill=partial(whole_bill, parts.models.ledger),
    )


def _managers(parts: Parts, settings: Settings, models: AIModelManager) -> Managers:
    return Managers(
        models=models,
        content=ContentGenerationManager(models, settings.content, guard_for(parts.models, settings)),
        audio=AudioGenerationManager(
            models=models,
            soundtrack_maker=parts.soundtrack,
            artifacts=parts.artifacts,
            settings=settings,
            listen=parts.listen,
        ),
        video=VideoGenerationManager(
            models=models,
            artifacts=parts.artifacts,
            assembler=parts.assembler,
            reviewer=parts.reviewer,
            thumbnails=parts.thumbnails,
            settings=settings,
            draw=lambda: parts.models.manager_for(ours_alone(settings, parts.models)),
        ),
        upload=UploadManager(
            parts.platforms,
            stopped=parts.platform_stopped,
            remotes=parts.remotes,
            settings=settings.platforms,
        ),
    )
