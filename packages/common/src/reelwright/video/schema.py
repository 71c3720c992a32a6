"""The picture as data: what an engine draws, what an assembler joins, what a review expects."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from reelwright.environment.schema import Aspect, AudioSettings, Corner, Resolution, ReviewSettings
from reelwright.production.schema import Chapter, Visual, Word
from reelwright.production.thumbnails import ThumbnailMeasures

__all__ = [
    "AssembledCut",
    "AssemblyRequest",
    "FontUse",
    "LogoUse",
    "PictureUse",
    "ReviewRequest",
    "ReviewedScene",
    "SceneGraphics",
    "ThumbnailDraft",
    "ThumbnailFigure",
    "ThumbnailRequest",
    "ThumbnailSide",
    "frame_size",
]

_SHORT_SIDE = {"480p": 480, "720p": 720, "1080p": 1080}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PictureUse(_Frozen):
    """One picture of one scene, and why it is there."""

    role: Literal["hero", "satellite", "item"]
    """What the scene is about, what stands beside it, or what belongs to one of its items."""
    item: Annotated[int, Field(ge=0)] = 0
    """Which item, from 0: a point of a list, a step, a side (left first), a moment, a bar."""
    name: str
    """As the pack calls it, or the name of a file of the brief."""
    digest: str
    """Names the drawing by its content."""
    source: Literal["pack", "user"]
    path: Path | None = None
    """The file of a picture of the brief."""
    photo: bool = False
    """It fills its rectangle, and is drawn on a plate of its own."""
    aloft: bool = False
    """It flies or hangs in the sky: it does not stand on a ground."""
    word: str = ""
    """The word of the scene or the title that it stands for, in lower case; empty where none is."""
    score: Annotated[float, Field(ge=0, le=1)]
    """How surely it shows what is said."""
    why: str
    """The reasons for the score, in words."""


class LogoUse(_Frozen):
    """The logo of a brand over a scene."""

    path: Path | None = None
    """The file, here; it names the logo to nobody else."""
    digest: str
    """Names it by its content."""
    svg: bool
    corner: Corner
    size: float
    """Height, as a share of the shorter side."""
    opacity: float
    margin: float
    """Distance from the edges, as a share of the shorter side."""


class FontUse(_Frozen):
    """The typeface of a brand's headlines: a file, or a family that the engine looks for."""

    path: Path | None = None
    """The file, here; it names the typeface to nobody else."""
    digest: str = ""
    """Names the file by its content; empty for a family."""
    family: str = ""


class SceneGraphics(_Frozen):
    """One scene, whole: everything an engine needs to draw it, and so all that its cache key hashes.

    Word times count from the start of the scene. ``scene_index`` and ``scene_count`` place it in
    the video, so that neighbours differ and the last transition is left out.
    """

    visual: Visual
    words: tuple[Word, ...]
    aspect: Aspect
    style: str
    """A palette's name, or ``auto``: chosen by ``theme_seed``."""
    theme_seed: int
    """The same for all scenes of a video."""
    captions: bool
    """Burn karaoke captions into the picture."""
    scene_index: int
    scene_count: int
    layout: str = ""
    """How it is composed; empty as the kind of its visual."""
    layout_reason: str = ""
    pictures: tuple[PictureUse, ...] = ()
    no_pictures_reason: str = ""
    ground: str = ""
    """What its pictures stand on, ``land`` or ``water``; empty for a ground of the scene's turn."""
    next_ground: str = ""
    """The same of the scene that follows: the closing wipe uncovers it, and nothing else of that scene."""
    logo: LogoUse | None = None
    font: FontUse | None = None
    """Of headlines, in place of the bundled typeface."""


class ThumbnailFigure(_Frozen):
    """A figure that the script states, with the words that follow it there."""

    number: str
    """As it is written: ``50,000``."""
    rest: str = ""


class ThumbnailSide(_Frozen):
    """One of two things that the script compares."""

    label: str
    picture: PictureUse


class ThumbnailRequest(_Frozen):
    """Ask for designed stills that may stand for the video."""

    title: str
    hook: str = ""
    aspect: Aspect
    style: str
    theme_seed: int
    width: int
    height: int
    out: Path
    """Where the PNG of the best goes; the others lie beside it."""
    picture: PictureUse | None = None
    """The face of the topic: the main picture of the script."""
    figure: ThumbnailFigure | None = None
    sides: tuple[ThumbnailSide, ThumbnailSide] | tuple[()] = ()
    ground: str = ""
    """What its picture stands on, ``land`` or ``water``."""
    font: FontUse | None = None
    """Of its words, in place of the bundled typeface."""


class ThumbnailDraft(_Frozen):
    """One still as it was drawn and measured."""

    composition: str
    words: str
    picture: str
    path: Path
    score: float
    measures: ThumbnailMeasures
    why: str


class AssemblyRequest(_Frozen):
    """Ask for the cut: clips joined by stream copy, sound, a soft subtitle track, metadata."""

    clips: tuple[Path, ...]
    """In order; all of one size, rate and codec setting."""
    soundtrack: Path
    words: tuple[Word, ...]
    title: str
    description: str
    language: str
    chapters: tuple[Chapter, ...]
    marks: tuple[tuple[str, str], ...] = ()
    """Further metadata, such as what the file was made by."""
    work_dir: Path


class AssembledCut(_Frozen):
    """The files of a cut."""

    video: Path
    captions_srt: Path
    captions_vtt: Path
    duration_seconds: float


class ReviewedScene(_Frozen):
    """One scene of a finished file: how long it is, and what is known of it."""

    frames: Annotated[int, Field(ge=1)]
    trace: Path | None = None
    """What its engine says of its texts; footage of other makers has none."""


class ReviewRequest(_Frozen):
    """What the finished file should be."""

    video: Path
    captions_srt: Path
    duration_seconds: float
    width: int
    height: int
    fps: int
    words: tuple[Word, ...]
    audio: AudioSettings
    thresholds: ReviewSettings
    scenes: tuple[ReviewedScene, ...] = ()
    """In order, from the first frame to the last; what is not known is not judged."""


def frame_size(aspect: Aspect, resolution: Resolution) -> tuple[int, int]:
    """Return (width, height) in pixels, both even; the resolution names the shorter side."""
    short = _SHORT_SIDE[resolution]
    across, down = (int(part) for part in aspect.split(":"))
    long = round(short * max(across, down) / min(across, down) / 2) * 2
    return (long, short) if across >= down else (short, long)
