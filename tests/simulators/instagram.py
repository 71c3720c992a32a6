"""Instagram's Graph API on loopback: containers, bytes, publishing, lists, insights; and how each fails.

Facts: developers.facebook.com/documentation/instagram-platform (content-publishing, resumable-uploads,
ig-container, instagram-media/insights, error-codes) and docs/facebook-login/guides/access-tokens.
"""

import hashlib
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from tests.simulators.instagram_containers import Container
from tests.simulators.instagram_facts import (
    CAPTION_CHARACTERS,
    HASHTAGS,
    MENTIONS,
    METRICS,
    REFUSALS,
    RUPLOAD_REFUSALS,
)
from tests.simulators.server import Answer, Cut, Fault, Received, Simulator, json_answer

__all__ = ["ACCOUNT", "VERSION", "InstagramSimulator", "Post"]

ACCOUNT = "17841400000000001"
VERSION = "v26.0"
_DAY = timedelta(hours=24)
_SIXTY_DAYS = 5_184_000
_LATE = {"late_crash": "server_error", "blocked_late": "spam"}
_TROUBLES = {"processing_failed": "2207026", "glitch": "2207053"}
_FIELDS = {"id", "caption", "permalink", "timestamp", "like_count", "comments_count", "media_product_type"}


@dataclass
class Post:
    """A reel that everybody sees."""

    id: str
    caption: str
    published_at: datetime
    sha256: str
    resource: dict[str, Any]
    metrics: dict[str, int] = field(default_factory=dict)
    """Insights, times in milliseconds; what is not here is not told."""
    like_count: int | None = 0
    """None where the owner hides it."""
    comments_count: int = 0

    def told(self, fields: set[str]) -> dict[str, Any]:
        """Return these fields, as Graph does: what there is not is left out."""
        whole = {
            "id": self.id,
            "caption": self.caption,
            "permalink": f"https://www.instagram.com/reel/{self.id}/",
            "timestamp": self.published_at.isoformat(),
            "like_count": self.like_count,
            "comments_count": self.comments_count,
            "media_product_type": "REELS",
        }
        return {name: value for name, value in whole.items() if name in {"id", *fields} and value is not None}


