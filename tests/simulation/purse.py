"""What each process of the simulated world has of money, health and answers: ports that all of them share."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reelwright.clock import Clock
from reelwright.cost.errors import LedgerUnavailable
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import Charge
from reelwright.environment.schema import Settings
from reelwright.models.errors import AnswersUnavailable
from reelwright.models.manager import Providers
from reelwright.models.parts import ModelParts
from reelwright.resilience.ports import HealthStoreUnavailable
from tests.simulation import engines, market
from tests.simulation.books import Books
from tests.simulation.switching import Board
from tests.simulation.vendors import Camera, Gate, Pen, Throat
from tests.simulation.world import Crossing, World, late_random

__all__ = ["Purse"]

_PRICE_BOOKS: dict[Any, PriceBook] = {}
"""Of every day so far, for all seeds of a process."""


class Purse:
    """Gives every process its ways to the vendors and to what is kept of money."""

    def __init__(self, world: World, books: Books, artifacts: object, settings: Settings) -> None:
        self._world = world
        self._books = books
        self._settings = settings
        self._corrections = settings.catalog.model_dump_json(include={"prices"})
        self._here = threading.local()
        self._providers = Providers({}, {}, {})
        self._health = _port(world, "health", books.health, HealthStoreUnavailable)
        self._answers = _port(world, "answers", books.answers, self._answers_away)
        self._ways = _port(world, "artifacts", artifacts)
        world.on_death = lambda: self._books.excused.add(self._here.process)

    def open(self, watch: engines.Watch, trouble_rate: float, ours: Providers, board: Board) -> None:
        """Let the vendors begin to trade, beside engines of ours; the board sees what is ordered of whom."""
        self._providers = ours
        if self._books.terms is None:
            return
        gates = {name: Gate(self._world, self._books, name, trouble_rate) for name in market.PROVIDERS}
        pens = {name: Pen(gates[name], watch) for name in market.PROVIDERS if "writer" in name}
        throats = {name: Throat(gates[name], watch) for name in market.PROVIDERS if "voice" in name}
        cameras = {
            "camera-a": Camera(gates["camera-a"], watch, knows_tokens=False),
            "camera-b": Camera(gates["camera-b"], watch, knows_tokens=True),
        }
        self._providers = Providers(
            content={**_behind(board, pens), **ours.content},
            audio={**_behind(board, throats), **ours.audio},
            video=ours.video,
            footage=_behind(board, cameras),
        )

    def process(self, clock: Clock, switched_off: Callable[[str], str]) -> ModelParts:
        """Return the parts of a process that has just begun."""
        self._here.process = process = object()
        world, books = self._world, self._books
        parts = ModelParts(
            environment="local",
            providers=self._providers,
            ledger=_Ledger(world, books, process),  # type: ignore[arg-type]  # it passes every method on
            health=self._health,
            answers=self._answers,
            artifacts=self._ways,
            secrets=None,
            clock=clock,
            rng=late_random(world.rng.getrandbits(64)),
            catalogue=market.catalogue(books.terms.shot_seconds) if books.terms else market.catalogue(),
            switched_off=switched_off,
        )
        parts._shared.books = self._price_books()
        return parts

    def _price_books(self) -> dict[Any, PriceBook]:
        """Return today's price book, by the key that parts look it up with; it is long to index."""
        key = (self._world.clock.now().date(), self._corrections)
        if key not in _PRICE_BOOKS:
            _PRICE_BOOKS[key] = PriceBook.bundled(on=key[0], overrides=self._settings.catalog.prices)
        return {key: _PRICE_BOOKS[key]}

    def _answers_away(self, said: str) -> Exception:
        self._books.answers_were_away = True
        return AnswersUnavailable(said)


class _Ledger(Crossing):
    """The ledger, through the world; who reserves is remembered, and who could not reach it is excused.

    An intent that arrives twice is a conflict by its nature: its money lapses to unknown, and is not lost.
    """

    def __init__(self, world: World, books: Books, process: object) -> None:
        super().__init__(world, "ledger", books.ledger, once=("intend",), failure=self._away)
        self._books = books
        self._process = process

    def reserve(self, budget: str | Sequence[str], micro_usd: int, *, key: str, **more: Any) -> Charge:
        self._books.keepers.setdefault(key, self._process)
        reserve: Any = self.__getattr__("reserve")
        charge: Charge = reserve(budget, micro_usd, key=key, **more)
        return charge

    def _away(self, said: str) -> Exception:
        self._books.excused.add(self._process)
        return LedgerUnavailable(said)


def _behind(board: Board, vendors: Mapping[str, Any]) -> dict[str, Any]:
    return {name: board.door("provider", name, vendor) for name, vendor in vendors.items()}


def _port(world: World, name: str, target: object, failure: Any = None) -> Any:
    return Crossing(world, name, target, failure=failure) if failure else Crossing(world, name, target)
