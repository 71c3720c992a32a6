"""A publication that is wanted, and what must be true of it: at every moment, and at the end."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from reelwright.upload.catalogue import load_platforms
from reelwright.upload.planning import marker_of
from reelwright.upload.schema import MediaFiles, PublicationPlan
from tests.chaos.publishing_venues import Found, Venue

__all__ = ["ACCOUNT", "Asked", "asked_of", "check_end", "check_now", "media_of", "plan_of"]

ACCOUNT = "main"
PRODUCTION: Final = "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"
SIZES: Final = (1, 1000, 256 * 1024, 256 * 1024 + 1, 700_000)


@dataclass(frozen=True, slots=True)
class Asked:
    """A publication that is wanted. Its files and its store are in the folder."""

    folder: Path
    production_id: str
    privacy: str
    publish_at: datetime | None
    sha256: str
    seed: int

    def marker(self, platform: str) -> str:
        """Return what its video bears."""
        return marker_of(self.production_id, platform, ACCOUNT)


def asked_of(folder: Path, rng: Random, now: datetime, venue: Venue) -> Asked:
    """Draw what is wanted, and write its files."""
    content = rng.randbytes(rng.choice(SIZES))
    (folder / "video.mp4").write_bytes(content)
    (folder / "thumbnail.png").write_bytes(b"\x89PNG thumbnail")
    (folder / "captions.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    privacy = rng.choice(("private", "unlisted", "public", "public", "public"))
    if privacy not in load_platforms()[venue.name].privacies:
        privacy = "public"
    later = rng.choice((None, None, timedelta(hours=6), timedelta(days=2))) if privacy == "public" else None
    return Asked(
        folder=folder,
        production_id=PRODUCTION,
        privacy=privacy,
        publish_at=now + later if later else None,
        sha256=hashlib.sha256(content).hexdigest(),
        seed=rng.getrandbits(32),
    )


def plan_of(asked: Asked, venue: Venue) -> PublicationPlan:
    """Return what the platform is told."""
    marker, is_youtube = asked.marker(venue.name), venue.name == "youtube"
    return PublicationPlan(
        platform=venue.name,
        account=ACCOUNT,
        marker=marker,
        title="Why tides turn",
        description=f"Twice a day.\n\n#{marker}",
        tags=("tides", marker),
        language="en",
        privacy=asked.privacy,
        publish_at=asked.publish_at,
        playlist="PL-news" if is_youtube else "",
        send_thumbnail=is_youtube,
        send_captions=is_youtube,
        duration_seconds=30.0,
        width=1080,
        height=1920,
        fps=30.0,
    )


def media_of(asked: Asked) -> MediaFiles:
    """Return the files."""
    video = asked.folder / "video.mp4"
    content = video.read_bytes()
    return MediaFiles(
        video=video,
        video_bytes=len(content),
        video_sha256=hashlib.sha256(content).hexdigest(),
        thumbnail=asked.folder / "thumbnail.png",
        captions=asked.folder / "captions.srt",
    )


def check_now(asked: Asked, venue: Venue) -> None:
    """Check what must hold at every moment."""
    found = venue.found(asked.marker(venue.name))
    standing = [each for each in found if not each.is_refused]
    assert len(standing) <= 1, f"{len(standing)} videos of one publication"
    for each in found:
        _check_privacy(asked, each)


def _check_privacy(asked: Asked, video: Found) -> None:
    if video.public_since is None:
        return
    assert asked.privacy == "public", f"public although {asked.privacy} was asked for"
    first: datetime | None = asked.publish_at
    assert first is None or video.public_since >= first, "public before its time"


def check_end(asked: Asked, last: dict[str, Any], venue: Venue) -> None:
    """Check, once it is settled, that what is there is what was asked for."""
    check_now(asked, venue)
    standing = [each for each in venue.found(asked.marker(venue.name)) if not each.is_refused]
    if not last.get("state"):
        assert last["error"] in {"PublicationRefused", "PublicationUncertain"}, last
        return
    assert [each.remote_id for each in standing] == [last["remote_id"]], "what it says is not what is there"
    video = standing[0]
    assert video.sha256 == asked.sha256, "other bytes arrived"
    if asked.publish_at is not None and video.publish_at is not None:
        late = video.publish_at - asked.publish_at
        assert timedelta() <= late < timedelta(seconds=1), f"scheduled {late} after its time"
        return
    assert video.privacy == asked.privacy, f"{video.privacy} and not {asked.privacy}"
