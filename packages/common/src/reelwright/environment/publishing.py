"""Settings of video platforms: which account, how private, what goes with a video."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from reelwright.environment.basics import Several, Strict
from reelwright.environment.calls import Endpoint
from reelwright.environment.secret import OAuthClient, Secret

__all__ = ["Interaction", "OutcomeSettings", "PlatformName", "PlatformSettings", "PrivacySetting"]

PlatformName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
PrivacySetting = Literal["private", "unlisted", "public"]
Interaction = Literal["comments", "duets", "stitches"]


class OutcomeSettings(Strict):
    """How long what became of publications is collected: ever more rarely, and then no more."""

    enabled: bool = True
    """Ask platforms at all."""
    hourly_for_hours: Annotated[int, Field(ge=0, le=24 * 14)] = 24
    """So long after it is published a video is asked for every hour."""
    daily_for_days: Annotated[int, Field(ge=0, le=366)] = 30
    """So long, then, every day."""
    weekly_for_days: Annotated[int, Field(ge=0, le=3660)] = 180
    """So long, then, every week; it is not asked for when it is older than this."""


class PlatformSettings(Strict):
    """One platform of the catalogue of platforms; what it does not know is left out."""

    enabled: bool = False
    """Let briefs name it. Folders are always open."""
    account: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}$")] = "main"
    """What we call the account: a video is published once on each."""
    test_account: bool = False
    """Say that nobody watches the account: outside prod, only there anything may be public or unlisted."""
    credential: Secret[OAuthClient] | None = None
    """Whom we act for; none takes ``secret://platforms/<name>``."""
    endpoints: Several[Endpoint] = ()
    """Addresses to use instead of the platform's own."""
    privacy: PrivacySetting = "private"
    """What videos become in the end; they are uploaded as private wherever that can be."""
    publish_after_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 90)] = 0
    """How long after it is made a video becomes public; 0 at once."""
    made_for_kids: bool = False
    """Declare videos as made for children."""
    synthetic_media: bool = True
    """Tell viewers that a machine made it, as platforms ask."""
    category: Annotated[str, StringConstraints(pattern=r"^\d{0,3}$")] = ""
    """The platform's number of a category."""
    playlist: Annotated[str, StringConstraints(max_length=100)] = ""
    """The platform's name of a list to put videos into."""
    thumbnail: bool = True
    """Send the best thumbnail along."""
    captions: bool = True
    """Send the captions as a file along."""
    cover_seconds: Annotated[float, Field(ge=0, le=1200)] | None = 1.0
    """Which moment of the video stands for it where a platform takes no picture; none lets it choose."""
    interactions: Several[Interaction] = ("comments", "duets", "stitches")
    """What viewers may do with it, where a platform asks and the account allows it."""
    daily_limits: dict[str, Annotated[int, Field(ge=0, le=1_000_000)]] = Field(default={})
    """Buckets of the quota that this account has more or less of than the catalogue says."""
