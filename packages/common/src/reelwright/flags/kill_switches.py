"""Kill switches as they stand now: whom operators have stopped, everywhere, at once.

A switch is a flag of the profile ``kill-switches``, called ``stop-provider-NAME`` or ``stop-platform-NAME``.
While it is enabled it is pulled. Unlike the flags of a production, which are answered once and pinned,
switches are asked before every call and every publication, so what is asked here is a lookup in memory; about
once a second one who asks reads the store anew.

Rules work as in any flag. Their context has ``provider`` or ``platform``, ``environment`` and ``now``.
"""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final, Literal

from reelwright.clock import Clock
from reelwright.environment.basics import EnvironmentName
from reelwright.errors import ReelwrightError
from reelwright.flags.definitions import FlagProfile, bundled_version
from reelwright.flags.deployments import FlagState, FlagVersion, document_for
from reelwright.flags.document import InvalidFlagDocument, compile_document
from reelwright.flags.evaluation import Evaluation, FlagTable
from reelwright.flags.ports import FlagMemory, ReadableFlagStates, RememberedState
from reelwright.observability.metrics import Metric, Metrics, NoMetrics

__all__ = ["SWITCHES", "KillSwitches", "Stoppable", "switch_of", "version_in_force"]

Stoppable = Literal["provider", "platform"]
"""What a switch can stop."""

SWITCHES: Final[FlagProfile] = "kill-switches"
"""The profile that holds them."""

_LOG = logging.getLogger(__name__)
_PATIENCE: Final = 4
"""While the store is away, so many times as long as it took to find that out passes until the next look."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A version that could be compiled."""

    version: FlagVersion
    table: FlagTable


