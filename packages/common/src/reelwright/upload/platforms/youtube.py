"""YouTube: resumable uploads, private first, found again by a tag that only we see.

Facts: developers.google.com/youtube/v3/guides/using_resumable_upload_protocol, docs/videos, docs/captions,
docs/thumbnails/set, docs/playlistItems; seen on 2026-11-25. There is no idempotency key: an upload whose
end is not known is asked for at its session, and then looked for in the channel's list of uploads.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from reelwright.environment.secret import OAuthClient
from reelwright.models.http import HttpAnswer, HttpClient
from reelwright.resilience.deadline import Deadline
from reelwright.upload.errors import PlatformAnswerLost, PlatformUnavailable, PublicationRefused
from reelwright.upload.platforms.youtube_furniture import Furniture
from reelwright.upload.platforms.youtube_outcomes import Outcomes
from reelwright.upload.platforms.youtube_wire import YouTubeWire
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import (
    AccessToken,
    MediaFiles,
    PublicationOutcome,
    PublicationPlan,
    RemoteState,
    RemoteVideo,
    UploadProgress,
    UploadSession,
)

__all__ = ["CHUNK_BYTES", "GRAIN_BYTES", "YouTubePlatform"]

GRAIN_BYTES: Final = 256 * 1024
"""Every piece but the last is a multiple of this."""
CHUNK_BYTES: Final = 32 * GRAIN_BYTES
"""8 MiB: little enough for a function's memory, and 3 requests for a usual video."""

_INCOMPLETE: Final = 308
_GONE: Final = (404, 410)
_PAGE: Final = "50"
_MOST_PAGES: Final = 400
"""The list of uploads ends after 20,000 videos."""
_RANGE: Final = re.compile(r"bytes=0-(\d+)")
_KEPT: Final = ("license", "embeddable", "publicStatsViewable")
"""Fields of the status that an update resets unless it repeats them."""
_PEOPLE_AND_BLOGS: Final = "22"


