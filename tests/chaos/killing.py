"""Killing -9 a process in the middle of a paid call, and going on as another one.

``python -m tests.chaos.killing --kills 60`` kills at named points and at random moments, for a vendor that
knows its orders by a token (Bedrock), for one that does not (Runway), and for text and speech. The vendors
are simulators in the parent, which no kill touches.
"""

import argparse
import logging
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from reelwright.models.errors import OutcomeUnknown
from reelwright.models.schema import ModelPending
from reelwright.storage.local import FolderArtifacts
from tests.chaos.audit import audit
from tests.chaos.harness import Shop, call_of, settings_with
from tests.chaos.market import ChaosClock, Market, market
from tests.chaos.process import Life

__all__ = ["CALLS", "POINTS", "Kill", "kill_and_go_on", "points_of"]

CALLS: Final = {
    "token": ("video", "luma-ray2-bedrock"),
    "no token": ("video", "runway-gen4-5"),
    "text": ("content", "claude-sonnet-5-5"),
    "speech": ("audio", "elevenlabs-multilingual-v2"),
}
"""By what is killed: the service, and the only model of its route."""
POINTS: Final = {
    "before the intent": ("ledger", "intend", "before"),
    "between intent and submit": ("ledger", "intend", "after"),
    "between submit and record": ("vendor", "submit", "after"),
    "after the record": ("ledger", "attach", "after"),
    "while it is collected": ("vendor", "collect", "after"),
    "before the receipt": ("answers", "put", "before"),
    "between receipt and settle": ("ledger", "settle", "before"),
    "after settle": ("ledger", "settle", "after"),
    "between answer and receipt": ("vendor", "answer", "after"),
}
"""Where the process kills itself: at which port, at which of its methods, before or after that is done."""
RANDOM: Final = "at a random moment"
LONGEST_CALL_SECONDS: Final = 0.4
"""How late into the child's life a random moment may be."""
PATIENCE: Final = 40
REQUEST_SECONDS: Final = 30.0
"""Real time that is given to one request: no vendor hangs here, so none that is slow is to be given up."""


@dataclass(frozen=True, slots=True)
class Kill:
    """What one kill came to."""

    what: str
    point: str
    died: bool
    ending: str
    """``answered``, or the error's name, of the process that went on."""
    works: int
    states: tuple[str, ...]


def points_of(what: str) -> tuple[str, ...]:
    """Return the points at which a call of this kind can be killed."""
    orders = {"submit", "attach", "collect"}
    is_order = CALLS[what][0] == "video"
    return tuple(
        name
        for name, (_, method, _) in POINTS.items()
        if (method not in orders or is_order) and (method != "answer" or not is_order)
    )


def kill_and_go_on(market_: Market, what: str, point: str, seed: int) -> Kill:
    """Kill a call at a point, let another process go on, and hold the books together."""
    market_.begin_well()
    with TemporaryDirectory() as folder:
        shop = _shop(Path(folder), market_, what, seed)
        died = _killed(shop, what, point, random.Random(seed))
        orders_before = market_.orders()
        ending = _gone_on(shop, what)
        _check_orders(market_, what, ending, orders_before)
        charges = audit(shop.folder, market_, shop.clock)
        return Kill(
            what, point, died, ending, sum(1 for _ in market_.works()), tuple(each.state for each in charges)
        )


def _shop(folder: Path, market_: Market, what: str, seed: int) -> Shop:
    service, model = CALLS[what]
    settings = settings_with(market_, {service: (model,)})
    rng, files = random.Random(seed), FolderArtifacts(folder / "artifacts")
    return Shop(folder, market_, settings, rng, ChaosClock(), files, REQUEST_SECONDS)


def _killed(shop: Shop, what: str, point: str, rng: random.Random) -> bool:
    """Make the call in a child that is killed; say whether it was, before it was done."""
    life = Life(shop.folder, _live, shop, what, point)
    if point == RANDOM:
        time.sleep(rng.uniform(0.0, LONGEST_CALL_SECONDS))
        life.kill()
    return life.was_killed()


def _live(shop: Shop, what: str, point: str) -> None:
    """Be the process that is killed."""
    for _ in _looks(shop, what, POINTS.get(point)):
        pass


def _gone_on(shop: Shop, what: str) -> str:
    try:
        for _ in _looks(shop, what, None):
            pass
    except OutcomeUnknown as error:
        return "OutcomeUnknown" if "cost resolve" in error.next_step else f"no next step: {error}"
    return "answered"


def _looks(shop: Shop, what: str, point: tuple[str, str, str] | None) -> Iterator[ModelPending]:
    """Make the call until it is answered, each look by new parts."""
    ask = call_of(shop, CALLS[what][0])
    for _ in range(PATIENCE):
        parts = shop.process(deadly=point and _deadly(point))
        try:
            outcome = ask(parts.manager_for(shop.settings))
        finally:
            parts.close()
        if not isinstance(outcome, ModelPending):
            return
        yield outcome
        shop.clock.sleep(outcome.check_after_seconds)
    raise AssertionError("it was never answered")


def _deadly(point: tuple[str, str, str]) -> Callable[[str, Any], Any]:
    port, method, moment = point

    def wrapped(name: str, target: Any) -> Any:
        return _Deadly(target, method, moment) if name == port else target

    return wrapped


class _Deadly:
    """A port at one of whose methods the process kills itself."""

    def __init__(self, target: Any, method: str, moment: str) -> None:
        self._target, self._moment = target, moment
        self._methods = {"write", "speak"} if method == "answer" else {method}

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._target, name)
        if name not in self._methods:
            return method

        def called(*args: Any, **kwargs: Any) -> Any:
            if name == "put" and not args[0].startswith("receipt/"):
                return method(*args, **kwargs)
            if self._moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            done = method(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)
            return done

        return called


def _check_orders(market_: Market, what: str, ending: str, before: int) -> None:
    """Check that nothing was ordered a second time."""
    if CALLS[what][0] != "video":
        return
    works = [work for _, _, work in market_.works()]
    assert len(works) <= 1, f"{len(works)} orders were taken on"
    assert ending in {"answered", "OutcomeUnknown"}, ending
    if what == "token":
        assert ending == "answered", "the vendor can tell what became of the order, and was not asked"
    if ending == "OutcomeUnknown":
        assert market_.orders() == before, "it was ordered again although nobody knows"


def main() -> int:
    options = _options()
    logging.disable(logging.CRITICAL)
    rng, ends, died = random.Random(options.seed), Counter[str](), 0
    started = time.monotonic()
    with market() as opened:
        for number in range(options.kills):
            what = list(CALLS)[number % len(CALLS)]
            points = (*points_of(what), RANDOM, RANDOM, RANDOM)
            point = points[number // len(CALLS) % len(points)]
            kill = kill_and_go_on(opened, what, point, rng.getrandbits(32))
            died += kill.died
            ends[f"{kill.what:8} killed {kill.point}: {kill.ending}, {', '.join(kill.states)}"] += 1
    for line, count in sorted(ends.items()):
        sys.stdout.write(f"{count:4} x {line}\n")
    seconds = time.monotonic() - started
    sys.stdout.write(f"{options.kills} calls, {died} killed in {seconds:.1f} s: none ordered twice\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.killing", description=__doc__)
    parser.add_argument("--kills", type=int, default=60, help="how many calls to kill")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
