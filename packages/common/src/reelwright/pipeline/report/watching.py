"""The upper half of the page: what was made, and the player with its script."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from reelwright.cost.manager import total_cost
from reelwright.pipeline.report.markup import DataUri, Html, element, join, timecode
from reelwright.pipeline.report.onscreen import on_screen
from reelwright.pipeline.report.record import ProductionRecord
from reelwright.production.schema import Scene, Span

__all__ = ["MediaSources", "facts", "masthead", "notices", "watch"]

_MEGABYTE = 1_000_000
_FINGERPRINT_CHARS = 12
_NUMBERED_UP_TO = 16
"""More scenes than this are too narrow on the timeline to carry their numbers."""


@dataclass(frozen=True, slots=True)
class MediaSources:
    """Addresses of the media: data URIs, and for a large video the name of the file beside the page."""

    video: DataUri
    video_is_embedded: bool
    poster: DataUri
    captions: DataUri
    stills: Sequence[DataUri | None]
    designs: Sequence[DataUri] = ()
    """Of the cut's thumbnails, in their order."""


def masthead(record: ProductionRecord) -> Html:
    """Return the title, how it ended, and what was asked."""
    production = record.production
    topic = production.brief.topic
    return element(
        "header",
        element("p", "Production report", class_="kicker"),
        element("h1", record.script.title, dir="auto"),
        element("p", element("span", "Brief: "), topic, class_="lede", dir="auto")
        if topic != record.script.title
        else None,
        element(
            "p",
            element("span", production.status, class_=f"pill {production.status}"),
            element("span", _moment(production.created_at)),
            element("span", production.id, class_="code"),
            class_="stamp",
        ),
        class_="masthead",
    )


def notices(record: ProductionRecord) -> Html | None:
    """Return the warnings, once each, or nothing."""
    warnings = tuple(dict.fromkeys(record.production.warnings + record.script.warnings))
    if not warnings:
        return None
    return element(
        "section",
        element("h2", "Warning" if len(warnings) == 1 else f"{len(warnings)} warnings", id="warnings"),
        element("ul", (element("li", warning, dir="auto") for warning in warnings)),
        class_="notice",
        aria_labelledby="warnings",
    )


def facts(record: ProductionRecord) -> Html:
    """Return the measured facts as tiles, and what identifies the production below them."""
    production, cut = record.production, record.cut
    cost = total_cost(production.charges)
    work_seconds = sum(step.seconds for step in production.steps)
    tiles = (
        _tile("Length", f"{cut.duration_seconds:.1f} s", f"asked for {production.brief.duration_seconds} s"),
        _tile("Picture", f"{cut.width} by {cut.height}", f"{production.brief.aspect} at {cut.fps} fps"),
        _tile(
            "Loudness", f"{_signed(cut.loudness_lufs)} LUFS", f"true peak {_signed(cut.true_peak_dbtp)} dBTP"
        ),
        _tile(
            "File",
            _size(cut.video.size_bytes),
            f"{len(record.script.scenes)} scenes, {record.narration.voice} speaks",
        ),
        _tile("Work", f"{work_seconds:.1f} s", f"in {len(production.steps)} steps"),
        _tile("Cost", f"${cost.generation_cost_usd}", f"{len(production.charges)} charges"),
    )
    marks = (
        _mark("Seed", production.seed),
        _mark("Settings", production.settings_fingerprint[:_FINGERPRINT_CHARS]),
        _mark("Environment", production.environment),
    )
    return element(
        "section",
        element("h2", "Facts", id="facts", class_="unseen"),
        element("dl", tiles, class_="tiles"),
        element("dl", marks, class_="marks"),
        aria_labelledby="facts",
    )


def watch(record: ProductionRecord, media: MediaSources) -> Html:
    """Return the player with its scene strip, and the script that steers it."""
    cut = record.cut
    shape = "portrait" if cut.height > cut.width else "square" if cut.height == cut.width else "landscape"
    spans = record.narration.scenes
    return element(
        "section",
        element("h2", "Video and script", id="watch"),
        element(
            "div",
            element(
                "div",
                _player(record, media),
                _strip(record.script.scenes, spans),
                _about(record),
                class_="stage",
            ),
            element("ol", _scenes(record.script.scenes, spans, media.stills), class_="script"),
            class_=f"watch {shape}",
        ),
        aria_labelledby="watch",
    )


