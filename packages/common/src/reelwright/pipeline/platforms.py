"""The adapters of video platforms, each imported by the first call that goes to it."""

from typing import Any

from reelwright.pipeline.lazy import lazy

__all__ = ["video_platforms"]

_ADAPTERS = "reelwright.upload.platforms"


def video_platforms() -> dict[str, Any]:
    """Return the adapters by the names that briefs use, which share one HTTP client."""
    http = lazy("reelwright.models.http:HttpClient")
    return {
        "youtube": lazy(f"{_ADAPTERS}.youtube:YouTubePlatform", http),
        "tiktok": lazy(f"{_ADAPTERS}.tiktok:TikTokPlatform", http),
        "instagram": lazy(f"{_ADAPTERS}.instagram:InstagramPlatform", http),
    }