class InstagramSimulator(Simulator):
    """One professional account. Scripted faults are those of every simulator, REFUSALS, and:

    ``partial`` (half of the bytes are kept, then the connection breaks), ``late_crash`` (the request was
    carried out and answered with 500), ``blocked_late`` (carried out and answered as if it were spam),
    ``expired_containers`` (all that are not published), ``processing_failed`` and ``glitch`` (the next whole
    video is not taken; of a glitch another container may), ``token_expired``, and for bytes those of
    RUPLOAD_REFUSALS.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        posts_a_day: int = 100,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.now = now
        self.posts_a_day = posts_a_day
        self.clients = {"client-id": "client-secret"}
        self.refresh_tokens: dict[str, int] = {"refresh-1": 0}
        """Long-lived tokens, and when each ends in seconds since 1970; 0 is never, as of system users."""
        self.lifetime: int | None = _SIXTY_DAYS
        """Of tokens that are renewed; None is for ever."""
        self.tokens: set[str] = {"access-0"}
        """Others that are good now."""
        self.accounts = [ACCOUNT]
        """Those that the client may act for, on a page each; a page without is there as well."""
        self.containers: dict[str, Container] = {}
        self.posts: dict[str, Post] = {}
        self.listed_after = timedelta()
        """So long after it is made a post is not in the list yet."""
        self.processed_after = timedelta()
        self.troubles: list[str] = []
        """Subcodes with which the next whole videos fail."""
        self.upload_host = ""
        """Where bytes are to go, if not here."""
        self._numbers = itertools.count(1)

    def answer(self, request: Received) -> Answer:
        """Do what the request asks, for a good token."""
        parts = request.path.strip("/").split("/")
        if parts[0] == "ig-api-upload":
            return self._bytes(parts[-1], request)
        version, *rest = parts
        if version != VERSION:
            self.object(f"no version in {request.path}")
        if rest == ["oauth", "access_token"]:
            return self._token(request)
        if rest == ["debug_token"]:
            return self._debugged(request)
        if not self._is_good(request.headers.get("authorization", "").removeprefix("Bearer ")):
            return self.refused("unauthorised")
        return self._node(rest, request)

    def failing(self, fault: str, request: Received) -> Answer | Cut:
        """Fail in one of the ways that are Instagram's own, or as every vendor does."""
        if fault in RUPLOAD_REFUSALS:
            is_bytes = request.path.startswith("/ig-api-upload")
            return self.refused_bytes(fault) if is_bytes else self.answer(request)
        if fault in _LATE:
            self.answer(request)
            return self.refused(_LATE[fault])
        if fault == "partial":
            return self._partly(request)
        if fault in REFUSALS:
            if fault == "token_expired":
                self.tokens.clear()
            return self.refused(fault)
        return self._spoiling(fault, request)

    def _spoiling(self, fault: str, request: Received) -> Answer | Cut:
        if fault == "expired_containers":
            for container in self.containers.values():
                container.expired = True
        elif fault in _TROUBLES:
            self.troubles.append(_TROUBLES[fault])
        else:
            return super().failing(cast("Fault", fault), request)
        return self.answer(request)

    def refused(self, reason: str) -> Answer:
        """Refuse in Graph's form."""
        status, code, subcode, transient, words = REFUSALS[reason]
        error: dict[str, Any] = {"message": words, "type": "OAuthException", "code": code}
        if subcode is not None:
            error["error_subcode"] = subcode
        return json_answer({"error": {**error, "is_transient": transient, "fbtrace_id": "A1b2"}}, status)

    def refused_bytes(self, kind: str) -> Answer:
        """Refuse as the server does that takes the bytes."""
        status, retriable, words = RUPLOAD_REFUSALS[kind]
        return json_answer({"debug_info": {"retriable": retriable, "type": kind, "message": words}}, status)

    def _is_good(self, token: str) -> bool:
        if token in self.tokens:
            return True
        ends = self.refresh_tokens.get(token)
        return ends is not None and (not ends or ends > self.now().timestamp())

    def _debugged(self, request: Received) -> Answer:
        app, _, secret = request.query.get("access_token", "").partition("|")
        if self.clients.get(app) != secret:
            return self.refused("unauthorised")
        token = request.query.get("input_token", "")
        if not self._is_good(token):
            error = {"code": 190, "message": "Error validating access token: Session has expired."}
            return json_answer({"data": {"error": error, "is_valid": False, "scopes": []}})
        told = {
            "app_id": app,
            "type": "USER",
            "is_valid": True,
            "expires_at": self.refresh_tokens.get(token, 0),
        }
        return json_answer({"data": told})

    def _token(self, request: Received) -> Answer:
        asked = request.query
        if asked.get("grant_type") != "fb_exchange_token":
            return self.refused("parameter")
        if self.clients.get(asked.get("client_id", "")) != asked.get("client_secret"):
            return self.refused("parameter")
        if not self._is_good(asked.get("fb_exchange_token", "")):
            return self.refused("token_expired")
        token = f"access-{next(self._numbers)}"
        self.refresh_tokens[token] = int(self.now().timestamp()) + self.lifetime if self.lifetime else 0
        ends = {"expires_in": self.lifetime} if self.lifetime else {}
        return json_answer({"access_token": token, "token_type": "bearer", **ends})

    def _node(self, rest: list[str], request: Received) -> Answer:
        if request.method == "GET" and rest == ["me", "accounts"]:
            return self._pages()
        if len(rest) == 2 and (rest[0] in self.accounts or rest[0] in self.posts):
            handle = self._handlers().get(f"{request.method} {rest[1]}")
            if handle is not None:
                return handle(request)
        if request.method == "GET" and len(rest) == 1:
            return self._read(rest[0], request)
        return self.refused("missing")

    def _handlers(self) -> dict[str, Callable[[Received], Answer]]:
        return {
            "POST media": self._open,
            "GET media": self._list,
            "POST media_publish": self._publish,
            "GET content_publishing_limit": self._limit,
            "GET insights": self._insights,
        }

    def _pages(self) -> Answer:
        pages: list[dict[str, Any]] = [{"id": f"page-{one}"} for one in range(2)]
        pages += [{"id": f"of-{one}", "instagram_business_account": {"id": one}} for one in self.accounts]
        return json_answer({"data": pages, "paging": {"cursors": {"before": "a", "after": "b"}}})

    def _open(self, request: Received) -> Answer:
        body = request.json or {}
        if body.get("media_type") != "REELS" or body.get("upload_type") != "resumable":
            self.object("a container that is no reel, or whose video is not sent here")
        if problem := _problem(body):
            return self.refused(problem)
        container = Container(f"1789{next(self._numbers):013d}", body, self.now())
        self.containers[container.id] = container
        host = self.upload_host or self.url
        return json_answer({"id": container.id, "uri": f"{host}/ig-api-upload/{VERSION}/{container.id}"})

    def _bytes(self, name: str, request: Received) -> Answer:
        if not self._is_good(request.headers.get("authorization", "").removeprefix("OAuth ")):
            return self.refused_bytes("NotAuthorizedError")
        container = self.containers.get(name)
        if container is None or container.code(self.now()) == "EXPIRED":
            return self.refused("media_expired")
        if container.ready_at is not None:
            return self.refused_bytes("OffsetInvalidError")
        size, offset = int(request.headers["file_size"]), int(request.headers["offset"])
        if offset != len(container.content):
            return self.refused_bytes("OffsetInvalidError")
        if offset + len(request.body) != size:
            self.object("bytes that are not all that is left")
            return self.refused_bytes("PartialRequestError")
        container.content += request.body
        self._whole(container)
        return json_answer({"success": True, "message": "Upload successful."})

    def _partly(self, request: Received) -> Answer | Cut:
        """Keep half of the bytes, if there are any and they fit, and break off."""
        container = self.containers.get(request.path.rpartition("/")[2])
        fits = container is not None and int(request.headers.get("offset", "-1")) == len(container.content)
        if container is None or not fits or not request.body or container.ready_at is not None:
            return self.answer(request)
        container.content += request.body[: len(request.body) // 2]
        return Cut()

    def _whole(self, container: Container) -> None:
        container.ready_at = self.now() + self.processed_after
        container.trouble = self.troubles.pop(0) if self.troubles else ""

    def _publish(self, request: Received) -> Answer:
        container = self.containers.get(str((request.json or {}).get("creation_id")))
        code = container.code(self.now()) if container else "EXPIRED"
        if container is None or code in {"EXPIRED", "PUBLISHED"}:
            return self.refused("no_container")
        if code != "FINISHED":
            return self.refused("not_ready")
        if self._used() >= self.posts_a_day:
            return self.refused("post_limit")
        post = Post(
            f"1800{next(self._numbers):013d}",
            container.resource.get("caption", ""),
            self.now(),
            hashlib.sha256(container.content).hexdigest(),
            container.resource,
        )
        self.posts[post.id] = post
        container.media_id = post.id
        return json_answer({"id": post.id})

    def _used(self) -> int:
        return sum(each.published_at > self.now() - _DAY for each in self.posts.values())

    def _limit(self, _: Received) -> Answer:
        config = {"quota_total": self.posts_a_day, "quota_duration": 86_400}
        return json_answer({"data": [{"config": config, "quota_usage": self._used()}]})

    def _list(self, request: Received) -> Answer:
        listed = [each for each in self.posts.values() if each.published_at + self.listed_after <= self.now()]
        listed.reverse()
        start, size = int(request.query.get("after") or 0), int(request.query.get("limit", "25"))
        page = [each.told(_fields(request)) for each in listed[start : start + size]]
        paging: dict[str, Any] = {"cursors": {"after": str(start + size)}}
        if start + size < len(listed):
            paging["next"] = f"{self.url}/next"
        return json_answer({"data": page, "paging": paging})

    def _read(self, name: str, request: Received) -> Answer:
        if name in self.containers:
            return json_answer(self.containers[name].told(self.now()))
        if name not in self.posts:
            return self.refused("missing")
        if unknown := _fields(request) - _FIELDS:
            self.object(f"fields that no post has: {unknown}")
            return self.refused("parameter")
        return json_answer(self.posts[name].told(_fields(request)))

    def _insights(self, request: Received) -> Answer:
        post = self.posts.get(request.path.split("/")[-2])
        if post is None:
            return self.refused("missing")
        asked = request.query.get("metric", "").split(",")
        if unknown := set(asked) - set(METRICS):
            self.object(f"metrics that no reel has: {unknown}")
            return self.refused("parameter")
        told = [(name, post.metrics[name]) for name in asked if name in post.metrics]
        return json_answer(
            {
                "data": [
                    {"name": name, "period": "lifetime", "values": [{"value": value}]} for name, value in told
                ]
            }
        )


def _fields(request: Received) -> set[str]:
    return set(request.query.get("fields", "id").split(","))


def _problem(body: dict[str, Any]) -> str:
    caption = str(body.get("caption", ""))
    if len(caption) > CAPTION_CHARACTERS:
        return "caption"
    if len(re.findall(r"(?<!\w)#\w", caption)) > HASHTAGS:
        return "parameter"
    if len(re.findall(r"(?<!\w)@\w", caption)) > MENTIONS:
        return "mentions"
    return "bad_cover" if int(body.get("thumb_offset", 0)) < 0 else ""
