"""What can go wrong with money."""

from reelwright.errors import InvalidInput, Permanent, Retryable

__all__ = [
    "ChargeConflict",
    "LedgerInvalid",
    "LedgerUnavailable",
    "PriceExpired",
    "PriceUnknown",
    "PricesInvalid",
]


class PriceUnknown(Permanent):
    """Nobody knows what a unit of a model costs, so nothing is bought."""

    code = "price_unknown"


class PriceExpired(PriceUnknown):
    """The price was believed until a day that has passed."""

    code = "price_expired"


class PricesInvalid(Permanent):
    """The price book cannot be read."""

    code = "prices_invalid"


class ChargeConflict(Permanent):
    """A charge of this key exists and says something else, or its state does not allow what is asked."""

    code = "charge_conflict"


class LedgerUnavailable(Retryable):
    """The ledger cannot be reached; nothing paid is begun without it."""

    code = "ledger_unavailable"


class LedgerInvalid(InvalidInput):
    """The address of a ledger, the name of a budget or an amount is none."""

    code = "ledger_invalid"
