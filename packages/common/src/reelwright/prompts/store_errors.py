"""What can go wrong with keeping prompts and finding them."""

from reelwright.errors import InvalidInput, Retryable

__all__ = ["LabelConflict", "PromptMissing", "PromptUnavailable", "PromptVersionMissing", "VersionConflict"]


class LabelConflict(Retryable):
    """Somebody else moved the label meanwhile; the message says who, where and why. Nothing was moved."""

    code = "label_conflict"


class VersionConflict(Retryable):
    """Somebody else saved a version of the prompt meanwhile; nothing was saved."""

    code = "prompt_version_conflict"


class PromptMissing(InvalidInput):
    """There is no prompt of that name, neither in the store nor bundled; the message names those that are."""

    code = "prompt_missing"


class PromptVersionMissing(InvalidInput):
    """The prompt has no such version."""

    code = "prompt_version_missing"


class PromptUnavailable(Retryable):
    """The version that is wanted cannot be had just now, and another one would not be the same."""

    code = "prompt_unavailable"