class YouTubePlatform:
    """A RemotePlatform over the YouTube Data API v3. Safe to share: it holds nothing."""

    name = "youtube"

    def __init__(self, http: HttpClient | None = None, *, chunk_bytes: int = CHUNK_BYTES) -> None:
        if chunk_bytes <= 0 or chunk_bytes % GRAIN_BYTES:
            raise ValueError(f"pieces are multiples of {GRAIN_BYTES} bytes")
        self._wire = YouTubeWire(http or HttpClient())
        self._furniture = Furniture(self._wire)
        self._outcomes = Outcomes(self._wire)
        self._chunk_bytes = chunk_bytes

    def exchange(self, client: OAuthClient, endpoints: tuple[str, ...], deadline: Deadline) -> AccessToken:
        """Return an access token for the client's refresh token; AuthenticationFailed if it is refused."""
        return self._wire.exchange(client, endpoints, deadline)

    def begin(self, plan: PublicationPlan, media: MediaFiles, call: PlatformCall) -> UploadSession:
        """Open a resumable upload of a private video. It takes one of the day's uploads, and no unit."""
        answer = self._wire.ask(
            call,
            "POST",
            "upload/youtube/v3/videos",
            {"uploadType": "resumable", "part": "snippet,status"},
            headers={
                "X-Upload-Content-Type": media.content_type,
                "X-Upload-Content-Length": str(media.video_bytes),
            },
            json={"snippet": _snippet(plan), "status": _status(plan, "private")},
        )
        return UploadSession(
            uri=self._wire.session_address(answer, call),
            total_bytes=media.video_bytes,
            chunk_bytes=self._chunk_bytes,
        )

    def send(self, session: UploadSession, offset: int, chunk: bytes, call: PlatformCall) -> UploadProgress:
        """Send a piece; what YouTube has of it is its answer, which may be less than was sent."""
        last = offset + len(chunk) - 1
        return self._put(session, f"{offset}-{last}", chunk, call)

    def status(self, session: UploadSession, call: PlatformCall) -> UploadProgress:
        """Ask the session how far it is. ``gone`` says nothing of whether a video came of it."""
        return self._put(session, "*", b"", call)

    def find_by_marker(self, marker: str, call: PlatformCall) -> RemoteVideo | None:
        """Return the channel's video with the marker among its tags or in its description.

        Takes 1 unit and 2 for every 50 videos that are newer. New uploads may be missing for a while. Of
        several, one that did not fail is returned, the newest of them.
        """
        failed = None
        for video in self._newest_first(call):
            if not _bears(video, marker):
                continue
            found = _remote(video)
            if found.state != "failed":
                return found
            failed = failed or found
        return failed

    def look(self, remote_id: str, call: PlatformCall) -> RemoteVideo:
        """Return how a video is now, for 1 unit."""
        video = self._video(remote_id, call)
        if video is None:
            return RemoteVideo(remote_id=remote_id, state="failed", reason="missing")
        return _remote(video)

    def furnish(
        self, remote_id: str, plan: PublicationPlan, media: MediaFiles, call: PlatformCall
    ) -> tuple[str, ...]:
        """Set the thumbnail (50 units), add captions (400) and put it into the playlist (51), as planned."""
        return self._furniture.add(remote_id, plan, media, call)

    def make_public(
        self, remote_id: str, plan: PublicationPlan, when: datetime | None, call: PlatformCall
    ) -> RemoteVideo:
        """Give it the plan's privacy for 51 units, or for 1 if it has it already.

        PublicationRefused if it is not there, or stays private: YouTube does that with projects that have
        not passed its audit, without saying so.
        """
        video = self._video(remote_id, call)
        if video is None:
            raise PublicationRefused(f"YouTube has no video {remote_id}.", reason="missing")
        wanted = _wanted(plan, when, call.deadline.clock.now())
        known = video["status"]
        if not _is_as(known, wanted):
            status = {**{name: known[name] for name in _KEPT if name in known}, **wanted}
            video = self._updated(remote_id, status, call)
            _check_taken(video, wanted)
        return _remote(video)

    def outcomes(self, remote_ids: Sequence[str], call: PlatformCall) -> Mapping[str, PublicationOutcome]:
        """Return counts, for 1 unit, and watch time and shares where the client has the scope for it."""
        return self._outcomes.of(remote_ids, call)

    def _put(self, session: UploadSession, which: str, body: bytes, call: PlatformCall) -> UploadProgress:
        is_sent = bool(body)
        answer = self._wire.answer(
            call,
            "PUT",
            session.uri,
            writes=is_sent,
            also=(_INCOMPLETE, *_GONE),
            headers={"Content-Range": f"bytes {which}/{session.total_bytes}"},
            body=body,
        )
        if answer.status in _GONE:
            return UploadProgress(state="gone")
        if answer.status == _INCOMPLETE:
            return UploadProgress(state="sending", received_bytes=_received(answer, session))
        remote_id = str(_object(answer, "id", writes=is_sent)["id"])
        return UploadProgress(state="uploaded", received_bytes=session.total_bytes, remote_id=remote_id)

    def _video(self, remote_id: str, call: PlatformCall) -> dict[str, Any] | None:
        return next(iter(self._listed([remote_id], call)), None)

    def _listed(self, remote_ids: list[str], call: PlatformCall) -> list[dict[str, Any]]:
        answer = self._wire.ask(
            call, "GET", "youtube/v3/videos", {"part": "snippet,status", "id": ",".join(remote_ids)}
        )
        return _items(answer)

    def _newest_first(self, call: PlatformCall) -> Iterator[dict[str, Any]]:
        channels = _items(
            self._wire.ask(call, "GET", "youtube/v3/channels", {"part": "contentDetails", "mine": "true"})
        )
        if not channels:
            raise PublicationRefused("The account has no channel on YouTube.", reason="no_channel")
        query = {
            "part": "snippet",
            "playlistId": str(channels[0]["contentDetails"]["relatedPlaylists"]["uploads"]),
            "maxResults": _PAGE,
        }
        for _ in range(_MOST_PAGES):
            answer = self._wire.ask(call, "GET", "youtube/v3/playlistItems", query)
            remote_ids = [str(each["snippet"]["resourceId"]["videoId"]) for each in _items(answer)]
            if remote_ids:
                yield from self._listed(remote_ids, call)
            further = _object(answer, "items", writes=False).get("nextPageToken")
            if not further:
                return
            query = {**query, "pageToken": str(further)}

    def _updated(self, remote_id: str, status: dict[str, Any], call: PlatformCall) -> dict[str, Any]:
        answer = self._wire.ask(
            call, "PUT", "youtube/v3/videos", {"part": "status"}, json={"id": remote_id, "status": status}
        )
        return _object(answer, "status", writes=True)


