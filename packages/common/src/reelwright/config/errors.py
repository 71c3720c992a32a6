"""What can go wrong between a setting and its reader."""

from reelwright.errors import InvalidInput, Permanent, Retryable

__all__ = [
    "ConfigurationUnavailable",
    "InvalidConfiguration",
    "OverrideRefused",
    "SourceFailed",
    "SourceUnreachable",
    "UnknownSetting",
]


class UnknownSetting(InvalidInput, KeyError):  # noqa: N818 (named for what happened, as the error tree is)
    """There is no setting of that name; the message offers the nearest ones."""

    code = "unknown_setting"

    def __str__(self) -> str:
        """Return message and next step: KeyError would show a repr."""
        return f"{self.message} {self.next_step}".rstrip()


class InvalidConfiguration(InvalidInput):
    """A document or value breaks the schema; the message names layer, key, value and what is allowed."""

    code = "invalid_configuration"


class OverrideRefused(InvalidInput):
    """An override cannot be written as asked."""

    code = "override_refused"


class SourceUnreachable(Retryable):
    """A source did not answer: it is away, slow, throttling."""

    code = "source_unreachable"


class SourceFailed(Permanent):
    """A source answered with something that cannot be used: no access, or not a document."""

    code = "source_failed"


class ConfigurationUnavailable(Retryable):
    """A source cannot be read and nobody remembers what it said: guessing would be a default in disguise."""

    code = "configuration_unavailable"
