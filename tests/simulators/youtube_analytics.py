"""YouTube's Analytics API as far as it is asked: one report by video, in columns as the answer names them.

Facts: developers.google.com/youtube/analytics/reference/reports/query and /channel_reports#top-videos: the
report by video needs ``sort`` and ``maxResults`` of 200 at most; videos without figures have no row.
"""

from collections.abc import Callable, Mapping
from datetime import date

from tests.simulators.server import Answer, Received, json_answer

__all__ = ["reported"]

_METRICS = ("views", "estimatedMinutesWatched", "averageViewDuration", "shares")
_MOST = 200


def reported(
    request: Received,
    views: Mapping[str, int],
    watched: Mapping[str, tuple[int, int, int]],
    object_to: Callable[[str], None],
) -> Answer:
    """Return the rows of the videos that are asked for and have figures, the most viewed first."""
    query = request.query
    if query.get("ids") != "channel==MINE" or query.get("dimensions") != "video":
        object_to("a report of something else than the channel by video")
    if not query.get("sort") or not 0 < int(query.get("maxResults", "0")) <= _MOST:
        object_to("a report by video without sort and maxResults")
    if date.fromisoformat(query["startDate"]) > date.fromisoformat(query["endDate"]):
        object_to("a report that ends before it begins")
    if query.get("metrics", "").split(",") != list(_METRICS):
        object_to("a report of other metrics")
    asked = query.get("filters", "").removeprefix("video==").split(",")
    rows = [[each, views.get(each, 0), *watched[each]] for each in asked if each in watched]
    headers = [{"name": "video", "columnType": "DIMENSION", "dataType": "STRING"}] + [
        {"name": name, "columnType": "METRIC", "dataType": "INTEGER"} for name in _METRICS
    ]
    rows.sort(key=lambda row: -int(str(row[1])))
    return json_answer({"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers, "rows": rows})
