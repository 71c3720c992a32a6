"""What became of YouTube's videos: counts from the Data API, watch time where the client may ask for it.

Facts: developers.google.com/youtube/v3/docs/videos#statistics (a count that the owner hides is left out) and
developers.google.com/youtube/analytics/reference/reports/query (scope yt-analytics.readonly; figures come a
day or two late, and a video without any has no row); seen on 2026-11-26.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reelwright.models.http import HttpAnswer
from reelwright.upload.errors import (
    PlatformMisconfigured,
    PlatformUnavailable,
    PublicationRefused,
    QuotaExceeded,
)
from reelwright.upload.platforms.youtube_wire import YouTubeWire
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import PublicationOutcome

__all__ = ["Outcomes"]

_ANALYTICS: Final = "https://youtubeanalytics.googleapis.com"
_COUNTS: Final = {"views": "viewCount", "likes": "likeCount", "comments": "commentCount"}
_METRICS: Final = ("views", "estimatedMinutesWatched", "averageViewDuration", "shares")
_BEFORE_ALL: Final = "2005-02-14"
"""YouTube's first day: what is asked for are totals."""
_MOST_ROWS: Final = "200"
_MINUTE: Final = 60
_UNTOLD = (PlatformMisconfigured, PlatformUnavailable, PublicationRefused, QuotaExceeded)


class Outcomes:
    """Asks for the counts of videos, and then for their watch time, which never spoils the counts."""

    def __init__(self, wire: YouTubeWire) -> None:
        self._wire = wire

    def of(self, remote_ids: Sequence[str], call: PlatformCall) -> Mapping[str, PublicationOutcome]:
        """Return the outcomes by video, for 1 unit; at most 50 are asked for."""
        counts = self._counts(remote_ids, call)
        watched, untold = self._watched(list(counts), call) if counts else ({}, "")
        return {
            remote_id: PublicationOutcome(**told, **watched.get(remote_id, {}), untold=untold)
            for remote_id, told in counts.items()
        }

    def _counts(self, remote_ids: Sequence[str], call: PlatformCall) -> dict[str, dict[str, Any]]:
        answer = self._wire.ask(
            call, "GET", "youtube/v3/videos", {"part": "statistics", "id": ",".join(remote_ids)}
        )
        items = _listed(answer, "items")
        return {str(item["id"]): _counts_in(item.get("statistics") or {}) for item in items if "id" in item}

    def _watched(self, remote_ids: list[str], call: PlatformCall) -> tuple[dict[str, dict[str, Any]], str]:
        try:
            answer = self._wire.ask(call, "GET", "v2/reports", _report(remote_ids, call), host=_ANALYTICS)
            return _watched_in(answer), ""
        except _UNTOLD as error:
            return {}, f"YouTube does not tell watch time and shares: {error.message}"


def _report(remote_ids: list[str], call: PlatformCall) -> dict[str, str]:
    return {
        "ids": "channel==MINE",
        "startDate": _BEFORE_ALL,
        "endDate": call.deadline.clock.now().date().isoformat(),
        "metrics": ",".join(_METRICS),
        "dimensions": "video",
        "filters": f"video=={','.join(remote_ids)}",
        "sort": "-views",
        "maxResults": _MOST_ROWS,
    }


def _counts_in(statistics: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _count(statistics.get(theirs)) for name, theirs in _COUNTS.items()}


def _count(told: object) -> int | None:
    """Return a count, which YouTube writes as a text; None if it is none."""
    text = str(told)
    return int(text) if text.isdecimal() else None


def _watched_in(answer: HttpAnswer) -> dict[str, dict[str, Any]]:
    """Return the rows by video; the columns are in the order that the answer's own heading says."""
    names = [str(column.get("name")) for column in _listed(answer, "columnHeaders")]
    rows = (answer.json_object() or {}).get("rows") or []
    told = [dict(zip(names, row, strict=False)) for row in rows if isinstance(row, list)]
    return {str(row["video"]): _of_row(row) for row in told if "video" in row}


def _of_row(row: Mapping[str, Any]) -> dict[str, Any]:
    minutes, average = _number(row.get("estimatedMinutesWatched")), _number(row.get("averageViewDuration"))
    shares = _number(row.get("shares"))
    return {
        "watched_seconds": None if minutes is None else minutes * _MINUTE,
        "average_watched_seconds": average,
        "shares": None if shares is None else int(shares),
    }


def _number(told: object) -> float | None:
    if isinstance(told, int | float) and not isinstance(told, bool) and told >= 0:
        return float(told)
    return None


def _listed(answer: HttpAnswer, name: str) -> list[dict[str, Any]]:
    found = (answer.json_object() or {}).get(name)
    if not isinstance(found, list):
        raise PlatformUnavailable(
            "YouTube's answer cannot be read.", next_step="Collect again later: nothing is lost."
        )
    return [each for each in found if isinstance(each, dict)]
