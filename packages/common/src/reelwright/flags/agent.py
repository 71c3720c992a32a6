"""Flags answered by AppConfig's agent beside this process: the Lambda extension, or a container.

The agent polls AppConfig, evaluates rules itself, and gives each entity its side of a gradual deployment. So
its ``split`` is Amazon's own, which is not documented, and its answers come without a reason. How it is asked
stands in ``flags/agent_client.py``.
"""

import json
import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import Any

from reelwright.clock import Clock
from reelwright.environment.basics import EnvironmentName
from reelwright.errors import ReelwrightError
from reelwright.flags.agent_client import FlagAgent, as_sent
from reelwright.flags.definitions import FlagProfile, bundled_version
from reelwright.flags.document import compile_document
from reelwright.flags.evaluation import NOTHING, Context, Evaluation, FlagTable, Reason, answered
from reelwright.flags.overriding import (
    Overrides,
    OverridesNow,
    SourceUnder,
    no_overrides,
    overridden,
    overrides_now,
)
from reelwright.flags.ports import FlagEvaluator, FlagSource

__all__ = ["AgentFlags"]

_LOG = logging.getLogger(__name__)
_TIMEOUT_SECONDS = 3.0
_TTL_SECONDS = 5.0
_KEPT = 256

_Answers = Mapping[str, Evaluation]


@dataclass(frozen=True, slots=True)
class _Told:
    """What one question came to."""

    answers: _Answers
    origin: str


class AgentFlags:
    """FlagSource of an agent.

    What it answered to a production is kept while that production is asked for, so that it is told the same
    for ``ttl_seconds``, and while the agent is down. Who was told nothing yet gets then, for flags without
    variants, what others were told last, and otherwise what code defines.
    """

    def __init__(
        self,
        url: str,
        *,
        application: str,
        clock: Clock,
        overrides: OverridesNow = no_overrides,
        profile: FlagProfile = "flags",
        ids: tuple[str, str] | None = None,
        environment: EnvironmentName | None = None,
        timeout_seconds: float = _TIMEOUT_SECONDS,
        ttl_seconds: float = _TTL_SECONDS,
    ) -> None:
        """Ask at ``url``; first values are those of ``environment``. InvalidFlags as for FlagReader.

        ``ids`` are those of AppConfig's environment and profile, where permissions name them; without, both
        are called like the profile.
        """
        there, named = ids or (profile, profile)
        self._agent = FlagAgent(
            url,
            application=application,
            environment=there,
            profile=named,
            timeout_seconds=timeout_seconds,
            clock=clock,
        )
        self._clock = clock
        self._overrides = overrides
        self._ttl_seconds = ttl_seconds
        bundled = bundled_version(profile, environment=environment)
        self._defined = FlagTable(compile_document(bundled.document), bundled.version)
        self._kept: OrderedDict[tuple[str, Any], tuple[float, _Told]] = OrderedDict()
        self._last: _Answers = {}
        self._trouble: tuple[float, str] = (float("-inf"), "")
        self._lock = Lock()

    def evaluator_for(self, production_id: str) -> FlagEvaluator:
        """Return the evaluator of a production. It asks the agent when it is asked, not before."""
        return self._evaluator(production_id, overrides_now(self._overrides))

    def under(self, overrides: Overrides) -> FlagSource:
        """Return the same flags with overrides of one's own, such as those that a production pins."""
        return SourceUnder(overrides, self._evaluator)

    def _evaluator(self, production_id: str, overrides: Overrides) -> FlagEvaluator:
        return overridden(_Asking(self, production_id), overrides, self._defined.said)

    def told(self, production_id: str, context: Context | None) -> _Told:
        """Return all answers to a production with this context; never raises."""
        sent, left_out = _as_sent(context)
        key = (production_id, frozenset(sent.items()))
        now = self._clock.monotonic()
        with self._lock:
            known = self._kept.get(key)
            trouble_until, trouble = self._trouble
        if known and now < known[0] + self._ttl_seconds:
            return known[1]
        if now < trouble_until:
            return self._without(known, trouble)
        try:
            version, flags = self._agent.ask(production_id, sent)
        except ReelwrightError as error:
            return self._without(known, self._failed(error))
        return self._keep(key, _told(version, flags, self._agent.url, left_out))

    def _keep(self, key: tuple[str, Any], told: _Told) -> _Told:
        with self._lock:
            self._kept[key] = (self._clock.monotonic(), told)
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            self._last = told.answers
            self._trouble = (float("-inf"), "")
        return told

    def _failed(self, error: ReelwrightError) -> str:
        _LOG.error("%s", error)
        trouble = f"{error.code}: {error.message.rstrip('.')}"
        with self._lock:
            self._trouble = (self._clock.monotonic() + self._ttl_seconds, trouble)
        return trouble

    def _without(self, known: tuple[float, _Told] | None, trouble: str) -> _Told:
        """Return what stands in for an answer."""
        if known:
            return _Told(known[1].answers, f"{known[1].origin}, asked before; {trouble}")
        with self._lock:
            last = {flag: answer for flag, answer in self._last.items() if answer.variant is None}
        defined = {flag: self._defined.evaluate(flag, None) for flag in self._defined}
        others = " and what others were told last" if last else ""
        return _Told({**defined, **last}, f"what code defines{others}; {trouble}")


@dataclass(slots=True)
class _Asking:
    """The FlagEvaluator of one production."""

    source: AgentFlags
    production_id: str
    _told: _Told | None = field(default=None)

    @property
    def origin(self) -> str:
        """Where the last answer came from."""
        return self._now().origin

    @property
    def names(self) -> tuple[str, ...]:
        """The flags that the agent answers for."""
        return tuple(sorted(self._now().answers))

    def evaluate(self, flag: str, context: Context | None = None, *, default: bool = False) -> Evaluation:
        """Return the agent's answer."""
        told = self._told = self.source.told(self.production_id, context)
        try:
            found = told.answers.get(flag)
        except TypeError:  # a name that cannot be hashed is the name of no flag
            found = None
        return found or Evaluation(flag, default, None, NOTHING, Reason.FLAG_NOT_FOUND, "")

    def _now(self) -> _Told:
        return self._told or self.source.told(self.production_id, None)


def _told(version: str, flags: Mapping[str, Any], url: str, left_out: Iterable[str]) -> _Told:
    named = version or sha256(json.dumps(flags, sort_keys=True).encode()).hexdigest()[:12]
    answers = {flag: _evaluation(flag, said, named) for flag, said in flags.items()}
    missing = "".join(f"; {key} of the context cannot be told to it, and was left out" for key in left_out)
    return _Told(answers, f"version {named}, from the AppConfig agent at {url}{missing}")


def _evaluation(flag: str, said: Mapping[str, Any], version: str) -> Evaluation:
    variant = said.get("_variant")
    attributes = {key: value for key, value in said.items() if key not in ("enabled", "_variant")}
    reason = Reason.STATIC if variant is None else Reason.UNKNOWN
    enabled: bool = said["enabled"]
    return Evaluation(flag, enabled, variant, answered(attributes, enabled=enabled), reason, version)


def _as_sent(context: Context | None) -> tuple[dict[str, str], tuple[str, ...]]:
    try:
        return as_sent(context or {})
    except Exception:  # noqa: BLE001 (a context may be of any class, and its values raise what they like)
        return {}, ("what there is",)
