"""TikTok: direct posts, which are there when the last piece of the file is, found again by a hashtag.

Facts: developers.tiktok.com/doc/content-posting-api-reference-direct-post, -get-video-status,
-media-transfer-guide, -query-creator-info, tiktok-api-v2-video-list, -video-query; seen on 2026-11-26.

There is no private state before a post is public, and no idempotency key. What is known of a post is what
status/fetch says of its ``publish_id``, which is in the record before the first byte: bytes received,
processing, complete, failed. A public post gets the number by which viewers find it when it is moderated,
within a minute or hours; a private one never gets one. Lists tell of public posts only, so that what is not
listed may be there all the same.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from reelwright.environment.secret import OAuthClient
from reelwright.models.http import HttpAnswer, HttpClient
from reelwright.resilience.deadline import Deadline
from reelwright.upload.errors import (
    PlatformAnswerLost,
    PlatformMisconfigured,
    PlatformUnavailable,
    PublicationRefused,
)
from reelwright.upload.platforms.tiktok_creator import Creator
from reelwright.upload.platforms.tiktok_errors import FORGOTTEN, MAY_BE_REPEATED
from reelwright.upload.platforms.tiktok_wire import TikTokWire
from reelwright.upload.platforms.wire import LATER
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import (
    AccessToken,
    MediaFiles,
    PublicationOutcome,
    PublicationPlan,
    RemoteVideo,
    UploadProgress,
    UploadSession,
)

__all__ = ["CHUNK_BYTES", "LEAST_CHUNK_BYTES", "MOST_CHUNK_BYTES", "TikTokPlatform"]

LEAST_CHUNK_BYTES: Final = 5 * 1024 * 1024
"""Of every piece; a smaller video is sent as a whole."""
MOST_CHUNK_BYTES: Final = 64 * 1024 * 1024
CHUNK_BYTES: Final = 10 * 1024 * 1024
"""The last piece has up to twice as much: little enough for a function's memory, and 400 for 4 GB."""

_CREATED, _PARTIAL, _BROKEN = 201, 206, 500
_BUSY: Final = (408, 429)
_EXPIRED: Final = (403, 404, 410)
"""Of an upload's address, which is good for an hour."""
_PAGE: Final = 20
_MOST_PAGES: Final = 50
"""The list of posts is read so far: 1,000 public ones, the newest first."""
_LOOK_SECONDS: Final = 15.0
_MODERATION_SECONDS: Final = 60.0
"""Usually it is over within a minute, sometimes within hours."""
_POST_FIELDS: Final = "id,title,video_description,create_time,share_url"
_COUNTS: Final = {
    "views": "view_count",
    "likes": "like_count",
    "comments": "comment_count",
    "shares": "share_count",
}


