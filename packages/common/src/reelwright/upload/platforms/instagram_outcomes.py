"""What became of Instagram's posts: counts of the post itself, the rest from its insights.

Facts: developers.facebook.com/documentation/instagram-platform/reference/instagram-media (like_count is left
out where the owner hides it) and .../instagram-media/insights of 2026-06-18 (``plays`` is gone since
2025-04-21; times in milliseconds; up to 48 hours late; no data instead of 0; organic only).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reelwright.upload.errors import (
    PlatformMisconfigured,
    PlatformUnavailable,
    PublicationRefused,
    QuotaExceeded,
)
from reelwright.upload.platforms.instagram_errors import is_missing
from reelwright.upload.platforms.instagram_wire import InstagramWire
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import PublicationOutcome

__all__ = ["Outcomes"]

_TOTAL, _AVERAGE = "ig_reels_video_view_total_time", "ig_reels_avg_watch_time"
_METRICS: Final = ("views", "likes", "comments", "shares", _TOTAL, _AVERAGE)
_COUNTS: Final = ("views", "likes", "comments", "shares")
_MILLISECONDS: Final = 1000
_UNTOLD = (PlatformMisconfigured, PlatformUnavailable, PublicationRefused, QuotaExceeded)


class Outcomes:
    """Asks for the counts of a post, and then for its insights, which never spoil the counts."""

    def __init__(self, wire: InstagramWire) -> None:
        self._wire = wire

    def of(self, remote_ids: Sequence[str], call: PlatformCall) -> Mapping[str, PublicationOutcome]:
        """Return the outcomes by post; one that is not there is left out."""
        found = {remote_id: self._outcome(remote_id, call) for remote_id in remote_ids}
        return {remote_id: outcome for remote_id, outcome in found.items() if outcome is not None}

    def _outcome(self, remote_id: str, call: PlatformCall) -> PublicationOutcome | None:
        try:
            post = self._wire.ask(call, "GET", remote_id, {"fields": "id,like_count,comments_count"})
        except PublicationRefused as error:
            if is_missing(error):
                return None
            raise
        counts = {"likes": _count(post.get("like_count")), "comments": _count(post.get("comments_count"))}
        insights, untold = self._insights(remote_id, call)
        told = {name: value for name, value in insights.items() if value is not None}
        return PublicationOutcome.model_validate({**counts, **told, "untold": untold})

    def _insights(self, remote_id: str, call: PlatformCall) -> tuple[dict[str, Any], str]:
        try:
            told = self._wire.ask(call, "GET", f"{remote_id}/insights", {"metric": ",".join(_METRICS)})
        except _UNTOLD as error:
            return {}, f"Instagram does not tell views, shares and watch time: {error.message}"
        values = _values_in(told)
        return {
            **{name: _count(values.get(name)) for name in _COUNTS},
            "watched_seconds": _seconds(values.get(_TOTAL)),
            "average_watched_seconds": _seconds(values.get(_AVERAGE)),
        }, ""


def _values_in(told: Mapping[str, Any]) -> dict[str, object]:
    """Return the value of each metric: that of the only period, or of the total where it is told so."""
    data = told.get("data")
    metrics = [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []
    return {str(each.get("name")): _value_of(each) for each in metrics}


def _value_of(metric: Mapping[str, Any]) -> object:
    values, total = metric.get("values"), metric.get("total_value")
    first = values[0] if isinstance(values, list) and values else total
    return first.get("value") if isinstance(first, dict) else None


def _count(told: object) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None


def _seconds(told: object) -> float | None:
    if isinstance(told, int | float) and not isinstance(told, bool) and told >= 0:
        return told / _MILLISECONDS
    return None
