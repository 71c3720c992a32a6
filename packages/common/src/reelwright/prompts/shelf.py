"""Texts of prompts made ready: each version is read once, examined once, and kept, for it never changes."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Literal, TypeAlias

from reelwright.clock import Clock
from reelwright.config.errors import SourceUnreachable
from reelwright.config.fetching import in_background, settle
from reelwright.errors import ReelwrightError
from reelwright.observability.metrics import Metric, Metrics
from reelwright.prompts.backing_off import Outage
from reelwright.prompts.errors import PromptVersionMissing
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.linting import lint_prompt
from reelwright.prompts.parsing import content_version
from reelwright.prompts.ports import ReadablePrompts, RememberedPrompts
from reelwright.prompts.rendering import CompiledPrompt, compile_prompt
from reelwright.storage.errors import DocumentDamaged

__all__ = ["Fault", "PromptShelf", "Ready", "Where", "examined"]

_LOG = logging.getLogger(__name__)
_PATIENCE_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 30.0
_MOST_KEPT = 256

Where: TypeAlias = Literal["store", "remembered", "bundled"]


@dataclass(frozen=True, slots=True)
class Ready:
    """A version that can be rendered."""

    prompt: CompiledPrompt
    text: str
    where: Where
    """Where its text was found."""
    warnings: tuple[str, ...] = ()
    """What a linter would have somebody look at."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a version cannot be rendered."""

    reason: str
    kind: Literal["away", "broken", "quarantined"]
    """The store is away; what it has is damaged or gone; the text must not be rendered, ever."""


class PromptShelf:
    """Versions by name. A version is looked for in the library, in the store, and in the memory of that.

    It is named by its text, so that a copy is as good as the original wherever it lies.
    A text that cannot be compiled, that a linter finds an error in, or that belongs to another prompt is
    quarantined for as long as the process lives; one that is damaged or gone is looked for again later.
    """

    def __init__(
        self,
        store: ReadablePrompts | None,
        library: PromptLibrary,
        *,
        clock: Clock,
        outage: Outage,
        recall: Callable[[], RememberedPrompts | None],
        metrics: Metrics,
        outputs: Collection[str] | None = None,
    ) -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._outage = outage
        self._recall = recall
        self._metrics = metrics
        self._outputs = outputs
        self._kept: dict[tuple[str, str], Ready | Fault] = {}
        self._broken: dict[tuple[str, str], tuple[Fault, float]] = {}
        self._lock = Lock()

    def get(self, name: str, version: str) -> Ready | Fault:
        """Return a version made ready, or why it cannot be. Never raises."""
        key = (name, version)
        with self._lock:
            if known := self._kept.get(key) or self._still_broken(key):
                return known
        found = self._find(name, version)
        with self._lock:
            return self._keep(key, found)

    def bundled(self, name: str) -> Ready | Fault | None:
        """Return the library's own version of a prompt; None if it has none."""
        text = self._library.get(name)
        return self.get(name, text.version) if text else None

    def _still_broken(self, key: tuple[str, str]) -> Fault | None:
        fault, until = self._broken.get(key, (None, 0.0))
        return fault if self._clock.monotonic() < until else None

    def _keep(self, key: tuple[str, str], found: Ready | Fault) -> Ready | Fault:
        if isinstance(found, Fault) and found.kind != "quarantined":
            return found
        if len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        return self._kept.setdefault(key, found)

    def _find(self, name: str, version: str) -> Ready | Fault:
        bundled = self._library.get(name)
        if bundled and bundled.version == version:
            return self._examined(name, bundled.text, "bundled")
        try:
            return self._examined(name, self._stored(name, version), "store")
        except (PromptVersionMissing, DocumentDamaged) as error:
            fault = self._note_broken(name, version, error)
        except ReelwrightError as error:
            fault = Fault(error.message.rstrip("."), "away")
        except Exception as error:  # noqa: BLE001 (other copies answer, whatever a store raises)
            _LOG.exception("The store of prompts failed in a way it should not.")
            fault = Fault(f"it broke with {type(error).__name__}", "away")
        return self._remembered(name, version) or fault

    def _stored(self, name: str, version: str) -> str:
        """Return the text from the store; a failure of the store is noted."""
        if self._store is None:
            raise SourceUnreachable("there is no store of prompts here")
        self._outage.check()
        try:
            return self._asked(self._store, name, version)
        except (PromptVersionMissing, DocumentDamaged):
            raise
        except ReelwrightError as error:
            self._metrics.emit(Metric.PROMPT_READS_FAILED, 1, error=error.code)
            self._outage.failed(error)
            raise

    @staticmethod
    def _asked(store: ReadablePrompts, name: str, version: str) -> str:
        future = in_background(lambda: store.read(name, version), "prompts")
        settle([future], _PATIENCE_SECONDS)
        if not future.done():
            raise SourceUnreachable(f"the store did not answer within {_PATIENCE_SECONDS:g} seconds")
        return future.result(timeout=0)

    def _remembered(self, name: str, version: str) -> Ready | Fault | None:
        remembered = self._recall()
        text = remembered.texts.get((name, version)) if remembered else None
        return None if text is None else self._examined(name, text, "remembered")

    def _note_broken(self, name: str, version: str, error: ReelwrightError) -> Fault:
        self._quarantined(name, version, error.message)
        fault = Fault(error.message.rstrip("."), "broken")
        with self._lock:
            until = self._clock.monotonic() + _LOOK_AGAIN_SECONDS
            self._broken = {one: known for one, known in self._broken.items() if self._still_broken(one)} | {
                (name, version): (fault, until)
            }
        return fault

    def _examined(self, name: str, text: str, where: Where) -> Ready | Fault:
        found = examined(name, text, where, outputs=self._outputs)
        if isinstance(found, Fault):
            self._quarantined(name, content_version(text), found.reason)
        return found

    def _quarantined(self, name: str, version: str, reason: str) -> None:
        _LOG.error("Version %s of the prompt %s is in quarantine: %s", version, name, reason)
        self._metrics.emit(Metric.PROMPTS_QUARANTINED, 1, prompt=name, version=version)


def examined(name: str, text: str, where: Where, *, outputs: Collection[str] | None = None) -> Ready | Fault:
    """Return a text made ready, or why it must not be rendered under this name."""
    found = _looked_through(name, text, None if outputs is None else frozenset(outputs))
    return found if isinstance(found, Fault) else Ready(found[0], text, where, found[1])


@lru_cache(_MOST_KEPT)
def _looked_through(
    name: str, text: str, outputs: frozenset[str] | None
) -> tuple[CompiledPrompt, tuple[str, ...]] | Fault:
    """Return a text's template and what may be said of it, or why it must not be rendered.

    Kept by the text, beyond one shelf: every reader of a process begins with the same bundled ones.
    """
    try:
        prompt = compile_prompt(text, source=name)
        findings = lint_prompt(text, source=name, outputs=outputs)
    except ReelwrightError as error:
        return Fault(error.message.rstrip("."), "quarantined")
    except (RecursionError, ValueError):
        return Fault(f"{name} cannot be read", "quarantined")
    if prompt.definition.key != name:
        return Fault(f"it says that it is {prompt.definition.key}", "quarantined")
    if errors := [str(finding) for finding in findings if finding.severity == "error"]:
        return Fault(f"{name}:{errors[0]}", "quarantined")
    return prompt, tuple(map(str, findings))