class KillSwitches:
    """Says who is stopped, as of ``ttl_seconds`` ago at most; never raises.

    While the store is away, or the document in force cannot be evaluated, the last good one counts: the one
    before it in its deployment, else what this process read last, else what ``memory`` holds, else what code
    defines, in which nothing is stopped. That is logged once and counted at every look.

    Threads may share one: they wait for whoever reads, so that none of them goes by what is older.
    """

    def __init__(
        self,
        states: ReadableFlagStates,
        clock: Clock,
        *,
        environment: EnvironmentName,
        ttl_seconds: float = 1.0,
        memory: FlagMemory | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._states = states
        self._clock = clock
        self._monotonic = clock.monotonic
        self._environment: EnvironmentName = environment
        self._ttl_seconds = ttl_seconds
        self._memory = memory
        self._metrics = metrics or NoMetrics()
        self._lock = Lock()
        self._until = -math.inf
        self._providers: Mapping[str, str] = {}
        self._platforms: Mapping[str, str] = {}
        self._sheet: _Sheet | None = None
        self._is_bundled = False
        self._refused: tuple[FlagVersion, ...] = ()
        self._remembered: FlagState | None = None
        self._trouble = ""

    def provider(self, name: str) -> str:
        """Return why no model of a provider is to be called, and how to put that back; or nothing."""
        if self._monotonic() >= self._until:
            self._look()
        return self._providers.get(name, "")

    def platform(self, name: str) -> str:
        """Return why nothing is to be published on a platform, and how to put that back; or nothing."""
        if self._monotonic() >= self._until:
            self._look()
        return self._platforms.get(name, "")

    def look_again(self) -> None:
        """Read anew at the next question: who was frozen does not know how long ago it last did."""
        with self._lock:
            self._until = -math.inf

    def _look(self) -> None:
        with self._lock:
            began = self._monotonic()
            if began < self._until:
                return
            answered = self._read()
            self._judge()
            self._until = began + self._ttl_seconds if answered else self._later(began)

    def _later(self, began: float) -> float:
        now = self._monotonic()
        return now + max(self._ttl_seconds, _PATIENCE * (now - began))

    def _read(self) -> bool:
        """Take what is in force now; return whether the store answered."""
        try:
            state = self._states.load().get(SWITCHES)
        except Exception as error:  # noqa: BLE001 (whoever asks is in the middle of a call)
            self._make_do(f"they cannot be read: {_said(error)}")
            return False
        if state is None and self._sheet is not None and not self._is_bundled:
            self._make_do("there is no state of their deployment any more")
        else:
            self._take(state)
        return True

    def _take(self, state: FlagState | None) -> None:
        version = version_in_force(state) if state else None
        if state is None or version is None:
            self._go_by_code()
            self._recovered()
        elif self._compiled(version):
            self._recovered()
            self._remember(state)
        else:
            if state.old is not None:  # may be newer than what this process read last
                self._compiled(state.old)
            self._make_do(f"version {version.version} cannot be evaluated")

    def _compiled(self, version: FlagVersion) -> bool:
        """Go by a version, if it can be evaluated; each is compiled once."""
        if self._sheet is not None and self._sheet.version == version and not self._is_bundled:
            return True
        if version in self._refused:
            return False
        try:
            table = FlagTable(compile_document(version.document), version.version)
        except InvalidFlagDocument as error:
            _LOG.error("Version %s of %s was refused: %s", version.version, SWITCHES, error.message)
            self._refused = (version, *self._refused)[:2]
            return False
        self._sheet, self._is_bundled = _Sheet(version, table), False
        return True

    def _make_do(self, trouble: str) -> None:
        """Go by the last good one, and say so."""
        if self._sheet is None or self._is_bundled:
            self._recall()
        instead = "bundled" if self._is_bundled else "remembered"
        self._metrics.emit(Metric.KILL_SWITCHES_UNREAD, 1, instead=instead)
        if trouble != self._trouble:
            _LOG.warning("Kill switches: %s. %s", trouble, self._meanwhile(), extra={"instead": instead})
        self._trouble = trouble

    def _meanwhile(self) -> str:
        if self._is_bundled or self._sheet is None:
            return "None was ever read here, so what code defines counts: whatever operators stopped is not."
        return f"Version {self._sheet.version.version}, which was read last, goes on to count."

    def _recall(self) -> None:
        try:
            known = self._memory.load().get(SWITCHES) if self._memory else None
        except Exception as error:  # noqa: BLE001 (a memory that is damaged remembers nothing)
            _LOG.warning("The last good kill switches are not remembered: %s", error)
            known = None
        version = version_in_force(known.state) if known else None
        if version is None or not self._compiled(version):
            self._go_by_code()

    def _go_by_code(self) -> None:
        if self._sheet is not None and self._is_bundled:
            return
        version = bundled_version(SWITCHES, environment=self._environment)
        table = FlagTable(compile_document(version.document), version.version)
        self._sheet, self._is_bundled = _Sheet(version, table), True

    def _remember(self, state: FlagState) -> None:
        if self._memory is None or state == self._remembered:
            return
        self._remembered = state
        try:
            known = self._memory.load().get(SWITCHES)
            if known is None or known.state != state:
                self._memory.save(RememberedState(state, self._clock.now()))
        except Exception as error:  # noqa: BLE001 (they were read, which is what matters now)
            _LOG.warning("The kill switches cannot be remembered: %s", error)

    def _recovered(self) -> None:
        if self._trouble:
            _LOG.info("Kill switches are read again.")
        self._trouble = ""

    def _judge(self) -> None:
        self._providers, self._platforms = self._pulled("provider"), self._pulled("platform")

    def _pulled(self, kind: Stoppable) -> Mapping[str, str]:
        """Return those of a kind that are stopped now, each with the reason; rules may go by the clock."""
        if self._sheet is None:
            return {}
        table, prefix = self._sheet.table, switch_of(kind, "")
        names = [switch.removeprefix(prefix) for switch in table if switch.startswith(prefix)]
        answers = {name: table.evaluate(prefix + name, self._context(kind, name)) for name in names}
        return {name: self._why(kind, name, answer) for name, answer in answers.items() if answer.enabled}

    def _context(self, kind: Stoppable, name: str) -> Mapping[str, object]:
        return {kind: name, "environment": self._environment, "now": self._clock.now()}

    def _why(self, kind: Stoppable, name: str, answer: Evaluation) -> str:
        variant = f", variant {answer.variant}" if answer.variant else ""
        where = "" if self._environment == "local" else f" --env {self._environment}"
        return (
            f"stopped by an operator: {answer.flag} is pulled (version {answer.version} of {SWITCHES}"
            f'{variant}); put it back with: reelwright flags kill {kind} {name} --undo --reason "…"{where}'
        )


def _said(error: Exception) -> str:
    return error.message.rstrip(".") if isinstance(error, ReelwrightError) else type(error).__name__


def switch_of(kind: Stoppable, name: str) -> str:
    """Return what the switch is called that stops a provider or a platform."""
    return f"stop-{kind}-{name}"


def version_in_force(state: FlagState) -> FlagVersion | None:
    """Return the version of the switches that counts; None if none does.

    From when it is deployed that is the new one, for everybody, by whatever strategy: who stops a vendor
    does not mean a tenth of the calls. What was taken back, or is still being validated, is not in force.
    """
    if state.phase == "DEPLOYING":
        return state.new
    return document_for("", state)
