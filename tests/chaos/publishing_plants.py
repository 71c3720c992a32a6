"""Bugs that are planted, so that it is known that schedules find them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

from reelwright.upload.platforms import youtube
from reelwright.upload.platforms.tiktok import TikTokPlatform
from reelwright.upload.publishing import Publisher

__all__ = ["PLANTS", "TIKTOK_PLANTS", "planted"]


@contextmanager
def _instead(owner: Any, name: str, planted: Any) -> Iterator[None]:
    good = getattr(owner, name)
    setattr(owner, name, planted)
    try:
        yield
    finally:
        setattr(owner, name, good)


def _sends_again_without_asking() -> AbstractContextManager[None]:
    """Take an upload that is gone for one that nothing came of."""

    def again(self: Any, record: Any, _deadline: Any, **_: Any) -> Any:
        return self._saved(record, state="intended", session=None, gone_at=None)

    return _instead(Publisher, "_looked_for", again)


def _does_not_wait_for_lists() -> AbstractContextManager[None]:
    """Believe a list of videos that may not have settled."""

    def at_once(self: Any, record: Any, deadline: Any, **_: Any) -> Any:
        found = self._remote.find_by_marker(record.plan.marker, self._call(deadline))
        if found is not None:
            return self._saved(record, state="uploaded", remote_id=found.remote_id)
        return self._saved(record, state="intended", session=None)

    return _instead(Publisher, "_looked_for", at_once)


def _uploads_what_is_public() -> AbstractContextManager[None]:
    """Let the last byte make it public."""
    good = youtube._status
    return _instead(youtube, "_status", lambda plan, _: good(plan, plan.privacy))


def _does_not_keep_the_upload() -> AbstractContextManager[None]:
    """Send before the upload's address is stored."""
    good = Publisher._opened

    def opened(self: Any, record: Any, media: Any, deadline: Any) -> Any:
        save, self._saved = self._saved, lambda record, **changes: record.model_copy(update=changes)
        try:
            after: Any = good(self, record, media, deadline)
        finally:
            self._saved = save
        progress = self._remote.status(after.session, self._call(deadline))
        while progress.state == "sending":
            content, start = media.video.read_bytes(), progress.received_bytes
            piece = content[start : start + after.session.chunk_bytes]
            progress = self._remote.send(after.session, start, piece, self._call(deadline))
        changes = {"session": after.session, "sessions": after.sessions}
        return self._saved(record, state="session", **changes)

    return _instead(Publisher, "_opened", opened)


def _believes_a_list_of_public_posts() -> AbstractContextManager[None]:
    """Take what is not listed for what is not there."""
    return _instead(Publisher, "_noted", lambda _self, record, _session, _offset: record)


def _takes_what_is_forgotten_for_nothing() -> AbstractContextManager[None]:
    """Claim that nothing came of an upload that TikTok knows no more."""
    good = TikTokPlatform.status

    def status(self: Any, session: Any, call: Any) -> Any:
        found = good(self, session, call)
        return found.model_copy(update={"nothing_came": found.state == "gone"})

    return _instead(TikTokPlatform, "status", status)


def _does_not_wait_for_its_time() -> AbstractContextManager[None]:
    """Send at once what is public with its last byte."""
    return _instead(Publisher, "_until_public", lambda *_: None)


PLANTS: Final[dict[str, Callable[[], AbstractContextManager[None]]]] = {
    "sends again without asking": _sends_again_without_asking,
    "does not wait for lists": _does_not_wait_for_lists,
    "uploads what is public": _uploads_what_is_public,
    "does not keep the upload": _does_not_keep_the_upload,
}
TIKTOK_PLANTS: Final[dict[str, Callable[[], AbstractContextManager[None]]]] = {
    "believes a list of public posts": _believes_a_list_of_public_posts,
    "takes what is forgotten for nothing": _takes_what_is_forgotten_for_nothing,
    "does not wait for its time": _does_not_wait_for_its_time,
}
"""Those that only TikTok can show."""


def planted(name: str) -> AbstractContextManager[None]:
    """Plant a bug by its name; none has none."""
    return (PLANTS | TIKTOK_PLANTS)[name]() if name else nullcontext()
