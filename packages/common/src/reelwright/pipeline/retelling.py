"""Writing the account of a finished production again: with what was published later, and how it did."""

from collections.abc import Iterator, Sequence
from typing import Any

from reelwright.pipeline.loading import produced_by
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.ports import StepKey, StepResult
from reelwright.pipeline.publications import PublishedVideo, published_of
from reelwright.production.schema import Production, Publication, StepRecord

__all__ = ["retell"]


def retell(parts: Parts, production: Production) -> bool:
    """Write report and record anew from what is stored, and say whether.

    Not of a production that is not completed, or whose results are no longer all there. What Finisher raises.
    """
    values = _stored(parts, production) if production.status == "completed" else None
    if values is None:
        return False
    published = published_of(parts.remotes, production.id)
    own: tuple[Publication, ...] = values["publications"]
    values["publications"] = (*own, *_later(own, published))
    values["outcomes"] = tuple(video.newest for video in published if video.newest)
    parts.finish(production, values)
    return True


def _stored(parts: Parts, production: Production) -> dict[str, Any] | None:
    """Return what the steps produced, found by the hashes that the record holds; None if some is missing."""
    values: dict[str, Any] = {"brief": production.brief}
    for step in parts.steps:
        results = _results(parts, production.id, production.step(step.name))
        if results is None:
            return None
        values[step.produces] = produced_by(step, results)
    return values


def _results(parts: Parts, production_id: str, record: StepRecord) -> Sequence[StepResult] | None:
    keys = (StepKey(production_id, record.name, at, record.input_hash) for at in range(record.items_total))
    found = [result for key in keys if (result := parts.store.result(key)) and result.is_done]
    return found if len(found) == record.items_total else None


def _later(own: Sequence[Publication], published: Sequence[PublishedVideo]) -> Iterator[Publication]:
    """Yield what was published besides by `reelwright publish`, as a step would have told it."""
    known = {(each.platform, each.remote_id) for each in own}
    for video in published:
        if video.published_at and video.state != "refused" and (video.platform, video.remote_id) not in known:
            yield Publication(
                platform=video.platform,
                remote_id=video.remote_id,
                location=video.url or video.remote_id,
                published_at=video.published_at,
            )
