"""Operators stop vendors and platforms at any time, and put them back; somebody looks whether that counts."""

import threading
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from reelwright.clock import Clock
from reelwright.config.errors import SourceUnreachable
from reelwright.flags.deployments import FlagState, FlagVersion
from reelwright.flags.kill_switches import SWITCHES, KillSwitches, Stoppable, switch_of
from reelwright.models.parts import no_switch
from tests.simulation.market import PROVIDERS
from tests.simulation.world import InvariantError, World

__all__ = ["Board", "Process"]

TTL_SECONDS: Final = 1.0
"""So long after a switch was pulled something may still be ordered."""
SHARE: Final = 0.4
"""Of seeds, in which operators stop anybody."""
MOST_TIMES: Final = 8
LATEST_SECONDS: Final = 1500.0
LENGTHS_SECONDS: Final = (0.5, 5.0, 60.0, 900.0)
STOPPABLE: Final[tuple[tuple[Stoppable, str], ...]] = (
    *(("provider", name) for name in (*PROVIDERS, "embedded")),
    ("platform", "folder"),
)
NEW: Final = frozenset({"write", "speak", "shoot", "submit", "publish"})
"""What orders something; to collect, find or cancel is no order."""
BAD: Final = {"version": "1", "flags": {}, "values": {"stop-provider-nobody": {"enabled": True}}}


@dataclass(frozen=True, slots=True)
class Process:
    """What one process asks before it orders anything."""

    provider: Callable[[str], str] = no_switch
    platform: Callable[[str], str] = no_switch


@dataclass(frozen=True, slots=True)
class _Window:
    """Somebody is stopped from one moment to another."""

    switch: str
    begins: float
    ends: float


class Board:
    """All that operators do in one seed, drawn beforehand, and put back in the end."""

    def __init__(self, world: World, *, is_used: bool | None) -> None:
        rng = Random(f"switches {world.seed}")
        self._world = world
        self._here = threading.local()
        self.is_used = rng.random() < SHARE if is_used is None else is_used
        times = rng.randint(1, MOST_TIMES) if self.is_used else 0
        windows = [window for _ in range(times) for window in _drawn(rng)]
        self._windows: dict[str, list[_Window]] = {window.switch: [] for window in windows}
        for window in windows:
            self._windows[window.switch].append(window)
        self._changes = sorted({at for window in windows for at in (window.begins, window.ends)})
        self._bad_from = rng.uniform(0.0, LATEST_SECONDS) if rng.random() < 0.3 else None

    def process(self, clock: Clock) -> Process:
        """Return the switches of a process that has just begun."""
        if not self.is_used:
            return Process()
        line = _Line(self._world, self._state)
        switches = KillSwitches(line, clock, environment="local", ttl_seconds=TTL_SECONDS)

        def asking(ask: Callable[[str], str]) -> Callable[[str], str]:
            def asked(name: str) -> str:
                self._here.line = line
                return ask(name)

            return asked

        return Process(asking(switches.provider), asking(switches.platform))

    def door(self, kind: Stoppable, name: str, target: Any) -> Any:
        """Return the way to somebody; whoever orders of him is looked at when the order leaves."""
        return _Door(self, kind, name, target) if self.is_used else target

    def leaving(self, kind: Stoppable, name: str) -> None:
        """Check an order that leaves; InvariantError if its process had to know that it must not."""
        now, switch = self._world.clock.monotonic(), switch_of(kind, name)
        since = self._stopped_since(switch, now)
        if since is None or now < since + TTL_SECONDS:
            return
        line: _Line | None = getattr(self._here, "line", None)
        if line is None or not line.is_away or line.read_at >= since:
            raise InvariantError(f"{name} was asked {now - since:.1f} s after an operator had stopped it")

    def _stopped_since(self, switch: str, now: float) -> float | None:
        """Return since when somebody is stopped without a break; None if he is not."""
        windows = self._windows.get(switch, ())
        since = min((each.begins for each in windows if each.begins <= now < each.ends), default=None)
        while since is not None:
            earlier = min((each.begins for each in windows if each.begins < since <= each.ends), default=None)
            if earlier is None:
                break
            since = earlier
        return since

    def _state(self) -> Mapping[str, FlagState]:
        now = self._world.clock.monotonic()
        number = bisect_right(self._changes, now)
        last = self._changes[number - 1] if number else 0.0
        is_bad = self._bad_from is not None and last <= self._bad_from <= now
        good = FlagVersion(version=f"{number}", document=self._document(now))
        state = FlagState(
            profile=SWITCHES,
            number=2 * number + 1 + is_bad,
            phase="DEPLOYING" if number % 2 else "COMPLETE",
            percentage=0.0 if number % 2 else 100.0,
            old=good,
            new=FlagVersion(version=f"{number}, bad", document=BAD) if is_bad else good,
        )
        return {state.profile: state}

    def _document(self, now: float) -> dict[str, Any]:
        pulled = {switch: self._stopped_since(switch, now) is not None for switch in self._windows}
        return {
            "version": "1",
            "flags": {switch: {"name": switch} for switch in pulled},
            "values": {switch: {"enabled": is_pulled} for switch, is_pulled in pulled.items()},
        }


@dataclass
class _Line:
    """The way of one process to where switches are kept: it fails and stalls like any other."""

    world: World
    state: Callable[[], Mapping[str, FlagState]]
    read_at: float = field(default=float("-inf"), init=False)
    is_away: bool = field(default=True, init=False)

    def load(self) -> Mapping[str, FlagState]:
        read = self.read_at

        def look() -> Mapping[str, FlagState]:
            nonlocal read
            read = self.world.clock.monotonic()
            return self.state()

        self.is_away = True
        states = self.world.cross("switches.load", look, failure=SourceUnreachable)
        self.is_away, self.read_at = False, read
        return states


class _Door:
    def __init__(self, board: Board, kind: Stoppable, name: str, target: Any) -> None:
        self._board, self._kind, self._name, self._target = board, kind, name, target

    def __getattr__(self, method: str) -> Any:
        attribute = getattr(self._target, method)
        if method not in NEW:
            return attribute

        def ordered(*args: Any, **kwargs: Any) -> Any:
            self._board.leaving(self._kind, self._name)
            return attribute(*args, **kwargs)

        return ordered


def _drawn(rng: Random) -> list[_Window]:
    """Stop somebody for a while, or now and then everybody."""
    begins = rng.uniform(0.0, LATEST_SECONDS) * rng.random()
    ends = begins + rng.choice(LENGTHS_SECONDS) * rng.uniform(0.5, 1.5)
    stopped = STOPPABLE if rng.random() < 0.2 else [rng.choice(STOPPABLE)]
    return [_Window(switch_of(kind, name), begins, ends) for kind, name in stopped]
