"""How a publication ends, for now or for good, in words for whoever asked for it."""

from reelwright.production.schema import Publication
from reelwright.upload.errors import PublicationRefused, PublicationUncertain
from reelwright.upload.record import PublicationRecord, PublicationState
from reelwright.upload.schema import PublicationPlan, RemoteVideo, Underway

__all__ = ["final_state", "publication_of", "uncertain", "underway", "untold"]


def final_state(plan: PublicationPlan, video: RemoteVideo) -> PublicationState:
    """Return the state in which nothing more is sent, of a video that is there."""
    if video.state == "public" and plan.privacy == "unlisted":
        return "unlisted"
    if video.state in {"private", "scheduled", "public"}:
        state: PublicationState = video.state
        return state
    raise AssertionError(f"a video that is {video.state} is not published")


def publication_of(record: PublicationRecord) -> Publication:
    """Return the publication of a record that is over; PublicationRefused if nothing was published."""
    if record.state == "refused":
        raise PublicationRefused(
            f"{record.platform} has refused the video: {record.reason}.",
            next_step="Change what it names, and make the video again; the refused one is not shown.",
            reason=record.reason,
            context={"platform": record.platform, "production_id": record.production_id},
        )
    return Publication(
        platform=record.platform,
        remote_id=record.remote_id,
        location=record.url or f"{record.platform}:{record.remote_id}",
        published_at=record.published_at or record.changed_at,
    )


def underway(record: PublicationRecord, seconds: float, why: str) -> Underway:
    """Return that the publication goes on in a while."""
    reference = f"{record.production_id}/{record.platform}/{record.account}"
    return Underway(
        reference=reference,
        check_after_seconds=max(1.0, seconds),
        why=why,
        until=record.plan.publish_at,
    )


def untold(record: PublicationRecord) -> PublicationUncertain:
    """Return the error of an upload that was complete, or nearly, and of which nothing is known."""
    return PublicationUncertain(
        f"{record.platform} has forgotten an upload that was complete, or nearly, and lists no video of it.",
        next_step=f"Look for one marked {record.plan.marker} there, the private ones too. Publish again "
        "later if it is public and not listed yet; if there is none, make the production anew.",
        context={"platform": record.platform, "production_id": record.production_id},
    )


def uncertain(record: PublicationRecord) -> PublicationUncertain:
    """Return the error of a publication for which too many uploads were opened."""
    return PublicationUncertain(
        f"{record.sessions} uploads to {record.platform} were opened, and no video came of any.",
        next_step=f"Look there for a video marked {record.plan.marker}, then publish again.",
        context={"platform": record.platform, "production_id": record.production_id},
    )
