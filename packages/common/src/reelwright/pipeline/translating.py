"""The brief of a video that tells an earlier one again, in another language."""

from collections.abc import Iterator

from reelwright.errors import InvalidInput
from reelwright.pipeline.ports import ProductionStore, StepKey, StepResult
from reelwright.production.schema import Brief, Clip, Production, Script, Translation
from reelwright.production.translation import ReusedFootage
from reelwright.storage.ports import ArtifactStore

__all__ = ["translated_brief"]

_JSON = "application/json"


def translated_brief(
    store: ProductionStore,
    artifacts: ArtifactStore,
    production_id: str,
    language: str,
    *,
    script: Script | None = None,
) -> Brief:
    """Return what is to be begun: the brief of a finished production, in a language, with what is used again.

    ``script`` is its script in that language, if somebody has it. All that was shot by others is used again,
    for it was paid for; what we drew is drawn anew, for it has words in it. ProductionNotFound; InvalidInput
    for a production that is not finished, or is in that language already.
    """
    original = store.load(production_id)
    told = Script.model_validate(_only(store, original, "write_script").output)
    if told.language == language:
        raise InvalidInput(
            f"The production {original.id} is in {language!r} already.",
            next_step="Ask for another language.",
            context={"production_id": original.id, "language": language},
        )
    translation = Translation(
        original=original.id,
        language=told.language,
        script=artifacts.put_bytes(told.model_dump_json().encode(), _JSON),
        brought=artifacts.put_bytes(script.model_dump_json().encode(), _JSON) if script else None,
        footage=tuple(_footage(store, original, len(told.scenes))),
    )
    # Its own footage is among what is used again: words of another language would find no scene for it.
    changed = {"language": language, "media": (), "translation": translation.model_dump()}
    return Brief.model_validate(original.brief.model_dump() | changed)


def _footage(store: ProductionStore, original: Production, scenes: int) -> Iterator[ReusedFootage]:
    """Yield what others shot: whatever engines of ours draw comes with a trace of its text."""
    for index in range(scenes):
        clip = Clip.model_validate(_only(store, original, "shoot", index).output)
        if clip.trace is None:
            yield ReusedFootage(
                scene_index=index,
                media=clip.media,
                frames=clip.frames,
                fps=clip.fps,
                width=clip.width,
                height=clip.height,
            )


def _only(store: ProductionStore, production: Production, step: str, index: int = 0) -> StepResult:
    """Return what is stored for an item of a step; InvalidInput if the step was never done."""
    key = StepKey(production.id, step, index, production.step(step).input_hash)
    result = store.result(key)
    if result is None or not result.is_done:
        raise InvalidInput(
            f"The production {production.id} is not made yet: its step {step} is not done.",
            next_step=f"reelwright productions resume {production.id}",
            context={"step": step, "production_id": production.id},
        )
    return result