class TikTokPlatform:
    """A RemotePlatform over TikTok's Content Posting API. Safe to share: it holds nothing.

    A video's ``remote_id`` is its publish_id until the post has a number, and that from then on.
    """

    name = "tiktok"

    def __init__(
        self,
        http: HttpClient | None = None,
        *,
        chunk_bytes: int = CHUNK_BYTES,
        least_bytes: int = LEAST_CHUNK_BYTES,
    ) -> None:
        """``least_bytes`` is TikTok's own bound of a piece; simulators have smaller ones."""
        if not least_bytes <= chunk_bytes <= MOST_CHUNK_BYTES:
            raise ValueError(f"pieces have {least_bytes} to {MOST_CHUNK_BYTES} bytes")
        self._wire = TikTokWire(http or HttpClient())
        self._chunk_bytes = chunk_bytes

    def exchange(self, client: OAuthClient, endpoints: tuple[str, ...], deadline: Deadline) -> AccessToken:
        """Return an access token for the client's refresh token, perhaps with another refresh token."""
        return self._wire.exchange(client, endpoints, deadline)

    def begin(self, plan: PublicationPlan, media: MediaFiles, call: PlatformCall) -> UploadSession:
        """Ask what the account may, and open an upload, which takes one of its posts of the day.

        PlatformMisconfigured if the account does not offer the plan's privacy, as before TikTok's audit;
        PublicationRefused if the video is longer than the account may post.
        """
        creator = Creator(self._wire.ask(call, "v2/post/publish/creator_info/query", {}))
        chunk = min(self._chunk_bytes, media.video_bytes)
        source = {
            "source": "FILE_UPLOAD",
            "video_size": media.video_bytes,
            "chunk_size": chunk,
            "total_chunk_count": media.video_bytes // chunk,
        }
        data = self._wire.ask(
            call,
            "v2/post/publish/video/init",
            {"post_info": creator.post(plan), "source_info": source},
            writes=True,
        )
        reference = str(data.get("publish_id") or "")
        if not reference:
            raise PlatformAnswerLost("TikTok opened an upload without a name.", next_step=LATER)
        return UploadSession(
            uri=self._wire.upload_address(data, call),
            reference=reference,
            total_bytes=media.video_bytes,
            chunk_bytes=chunk,
            joins_rest=True,
        )

    def send(self, session: UploadSession, offset: int, chunk: bytes, call: PlatformCall) -> UploadProgress:
        """Send a piece. Where it does not fit, or the address has expired, status/fetch tells what is so."""
        last = offset + len(chunk) - 1
        answer = self._wire.send(
            "PUT",
            session.uri,
            call.deadline,
            writes=True,
            headers={
                "Content-Type": "video/mp4",
                "Content-Range": f"bytes {offset}-{last}/{session.total_bytes}",
            },
            body=chunk,
        )
        if answer.status == _CREATED:
            return _uploaded(session)
        if answer.status == _PARTIAL and last + 1 < session.total_bytes:
            return UploadProgress(state="sending", received_bytes=last + 1)
        if answer.status >= _BROKEN or answer.status in _BUSY:
            raise _unclear(answer)
        return self._after_refusal(answer, session, call)

    def status(self, session: UploadSession, call: PlatformCall) -> UploadProgress:
        """Ask for the publish_id. ``gone`` if TikTok knows it no more, or has failed for its own reasons."""
        data = self._fetched(session.reference, call)
        if data is None:
            return UploadProgress(state="gone")
        if data.get("status") == "FAILED":
            return _failed(data)
        received = _whole(data.get("uploaded_bytes")) or 0
        if data.get("status") == "PUBLISH_COMPLETE" or received >= session.total_bytes:
            return _uploaded(session)
        return UploadProgress(state="sending", received_bytes=_at_a_piece(received, session))

    def find_by_marker(self, marker: str, call: PlatformCall) -> RemoteVideo | None:
        """Return the account's public post with the marker in its text: private ones are not listed."""
        for post in self._newest_first(call):
            text = f"{post.get('title') or ''} {post.get('video_description') or ''}"
            if marker in re.findall(r"[a-z0-9]+", text.lower()):
                return _public(post)
        return None

    def look(self, remote_id: str, call: PlatformCall) -> RemoteVideo:
        """Return how a post is: ``private`` also for one that has no number yet, for nobody finds it."""
        if remote_id.isdecimal():
            post = self._posts([remote_id], _POST_FIELDS, call).get(remote_id)
            return _public(post) if post else _lost(remote_id)
        data = self._fetched(remote_id, call)
        if data is None:
            return RemoteVideo(remote_id=remote_id, state="gone")
        return self._as_video(remote_id, data, call)

    def furnish(
        self, remote_id: str, plan: PublicationPlan, media: MediaFiles, call: PlatformCall
    ) -> tuple[str, ...]:
        """Add nothing: the cover was named at the beginning, and TikTok takes no captions as a file."""
        del remote_id, plan, media, call
        return ()

    def make_public(
        self, remote_id: str, plan: PublicationPlan, when: datetime | None, call: PlatformCall
    ) -> RemoteVideo:
        """Wait until the post can be found: its privacy was said at the beginning, and is not changed."""
        del plan, when
        video = self.look(remote_id, call)
        if video.state != "private":
            return video
        waiting = {"state": "processing", "check_after_seconds": _MODERATION_SECONDS}
        return video.model_copy(update=waiting)

    def outcomes(self, remote_ids: Sequence[str], call: PlatformCall) -> Mapping[str, PublicationOutcome]:
        """Return the counts of public posts, 20 at once. TikTok tells no watch time, nor of private posts."""
        numbered = [each for each in remote_ids if each.isdecimal()]
        if not numbered:
            return {}
        posts = self._posts(numbered, ",".join(("id", *_COUNTS.values())), call)
        return {
            remote_id: PublicationOutcome(**{name: _whole(post.get(its)) for name, its in _COUNTS.items()})
            for remote_id, post in posts.items()
        }

    def _after_refusal(
        self, answer: HttpAnswer, session: UploadSession, call: PlatformCall
    ) -> UploadProgress:
        progress = self.status(session, call)
        if answer.status in _EXPIRED and progress.state == "sending":
            return UploadProgress(state="gone", nothing_came=True)
        return progress

    def _fetched(self, publish_id: str, call: PlatformCall) -> dict[str, Any] | None:
        """Return what TikTok says of a publish_id; None if it knows it no more."""
        try:
            data = self._wire.ask(call, "v2/post/publish/status/fetch", {"publish_id": publish_id})
        except PublicationRefused as error:
            if error.reason != FORGOTTEN:
                raise
            return None
        if not isinstance(data.get("status"), str):
            raise PlatformUnavailable("TikTok's answer cannot be read.", next_step=LATER)
        return data

    def _as_video(self, publish_id: str, data: Mapping[str, Any], call: PlatformCall) -> RemoteVideo:
        if data["status"] == "FAILED":
            failed = _failed(data)
            return RemoteVideo(
                remote_id=publish_id,
                state="gone" if failed.nothing_came else "failed",
                nothing_came=failed.nothing_came,
                reason=failed.reason,
            )
        if data["status"] != "PUBLISH_COMPLETE":
            return RemoteVideo(remote_id=publish_id, state="processing", check_after_seconds=_LOOK_SECONDS)
        numbers = data.get("publicaly_available_post_id")
        if not isinstance(numbers, list) or not numbers:
            return RemoteVideo(remote_id=publish_id, state="private")
        return self._numbered(str(numbers[0]), call)

    def _numbered(self, number: str, call: PlatformCall) -> RemoteVideo:
        """Return a post that viewers find; without its address if we may not ask for it."""
        try:
            post = self._posts([number], _POST_FIELDS, call).get(number)
        except PlatformMisconfigured:
            post = None
        return _public(post or {"id": number})

    def _posts(self, numbers: list[str], fields: str, call: PlatformCall) -> dict[str, dict[str, Any]]:
        asked = {"filters": {"video_ids": numbers}}
        data = self._wire.ask(call, "v2/video/query", asked, query={"fields": fields})
        return {str(post.get("id")): post for post in _videos(data)}

    def _newest_first(self, call: PlatformCall) -> Iterator[dict[str, Any]]:
        asked: dict[str, Any] = {"max_count": _PAGE}
        for _ in range(_MOST_PAGES):
            data = self._wire.ask(call, "v2/video/list", asked, query={"fields": _POST_FIELDS})
            yield from _videos(data)
            if not data.get("has_more") or not data.get("cursor"):
                return
            asked = {"max_count": _PAGE, "cursor": data["cursor"]}


