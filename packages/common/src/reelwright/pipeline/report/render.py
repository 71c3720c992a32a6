"""``report.html``: one page that shows a production whole, and needs nothing beside it.

It loads nothing from anywhere (its Content-Security-Policy would not let it), works from
``file://``, and shows whatever text a brief or a model came up with as text.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from reelwright.cost.manager import total_cost
from reelwright.pipeline.report import (
    account,
    configuration,
    flags,
    prompts,
    spending,
    thumbnails,
    watching,
    writing,
)
from reelwright.pipeline.report.foreseen import Foreseen
from reelwright.pipeline.report.markup import DataUri, Html, element
from reelwright.pipeline.report.media import data_uri, design_uri, poster_uri, scene_stills
from reelwright.pipeline.report.prompt_performance import performance_section
from reelwright.pipeline.report.record import ProductionRecord
from reelwright.pipeline.report.watching import MediaSources
from reelwright.production.schema import Cut, Narration, Production, Publication, Review, Script
from reelwright.prompts.performance import PromptPerformance
from reelwright.upload.outcomes import OutcomePoint
from reelwright.video.captions import cues, to_vtt

__all__ = ["EMBED_LIMIT_BYTES", "render_report"]

EMBED_LIMIT_BYTES = 48_000_000
"""Larger videos stay beside the page: the page grows by a third of the file, and is read at once."""

_VIDEO_BESIDE = "video.mp4"
_VIDEO_PLACE = DataUri("\0")
"""Stands for the video until the page is built, so that its megabytes are copied once, not for every
element around it. No text can hold it: ``markup.visible`` takes control characters out."""


def render_report(  # noqa: PLR0917 (what a production made, in step order)
    production: Production,
    script: Script,
    cut: Cut,
    review: Review,
    narration: Narration,
    publications: tuple[Publication, ...],
    *,
    video: Path,
    thumbnail: Path,
    designs: Sequence[Path] = (),
    foreseen: Foreseen | None = None,
    prompts_so_far: Sequence[PromptPerformance] = (),
    outcomes: tuple[OutcomePoint, ...] = (),
) -> bytes:
    """Return the page as UTF-8. The files are read now; OSError if they cannot be.

    ``designs`` are the files of the cut's thumbnails, in their order.
    With ``foreseen`` it says what the production was expected to cost, and why it cost something else, with
    ``prompts_so_far`` how its prompts did before it, with ``outcomes`` how its publications did.
    """
    record = ProductionRecord(
        production=production,
        script=script,
        narration=narration,
        cut=cut,
        review=review,
        publications=publications,
        outcomes=outcomes,
        cost=total_cost(production.charges),
    )
    is_embedded = video.stat().st_size <= EMBED_LIMIT_BYTES
    media = _media(narration, video, thumbnail, designs, is_embedded=is_embedded)
    page = element("html", _head(script.title), _body(record, media, foreseen, prompts_so_far), lang="en")
    before, after = f"<!doctype html>\n{page}\n".split(_VIDEO_PLACE)
    address = data_uri(video.read_bytes(), "video/mp4") if is_embedded else _VIDEO_BESIDE
    return b"".join((before.encode(), address.encode(), after.encode()))


def _media(
    narration: Narration, video: Path, thumbnail: Path, designs: Sequence[Path], *, is_embedded: bool
) -> MediaSources:
    captions = to_vtt(cues(narration.words, until_seconds=narration.duration_seconds))
    return MediaSources(
        video=_VIDEO_PLACE,
        video_is_embedded=is_embedded,
        poster=poster_uri(thumbnail),
        captions=data_uri(captions.encode(), "text/vtt"),
        stills=scene_stills(video, narration.scenes),
        designs=tuple(design_uri(design) for design in designs),
    )


def _head(title: str) -> Html:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy()),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} · production report"),
        # The two files are ours and hold no values, so they go in as they are.
        element("style", Html(_resource("page.css"))),
    )


def _body(
    record: ProductionRecord,
    media: MediaSources,
    foreseen: Foreseen | None,
    so_far: Sequence[PromptPerformance],
) -> Html:
    steps = record.production.steps
    return element(
        "body",
        watching.masthead(record),
        element(
            "main",
            spending.mock_notice(record.production),
            watching.notices(record),
            watching.facts(record),
            watching.watch(record, media),
            thumbnails.section(record.cut.thumbnails, media.designs),
            element(
                "div",
                element("div", account.timeline(steps), account.decisions(steps)),
                element(
                    "div",
                    spending.costs(record, foreseen),
                    writing.section(record.script),
                    account.brief(record),
                    configuration.section(record.production.configuration),
                    flags.section(record.production.flags),
                    prompts.section(record.production.prompts),
                    performance_section(record.production.prompts, so_far),
                    account.publications(record.publications, record.outcomes),
                ),
                class_="columns",
            ),
            account.checks(record.review.checks),
            account.raw_record(record),
        ),
        element("script", Html(_resource("page.js"))),
    )


@cache
def _policy() -> str:
    """Nothing may be loaded; the one script is known by its hash."""
    digest = base64.b64encode(hashlib.sha256(_resource("page.js").encode()).digest()).decode("ascii")
    return "; ".join(
        (
            "default-src 'none'",
            "img-src data:",
            "media-src data: 'self'",
            "style-src 'unsafe-inline'",
            f"script-src 'sha256-{digest}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


@cache
def _resource(name: str) -> str:
    return files("reelwright.pipeline.report").joinpath(name).read_text(encoding="utf-8")
