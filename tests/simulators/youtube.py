"""YouTube's Data API v3 on loopback: resumable uploads, metadata, quota, tokens; and how each of them fails.

Facts: developers.google.com/youtube/v3 (docs/videos, docs/errors, guides/using_resumable_upload_protocol,
determine_quota_cost) and developers.google.com/identity/protocols/oauth2/web-server (refreshing a token).
"""

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from tests.simulators.server import Answer, Cut, Fault, Received, Simulator, json_answer
from tests.simulators.youtube_analytics import reported
from tests.simulators.youtube_facts import DEFAULTS, REFUSALS, UNITS
from tests.simulators.youtube_sessions import Sessions

__all__ = ["Caption", "Video", "YouTubeSimulator"]

_PACIFIC = ZoneInfo("America/Los_Angeles")
_PAGE = 50
_UPLOADS = "UU-simulated"
_TITLE_CHARACTERS, _DESCRIPTION_BYTES, _TAGS_CHARACTERS = 100, 5_000, 500


@dataclass
class Caption:
    """A track of captions."""

    language: str
    name: str
    body: bytes


@dataclass
class Video:
    """A video of the channel."""

    id: str
    snippet: dict[str, Any]
    status: dict[str, Any]
    sha256: str
    size: int
    completed_at: datetime
    publish_at: datetime | None = None
    thumbnail: bytes = b""
    captions: list[Caption] = field(default_factory=list)
    public_since: datetime | None = None
    """When anybody could see it first; None if nobody could."""
    statistics: dict[str, str] = field(default_factory=dict)


