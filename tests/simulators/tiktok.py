"""TikTok's Content Posting and Display APIs on loopback: direct posts, tokens, lists; and how each fails.

Facts: developers.tiktok.com/doc/content-posting-api-reference-direct-post, -get-video-status,
-media-transfer-guide, -query-creator-info, tiktok-api-v2-video-list, -video-query, oauth-user-access-token-
management.
"""

import hashlib
import itertools
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qs

from tests.simulators.server import Answer, Cut, Fault, Received, Simulator, json_answer
from tests.simulators.tiktok_facts import CAPS, FIELDS, LEVELS, REFUSALS, REQUESTS_A_MINUTE
from tests.simulators.tiktok_uploads import ADDRESS_LASTS, Upload, problem_of_source, take

__all__ = ["TikTokSimulator"]

_TITLE_UNITS = 2_200
_LISTED_CHARACTERS = 150
"""Of a text, in lists."""
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_PAGE = 20
_FIRST_POST = 7_100_000_000_000_000_000


class TikTokSimulator(Simulator):
    """One account of TikTok. Scripted faults are those of every simulator, REFUSALS, and:

    ``expired_url`` (the addresses of all uploads that are not complete are over), ``partial`` (a piece is
    kept in part), ``late_crash`` (the request was carried out and answered with 500), ``forgotten`` (it was
    carried out, the answer is lost, and no publish_id is known any more: the worst there is),
    ``processing_failed`` and ``internal`` (the next complete video fails).
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        posts_a_day: int = 15,
        least_chunk: int = 5 * 1024 * 1024,
        most_chunk: int = 64 * 1024 * 1024,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.now = now
        self.posts_a_day = posts_a_day
        self.least_chunk, self.most_chunk = least_chunk, most_chunk
        self.clients = {"client-id": "client-secret"}
        self.refresh_tokens = {"refresh-1"}
        self.rotates = False
        """Whether a refresh token is good once, and another comes for it."""
        self.tokens: set[str] = {"access-0"}
        self.scopes = {"video.publish", "video.list"}
        self.audited = True
        self.levels: tuple[str, ...] = LEVELS
        self.most_seconds = 600
        self.switched_off: set[str] = set()
        """Interactions that the account has switched off: ``comment``, ``duet``, ``stitch``."""
        self.uploads: dict[str, Upload] = {}
        self.processed_after = timedelta()
        self.moderated_after = timedelta()
        """So long after it is complete a public post is neither numbered nor listed."""
        self.endings: list[str] = []
        """Why the next complete videos fail."""
        self.keep: list[int] = []
        self.tells_bytes = True
        self.limits_requests = True
        self._asked: dict[str, deque[datetime]] = {}
        self._creator_asked = False
        self._numbers = itertools.count(1)

    @property
    def posts(self) -> list[Upload]:
        """All posts that were made and did not fail."""
        with self.lock:
            return [each for each in self.uploads.values() if each.completed_at and not each.fail_reason]

    def reset(self) -> None:
        """Be an account without posts again."""
        with self.lock:
            for kept in (self.received, self.objections, self.uploads, self.endings, self.keep, self._asked):
                kept.clear()
            self.tokens, self.refresh_tokens = {"access-0"}, {"refresh-1"}
            self._numbers = itertools.count(1)
            self._creator_asked = False

    def answer(self, request: Received) -> Answer:
        """Do what the request asks, for a good token, within the limits."""
        if request.path == "/v2/oauth/token/":
            return self._token(request)
        if request.method == "PUT":
            return self._piece(request)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return self.refused("unauthorised")
        handler = self._handlers().get(request.path)
        if handler is None or request.method != "POST":
            self.object(f"there is no {request.method} {request.path}")
            return Answer(404)
        return handler(request) if self._is_within(request.path) else self.refused("throttled")

    def failing(self, fault: str, request: Received) -> Answer | Cut:
        """Fail in one of the ways that are TikTok's own, or as every vendor does."""
        match fault:
            case "expired_url":
                self.expire()
            case "partial":
                self.keep.append(len(request.body) // 2)
            case "processing_failed":
                self.endings.append("frame_rate_check_failed")
            case "internal":
                self.endings.append("internal")
            case "late_crash":
                self.answer(request)
                return self.refused("server_error")
            case "forgotten":
                self.answer(request)
                self.forget()
                return Cut()
            case "token_expired":
                self.tokens.clear()
            case _ if fault in CAPS and not request.path.endswith("/video/init/"):
                pass
            case _ if fault in REFUSALS and request.method != "PUT":
                return self.refused(fault)
            case _:
                return super().failing(cast("Fault", fault), request)
        return self.answer(request)

    def refused(self, reason: str) -> Answer:
        """Refuse in TikTok's form."""
        status, code, words = REFUSALS[reason]
        return json_answer({"data": {}, "error": {"code": code, "message": words, "log_id": "2026"}}, status)

    def expire(self) -> None:
        """Let the addresses of all uploads be over that are not complete."""
        for upload in self.uploads.values():
            upload.expires_at = min(upload.expires_at, self.now())

    def forget(self) -> None:
        """Know no publish_id any more."""
        for upload in self.uploads.values():
            upload.forgotten = True

    def _handlers(self) -> dict[str, Callable[[Received], Answer]]:
        return {
            "/v2/post/publish/creator_info/query/": self._creator,
            "/v2/post/publish/video/init/": self._init,
            "/v2/post/publish/status/fetch/": self._status,
            "/v2/video/list/": self._list,
            "/v2/video/query/": self._query,
        }

    def _is_within(self, path: str) -> bool:
        most = REQUESTS_A_MINUTE.get(path)
        if most is None or not self.limits_requests:
            return True
        times = self._asked.setdefault(path, deque())
        while times and times[0] <= self.now() - _MINUTE:
            times.popleft()
        times.append(self.now())
        return len(times) <= most

    def _token(self, request: Received) -> Answer:
        form = {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
        if self.clients.get(form.get("client_key", "")) != form.get("client_secret"):
            return _no_token("invalid_client", "Client key or secret is incorrect.")
        refresh = form.get("refresh_token", "")
        if form.get("grant_type") != "refresh_token" or refresh not in self.refresh_tokens:
            return _no_token("invalid_grant", "Refresh token is invalid or expired.")
        number = next(self._numbers)
        if self.rotates:
            self.refresh_tokens.remove(refresh)
            refresh = f"refresh-token-{number}"
            self.refresh_tokens.add(refresh)
        self.tokens.add(f"access-{number}")
        told = {"access_token": f"access-{number}", "expires_in": 86_400, "refresh_token": refresh}
        kept = {"refresh_expires_in": 31_536_000, "open_id": "account", "token_type": "Bearer"}
        return json_answer({**told, **kept, "scope": ",".join(sorted(self.scopes))})

    def _creator(self, _: Received) -> Answer:
        if "video.publish" not in self.scopes:
            return self.refused("no_scope")
        self._creator_asked = True
        off = {f"{each}_disabled": each in self.switched_off for each in ("comment", "duet", "stitch")}
        told = {"creator_username": "tides", "creator_nickname": "Tides"}
        levels = {
            "privacy_level_options": [*self.levels],
            "max_video_post_duration_sec": self.most_seconds,
        }
        return _ok({**told, **off, **levels})

    def _init(self, request: Received) -> Answer:
        body = request.json or {}
        post, source = body.get("post_info", {}), body.get("source_info", {})
        if not self._creator_asked:
            self.object("a post without asking what the account allows")
        if problem := self._problem_of_post(post):
            return self.refused(problem)
        if problem := problem_of_source(source, self.least_chunk, self.most_chunk):
            self.object(problem)
            return self.refused("invalid_param")
        since = self.now() - _DAY
        if sum(each.completed_at is not None and each.completed_at > since for each in self.posts) >= (
            self.posts_a_day
        ):
            return self.refused("too_many_posts")
        return self._opened(post, source)

    def _problem_of_post(self, post: dict[str, Any]) -> str:
        level = post.get("privacy_level")
        if "is_aigc" not in post:
            self.object("it is not said whether a machine made it")
        if len(post.get("title", "").encode("utf-16-le")) // 2 > _TITLE_UNITS:
            return "invalid_param"
        if not self.audited and level != "SELF_ONLY":
            return "unaudited"
        if any(not post.get(f"disable_{each}") for each in self.switched_off):
            self.object("an interaction that the account has switched off")
        return "" if level in self.levels else "privacy_mismatch"

    def _opened(self, post: dict[str, Any], source: dict[str, Any]) -> Answer:
        number = next(self._numbers)
        publish_id = f"v_pub_file~v2-1.{number:08d}"
        self.uploads[publish_id] = Upload(
            publish_id,
            post,
            source["video_size"],
            source["chunk_size"],
            source["total_chunk_count"],
            self.now() + ADDRESS_LASTS,
        )
        address = f"{self.url}/video/?upload_id={publish_id}&upload_token=simulated"
        return _ok({"publish_id": publish_id, "upload_url": address})

    def _piece(self, request: Received) -> Answer:
        if "authorization" in request.headers:
            self.object("the token was sent to the address of an upload")
        upload = self.uploads.get(request.query.get("upload_id", ""))
        if upload is None or upload.forgotten:
            return Answer(404)
        if self.now() >= upload.expires_at:
            return Answer(403)
        taken = take(upload, request, self.keep.pop(0) if self.keep else None)
        if isinstance(taken, str):
            self.object(taken)
            return Answer(400)
        if taken.status == 201:
            self._made(upload)
        return taken

    def _made(self, upload: Upload) -> None:
        upload.completed_at = self.now()
        upload.sha256 = hashlib.sha256(upload.content).hexdigest()
        upload.fail_reason = self.endings.pop(0) if self.endings else ""
        upload.post_id = str(_FIRST_POST + next(self._numbers))
        upload.counts = dict.fromkeys(("view_count", "like_count", "comment_count", "share_count"), 0)

    def _status(self, request: Received) -> Answer:
        upload = self.uploads.get((request.json or {}).get("publish_id", ""))
        if upload is None or upload.forgotten:
            return self.refused("invalid_publish_id")
        told: dict[str, Any] = {"status": "PROCESSING_UPLOAD"}
        if self.tells_bytes:
            told["uploaded_bytes"] = len(upload.content)
        if upload.completed_at and upload.completed_at + self.processed_after <= self.now():
            told |= {"status": "FAILED" if upload.fail_reason else "PUBLISH_COMPLETE"}
            told |= {"fail_reason": upload.fail_reason, "publicaly_available_post_id": self._number(upload)}
        return _ok(told)

    def _number(self, upload: Upload) -> list[int]:
        return [int(upload.post_id)] if self._is_listed(upload) else []

    def _is_listed(self, upload: Upload) -> bool:
        done = upload.completed_at
        shown = done is not None and done + self.processed_after + self.moderated_after <= self.now()
        return shown and upload.is_public and not upload.fail_reason

    def _list(self, request: Received) -> Answer:
        asked = request.json or {}
        if not 1 <= asked.get("max_count", 10) <= _PAGE:
            return self.refused("invalid_param")
        listed = [each for each in reversed(self.uploads.values()) if self._is_listed(each)]
        start, most = int(asked.get("cursor") or 0), asked.get("max_count", 10)
        more = {"has_more": start + most < len(listed), "cursor": start + most}
        return self._told(listed[start : start + most], request, more)

    def _query(self, request: Received) -> Answer:
        wanted = (request.json or {}).get("filters", {}).get("video_ids", [])
        if not 1 <= len(wanted) <= _PAGE or not all(each.isdecimal() for each in wanted):
            return self.refused("invalid_param")
        found = [each for each in self.uploads.values() if each.post_id in wanted and self._is_listed(each)]
        return self._told(found, request, {})

    def _told(self, uploads: list[Upload], request: Received, more: dict[str, Any]) -> Answer:
        fields = request.query.get("fields", "").split(",")
        if not FIELDS.issuperset(fields):
            return self.refused("invalid_param")
        if "video.list" not in self.scopes:
            return self.refused("no_scope")
        return _ok({"videos": [_resource(each, fields) for each in uploads], **more})


def _resource(upload: Upload, fields: list[str]) -> dict[str, Any]:
    text = upload.post_info.get("title", "")[:_LISTED_CHARACTERS]
    whole = {
        "id": upload.post_id,
        "title": text,
        "video_description": text,
        "share_url": f"https://www.tiktok.com/@tides/video/{upload.post_id}",
        "create_time": int(upload.completed_at.timestamp()) if upload.completed_at else 0,
        **upload.counts,
    }
    return {name: whole[name] for name in fields if name in whole}


def _ok(data: dict[str, Any]) -> Answer:
    return json_answer({"data": data, "error": {"code": "ok", "message": "", "log_id": "2026"}})


def _no_token(code: str, words: str) -> Answer:
    return json_answer({"error": code, "error_description": words, "log_id": "2026"}, 400)