def _snippet(plan: PublicationPlan) -> dict[str, Any]:
    snippet: dict[str, Any] = {
        "title": plan.title,
        "description": plan.description,
        "tags": list(plan.tags),
        "categoryId": plan.category or _PEOPLE_AND_BLOGS,
    }
    if plan.language:
        snippet |= {"defaultLanguage": plan.language, "defaultAudioLanguage": plan.language}
    return snippet


def _status(plan: PublicationPlan, privacy: str) -> dict[str, Any]:
    return {
        "privacyStatus": privacy,
        "selfDeclaredMadeForKids": plan.made_for_kids,
        "containsSyntheticMedia": plan.synthetic_media,
    }


def _wanted(plan: PublicationPlan, when: datetime | None, now: datetime) -> dict[str, Any]:
    """Return the status that the video is to have; a moment that is over is now."""
    if plan.privacy == "public" and when is not None and when > now:
        return {**_status(plan, "private"), "publishAt": _told(when)}
    return _status(plan, plan.privacy)


def _told(when: datetime) -> str:
    """Return a moment as YouTube reads it, in whole seconds: rather late than early."""
    whole = when.astimezone(UTC).replace(microsecond=0)
    if when.microsecond:
        whole += timedelta(seconds=1)
    return whole.isoformat().replace("+00:00", "Z")


def _is_as(known: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Return whether nothing is to be done. What somebody has made public before its time stays so."""
    if known.get("privacyStatus") == "public" and "publishAt" in wanted:
        return True
    moments = (_moment(known.get("publishAt")), _moment(wanted.get("publishAt")))
    fields = [name for name in wanted if name != "publishAt"]
    return moments[0] == moments[1] and all(known.get(name) == wanted[name] for name in fields)


def _check_taken(video: dict[str, Any], wanted: dict[str, Any]) -> None:
    if video["status"].get("privacyStatus") == wanted["privacyStatus"]:
        return
    raise PublicationRefused(
        "YouTube keeps the video private although it was to be seen.",
        next_step="Have the project audited by YouTube, or make the video public by hand.",
        reason="locked_private",
    )


def _remote(video: dict[str, Any]) -> RemoteVideo:
    status = video["status"]
    state, remote_id = _state(status), str(video["id"])
    return RemoteVideo(
        remote_id=remote_id,
        state=state,
        url=f"https://www.youtube.com/watch?v={remote_id}",
        public_at=_moment(status.get("publishAt")) if state == "scheduled" else None,
        reason=_reason(status) if state == "failed" else "",
    )


def _state(status: dict[str, Any]) -> RemoteState:
    """Return the state; unlisted counts as public, for whoever has the address sees it."""
    upload = status.get("uploadStatus")
    if upload in {"failed", "rejected", "deleted"}:
        return "failed"
    if status.get("privacyStatus") != "private":
        return "public"
    if status.get("publishAt"):
        return "scheduled"
    return "processing" if upload == "uploaded" else "private"


def _reason(status: dict[str, Any]) -> str:
    return str(status.get("failureReason") or status.get("rejectionReason") or status.get("uploadStatus"))


def _bears(video: dict[str, Any], marker: str) -> bool:
    snippet = video.get("snippet", {})
    return marker in snippet.get("tags", ()) or marker in re.findall(
        r"[a-z0-9]+", str(snippet.get("description", ""))
    )


def _received(answer: HttpAnswer, session: UploadSession) -> int:
    """Return how many bytes it has; none if it names no range."""
    found = _RANGE.fullmatch(answer.headers.get("range", ""))
    return min(int(found[1]) + 1, session.total_bytes) if found else 0


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


def _items(answer: HttpAnswer) -> list[dict[str, Any]]:
    items = _object(answer, "items", writes=False)["items"]
    return [each for each in items if isinstance(each, dict)]


def _object(answer: HttpAnswer, needed: str, *, writes: bool) -> dict[str, Any]:
    """Return the answer's object; one without the field is as good as none."""
    found = answer.json_object()
    if found is None or needed not in found:
        kind = PlatformAnswerLost if writes else PlatformUnavailable
        raise kind("YouTube's answer cannot be read.", next_step="Resume the production later.")
    return found
