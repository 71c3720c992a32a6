"""What can go wrong in the cutting room."""

from typing import Literal, TypeAlias

from reelwright.errors import InvalidInput, Permanent

__all__ = [
    "AssemblyFailed",
    "BrandUnusable",
    "CaptionsUnreadable",
    "ClipMismatch",
    "CutUnreadable",
    "MediaRefused",
    "MediaUnusable",
    "SceneFailed",
    "SoundtrackUnfit",
    "TextUndrawable",
    "TraceUnreadable",
    "WhyRefused",
]

WhyRefused: TypeAlias = Literal[
    "missing",
    "not_a_video",
    "truncated",
    "damaged",
    "no_picture",
    "no_frames",
    "too_large",
    "too_small",
    "too_narrow",
    "too_long",
    "too_much",
]
"""What is wrong with media that are not taken: ``too_much`` is a file that decodes to very many pictures."""


class CutUnreadable(Permanent):
    """No demuxer makes sense of the file, or it is not there."""

    code = "cut_unreadable"


class MediaRefused(CutUnreadable):
    """Media from elsewhere that cannot be made a clip of; ``why`` names the rule."""

    code = "media_refused"

    def __init__(self, message: str, *, next_step: str, context: dict[str, object], why: WhyRefused) -> None:
        super().__init__(message, next_step=next_step, context=context)
        self.why = why


class MediaUnusable(InvalidInput):
    """Footage that a brief brings cannot be read, fetched or played; field and name are told."""

    code = "media_unusable"


class SceneFailed(Permanent):
    """Nobody shot a scene as it was meant, and no more scenes may be drawn instead."""

    code = "scene_failed"


class BrandUnusable(InvalidInput):
    """A brand that is asked for is not there, or a file of it cannot be used."""

    code = "brand_unusable"


class CaptionsUnreadable(Permanent):
    """A caption file breaks the rules of its format."""

    code = "captions_unreadable"


class ClipMismatch(Permanent):
    """A clip cannot be joined to the first one without encoding again."""

    code = "clip_mismatch"


class SoundtrackUnfit(Permanent):
    """The soundtrack is not AAC, or not as long as the picture."""

    code = "soundtrack_unfit"


class TraceUnreadable(Permanent):
    """What a scene says of its text is no such thing."""

    code = "trace_unreadable"


class TextUndrawable(InvalidInput):
    """No font of this machine draws most of a text: a picture of it would be an empty one."""

    code = "text_undrawable"


class AssemblyFailed(Permanent):
    """The multiplexer refused; its own words are in the message."""

    code = "assembly_failed"
