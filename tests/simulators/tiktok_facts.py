"""How TikTok refuses, what it lets posts be, and how often it lets itself be asked."""

from typing import Final

__all__ = ["CAPS", "FAIL_REASONS", "FIELDS", "LEVELS", "REFUSALS", "REQUESTS_A_MINUTE"]

LEVELS: Final = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY")

REQUESTS_A_MINUTE: Final = {
    "/v2/post/publish/creator_info/query/": 20,
    "/v2/post/publish/video/init/": 6,
    "/v2/post/publish/status/fetch/": 30,
}
"""Of one user."""

FIELDS: Final = frozenset(
    ("id", "title", "video_description", "create_time", "share_url", "duration", "cover_image_url")
) | {"view_count", "like_count", "comment_count", "share_count"}
"""What video/list and video/query tell of a post."""

REFUSALS: Final = {
    "invalid_param": (400, "invalid_param", "The request is malformed."),
    "invalid_publish_id": (400, "invalid_publish_id", "The publish_id does not exist."),
    "wrong_publish_id": (
        400,
        "token_not_authorized_for_specified_publish_id",
        "The access_token has no authorization for this publish_id.",
    ),
    "invalid_file_upload": (400, "invalid_file_upload", "The file does not meet the specification."),
    "token_expired": (
        401,
        "access_token_invalid",
        "The access token is invalid or not found in the request.",
    ),
    "unauthorised": (401, "access_token_invalid", "The access token is invalid or not found in the request."),
    "no_scope": (401, "scope_not_authorized", "The user did not authorize the scope."),
    "too_many_posts": (403, "spam_risk_too_many_posts", "The daily post cap is reached."),
    "too_many_pending": (403, "spam_risk_too_many_pending_share", "Too many shares are pending."),
    "banned": (403, "spam_risk_user_banned_from_posting", "The user is banned from posting."),
    "spam": (403, "spam_risk", "The post is deemed risky."),
    "spam_text": (403, "spam_risk_text", "The text is deemed risky."),
    "user_cap": (403, "reached_active_user_cap", "The daily quota of active users is reached."),
    "unaudited": (
        403,
        "unaudited_client_can_only_post_to_private_accounts",
        "Please review our integration guidelines.",
    ),
    "url_unverified": (
        403,
        "url_ownership_unverified",
        "Please review our URL ownership verification rules.",
    ),
    "privacy_mismatch": (403, "privacy_level_option_mismatch", "The privacy is not one of the options."),
    "throttled": (429, "rate_limit_exceeded", "The API rate limit was exceeded."),
    "server_error": (500, "internal_error", "Something is wrong. Please try again later."),
    "overloaded": (503, "internal_error", "Something is wrong. Please try again later."),
}
"""Status, code and message of each refusal that can be scripted as a fault, or that rules bring about."""

CAPS: Final = ("too_many_posts", "too_many_pending", "user_cap")
"""Refusals that only a new post meets."""

FAIL_REASONS: Final = (
    *("file_format_check_failed", "duration_check_failed", "frame_rate_check_failed"),
    *("picture_size_check_failed", "internal", "publish_cancelled", "auth_removed"),
    *("spam_risk_too_many_posts", "spam_risk_user_banned_from_posting", "spam_risk_text", "spam_risk"),
)
"""Why a post fails that was uploaded as a whole."""