class YouTubeSimulator(Simulator):
    """One channel of YouTube. Scripted faults are those of every simulator, REFUSALS, and:

    ``expired_session`` (all sessions are gone, also of complete uploads), ``partial`` (a piece is kept in
    part), ``late_crash`` (the request was carried out and answered with 500), ``forgotten`` (it was carried
    out, the answer is lost and all sessions are gone: the worst there is), ``processing_failed`` and
    ``duplicate`` (the next complete video is not taken).
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        units: int = 10_000,
        inserts: int = 100,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.now = now
        self.units_a_day = units
        self.inserts_a_day = inserts
        self.used: Counter[tuple[str, str]] = Counter()
        """Units by Pacific date and bucket."""
        self.clients = {"client-id": "client-secret"}
        self.refresh_tokens = {"refresh-1"}
        self.tokens: set[str] = {"access-0"}
        """Access tokens that are good now."""
        self.sessions = Sessions()
        self.videos: dict[str, Video] = {}
        self.playlists: dict[str, list[str]] = {_UPLOADS: [], "PL-news": []}
        self.listed_after = timedelta()
        """So long after it is complete an upload is not in the channel's list yet."""
        self.endings: list[str] = []
        """How the next uploads end, if not well: ``failed`` or ``rejected`` with a reason after a colon."""
        self.may_analyse = True
        """Whether tokens have the scope for analytics."""
        self.watched: dict[str, tuple[int, int, int]] = {}
        """Of each video with figures: minutes, seconds of an average view, shares."""
        self.privacy_locked = False
        """An unaudited project: what it uploads stays private."""
        self._numbers = itertools.count(1)

    @property
    def uploads(self) -> list[Video]:
        """All videos that are there and were not refused after the upload."""
        with self.lock:
            return [each for each in self.videos.values() if each.status["uploadStatus"] != "rejected"]

    def answer(self, request: Received) -> Answer:
        """Do what the request asks, for a good token, within the quota."""
        self._come_due()
        if request.path == "/token":
            return self._token(request)
        if self._bearer(request) not in self.tokens:
            return self.refused("unauthorised")
        if request.path.startswith("/upload/youtube/v3/videos") and "upload_id" in request.query:
            return self._piece(request)
        if request.path == "/v2/reports":
            return self._reported(request)
        name = f"{request.method} {request.path}"
        return self._metered(name, request) if name in UNITS else self.refused("missing")

    def failing(self, fault: str, request: Received) -> Answer | Cut:
        """Fail in one of the ways that are YouTube's own, or as every vendor does."""
        match fault:
            case "expired_session":
                self.sessions.expire()
            case "partial":
                self.sessions.keep.append(len(request.body) // 2)
            case "processing_failed":
                self.endings.append("failed:codec")
            case "duplicate":
                self.endings.append("rejected:duplicate")
            case "late_crash":
                self.answer(request)
                return self.refused("server_error")
            case "forgotten":
                self.answer(request)
                self.sessions.expire()
                return Cut()
            case "token_expired":
                self.tokens.clear()
            case _ if fault in REFUSALS:
                return self.refused(fault)
            case _:
                return super().failing(cast("Fault", fault), request)
        return self.answer(request)

    def refused(self, reason: str) -> Answer:
        """Refuse in Google's form."""
        status, code, words = REFUSALS[reason]
        error = {"message": words, "domain": "youtube.video", "reason": code}
        return json_answer({"error": {"code": status, "message": words, "errors": [error]}}, status)

    def _bearer(self, request: Received) -> str:
        return request.headers.get("authorization", "").removeprefix("Bearer ")

    def _token(self, request: Received) -> Answer:
        form = {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
        if self.clients.get(form.get("client_id", "")) != form.get("client_secret"):
            return json_answer({"error": "invalid_client", "error_description": "Unauthorized"}, 401)
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") not in self.refresh_tokens:
            words = "Token has been expired or revoked."
            return json_answer({"error": "invalid_grant", "error_description": words}, 400)
        token = f"access-{next(self._numbers)}"
        self.tokens.add(token)
        return json_answer({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _metered(self, name: str, request: Received) -> Answer:
        bucket = "inserts" if name == "POST /upload/youtube/v3/videos" else "units"
        most = self.inserts_a_day if bucket == "inserts" else self.units_a_day
        day = (self.now().astimezone(_PACIFIC).date().isoformat(), bucket)
        if self.used[day] + UNITS[name] > most:
            return self.refused("quota")
        self.used[day] += UNITS[name]
        return self._handlers()[name](request)

    def _handlers(self) -> dict[str, Callable[[Received], Answer]]:
        return {
            "POST /upload/youtube/v3/videos": self._begin,
            "POST /upload/youtube/v3/thumbnails/set": self._thumbnail,
            "POST /upload/youtube/v3/captions": self._caption,
            "GET /youtube/v3/captions": self._captions,
            "PUT /youtube/v3/videos": self._update,
            "DELETE /youtube/v3/videos": self._delete,
            "GET /youtube/v3/videos": self._videos,
            "GET /youtube/v3/channels": self._channels,
            "GET /youtube/v3/playlistItems": self._items,
            "POST /youtube/v3/playlistItems": self._add,
        }

    def _begin(self, request: Received) -> Answer:
        body = request.json or {}
        if request.query.get("uploadType") != "resumable":
            self.object("an upload that is not resumable")
        if problem := self._problem(body.get("snippet", {}), body.get("status", {})):
            return self.refused(problem)
        if "privacyStatus" not in body.get("status", {}):
            self.object("privacyStatus is left to its default, which is public")
        session = self.sessions.open(body, request)
        address = f"{self.url}/upload/youtube/v3/videos?uploadType=resumable&upload_id={session.id}"
        return Answer(200, headers={"location": address})

    def _piece(self, request: Received) -> Answer:
        session = self.sessions.known.get(request.query["upload_id"])
        if session is None or session.gone:
            return self.refused("missing")
        if session.video_id:
            return json_answer(self._resource(self.videos[session.video_id]))
        taken = self.sessions.take(session, request)
        if isinstance(taken, str):
            self.object(taken)
            return self.refused("bad_request")
        if len(session.content) < session.size or not session.size:
            return taken
        session.video_id = self._create(session.resource, bytes(session.content)).id
        return json_answer(self._resource(self.videos[session.video_id]), 201)

    def _create(self, resource: dict[str, Any], content: bytes) -> Video:
        ending, _, why = (self.endings.pop(0) if self.endings else "processed").partition(":")
        status = {**DEFAULTS, **resource["status"], "uploadStatus": ending}
        if ending == "failed":
            status["failureReason"] = why
        if ending == "rejected":
            status["rejectionReason"] = why
        number = next(self._numbers)
        video = Video(
            f"vid{number:08d}",
            {"categoryId": "22", **resource["snippet"]},
            status,
            hashlib.sha256(content).hexdigest(),
            len(content),
            self.now(),
        )
        video.statistics = {"viewCount": "0", "likeCount": "0", "commentCount": "0"}
        self.videos[video.id] = video
        self.playlists[_UPLOADS].insert(0, video.id)
        self._shown(video)
        return video

    def _shown(self, video: Video) -> None:
        """Note what is planned, and when the video became public."""
        moment = video.status.get("publishAt")
        video.publish_at = datetime.fromisoformat(moment) if moment else None
        if video.status["privacyStatus"] == "public":
            video.public_since = video.public_since or self.now()

    def _come_due(self) -> None:
        for video in self.videos.values():
            if video.publish_at and video.publish_at <= self.now():
                video.status |= {"privacyStatus": "public"}
                video.status.pop("publishAt", None)
                video.public_since = video.public_since or video.publish_at
                video.publish_at = None

    def _problem(self, snippet: dict[str, Any], status: dict[str, Any]) -> str:
        title, description = snippet.get("title", ""), snippet.get("description", "")
        if not title or len(title) > _TITLE_CHARACTERS or re.search("[<>]", title):
            return "invalid_title"
        if len(description.encode()) > _DESCRIPTION_BYTES or re.search("[<>]", description):
            return "invalid_description"
        tags = snippet.get("tags", [])
        quoted = sum(len(tag) + (2 if " " in tag else 0) for tag in tags) + max(0, len(tags) - 1)
        if quoted > _TAGS_CHARACTERS or any("," in tag for tag in tags):
            return "invalid_tags"
        return self._problem_of_status(status)

    def _problem_of_status(self, status: dict[str, Any]) -> str:
        if self.privacy_locked and status.get("privacyStatus") != "private":
            return "forbidden_privacy"
        if "publishAt" not in status:
            return ""
        moment = datetime.fromisoformat(status["publishAt"])
        private = status.get("privacyStatus") == "private"
        return "" if private and moment > self.now() else "invalid_publish_at"

    def _update(self, request: Received) -> Answer:
        body = request.json or {}
        video = self.videos.get(body.get("id", ""))
        if video is None:
            return self.refused("missing")
        if request.query.get("part") != "status":
            self.object("an update of more than the status")
        if problem := self._problem_of_status(body.get("status", {})):
            return self.refused(problem)
        upload_status = video.status["uploadStatus"]
        video.status = {**DEFAULTS, **body.get("status", {}), "uploadStatus": upload_status}
        self._shown(video)
        return json_answer(self._resource(video))

    def _delete(self, request: Received) -> Answer:
        if self.videos.pop(request.query.get("id", ""), None) is None:
            return self.refused("missing")
        for items in self.playlists.values():
            items[:] = [each for each in items if each in self.videos]
        return Answer(204)

    def _videos(self, request: Received) -> Answer:
        asked = request.query.get("id", "").split(",")
        if len(asked) > _PAGE:
            return self.refused("bad_request")
        found = [self.videos[each] for each in asked if each in self.videos]
        parts = request.query.get("part", "").split(",")
        return json_answer({"items": [self._resource(each, parts) for each in found]})

    def _reported(self, request: Received) -> Answer:
        if not self.may_analyse:
            return self.refused("insufficient_scope")
        views = {each.id: int(each.statistics["viewCount"]) for each in self.videos.values()}
        return reported(request, views, self.watched, self.object)

    def _channels(self, _: Received) -> Answer:
        return json_answer(
            {"items": [{"id": "UC-simulated", "contentDetails": {"relatedPlaylists": {"uploads": _UPLOADS}}}]}
        )

    def _items(self, request: Received) -> Answer:
        listed = self.playlists.get(request.query.get("playlistId", ""))
        if listed is None:
            return self.refused("playlist_missing")
        if request.query["playlistId"] == _UPLOADS:
            listed = [each for each in listed if self._is_listed(self.videos[each])]
        if only := request.query.get("videoId"):
            listed = [each for each in listed if each == only]
        start = int(request.query.get("pageToken") or 0)
        size = min(_PAGE, int(request.query.get("maxResults", "5")))
        page = [self._item(each) for each in listed[start : start + size]]
        more = {"nextPageToken": str(start + size)} if start + size < len(listed) else {}
        return json_answer({"items": page, **more})

    def _is_listed(self, video: Video) -> bool:
        return video.completed_at + self.listed_after <= self.now()

    def _item(self, video_id: str) -> dict[str, Any]:
        snippet = self.videos[video_id].snippet
        named = {name: snippet.get(name, "") for name in ("title", "description")}
        return {"snippet": {**named, "resourceId": {"kind": "youtube#video", "videoId": video_id}}}

    def _add(self, request: Received) -> Answer:
        snippet = (request.json or {}).get("snippet", {})
        playlist = self.playlists.get(snippet.get("playlistId", ""))
        video_id = snippet.get("resourceId", {}).get("videoId", "")
        if playlist is None:
            return self.refused("playlist_missing")
        if video_id not in self.videos:
            return self.refused("missing")
        playlist.append(video_id)
        return json_answer(self._item(video_id))

    def _thumbnail(self, request: Received) -> Answer:
        video = self.videos.get(request.query.get("videoId", ""))
        if video is None:
            return self.refused("missing")
        video.thumbnail = request.body
        return json_answer({"items": [{}]})

    def _caption(self, request: Received) -> Answer:
        described, body = _related(request)
        video = self.videos.get(described.get("videoId", ""))
        if video is None:
            return self.refused("missing")
        caption = Caption(described["language"], described.get("name", ""), body)
        if any((each.language, each.name) == (caption.language, caption.name) for each in video.captions):
            return self.refused("caption_exists")
        video.captions.append(caption)
        return json_answer({"id": f"caption-{len(video.captions)}", "snippet": described})

    def _captions(self, request: Received) -> Answer:
        video = self.videos.get(request.query.get("videoId", ""))
        if video is None:
            return self.refused("missing")
        found = [{"snippet": {"language": each.language, "name": each.name}} for each in video.captions]
        return json_answer({"items": found})

    def _resource(self, video: Video, parts: list[str] | None = None) -> dict[str, Any]:
        whole = {
            "snippet": video.snippet,
            "status": video.status,
            "statistics": video.statistics,
        }
        return {"id": video.id, **{name: whole[name] for name in parts or whole if name in whole}}


def _related(request: Received) -> tuple[dict[str, Any], bytes]:
    """Take multipart/related apart: what is described, and the file."""
    import json  # noqa: PLC0415 (only captions need it)

    boundary = request.headers["content-type"].partition("boundary=")[2].strip('"')
    parts = request.body.split(f"--{boundary}".encode())[1:-1]
    bodies = [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts]
    return json.loads(bodies[0])["snippet"], bodies[1]
