"""Instagram: a reel in a container that nobody sees, published once and by one request.

Facts: developers.facebook.com/documentation/instagram-platform: content-publishing, resumable-uploads (of
2026-03-15: only with Facebook Login for Business, so graph.facebook.com), ig-container, ig-user/media,
media_publish, content_publishing_limit, changelog of 2026-06-22; seen on 2026-11-26.

A container is the private state: it holds the video for 24 hours, and becomes one post or none however
often it is published. One that is PUBLISHED does not tell which post it became: our marker in the caption
does. So ``remote_id`` is ``container-N`` before it is public, and the post's own number afterwards.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from reelwright.environment.secret import OAuthClient
from reelwright.models.http import HttpClient
from reelwright.resilience.deadline import Deadline
from reelwright.upload.catalogue import load_platforms
from reelwright.upload.errors import PlatformUnavailable, PublicationRefused, QuotaExceeded
from reelwright.upload.platforms.instagram_account import account_of, check_room
from reelwright.upload.platforms.instagram_container import Container
from reelwright.upload.platforms.instagram_errors import MISPLACED, is_missing, rupload_type
from reelwright.upload.platforms.instagram_outcomes import Outcomes
from reelwright.upload.platforms.instagram_tokens import exchanged
from reelwright.upload.platforms.instagram_wire import InstagramWire, unreadable
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

__all__ = ["InstagramPlatform"]

_ASK_AGAIN_SECONDS: Final = 60.0
"""Of a container: "once per minute, for no more than 5 minutes"."""
_LISTS_SECONDS: Final = 20.0
_KEPT: Final = timedelta(hours=24)
_PAGE: Final = "50"
_MOST_PAGES: Final = 200
"""The list of posts ends after 10,000."""


class InstagramPlatform:
    """A RemotePlatform over the Graph API of Instagram. Safe to share: it holds nothing."""

    name = "instagram"

    def __init__(self, http: HttpClient | None = None, *, version: str = "") -> None:
        """``version`` of the Graph API; none takes that of the catalogue of platforms."""
        known = load_platforms()[self.name].api_version
        self._wire = InstagramWire(http or HttpClient(), version or known)
        self._outcomes = Outcomes(self._wire)

    def exchange(self, client: OAuthClient, endpoints: tuple[str, ...], deadline: Deadline) -> AccessToken:
        """Return the long-lived token that is kept as the refresh token, renewed before it ends."""
        return exchanged(self._wire, client, endpoints, deadline)

    def begin(self, plan: PublicationPlan, media: MediaFiles, call: PlatformCall) -> UploadSession:
        """Open a container. It takes the whole video in one request, from wherever the last one stopped."""
        account = account_of(self._wire, call)
        told = self._wire.ask(call, "POST", f"{account}/media", json=_described(plan))
        container, address = told.get("id"), told.get("uri")
        if not container or not address:
            raise unreadable(writes=True)
        return UploadSession(
            uri=self._wire.upload_address(str(address), call),
            reference=str(container),
            total_bytes=media.video_bytes,
            chunk_bytes=media.video_bytes,
            expires_at=call.deadline.clock.now() + _KEPT,
        )

    def send(self, session: UploadSession, offset: int, chunk: bytes, call: PlatformCall) -> UploadProgress:
        """Send all that is left, as the server expects. Where it does not fit, ask how far the upload is."""
        try:
            is_taken = self._is_taken(session, offset, chunk, call)
        except PublicationRefused:
            progress = self.status(session, call)
            if progress.state == "sending":
                raise
            return progress
        if not is_taken:
            return self.status(session, call)
        return UploadProgress(
            state="uploaded",
            received_bytes=session.total_bytes,
            remote_id=Container.named(session.reference),
        )

    def status(self, session: UploadSession, call: PlatformCall) -> UploadProgress:
        """Return how far the container is. ``gone`` also of one that failed and leaves room for another."""
        container = self._container(session.reference, call)
        if container.is_gone:
            return UploadProgress(state="gone")
        if container.is_failed:
            return UploadProgress(state="failed", reason=container.reason)
        if container.is_whole or container.received_bytes >= session.total_bytes:
            return UploadProgress(
                state="uploaded",
                received_bytes=session.total_bytes,
                remote_id=Container.named(session.reference),
            )
        return UploadProgress(state="sending", received_bytes=container.received_bytes)

    def find_by_marker(self, marker: str, call: PlatformCall) -> RemoteVideo | None:
        """Return the account's post with the marker among its hashtags, the newest first.

        A request for the account, and one for every 50 posts. New posts may be missing for a while.
        """
        wanted = f"#{marker}"
        posts = self._newest_first(call)
        found = next((each for each in posts if wanted in str(each.get("caption") or "").split()), None)
        return _post(found) if found else None

    def look(self, remote_id: str, call: PlatformCall) -> RemoteVideo:
        """Return how a container or a post is now."""
        if name := Container.number_in(remote_id):
            return self._as_video(self._container(name, call))
        try:
            return _post(self._wire.ask(call, "GET", remote_id, {"fields": "id,permalink"}))
        except PublicationRefused as error:
            if is_missing(error):
                return RemoteVideo(remote_id=remote_id, state="failed", reason="missing")
            raise

    def furnish(
        self, remote_id: str, plan: PublicationPlan, media: MediaFiles, call: PlatformCall
    ) -> tuple[str, ...]:
        """Add nothing: a reel has neither captions nor playlists, and its cover is named at the beginning."""
        del remote_id, plan, media, call
        return ()

    def make_public(
        self, remote_id: str, plan: PublicationPlan, when: datetime | None, call: PlatformCall
    ) -> RemoteVideo:
        """Publish the container, or find the post that it has become. Instagram keeps no times.

        ``processing`` while the container is not ready, or is published and its post not listed yet.
        """
        del when
        name = Container.number_in(remote_id)
        if not name:
            return self.look(remote_id, call)
        container = self._container(name, call)
        if container.is_published:
            return self._post_of(remote_id, plan, call)
        if not container.is_ready:
            return self._as_video(container)
        account = account_of(self._wire, call)
        check_room(self._wire, account, call)
        return self._published(account, container, plan, call)

    def outcomes(self, remote_ids: Sequence[str], call: PlatformCall) -> Mapping[str, PublicationOutcome]:
        """Return counts and watch time of posts, for two requests each."""
        return self._outcomes.of(remote_ids, call)

    def _is_taken(self, session: UploadSession, offset: int, chunk: bytes, call: PlatformCall) -> bool:
        """Send bytes, and return whether the server says that it has the whole video."""
        answer = self._wire.answer(
            call,
            "POST",
            session.uri,
            scheme="OAuth",
            writes=True,
            tells=lambda each: rupload_type(each) in MISPLACED,
            headers={
                "offset": str(offset),
                "file_size": str(session.total_bytes),
                "Content-Type": "application/octet-stream",
            },
            body=chunk,
        )
        told = answer.json_object()
        if told is None:
            raise unreadable(writes=True)
        return told.get("success") is True and not rupload_type(answer)

    def _published(
        self, account: str, container: Container, plan: PublicationPlan, call: PlatformCall
    ) -> RemoteVideo:
        """Publish. Some refusals, as those for spam, come although it was done: the container knows."""
        request = {"creation_id": container.name}
        try:
            told = self._wire.ask(call, "POST", f"{account}/media_publish", json=request)
        except (PublicationRefused, QuotaExceeded):
            after = self._container(container.name, call)
            if after.is_published:
                return self._post_of(after.remote_id, plan, call)
            if after.is_gone:
                return self._as_video(after)
            raise
        if not told.get("id"):
            raise unreadable(writes=True)
        return self._shown(str(told["id"]), call)

    def _shown(self, post: str, call: PlatformCall) -> RemoteVideo:
        """Return the post that was just made; that its address does not come is no reason to ask for it."""
        try:
            return self.look(post, call).model_copy(update={"state": "public", "reason": ""})
        except (PlatformUnavailable, QuotaExceeded):
            return RemoteVideo(remote_id=post, state="public")

    def _post_of(self, remote_id: str, plan: PublicationPlan, call: PlatformCall) -> RemoteVideo:
        found = self.find_by_marker(plan.marker, call)
        return found or RemoteVideo(
            remote_id=remote_id, state="processing", check_after_seconds=_LISTS_SECONDS
        )

    def _container(self, name: str, call: PlatformCall) -> Container:
        try:
            return Container.read(
                name, self._wire.ask(call, "GET", name, {"fields": "id,status,status_code,video_status"})
            )
        except PublicationRefused as error:
            if is_missing(error):
                return Container.missing(name)
            raise

    def _as_video(self, container: Container) -> RemoteVideo:
        """Return a container as a video. One that is published is public, and has another name by now."""
        return RemoteVideo(
            remote_id=container.remote_id,
            state=container.state,
            reason=container.reason,
            check_after_seconds=_ASK_AGAIN_SECONDS,
        )

    def _newest_first(self, call: PlatformCall) -> Iterator[dict[str, Any]]:
        account = account_of(self._wire, call)
        query = {"fields": "id,caption,permalink,timestamp", "limit": _PAGE}
        for _ in range(_MOST_PAGES):
            told = self._wire.ask(call, "GET", f"{account}/media", query)
            if not isinstance(told.get("data"), list):
                raise unreadable(writes=False)
            yield from (each for each in told["data"] if isinstance(each, dict) and each.get("id"))
            paging = told.get("paging") or {}
            if not paging.get("next"):
                return
            query = {**query, "after": str((paging.get("cursors") or {}).get("after", ""))}


def _described(plan: PublicationPlan) -> dict[str, Any]:
    """Return the container that is wanted: its caption holds title, hashtags and marker.

    A cover of our own would have to lie at a public address: a moment of the video is named instead.
    """
    cover = {} if plan.cover_seconds is None else {"thumb_offset": round(plan.cover_seconds * 1000)}
    return {
        "media_type": "REELS",
        "upload_type": "resumable",
        "caption": plan.description,
        "share_to_feed": True,
        "is_ai_generated": plan.synthetic_media,
        **cover,
    }


def _post(told: Mapping[str, Any]) -> RemoteVideo:
    if not told.get("id"):
        raise unreadable(writes=False)
    return RemoteVideo(remote_id=str(told["id"]), state="public", url=str(told.get("permalink") or ""))
