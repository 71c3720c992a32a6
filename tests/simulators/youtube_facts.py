"""What YouTube charges for calls in quota units, how it refuses, and what it takes for what is not said."""

from typing import Final

__all__ = ["DEFAULTS", "REFUSALS", "UNITS"]

DEFAULTS: Final = {
    "privacyStatus": "public",
    "license": "youtube",
    "embeddable": True,
    "publicStatsViewable": True,
    "selfDeclaredMadeForKids": False,
    "containsSyntheticMedia": False,
}
"""What a field of the status becomes that is not sent: also for updates."""

UNITS: Final = {
    "POST /upload/youtube/v3/videos": 1,
    "POST /upload/youtube/v3/thumbnails/set": 50,
    "POST /upload/youtube/v3/captions": 400,
    "GET /youtube/v3/captions": 50,
    "PUT /youtube/v3/videos": 50,
    "DELETE /youtube/v3/videos": 50,
    "GET /youtube/v3/videos": 1,
    "GET /youtube/v3/channels": 1,
    "GET /youtube/v3/playlistItems": 1,
    "POST /youtube/v3/playlistItems": 50,
}
"""Quota units of each call. Uploads are counted one by one in a bucket of their own."""

REFUSALS: Final = {
    "quota": (403, "quotaExceeded", "The request cannot be completed because you have exceeded your quota."),
    "upload_limit": (
        400,
        "uploadLimitExceeded",
        "The user has exceeded the number of videos they may upload.",
    ),
    "rate_limited": (403, "rateLimitExceeded", "The request rate is too high."),
    "user_rate_limited": (403, "userRateLimitExceeded", "The user's request rate is too high."),
    "token_expired": (401, "authError", "Invalid Credentials"),
    "unauthorised": (401, "authError", "Invalid Credentials"),
    "no_channel": (401, "youtubeSignupRequired", "The account has no channel."),
    "forbidden": (403, "forbidden", "Access forbidden."),
    "forbidden_privacy": (403, "forbiddenPrivacySetting", "The privacy setting is not valid."),
    "insufficient_scope": (403, "insufficientPermissions", "Insufficient Permission"),
    "invalid_title": (400, "invalidTitle", "The title is empty or too long."),
    "invalid_description": (400, "invalidDescription", "The description is not valid."),
    "invalid_tags": (400, "invalidTags", "The tags are not valid."),
    "invalid_category": (400, "invalidCategoryId", "The category is not valid."),
    "invalid_publish_at": (400, "invalidPublishAt", "The scheduled time is not valid."),
    "no_media": (400, "mediaBodyRequired", "The request has no video."),
    "bad_request": (400, "badRequest", "Bad request."),
    "missing": (404, "videoNotFound", "The video was not found."),
    "playlist_missing": (404, "playlistNotFound", "The playlist was not found."),
    "caption_exists": (409, "captionExists", "A track of that language and name is there already."),
    "thumbnail_forbidden": (403, "forbidden", "The channel may not set thumbnails."),
    "server_error": (500, "backendError", "Backend Error"),
    "overloaded": (503, "backendError", "Backend Error"),
    "throttled": (429, "rateLimitExceeded", "Resource has been exhausted (e.g. check quota)."),
}
"""Status, reason and message of each refusal that can be scripted as a fault, or that rules bring about."""
