"""What can go wrong while a production runs."""

from reelwright.errors import GuardrailRefused, InvalidInput, Permanent, Retryable

__all__ = [
    "ClaimLost",
    "FunctionOutOfTime",
    "ProductionBusy",
    "ProductionExists",
    "ProductionNotFound",
    "PublishingClosed",
    "ReviewFailed",
    "StepOutOfOrder",
    "StepTimedOut",
    "StoreDamaged",
]


class ProductionNotFound(InvalidInput):
    """No production of that id is stored here."""

    code = "production_not_found"


class ProductionExists(InvalidInput):
    """A production of that id is stored already."""

    code = "production_exists"


class PublishingClosed(GuardrailRefused):
    """A flag closes a platform that the brief names; nothing was begun, or nothing was published."""

    code = "publishing_closed"


class ProductionBusy(Retryable):
    """Another worker is advancing this production."""

    code = "production_busy"


class ClaimLost(Retryable):
    """Another worker took this production over; this one must stop writing its record."""

    code = "claim_lost"


class FunctionOutOfTime(Permanent):
    """A function stopped by itself before its runtime killed it; to repeat it at once would not help."""

    code = "function_out_of_time"


class ReviewFailed(Permanent):
    """The finished file is not what was asked for; the message says what and where."""

    code = "review_failed"


class StepOutOfOrder(Permanent):
    """A step was to be run before what it needs was stored."""

    code = "step_out_of_order"


class StepTimedOut(Permanent):
    """A pending step did not finish before its deadline."""

    code = "step_timed_out"


class StoreDamaged(Permanent):
    """A stored record cannot be read back."""

    code = "store_damaged"
