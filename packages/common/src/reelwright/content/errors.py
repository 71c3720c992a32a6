"""What can go wrong between a brief and a script."""

from reelwright.errors import GuardrailRefused, InvalidInput, Permanent

__all__ = [
    "BriefInvalid",
    "BriefUnreadable",
    "ContentRefused",
    "NotesTooShort",
    "ScriptRejected",
    "TaskUnknown",
    "TranslationUnavailable",
]


class BriefUnreadable(InvalidInput):
    """The brief file cannot be read as text: missing, not a file, too large, not UTF-8."""

    code = "brief_unreadable"


class BriefInvalid(InvalidInput):
    """The brief can be read but says something that is not allowed; line and key are named."""

    code = "brief_invalid"


class NotesTooShort(GuardrailRefused):
    """The notes cannot fill the asked time, and a strict duration was asked for."""

    code = "notes_too_short"


class ContentRefused(GuardrailRefused):
    """The brief or the script breaks a rule of what is not made; the rule is named."""

    code = "content_refused"


class ScriptRejected(Permanent):
    """A model's answer is not a script that can be produced."""

    code = "script_rejected"


class TaskUnknown(Permanent):
    """The embedded writer was asked for something other than a script."""

    code = "task_unknown"


class TranslationUnavailable(InvalidInput):
    """No model that can be asked here translates scripts; those that could are named."""

    code = "translation_unavailable"
