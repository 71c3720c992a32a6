"""The still that stands for a video: a few words as large as can be, an ornament, a palette."""

import re

from PIL import Image

from reelwright.errors import InvalidInput, Permanent
from reelwright.production.schema import TitleVisual
from reelwright.video.engine.layouts.cover import cover
from reelwright.video.engine.picture import to_rgb
from reelwright.video.engine.plan import field_of, plan_scene
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Stage
from reelwright.video.schema import ThumbnailRequest

__all__ = ["EmbeddedThumbnail", "few_words"]

_MOMENT_SECONDS = 30.0
"""Long after everything has entered."""
_FINE = 2
"""It is drawn this many times larger and reduced: colour is only half as fine as brightness."""
_MAX_WORDS = 9
_SEPARATOR = re.compile(r"\s*(?:[:;|]\s|\s[–—-]\s|(?<=[.!?])\s)\s*")
_MIN_SIDE = 64
_MAX_SIDE = 4096


class EmbeddedThumbnail:
    """Draws the still in the style of the video's first scene."""

    def make(self, request: ThumbnailRequest) -> None:
        """Write the PNG.

        InvalidInput for absurd sizes and unknown styles, Permanent if it cannot be written.
        """
        _check(request)
        plan = plan_scene("title", 0, request.theme_seed, request.style)
        width, height = request.width * _FINE, request.height * _FINE
        setting = Setting(Stage(width, height, captions=False), plan, (), _MOMENT_SECONDS)
        frame = Frame.blank(width, height)
        field_of(plan, setting.stage).draw(frame, _MOMENT_SECONDS)
        for actor in cover(TitleVisual(title=few_words(request.title)), setting):
            actor.draw(frame, _MOMENT_SECONDS)
        picture = Image.fromarray(to_rgb(frame)).resize((request.width, request.height), Image.Resampling.BOX)
        _save(picture, request)


def few_words(title: str) -> str:
    """Return the part of a long title that a glance can take in: up to the first colon, dash or stop."""
    if len(title.split()) <= _MAX_WORDS:
        return title
    first = _SEPARATOR.split(title, maxsplit=1)[0].strip()
    return first if len(first.split()) > 1 else title


def _check(request: ThumbnailRequest) -> None:
    if not all(_MIN_SIDE <= side <= _MAX_SIDE for side in (request.width, request.height)):
        raise InvalidInput(
            f"A thumbnail of {request.width} by {request.height} pixels cannot be made: sides are "
            f"{_MIN_SIDE} to {_MAX_SIDE}.",
            next_step="Ask for a size within these limits.",
            context={"width": request.width, "height": request.height},
        )


def _save(picture: Image.Image, request: ThumbnailRequest) -> None:
    partial = request.out.with_suffix(".part")
    try:
        picture.save(partial, format="PNG", compress_level=6)
        partial.replace(request.out)
    except OSError as error:
        raise Permanent(
            f"The thumbnail {request.out} could not be written: {error.strerror or error}.",
            next_step="Free some space, or choose a folder that can be written.",
            context={"path": request.out},
        ) from error
    finally:
        partial.unlink(missing_ok=True)