def _uploaded(session: UploadSession) -> UploadProgress:
    return UploadProgress(state="uploaded", received_bytes=session.total_bytes, remote_id=session.reference)


def _failed(data: Mapping[str, Any]) -> UploadProgress:
    reason = str(data.get("fail_reason") or "unknown")
    if reason in MAY_BE_REPEATED:
        return UploadProgress(state="gone", nothing_came=True, reason=reason)
    return UploadProgress(state="failed", reason=reason)


def _at_a_piece(received: int, session: UploadSession) -> int:
    """Return where the piece begins that is wanted next: the last one is longer than the others."""
    whole = received // session.chunk_bytes
    last = max(0, session.total_bytes // session.chunk_bytes - 1)
    return min(whole, last) * session.chunk_bytes


def _public(post: Mapping[str, Any]) -> RemoteVideo:
    return RemoteVideo(remote_id=str(post["id"]), state="public", url=str(post.get("share_url") or ""))


def _lost(remote_id: str) -> RemoteVideo:
    return RemoteVideo(remote_id=remote_id, state="failed", reason="missing")


def _unclear(answer: HttpAnswer) -> Exception:
    """Return the error of a piece whose end is not told."""
    told = f"TikTok answered a piece of the video with status {answer.status}."
    if answer.status in _BUSY:
        return PlatformUnavailable(told, next_step=LATER)
    return PlatformAnswerLost(told, next_step=LATER)


def _videos(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    videos = data.get("videos")
    return [each for each in videos if isinstance(each, dict)] if isinstance(videos, list) else []


def _whole(told: object) -> int | None:
    """Return a count; None if it is none."""
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None
