"""What a thumbnail may show, ready to be drawn: words, pictures, a figure, two sides, colours."""

from dataclasses import dataclass

from reelwright.video.counting import words_behind
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.pictures import ScenePicture, ScenePictures
from reelwright.video.engine.plan import Plan, plan_scene
from reelwright.video.engine.thumbnails.words import few_words
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.pictures.shelf import RasterShelf
from reelwright.video.schema import PictureUse, ThumbnailRequest

__all__ = ["Figure", "Side", "Subject", "subject_of"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the script with the words that follow it."""

    number: str
    rest: str


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison."""

    label: str
    picture: ScenePicture


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything that compositions choose from."""

    words: str
    plan: Plan
    """Of the video's first scene."""
    main: ScenePicture | None
    figure: Figure | None
    sides: tuple[Side, Side] | None
    ground: str
    """What the picture stands on: ``land`` or ``water``."""

    @property
    def shade(self) -> Shade:
        """The colours of the first scene."""
        return self.plan.shade

    @property
    def other(self) -> Shade:
        """The other shade of the palette."""
        palette = self.plan.palette
        return palette.light if self.shade.tone == "dark" else palette.dark


def subject_of(request: ThumbnailRequest, shelf: RasterShelf) -> Subject:
    """Return what the request asks for, with the pictures that are there; InvalidInput for unknown styles."""
    plan = plan_scene("title", 0, request.theme_seed, request.style)
    pack = PicturePack.installed() if _uses(request) else None

    def drawn(use: PictureUse | None) -> ScenePicture | None:
        found = ScenePictures.of((use,), pack, shelf).pictures if use else ()
        return found[0] if found else None

    return Subject(
        words=few_words(request.title, request.hook, _topics(request)),
        plan=plan,
        main=drawn(request.picture),
        figure=Figure(request.figure.number, request.figure.rest) if request.figure else None,
        sides=_sides([(side.label, drawn(side.picture)) for side in request.sides]),
        ground=request.ground,
    )


def _topics(request: ThumbnailRequest) -> tuple[str, ...]:
    """Return the words that the picture was found by."""
    return words_behind(request.picture) if request.picture else ()


def _uses(request: ThumbnailRequest) -> bool:
    return request.picture is not None or bool(request.sides)


def _sides(found: list[tuple[str, ScenePicture | None]]) -> tuple[Side, Side] | None:
    """Return two sides if both have their picture."""
    sides = [Side(label, picture) for label, picture in found if picture is not None]
    return (sides[0], sides[1]) if len(sides) == len(found) == 2 else None
