"""The stills that may stand for a video: three designs, measured, the best first."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

from reelwright.errors import InvalidInput, Permanent
from reelwright.video.engine.fonts import own_font, writing
from reelwright.video.engine.pictures import ScenePicture
from reelwright.video.engine.thumbnails import pictured, typographic
from reelwright.video.engine.thumbnails.canvas import Canvas
from reelwright.video.engine.thumbnails.score import judge, measure
from reelwright.video.engine.thumbnails.subject import Subject, subject_of
from reelwright.video.pictures.shelf import RasterShelf
from reelwright.video.schema import ThumbnailDraft, ThumbnailRequest

__all__ = ["CANDIDATES", "EmbeddedThumbnail"]

CANDIDATES: Final = 3
_MIN_SIDE: Final = 64
_MAX_SIDE: Final = 4096


class _Design(NamedTuple):
    """A composition: how it is drawn, what it says and shows."""

    name: str
    draw: Callable[[Canvas, Subject], None]
    words: str
    pictures: tuple[ScenePicture, ...] = ()


class EmbeddedThumbnail:
    """Draws three stills of different compositions in the colours of the video, and measures them.

    ``pictures_dir`` keeps what was rasterised for the next time; without it nothing is kept.
    """

    def __init__(self, pictures_dir: Path | None = None) -> None:
        self._shelf = RasterShelf(pictures_dir)

    def make(self, request: ThumbnailRequest) -> tuple[ThumbnailDraft, ...]:
        """Write the PNGs and return them, the best first: it lies at ``request.out``.

        InvalidInput for absurd sizes and unknown styles, Permanent if one cannot be written.
        """
        _check(request)
        with writing("", own_font(request.font)):
            subject = subject_of(request, self._shelf)
            drawn = [_drawn(design, subject, request) for design in _designs(subject)]
        drawn.sort(key=lambda pair: -pair[1].score)
        return tuple(_kept(place, *pair, request) for place, pair in enumerate(drawn))


def _designs(subject: Subject) -> Sequence[_Design]:
    """Return three designs that the subject allows, those that need most of it first."""
    return [*_pictured(subject), *_typographic(subject)][:CANDIDATES]


def _pictured(subject: Subject) -> list[_Design]:
    found: list[_Design] = []
    words, main = subject.words, subject.main
    if main:
        found.append(_Design("huge picture, words on plates", pictured.on_plates, words, (main,)))
    if subject.sides:
        both = subject.sides
        labels = " ".join(side.label for side in both)
        found.append(_Design("comparison", pictured.split, labels, tuple(side.picture for side in both)))
    if subject.figure:
        said = f"{subject.figure.number} {subject.figure.rest}".strip()
        found.append(_Design("huge figure", pictured.with_figure, said, (main,) if main else ()))
    if main:
        found.append(_Design("picture in a landscape", pictured.on_ground, words, (main,)))
        found.append(_Design("rising picture", pictured.rising, words, (main,)))
    return found


def _typographic(subject: Subject) -> list[_Design]:
    return [
        _Design("lines of words", typographic.in_lines, subject.words),
        _Design("blocks of words", typographic.in_blocks, subject.words),
        _Design("words beside an ornament", typographic.with_ornament, subject.words),
    ]


def _drawn(
    design: _Design, subject: Subject, request: ThumbnailRequest
) -> tuple[Image.Image, ThumbnailDraft]:
    canvas = Canvas(request.width, request.height)
    design.draw(canvas, subject)
    relation = min((picture.use.score for picture in design.pictures), default=0.0)
    measures = measure(canvas, design.words, relation)
    verdict = judge(measures)
    draft = ThumbnailDraft(
        composition=design.name,
        words=design.words,
        picture=", ".join(picture.use.name for picture in design.pictures),
        path=request.out,
        score=verdict.score,
        measures=measures,
        why=verdict.why,
    )
    return canvas.image, draft


def _kept(place: int, image: Image.Image, draft: ThumbnailDraft, request: ThumbnailRequest) -> ThumbnailDraft:
    out = request.out
    path = out if place == 0 else out.with_name(f"{out.stem}_{place + 1}{out.suffix}")
    _save(image, path)
    return draft.model_copy(update={"path": path})


def _check(request: ThumbnailRequest) -> None:
    if not all(_MIN_SIDE <= side <= _MAX_SIDE for side in (request.width, request.height)):
        raise InvalidInput(
            f"A thumbnail of {request.width} by {request.height} pixels cannot be made: sides are "
            f"{_MIN_SIDE} to {_MAX_SIDE}.",
            next_step="Ask for a size within these limits.",
            context={"width": request.width, "height": request.height},
        )


def _save(picture: Image.Image, path: Path) -> None:
    partial = path.with_suffix(".part")
    try:
        picture.save(partial, format="PNG", compress_level=6)
        partial.replace(path)
    except OSError as error:
        raise Permanent(
            f"The thumbnail {path} could not be written: {error.strerror or error}.",
            next_step="Free some space, or choose a folder that can be written.",
            context={"path": path},
        ) from error
    finally:
        partial.unlink(missing_ok=True)
