"""FlagReader: which flag document a production takes, whatever becomes of the place where they are kept."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from reelwright.clock import Clock
from reelwright.config.schema import SourceState
from reelwright.environment.basics import EnvironmentName
from reelwright.errors import ReelwrightError
from reelwright.flags.definitions import BUNDLED, FlagProfile, bundled_version
from reelwright.flags.deployments import FlagState, FlagVersion, document_for, in_force
from reelwright.flags.document import InvalidFlagDocument, compile_document
from reelwright.flags.evaluation import Context, Evaluation, FlagTable
from reelwright.flags.overriding import (
    Overrides,
    OverridesNow,
    SourceUnder,
    no_overrides,
    overridden,
    overrides_now,
)
from reelwright.flags.ports import FlagEvaluator, FlagMemory, FlagSource, ReadableFlagStates, RememberedState

__all__ = ["FlagReader"]

_LOG = logging.getLogger(__name__)
_TTL_SECONDS = 5.0
_SAVE_AGAIN_AFTER = timedelta(seconds=300)
_TAKEN_BACK = ("ROLLING_BACK", "ROLLED_BACK", "REVERTED")
_WHEN = "%Y-%m-%d %H:%M:%S UTC"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the last reading came to: a state in which every document can be evaluated."""

    state: FlagState
    standing: SourceState
    at: datetime
    """When it was last heard from where it is kept."""
    trouble: str = ""
    """What is wrong with better places, or with documents that were passed over."""

    def origin(self, version: FlagVersion) -> str:
        """Return where a production's document comes from, in words."""
        trouble = f"; {self.trouble}" if self.trouble else ""
        if version.version == BUNDLED:
            return f"what code defines{trouble}"
        state = self.state
        where = f"version {version.version} of {state.profile}, deployment {state.number} {state.phase}"
        share = f" at {state.percentage:g} %" if state.phase == "DEPLOYING" else ""
        return f"{where}{share}{self._age()}{trouble}"

    def _age(self) -> str:
        if self.standing == "fresh":
            return ""
        words = "remembered since" if self.standing == "remembered" else "read"
        return f", {words} {self.at:{_WHEN}}"


@dataclass(frozen=True, slots=True)
class _Evaluator:
    origin: str
    table: FlagTable

    @property
    def names(self) -> tuple[str, ...]:
        """The flags of the document."""
        return tuple(sorted(self.table))

    def evaluate(self, flag: str, context: Context | None = None, *, default: bool = False) -> Evaluation:
        """Answer from the document."""
        return self.table.evaluate(flag, context, default=default)


