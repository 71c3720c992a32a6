"""What the platforms accept: the narrowest limits of all, so that one script fits everywhere."""

from collections.abc import Sequence

from reelwright.production.schema import Seo

__all__ = ["MAX_DESCRIPTION_BYTES", "MAX_TAGS_CHARS", "MAX_TITLE_CHARS", "objections_to", "tags_length"]

MAX_TITLE_CHARS = 100
MAX_DESCRIPTION_BYTES = 5000
MAX_TAGS_CHARS = 500
"""YouTube's limits (Data API, videos resource)."""
_FORBIDDEN = "<>"


def objections_to(seo: Seo) -> list[str]:
    """Return what a platform would refuse; empty if nothing."""
    found: list[str] = []
    size = len(seo.description.encode())
    if len(seo.title) > MAX_TITLE_CHARS or set(_FORBIDDEN) & set(seo.title):
        found.append(f"the title may have {MAX_TITLE_CHARS} characters and no '<' or '>'")
    if size > MAX_DESCRIPTION_BYTES or set(_FORBIDDEN) & set(seo.description):
        found.append(
            f"the description may have {MAX_DESCRIPTION_BYTES} bytes (it has {size}) and no '<' or '>'"
        )
    if tags_length(seo.tags) > MAX_TAGS_CHARS:
        found.append(
            f"the tags may have {MAX_TAGS_CHARS} characters in all (they have {tags_length(seo.tags)})"
        )
    return found


def tags_length(tags: Sequence[str]) -> int:
    """Return the length of tags as YouTube counts it: commas between, quotes around those with spaces."""
    return sum(len(tag) + 2 * (" " in tag) for tag in tags) + max(0, len(tags) - 1)
