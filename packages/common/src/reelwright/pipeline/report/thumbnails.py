"""The designs that may stand for the video, with what was measured and which was kept."""

from collections.abc import Sequence

from reelwright.pipeline.report.markup import DataUri, Html, element
from reelwright.production.thumbnails import Thumbnail

__all__ = ["section"]


def section(thumbnails: Sequence[Thumbnail], images: Sequence[DataUri]) -> Html | None:
    """Return all designs beside each other, the kept one first, or nothing where there is one alone."""
    shown = list(zip(thumbnails, images, strict=False))
    if not shown:
        return None
    return element(
        "section",
        element("h2", "Thumbnails", id="thumbnails"),
        element("ol", (_design(place, *pair) for place, pair in enumerate(shown)), class_="designs"),
        aria_labelledby="thumbnails",
    )


def _design(place: int, thumbnail: Thumbnail, image: DataUri) -> Html:
    kept = place == 0
    return element(
        "li",
        element("img", src=image, alt=f"{thumbnail.composition}: {thumbnail.words}", loading="lazy"),
        element(
            "p",
            element("strong", f"{thumbnail.score:.1f}"),
            " of 100 · ",
            thumbnail.composition,
            element("span", "kept", class_="pill completed") if kept else None,
            class_="label",
        ),
        element("p", f"“{thumbnail.words}”", dir="auto"),
        element("ul", (element("li", reason) for reason in thumbnail.why.split("; ")), class_="measures"),
        class_="kept" if kept else None,
    )
