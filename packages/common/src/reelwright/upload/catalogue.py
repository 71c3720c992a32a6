"""What each platform takes, from ``environments/catalog/platforms.toml``: dated, with its sources."""

import tomllib
from datetime import date
from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from reelwright.assets import locate
from reelwright.errors import Permanent
from reelwright.upload.schema import Privacy

__all__ = [
    "CallCost",
    "CountLimit",
    "FileLimits",
    "PlatformCatalogueInvalid",
    "PlatformLimits",
    "QuotaLimits",
    "TagLimits",
    "TextLimit",
    "Unit",
    "VideoLimits",
    "load_platforms",
    "parse_platforms",
]

Unit = Literal["characters", "bytes", "utf16"]
_Whole = Annotated[int, Field(ge=1)]
_FILE = "environments/catalog/platforms.toml"


class PlatformCatalogueInvalid(Permanent):
    """The catalogue of platforms cannot be read."""

    code = "platform_catalogue_invalid"


class _Limits(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextLimit(_Limits):
    """How long a text may be, in the platform's own unit, and which characters it may not hold."""

    limit: _Whole
    unit: Unit
    forbidden: str = ""
    source: str


class TagLimits(TextLimit):
    """How long all tags may be together, with what the platform puts between and around them."""

    between: int = 0
    quotes: int = 0
    """Added to a tag with a space in it."""


class CountLimit(_Limits):
    """How many there may be in a text."""

    limit: _Whole
    source: str


class VideoLimits(_Limits):
    """Which files are taken. Aspects are width over height."""

    min_seconds: float
    max_seconds: float
    max_bytes: _Whole
    min_fps: float
    max_fps: float
    max_width: _Whole
    max_bits_per_second: _Whole | None = None
    min_aspect: float
    max_aspect: float
    types: tuple[str, ...]
    source: str


class FileLimits(_Limits):
    """How large a file beside the video may be, and of which types."""

    max_bytes: _Whole
    types: tuple[str, ...] = ()
    source: str


class CallCost(_Limits):
    """What one call takes of a bucket of the quota."""

    bucket: str
    units: _Whole


class QuotaLimits(_Limits):
    """How much an account may do in a day: of the platform's own time zone, or in any 24 hours."""

    time_zone: str
    window: Literal["day", "rolling"]
    buckets: dict[str, _Whole]
    calls: dict[str, CallCost]
    """By what the engine does: a method of RemotePlatform, or a thing that furnish adds."""
    source: str


class PlatformLimits(_Limits):
    """One platform: what it can do, and what it takes."""

    checked_on: date
    source: str
    privacies: tuple[Privacy, ...]
    schedules: bool
    """It makes a video public by itself, at a time; elsewhere the engine waits."""
    made_for_kids: bool
    synthetic_media: bool
    playlists: bool
    public_on_upload: bool = False
    """The last byte makes it public: there is no step of its own for that."""
    covers: bool = False
    """It takes a moment of the video for its cover."""
    interactions: bool = False
    """It asks what viewers may do."""
    lists_all: bool = True
    """What is not in the account's list once that has settled is not there. Some list public videos only."""
    kept_seconds: Annotated[float, Field(gt=0)] | None = None
    """How long an upload is kept that is not public yet; None is for ever."""
    api_version: str = ""
    """Of the platform's API, where addresses name it."""
    marker: Literal["tag", "hashtag"]
    """Where our marker goes."""
    listed_units: _Whole | None = None
    """How much of a caption the account's list tells, in the caption's unit; None for all of it."""
    settle_seconds: Annotated[float, Field(ge=0)]
    """After an upload that is gone, until the platform's lists certainly show what came of it."""
    chunk_bytes: _Whole
    outcomes_at_once: _Whole = 1
    """Of how many videos one request tells what became of them."""
    title: TextLimit | None = None
    description: TextLimit | None = None
    caption: TextLimit | None = None
    """The one text of a platform without title and description."""
    tags: TagLimits | None = None
    hashtags: CountLimit | None = None
    mentions: CountLimit | None = None
    video: VideoLimits
    thumbnail: FileLimits | None = None
    captions: FileLimits | None = None
    quota: QuotaLimits


_PLATFORMS = TypeAdapter(dict[str, PlatformLimits])


@cache
def load_platforms() -> dict[str, PlatformLimits]:
    """Return the platforms that are shipped, by name; PlatformCatalogueInvalid."""
    return parse_platforms(locate("environments").joinpath("catalog", "platforms.toml").read_text("utf-8"))


def parse_platforms(text: str) -> dict[str, PlatformLimits]:
    """Return the platforms of a catalogue file; PlatformCatalogueInvalid if it cannot be read."""
    try:
        return _PLATFORMS.validate_python(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise PlatformCatalogueInvalid(
            f"{_FILE} cannot be read: {error}", next_step="Put it right, or reinstall the package."
        ) from error