class FlagReader:
    """FlagSource of the states of flag deployments: those in the control table, or of one machine.

    States are read again when they are older than the time to live; whoever asks meanwhile gets what there
    is. If they cannot be read, the last reading goes on to answer, then what an earlier process remembered,
    then what code defines. A document that cannot be evaluated is passed over: the one before it in the
    deployment answers, else the last good one. Any number of threads may ask.
    """

    def __init__(
        self,
        states: ReadableFlagStates,
        *,
        clock: Clock,
        memory: FlagMemory | None = None,
        overrides: OverridesNow = no_overrides,
        profile: FlagProfile = "flags",
        environment: EnvironmentName | None = None,
        ttl_seconds: float = _TTL_SECONDS,
    ) -> None:
        """Read ``profile`` from ``states``; InvalidFlags if code's own definitions cannot be used."""
        self._states = states
        self._clock = clock
        self._memory = memory
        self._overrides = overrides
        self._profile: FlagProfile = profile
        self._ttl_seconds = ttl_seconds
        self._bundled = bundled_version(profile, environment=environment)
        self._tables = _Tables(self._bundled)
        self._reading: _Reading | None = None
        self._due = float("-inf")
        self._saved: RememberedState | None = None
        self._lock = Lock()

    def evaluator_for(self, production_id: str) -> FlagEvaluator:
        """Return the evaluator of the document that this production takes. Asks the place if it is time."""
        return self._evaluator(production_id, overrides_now(self._overrides))

    def under(self, overrides: Overrides) -> FlagSource:
        """Return the same flags with overrides of one's own, such as those that a production pins."""
        return SourceUnder(overrides, self._evaluator)

    def _evaluator(self, production_id: str, overrides: Overrides) -> FlagEvaluator:
        reading = self._current()
        version = document_for(production_id, reading.state) or self._bundled
        table = self._tables.good(version)
        return overridden(_Evaluator(reading.origin(version), table), overrides, table.said)

    def _current(self) -> _Reading:
        """Return the last reading, or a new one if it is time and nobody else is at it."""
        reading = self._reading
        if reading is None:
            with self._lock:
                return self._reading or self._renewed()
        if self._clock.monotonic() >= self._due and self._lock.acquire(blocking=False):
            try:
                return self._renewed()
            finally:
                self._lock.release()
        return reading

    def _renewed(self) -> _Reading:
        self._reading = self._read()
        self._due = self._clock.monotonic() + self._ttl_seconds
        return self._reading

    def _read(self) -> _Reading:
        try:
            state = self._states.load().get(self._profile)
        except ReelwrightError as error:
            return self._fallen_back(error.message.rstrip("."))
        except Exception as error:  # noqa: BLE001 (a production gets an answer, whatever a store raises)
            _LOG.exception("The state of %s cannot be read.", self._profile)
            return self._fallen_back(f"the state of {self._profile} cannot be read: {type(error).__name__}")
        if state is None:
            return self._fallen_back(f"nothing is kept of {self._profile}")
        return self._settled(state)

    def _settled(self, state: FlagState) -> _Reading:
        good, trouble = self._good(state)
        reading = _Reading(good, "fresh", self._clock.now(), trouble)
        self._tables.keep(state, good)
        if not trouble:
            self._remember(reading)
        return reading

    def _good(self, state: FlagState) -> tuple[FlagState, str]:
        """Return the state with others in the place of documents that cannot be evaluated, and why."""
        old_fault = self._tables.fault(state.old) if state.old else ""
        new_fault = self._tables.fault(state.new)
        if not (old_fault or new_fault):
            return state, ""
        old = self._last_good() if old_fault else state.old
        new = (old or self._last_good()) if new_fault else state.new
        return state.model_copy(update={"old": old, "new": new}), "; ".join(
            filter(None, (new_fault, old_fault))
        )

    def _last_good(self) -> FlagVersion:
        before = self._reading or self._recalled("")
        if before is None:
            return self._bundled
        state = before.state
        settled = state.old if state.phase in (*_TAKEN_BACK, "VALIDATING", "DEPLOYING") else state.new
        return settled or (self._bundled if state.phase in _TAKEN_BACK else state.new)

    def _fallen_back(self, trouble: str) -> _Reading:
        if self._reading is None or self._reading.standing == "bundled":
            return self._recalled(trouble) or self._defined(trouble)
        before = self._reading
        standing: SourceState = "remembered" if before.standing == "remembered" else "stale"
        return _Reading(before.state, standing, before.at, trouble)

    def _recalled(self, trouble: str) -> _Reading | None:
        if self._memory is None:
            return None
        try:
            remembered = self._memory.load().get(self._profile)
        except Exception:  # noqa: BLE001 (as above: there is one more place to fall back to)
            _LOG.exception("What is remembered of %s cannot be read.", self._profile)
            return None
        if remembered is None or self._faults(remembered.state):
            return None
        return _Reading(remembered.state, "remembered", remembered.at, trouble)

    def _defined(self, trouble: str) -> _Reading:
        state = in_force(self._profile, self._bundled)
        return _Reading(state, "bundled", self._clock.now(), trouble)

    def _faults(self, state: FlagState) -> bool:
        return any(self._tables.fault(one) for one in (state.old, state.new) if one)

    def _remember(self, reading: _Reading) -> None:
        saved = self._saved
        if self._memory is None:
            return
        if saved and saved.state == reading.state and reading.at - saved.at < _SAVE_AGAIN_AFTER:
            return
        self._saved = RememberedState(reading.state, reading.at)
        try:
            self._memory.save(self._saved)
        except Exception:  # noqa: BLE001 (as above: what was read answers, remembered or not)
            _LOG.exception("The state of %s cannot be remembered.", self._profile)


class _Tables:
    """Documents made ready, each compiled once; those that nobody needs any more are let go."""

    def __init__(self, bundled: FlagVersion) -> None:
        self._bundled = FlagTable(compile_document(bundled.document), bundled.version)
        self._known: Mapping[str, tuple[FlagVersion, FlagTable | InvalidFlagDocument]] = {
            bundled.version: (bundled, self._bundled)
        }

    def good(self, version: FlagVersion) -> FlagTable:
        """Return the table of a version that has no fault."""
        found = self._of(version)
        return found if isinstance(found, FlagTable) else self._bundled

    def fault(self, version: FlagVersion) -> str:
        """Return why a version cannot be evaluated; empty if it can."""
        found = self._of(version)
        if isinstance(found, FlagTable):
            return ""
        return f"version {version.version} cannot be evaluated ({found.faults[0]})"

    def keep(self, *states: FlagState) -> None:
        """Let go of every version that is in none of these states."""
        wanted = {one.version for state in states for one in (state.old, state.new) if one} | {BUNDLED}
        self._known = {name: found for name, found in self._known.items() if name in wanted}

    def _of(self, version: FlagVersion) -> FlagTable | InvalidFlagDocument:
        known = self._known.get(version.version)
        if known and known[0].document == version.document:
            return known[1]
        found = _compiled(version)
        self._known = {**self._known, version.version: (version, found)}
        return found


def _compiled(version: FlagVersion) -> FlagTable | InvalidFlagDocument:
    try:
        return FlagTable(compile_document(version.document), version.version)
    except InvalidFlagDocument as error:
        _LOG.error("Version %s of flags is passed over: %s", version.version, error.faults[0])
        return error
