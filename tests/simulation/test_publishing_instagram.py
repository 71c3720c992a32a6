"""Bugs of the Instagram adapter that seeds must find: two posts, or one before its time.

Containers and lists keep each other: a bug about containers alone makes no second post, since lists are
waited for. So the engine waits for none here.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

import pytest

from reelwright.upload.platforms.instagram import InstagramPlatform
from reelwright.upload.platforms.instagram_container import Container
from reelwright.upload.publishing import Publisher
from tests.chaos.publishing_venues import InstagramVenue
from tests.simulation.publishing import publish_in_a_world
from tests.simulation.world import InvariantError

ENOUGH: Final = 200


@contextmanager
def _instead(owner: Any, name: str, planted: Any) -> Iterator[None]:
    good = owner.__dict__[name]
    setattr(owner, name, planted)
    try:
        yield
    finally:
        setattr(owner, name, good)


@contextmanager
def _begins_anew_when_the_post_is_not_listed() -> Iterator[None]:
    """Take a published container whose post does not show yet for gone, and do not wait for lists either."""
    good = InstagramPlatform._post_of

    def gone(self: Any, remote_id: str, plan: Any, call: Any) -> Any:
        found = good(self, remote_id, plan, call)
        return found.model_copy(update={"state": "gone"}) if found.state == "processing" else found

    with _instead(InstagramPlatform, "_post_of", gone), _instead(Publisher, "_looked_for", _at_once):
        yield


@contextmanager
def _forgets_that_it_is_published() -> Iterator[None]:
    """Read PUBLISHED as EXPIRED, and do not wait for lists either."""
    good = Container.read.__func__  # type: ignore[attr-defined]  # a class method

    def read(cls: Any, name: str, told: Any) -> Any:
        code = "EXPIRED" if told.get("status_code") == "PUBLISHED" else told.get("status_code")
        return good(cls, name, {**told, "status_code": code})

    with _instead(Container, "read", classmethod(read)), _instead(Publisher, "_looked_for", _at_once):
        yield


def _at_once(self: Any, record: Any, deadline: Any, **_: Any) -> Any:
    """Believe a list of posts that may not have settled."""
    found = self._remote.find_by_marker(record.plan.marker, self._call(deadline))
    if found is not None:
        return self._saved(record, state="uploaded", remote_id=found.remote_id)
    return self._saved(record, state="intended", session=None, remote_id="")


def _does_not_find_its_posts() -> AbstractContextManager[None]:
    """Never learn which post a container has become."""
    return _instead(InstagramPlatform, "find_by_marker", lambda _self, _marker, _call: None)


def _publishes_when_the_bytes_are_there() -> AbstractContextManager[None]:
    """Make public what is to wait for its time."""
    return _instead(Publisher, "_until_public", lambda _self, _record: None)


PLANTS: Final[dict[str, Callable[[], AbstractContextManager[None]]]] = {
    "begins anew when the post is not listed": _begins_anew_when_the_post_is_not_listed,
    "does not find its posts": _does_not_find_its_posts,
    "publishes when the bytes are there": _publishes_when_the_bytes_are_there,
    "forgets that it is published": _forgets_that_it_is_published,
}


@pytest.mark.parametrize("plant", sorted(PLANTS))
def test_a_planted_bug_is_found(plant: str) -> None:
    venue = InstagramVenue()
    with PLANTS[plant]():
        found = next((seed for seed in range(ENOUGH) if _is_found(seed, venue)), None)
    assert found is not None, f"nobody saw that it {plant}"


def _is_found(seed: int, venue: InstagramVenue) -> bool:
    try:
        publish_in_a_world(seed, venue)
    except InvariantError:
        return True
    return False