def _about(record: ProductionRecord) -> Html:
    """Return what a platform shows around the video."""
    seo = record.script.seo
    lead, _, rest = record.cut.description.partition("\n\n")
    return element(
        "div",
        element("h3", seo.title, dir="auto"),
        element("p", lead, dir="auto"),
        element("details", element("summary", "Whole description"), element("p", rest, dir="auto"))
        if rest
        else None,
        element("ul", (element("li", tag, dir="auto") for tag in seo.tags), aria_label="Tags")
        if seo.tags
        else None,
        class_="about",
    )


def _player(record: ProductionRecord, media: MediaSources) -> Html:
    cut = record.cut
    video = element(
        "video",
        element(
            "track", kind="captions", srclang=record.script.language, label="Captions", src=media.captions
        ),
        src=media.video,
        poster=media.poster,
        width=cut.width,
        height=cut.height,
        controls=True,
        playsinline=True,
        preload="metadata",
        aria_label=f"Video: {record.script.title}",
    )
    return video if media.video_is_embedded else join(video, _beside(cut.video.size_bytes))


def _beside(size_bytes: int) -> Html:
    return element(
        "p",
        f"At {size_bytes / _MEGABYTE:.0f} MB the video is too large to embed: this page plays ",
        element("span", "video.mp4", class_="code"),
        " from its own folder.",
        class_="beside",
    )


def _strip(scenes: Sequence[Scene], spans: Sequence[Span]) -> Html:
    total = spans[-1].end_seconds or 1.0
    return element(
        "div",
        (
            element(
                "button",
                element("span", number),
                type="button",
                class_=f"kind-{scene.visual.kind}",
                style=f"flex-grow:{span.duration_seconds / total:.5f}",
                data_start=f"{span.start_seconds:.3f}",
                data_end=f"{span.end_seconds:.3f}",
                title=f"{timecode(span.start_seconds)} {scene.visual.kind}",
                aria_label=f"Scene {number}, {scene.visual.kind}, from {timecode(span.start_seconds)}",
            )
            for number, (scene, span) in enumerate(zip(scenes, spans, strict=False), start=1)
        ),
        element("span", class_="playhead", aria_hidden="true"),
        class_="strip dense" if len(scenes) > _NUMBERED_UP_TO else "strip",
        role="group",
        aria_label="Scenes on the timeline",
        data_total=f"{total:.3f}",
    )


def _scenes(
    scenes: Sequence[Scene], spans: Sequence[Span], stills: Sequence[DataUri | None]
) -> Iterator[Html]:
    for index, (scene, span) in enumerate(zip(scenes, spans, strict=False)):
        still = stills[index] if index < len(stills) else None
        yield element(
            "li",
            element(
                "button",
                element("img", src=still, alt="") if still else element("span", index + 1, class_="blank"),
                type="button",
                class_=f"jump kind-{scene.visual.kind}",
                aria_label=f"Go to scene {index + 1} at {timecode(span.start_seconds)}",
            ),
            element(
                "div",
                element("p", _scene_label(index, scene, span), class_="label"),
                element("p", scene.narration, class_="spoken", dir="auto"),
                _behind(scene),
            ),
            class_="scene",
            data_start=f"{span.start_seconds:.3f}",
            data_end=f"{span.end_seconds:.3f}",
        )


def _scene_label(index: int, scene: Scene, span: Span) -> Html:
    facts = f" Scene {index + 1} · {scene.visual.kind} · {span.duration_seconds:.1f} s"
    return join(element("span", timecode(span.start_seconds), class_="time"), facts)


def _behind(scene: Scene) -> Html:
    """Return what stands behind the scene: the words on screen, the prompt, the sources."""
    return element(
        "details",
        element("summary", "On screen" if not scene.sources else "On screen and sources"),
        element("p", on_screen(scene.visual), dir="auto"),
        element("p", scene.visual_prompt, class_="prompt", dir="auto"),
        element("ul", (element("li", source, dir="auto") for source in scene.sources))
        if scene.sources
        else None,
    )


def _size(size_bytes: int) -> str:
    megabytes = size_bytes / _MEGABYTE
    return f"{megabytes:.1f} MB" if megabytes >= 1 else f"{size_bytes / 1000:.0f} kB"


def _tile(label: str, value: str, note: str) -> Html:
    return element(
        "div",
        element("dt", label),
        element("dd", element("strong", value), element("span", note, dir="auto")),
    )


def _mark(label: str, value: object) -> Html:
    return element("div", element("dt", label), element("dd", str(value), class_="code"))


def _moment(moment: datetime) -> str:
    return f"{moment:%d %B %Y, %H:%M} UTC".lstrip("0")


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")  # noqa: RUF001 (the minus sign of typography)
