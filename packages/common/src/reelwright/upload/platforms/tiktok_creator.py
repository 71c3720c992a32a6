"""What TikTok lets one account do, as it is asked before every post, and the post within it."""

from collections.abc import Mapping
from typing import Any, Final

from reelwright.upload.errors import PlatformMisconfigured, PublicationRefused
from reelwright.upload.schema import Privacy, PublicationPlan

__all__ = ["Creator"]

_LEVELS: Final[dict[Privacy, str]] = {"private": "SELF_ONLY", "public": "PUBLIC_TO_EVERYONE"}


class Creator:
    """The answer of creator_info/query for one account."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told

    def post(self, plan: PublicationPlan) -> dict[str, Any]:
        """Return what the post is told to be: the cover is a moment of the video, for pictures are not taken.

        PlatformMisconfigured if the account does not offer the privacy; PublicationRefused if the video is
        longer than it may post.
        """
        self._check_length(plan)
        cover = {} if plan.cover_seconds is None else {"video_cover_timestamp_ms": _milliseconds(plan)}
        return {
            "title": plan.description,
            "privacy_level": self._level(plan),
            "disable_comment": self._is_off("comment") or "comments" not in plan.interactions,
            "disable_duet": self._is_off("duet") or "duets" not in plan.interactions,
            "disable_stitch": self._is_off("stitch") or "stitches" not in plan.interactions,
            "is_aigc": plan.synthetic_media,
            "brand_content_toggle": False,
            "brand_organic_toggle": False,
            **cover,
        }

    def _level(self, plan: PublicationPlan) -> str:
        level, offered = _LEVELS.get(plan.privacy, ""), self._told.get("privacy_level_options")
        if not level or (isinstance(offered, list) and level not in offered):
            raise PlatformMisconfigured(
                f"The TikTok account {plan.account} offers no {plan.privacy} posts to our client.",
                next_step="Have the client audited by TikTok and the account opened, or publish privately: "
                "reelwright config set platforms.tiktok.privacy private",
                context={"privacy": plan.privacy, "reason": "privacy_level_option_mismatch"},
            )
        return level

    def _check_length(self, plan: PublicationPlan) -> None:
        most = self._told.get("max_video_post_duration_sec")
        if isinstance(most, int) and most and plan.duration_seconds > most:
            raise PublicationRefused(
                f"The TikTok account {plan.account} takes videos of {most} s, and this one has "
                f"{plan.duration_seconds:g} s.",
                next_step="Make a shorter video; TikTok decides what each account may post.",
                reason="duration_check_failed",
            )

    def _is_off(self, what: str) -> bool:
        """Return whether the account itself has switched an interaction off: then a post must, too."""
        return bool(self._told.get(f"{what}_disabled"))


def _milliseconds(plan: PublicationPlan) -> int:
    return round((plan.cover_seconds or 0.0) * 1000)
