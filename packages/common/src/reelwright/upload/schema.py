"""What is published, what is sent for it, and what a platform says of it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from reelwright.environment.publishing import Interaction
from reelwright.production.schema import Script

__all__ = [
    "AccessToken",
    "MediaFiles",
    "Package",
    "Privacy",
    "PublicationOutcome",
    "PublicationPlan",
    "RemoteState",
    "RemoteVideo",
    "Underway",
    "UploadProgress",
    "UploadSession",
    "UploadState",
]

Privacy = Literal["private", "unlisted", "public"]
RemoteState = Literal["processing", "private", "scheduled", "public", "failed", "gone"]
UploadState = Literal["sending", "uploaded", "gone", "failed"]


class Package(BaseModel):
    """The finished files of one production, ready for a platform."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    production_id: str
    video: Path
    thumbnail: Path
    captions_srt: Path
    captions_vtt: Path
    script: Script
    description: str
    out_dir: Path
    """Where the folder platform puts packages."""
    video_sha256: str = ""
    """Of the video, where it is known."""
    duration_seconds: Annotated[float, Field(ge=0)] = 0.0
    """Of the video; 0 of one that was not measured, as its size and rate."""
    width: int = 0
    height: int = 0
    fps: float = 0.0


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PublicationPlan(_Told):
    """All that a platform will be told of one video, within its limits. Stored with the publication."""

    platform: str
    account: str = ""
    """Which of our accounts there, as the settings name it."""
    marker: str
    """Lower-case letters and digits: ours for this video on this account, found in its tags or text."""
    title: str
    description: str = ""
    """For platforms with one text, such as a caption, the whole of it: hashtags and marker included."""
    tags: tuple[str, ...] = ()
    """The marker among them where the platform hides tags from viewers."""
    category: str = ""
    language: str = ""
    privacy: Privacy
    """What it becomes in the end; it is uploaded as private wherever the platform can."""
    publish_at: datetime | None = None
    """When the platform makes it public by itself; only for ``public``."""
    made_for_kids: bool = False
    synthetic_media: bool = True
    """Tell viewers that it was made by a machine."""
    playlist: str = ""
    send_thumbnail: bool = False
    send_captions: bool = False
    cover_seconds: Annotated[float, Field(ge=0)] | None = None
    """The moment that stands for the video, where no picture is sent and the platform takes one."""
    interactions: tuple[Interaction, ...] = ("comments", "duets", "stitches")
    """What viewers may do with it."""
    duration_seconds: Annotated[float, Field(ge=0)] = 0.0
    width: int = 0
    height: int = 0
    fps: float = 0.0
    told: tuple[str, ...] = ()
    """What was cut, left out or changed to fit, one sentence each."""


class MediaFiles(_Told):
    """The files that are sent. They stay where they are, and unchanged, until the publication is over."""

    video: Path
    video_bytes: Annotated[int, Field(ge=1)]
    video_sha256: str
    content_type: str = "video/mp4"
    thumbnail: Path | None = None
    captions: Path | None = None
    """SubRip."""


class UploadSession(_Told):
    """An upload that a platform has opened. It is stored before the first byte, and any process goes on."""

    uri: str
    """Where the bytes go. Whoever has it may send them: it is kept out of logs and messages."""
    reference: str = ""
    """The platform's name for the upload, where it has one: a publish_id or a container."""
    total_bytes: Annotated[int, Field(ge=1)]
    chunk_bytes: Annotated[int, Field(ge=1)]
    """Of every piece but the last."""
    joins_rest: bool = False
    """Whether the last piece takes the rest with it, and so is larger than the others, not smaller."""
    expires_at: datetime | None = None


class UploadProgress(_Told):
    """How far an upload is, by the platform's own account.

    ``sending``: bytes from ``received_bytes`` on are wanted. ``uploaded``: it has all, and ``remote_id`` is
    the video, or what becomes one. ``gone``: it knows the session no more, and cannot say what became of it.
    ``failed``: it has given the upload up and no video came of it, for ``reason``.
    ``nothing_came`` says of one that is gone that no video came of it, nor will: another may be begun.
    """

    state: UploadState
    received_bytes: Annotated[int, Field(ge=0)] = 0
    remote_id: str = ""
    reason: str = ""
    nothing_came: bool = False
    check_after_seconds: Annotated[float, Field(ge=0)] = 0.0
    """When nothing is to be sent now and it is worth asking again; 0 for at once."""


class RemoteVideo(_Told):
    """A video on a platform, as it is there now. ``failed`` is final and says why in ``reason``.

    ``gone``: it was given up before anybody saw it, and another upload may take its place; where lists do not
    show everything, only if ``nothing_came`` of it for certain.
    """

    remote_id: str
    state: RemoteState
    url: str = ""
    """Where viewers find it, if there is such a place yet."""
    public_at: datetime | None = None
    """When it is going to be public, of a scheduled one."""
    reason: str = ""
    nothing_came: bool = False
    check_after_seconds: Annotated[float, Field(ge=0)] = 15.0
    """Of one that is processing."""


class PublicationOutcome(_Told):
    """What became of one video, in totals since it was published. None is not told, which is never 0."""

    views: Annotated[int, Field(ge=0)] | None = None
    likes: Annotated[int, Field(ge=0)] | None = None
    comments: Annotated[int, Field(ge=0)] | None = None
    shares: Annotated[int, Field(ge=0)] | None = None
    watched_seconds: Annotated[float, Field(ge=0)] | None = None
    """Of all viewers together."""
    average_watched_seconds: Annotated[float, Field(ge=0)] | None = None
    """Of one view."""
    untold: str = ""
    """Why something is missing that the platform would tell: one sentence, such as of a missing scope."""


class Underway(_Told):
    """A publication that goes on later: whoever asks then, with the same package, advances it."""

    reference: str
    """Names it, always the same."""
    check_after_seconds: Annotated[float, Field(ge=0)]
    why: str
    until: datetime | None = None
    """When it is to become public, if that is not at once."""


class AccessToken(_Told):
    """What a platform lets us act by for a while. Never stored."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: Annotated[str, Field(repr=False, min_length=1)]
    expires_at: datetime
    refresh_token: Annotated[str, Field(repr=False)] = ""
    """What is exchanged the next time, where the platform has renewed it: it is stored in place of ours."""
