"""Bugs about money, planted on purpose, each at the place where somebody might make it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from reelwright.cost.memory import MemoryCharges
from reelwright.models import calling
from reelwright.models.calling import Caller
from reelwright.models.errors import ProviderTimedOut
from reelwright.models.orders import Orders
from reelwright.models.spending import Spender, lines_of
from tests.simulation.vendors import Camera

__all__ = ["MONEY_PLANTS"]


@contextmanager
def _instead(owner: Any, name: str, function: Callable[..., Any]) -> Iterator[None]:
    with patch.object(owner, name, function):
        yield


def _settles_never(_: Any, charge: Any, *__: Any, **___: Any) -> Any:
    return charge


def _settles_what_was_set_aside(self: Any, charge: Any, *_: Any, **__: Any) -> Any:
    return self._steadily(lambda: self.ledger.settle(charge, charge.reserved_micro_usd))


def _intends_never(_: Any, charge: Any) -> Any:
    return charge


def _added_anyway(self: Any, charge: Any) -> Any:
    """Look at no limit: it is looked at when the money is gone."""
    stored = self._charges.get(charge.key)
    if stored is None:
        self._store(None, charge)
    return stored or charge


def _receipt_last(self: Any, session: Any, paid: Any, response: Any, seconds: float) -> Any:
    settled = session.keep(self.spender.spent(paid.charge, paid.model, response.usage))
    self._write_receipt(session, paid, response, seconds)
    self.outside.health.note(paid.model, None, seconds)
    session.attempts.append(calling._success(paid, seconds, settled.settled_micro_usd))
    lines = lines_of(session.charges.values())
    return self.result(session, paid.model, response, lines)


def _no_open_orders(*_: Any) -> list[Any]:
    return []


def _always_time(*_: Any) -> float:
    return 100.0


def _certainly_none(*_: Any) -> None:
    return None


def _orders_anew(_: Any, __: Any, ___: Any, cause: Any) -> Any:
    raise ProviderTimedOut("Try once more.", accepted="no") from cause


MONEY_PLANTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "submits-again": partial(_instead, Camera, "find", _certainly_none),
    "orders-beside-an-unknown": partial(_instead, Orders, "_found", _orders_anew),
    "forgets-open-orders": partial(_instead, Orders, "open_orders", _no_open_orders),
    "releases-the-unknown": partial(_instead, Spender, "unknown", Spender.released),
    "never-settles": partial(_instead, Spender, "spent", _settles_never),
    "settles-the-estimate": partial(_instead, Spender, "spent", _settles_what_was_set_aside),
    "never-intends": partial(_instead, Spender, "_intended", _intends_never),
    "spends-past-the-limit": partial(_instead, MemoryCharges, "add", _added_anyway),
    "receipt-after-settle": partial(_instead, Caller, "finish", _receipt_last),
    "waits-for-ever": partial(_instead, Orders, "_seconds_left", _always_time),
}
