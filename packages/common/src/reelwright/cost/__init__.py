"""Money: prices, the ledger, what a video cost. Importing this costs nothing until a name is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reelwright.cost.ledger import CostLedger

__all__ = ["CostLedger"]

_HOMES = {"CostLedger": "reelwright.cost.ledger"}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
