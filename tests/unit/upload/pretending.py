"""A video platform in memory, with faults at will: before a call, or after it with the answer lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from reelwright.clock import Clock
from reelwright.environment.secret import OAuthClient
from reelwright.resilience.deadline import Deadline
from reelwright.upload.errors import PlatformAnswerLost, PlatformUnavailable
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import (
    AccessToken,
    MediaFiles,
    PublicationPlan,
    RemoteVideo,
    UploadProgress,
    UploadSession,
)

Result = TypeVar("Result")
CHUNK = 4


class Killed(BaseException):
    """The process dies here."""


@dataclass
class Video:
    """A video as the platform has it."""

    remote_id: str
    marker: str
    content: bytes
    listed_at: datetime
    state: str = "private"
    public_since: datetime | None = None


@dataclass
class Upload:
    """An upload that was opened."""

    plan: PublicationPlan
    total: int
    content: bytes = b""
    remote_id: str = ""
    gone: bool = False


@dataclass
class PretendPlatform:
    """A RemotePlatform. ``fault`` is asked before each call for what goes wrong there, by its name."""

    clock: Clock
    name: str = "youtube"
    fault: Callable[[str], str] = lambda _: ""
    lag_seconds: float = 60.0
    public_on_upload: bool = False
    videos: list[Video] = field(default_factory=list)
    uploads: dict[str, Upload] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    rejects: str = ""

    def exchange(self, client: OAuthClient, endpoints: tuple[str, ...], deadline: Deadline) -> AccessToken:
        return AccessToken(token="access", expires_at=self.clock.now() + timedelta(hours=1))  # noqa: S106 (a double)

    def begin(self, plan: PublicationPlan, media: MediaFiles, call: PlatformCall) -> UploadSession:
        def work() -> UploadSession:
            uri = f"upload:{len(self.uploads)}"
            self.uploads[uri] = Upload(plan, media.video_bytes)
            return UploadSession(uri=uri, total_bytes=media.video_bytes, chunk_bytes=CHUNK)

        return self._faulty("begin", work)

    def send(self, session: UploadSession, offset: int, chunk: bytes, call: PlatformCall) -> UploadProgress:
        def work() -> UploadProgress:
            upload = self.uploads[session.uri]
            if not upload.gone and not upload.remote_id and offset == len(upload.content):
                upload.content += chunk
                if len(upload.content) == upload.total:
                    self._create(upload)
            return self._progress(upload)

        return self._faulty("send", work)

    def status(self, session: UploadSession, call: PlatformCall) -> UploadProgress:
        return self._faulty("status", lambda: self._progress(self.uploads[session.uri]))

    def find_by_marker(self, marker: str, call: PlatformCall) -> RemoteVideo | None:
        def work() -> RemoteVideo | None:
            now = self.clock.now()
            found = [video for video in self.videos if video.marker == marker and video.listed_at <= now]
            return self._as_remote(found[0]) if found else None

        return self._faulty("find_by_marker", work)

    def look(self, remote_id: str, call: PlatformCall) -> RemoteVideo:
        return self._faulty("look", lambda: self._as_remote(self._video(remote_id)))

    def furnish(
        self, remote_id: str, plan: PublicationPlan, media: MediaFiles, call: PlatformCall
    ) -> tuple[str, ...]:
        return self._faulty("furnish", lambda: ())

    def make_public(
        self, remote_id: str, plan: PublicationPlan, when: datetime | None, call: PlatformCall
    ) -> RemoteVideo:
        def work() -> RemoteVideo:
            video = self._video(remote_id)
            if when is not None and when > self.clock.now():
                video.state = "scheduled"
            elif video.state not in {"public", "gone"}:
                video.state, video.public_since = "public", self.clock.now()
            return self._as_remote(video)

        return self._faulty("make_public", work)

    def forget_uploads(self) -> None:
        """Know no upload any more, as platforms do after a while."""
        for upload in self.uploads.values():
            upload.gone = True

    def _create(self, upload: Upload) -> None:
        listed = self.clock.now() + timedelta(seconds=self.lag_seconds)
        upload.remote_id = f"video-{len(self.videos)}"
        video = Video(upload.remote_id, upload.plan.marker, upload.content, listed)
        if self.rejects:
            video.state = "failed"
        elif self.public_on_upload and upload.plan.privacy == "public":
            video.state, video.public_since = "public", self.clock.now()
        self.videos.append(video)

    def _progress(self, upload: Upload) -> UploadProgress:
        if upload.gone:
            return UploadProgress(state="gone")
        if upload.remote_id:
            return UploadProgress(state="uploaded", received_bytes=upload.total, remote_id=upload.remote_id)
        return UploadProgress(state="sending", received_bytes=len(upload.content))

    def _video(self, remote_id: str) -> Video:
        return next(video for video in self.videos if video.remote_id == remote_id)

    def _as_remote(self, video: Video) -> RemoteVideo:
        return RemoteVideo(
            remote_id=video.remote_id,
            state=video.state,
            url=f"https://video.example/{video.remote_id}",
            reason=self.rejects if video.state == "failed" else "",
        )

    def _faulty(self, name: str, work: Callable[[], Result]) -> Result:
        self.calls.append(name)
        fault = self.fault(name)
        if fault == "gone":
            self.forget_uploads()
        if fault == "unavailable":
            raise PlatformUnavailable("away")
        if fault == "killed before":
            raise Killed
        answer = work()
        if fault == "lost":
            raise PlatformAnswerLost("lost")
        if fault == "killed after":
            raise Killed
        if fault == "gone after":
            self.forget_uploads()
            raise PlatformAnswerLost("lost")
        return answer
