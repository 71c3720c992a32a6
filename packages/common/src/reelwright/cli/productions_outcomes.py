"""`reelwright productions outcomes`: what became of publications, as platforms told it."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb, environment_name
from reelwright.cli.output import answer, note
from reelwright.cli.places import ROOT
from reelwright.errors import ReelwrightError

if TYPE_CHECKING:
    from reelwright.config.schema import Snapshot
    from reelwright.environment.schema import EnvironmentName
    from reelwright.pipeline.publications import PublicationDesk, PublishedVideo
    from reelwright.upload.outcomes import OutcomePoint
    from reelwright.upload.outcomes_collecting import Collection

__all__ = ["open_publications", "outcomes", "published_lines"]

_NEWEST = 20


@click.command("outcomes", cls=Verb)
@click.argument("production_id", metavar="ID", required=False, default="")
@click.option("--collect", is_flag=True, help="Ask the platforms now: of ID, or of all that is due.")
@click.option("--limit", type=click.IntRange(1), default=_NEWEST, show_default=True, help="Show so many.")
def outcomes(production_id: str, *, collect: bool, limit: int) -> None:
    """Show views, likes, comments, shares and watch time of what was published; all that was told of ID.

    A deployed environment collects by itself every hour what is due; on this machine, --collect does. What a
    platform does not tell is shown as — and is null in --json, never 0.
    """
    desk = open_publications()
    collection = _collected(desk, production_id) if collect else None
    videos = desk.of(production_id) if production_id else desk.recent(limit)
    series = [desk.series(video) for video in videos] if production_id else []
    data: dict[str, Any] = {"publications": _data(videos, series)}
    if collection is not None:
        data["collected"] = collection.model_dump(mode="json")
    answer(data, "\n".join(_text(videos, series)))


def open_publications() -> "PublicationDesk":
    """Return the desk of the environment asked for."""
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)
    from reelwright.pipeline.publications import PublicationDesk  # noqa: PLC0415 (heavy)

    return PublicationDesk.for_environment(check_environment_name(environment_name()), root=ROOT)


def published_lines(videos: "Sequence[PublishedVideo]") -> Iterator[str]:
    """Yield what is published, and what is known of its viewers."""
    from reelwright.pipeline.report.outcomes import outcome_line  # noqa: PLC0415 (heavy)

    if videos:
        yield "Published:"
    for video in videos:
        where = video.url or video.remote_id or video.reason
        yield f"  {video.platform:<10} {video.state:<9} {where}"
        if video.newest:
            yield f"    {outcome_line(video.newest)}"


def _collected(desk: "PublicationDesk", production_id: str) -> "Collection":
    from reelwright.cli.configuring import open_configuration  # noqa: PLC0415 (heavy)
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)

    name = check_environment_name(environment_name())
    snapshot = open_configuration(name).refresh()
    collection = desk.collect(snapshot.settings, production_id)
    for platform, told in collection.platforms.items():
        if told.problem:
            note(f"{platform} did not tell all: {told.problem}")
    if production_id and any(told.collected for told in collection.platforms.values()):
        _retell(name, snapshot, production_id)
    return collection


def _retell(name: "EnvironmentName", snapshot: "Snapshot", production_id: str) -> None:
    """Have the report say it too; that it cannot is no reason to keep the answer back."""
    from reelwright.pipeline.republishing import Republisher  # noqa: PLC0415 (heavy)

    try:
        with closing(Republisher.for_environment(name, snapshot, root=ROOT)) as republisher:
            republisher.tell(production_id)
    except ReelwrightError as error:
        note(f"The report does not say it yet: {error.message}")


def _data(
    videos: "Sequence[PublishedVideo]", series: "Sequence[Sequence[OutcomePoint]]"
) -> list[dict[str, Any]]:
    data = [video.model_dump(mode="json") for video in videos]
    for told, points in zip(data, series, strict=False):
        told["series"] = [point.model_dump(mode="json") for point in points]
    return data


def _text(videos: "Sequence[PublishedVideo]", series: "Sequence[Sequence[OutcomePoint]]") -> Iterator[str]:
    from reelwright.pipeline.report.outcomes import outcome_line  # noqa: PLC0415 (heavy)

    if not videos:
        yield "Nothing is published on a video platform."
    for at, video in enumerate(videos):
        yield f"{video.production_id}  {video.platform}, {video.state}: {video.url or video.reason}"
        points = series[at] if series else [video.newest] if video.newest else []
        yield from (f"  {outcome_line(point)}" for point in points)
        if not points:
            yield "  nothing is told of it yet"
