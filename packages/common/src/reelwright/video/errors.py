"""What can go wrong in the cutting room."""

from reelwright.errors import InvalidInput, Permanent

__all__ = [
    "AssemblyFailed",
    "CaptionsUnreadable",
    "ClipMismatch",
    "CutUnreadable",
    "SoundtrackUnfit",
    "TextUndrawable",
    "TraceUnreadable",
]


class CutUnreadable(Permanent):
    """No demuxer makes sense of the file, or it is not there."""

    code = "cut_unreadable"


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
