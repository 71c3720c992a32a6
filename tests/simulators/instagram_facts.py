"""How Instagram refuses, in Graph's own form, and what it takes."""

from typing import Final

__all__ = ["CAPTION_CHARACTERS", "HASHTAGS", "MENTIONS", "METRICS", "REFUSALS", "RUPLOAD_REFUSALS"]

CAPTION_CHARACTERS: Final = 2_200
HASHTAGS: Final = 30
MENTIONS: Final = 20
METRICS: Final = (
    "comments",
    "ig_reels_avg_watch_time",
    "ig_reels_video_view_total_time",
    "likes",
    "reach",
    "saved",
    "shares",
    "views",
)

REFUSALS: Final[dict[str, tuple[int, int, int | None, bool, str]]] = {
    "token_expired": (400, 190, 463, False, "Error validating access token: Session has expired."),
    "unauthorised": (401, 190, None, False, "Invalid OAuth access token - Cannot parse access token."),
    "password_changed": (
        400,
        190,
        460,
        False,
        "The session is invalid because the user changed the password.",
    ),
    "session": (400, 102, None, False, "API session."),
    "unknown": (400, 1, None, True, "An unknown error occurred."),
    "service": (400, 2, None, True, "An unexpected error has occurred. Please retry your request later."),
    "method": (400, 3, None, False, "Application does not have the capability to make this API call."),
    "app_limit": (403, 4, None, True, "Application request limit reached"),
    "user_limit": (400, 17, None, True, "User request limit reached"),
    "page_limit": (400, 32, None, True, "Page request limit reached"),
    "custom_limit": (400, 613, None, True, "Calls to this api have exceeded the rate limit."),
    "business_limit": (
        400,
        80002,
        2446079,
        True,
        "There have been too many calls to this Instagram account.",
    ),
    "downtime": (400, 341, None, True, "Application limit reached"),
    "permission": (403, 10, None, False, "Application does not have permission for this action"),
    "scope": (403, 200, None, False, "Requires instagram_content_publish permission."),
    "insights_scope": (403, 10, None, False, "Requires instagram_manage_insights permission."),
    "few_viewers": (400, 10, None, False, "Not enough viewers for the media to show insights"),
    "policy": (
        400,
        368,
        None,
        False,
        "The action attempted has been deemed abusive or is otherwise disallowed",
    ),
    "duplicate_post": (400, 506, None, False, "Duplicate status message"),
    "parameter": (400, 100, None, False, "Invalid parameter"),
    "missing": (400, 100, 33, False, "Object with ID does not exist, or cannot be loaded."),
    "alias_missing": (404, 803, None, False, "Some of the aliases you requested do not exist"),
    "instagram_error": (400, -1, 2207001, False, "Instagram server error. Try again."),
    "create_failed": (400, -1, 2207032, False, "Create media fail, please try to re-create media"),
    "upload_failed": (400, -1, 2207053, False, "unknown upload error"),
    "download_slow": (400, -2, 2207003, False, "It takes too long to download the media."),
    "media_expired": (400, -2, 2207020, False, "The media you are trying to access has expired."),
    "bad_cover": (400, 1, 2207057, False, "Thumbnail offset must be greater than or equal to 0"),
    "spam": (400, 4, 2207051, False, "We restrict certain activity to protect our community."),
    "post_limit": (400, 9, 2207042, False, "You reached maximum number of posts that is allowed"),
    "media_missing": (400, 24, 2207006, False, "The media with the ID cannot be found."),
    "no_container": (400, 24, 2207008, False, "The media builder with that creation id does not exist."),
    "restricted": (400, 25, 2207050, False, "The Instagram account is restricted."),
    "mentions": (400, 100, 2207040, False, "Cannot use more than 20 tags."),
    "format": (400, 352, 2207026, False, "Unsupported video format."),
    "fetch": (400, 9004, 2207052, False, "The media could not be fetched from this uri"),
    "not_ready": (
        400,
        9007,
        2207027,
        False,
        "The media is not ready for publishing, please wait for a moment",
    ),
    "too_large": (400, 36000, 2207004, False, "The media size is too large."),
    "aspect": (400, 36003, 2207009, False, "The aspect ratio cannot be published."),
    "caption": (400, 36004, 2207010, False, "The caption was too long"),
    "server_error": (500, 2, None, True, "Service temporarily unavailable"),
    "overloaded": (503, 2, None, True, "Service temporarily unavailable"),
    "throttled": (429, 4, None, True, "Application request limit reached"),
}
"""Status, code, subcode, whether it passes, and message of each refusal, scripted or by rule."""

RUPLOAD_REFUSALS: Final[dict[str, tuple[int, bool, str]]] = {
    "OffsetInvalidError": (412, True, "Request starting offset is invalid"),
    "PartialRequestError": (400, True, "Partial request (did not match length of file)"),
    "ProcessingFailedError": (400, False, "Request processing failed"),
    "NotAuthorizedError": (401, False, "User not authorized to perform this request"),
}
"""Status, whether it may be sent again, and message of what the server of the bytes says."""
