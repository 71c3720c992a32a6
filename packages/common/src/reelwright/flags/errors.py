"""What can go wrong with flags."""

from reelwright.config.errors import InvalidConfiguration
from reelwright.errors import Permanent

__all__ = ["FlagStateTooLarge", "InvalidFlags"]


class InvalidFlags(InvalidConfiguration):
    """A flag document breaks AppConfig's schema or its own constraints; the message names every path."""

    code = "invalid_flags"


class FlagStateTooLarge(Permanent):
    """The old and the new document of a deployment do not fit into one item, compressed as they are."""

    code = "flag_state_too_large"
