"""Prompts to try things with, and a store of them that can be away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from reelwright.clock import VirtualClock
from reelwright.environment.prompting import PromptSettings
from reelwright.observability.metrics import Metric
from reelwright.prompts.labels import PromptLabels
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.manager import PromptTemplateManager
from reelwright.prompts.parsing import content_version
from reelwright.prompts.ports import PromptMemory
from reelwright.prompts.reading import PromptReader, Served
from reelwright.prompts.stored import StoredPrompts
from reelwright.storage.errors import StorageUnavailable
from reelwright.storage.memory import MemoryDocuments
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author

ANN = Author(actor="ann", reason="to try")
NAME = "write-script"
AWAY = StorageUnavailable("The bucket reelwright cannot be reached just now (SlowDown).")


def a_prompt(
    says: str,
    *,
    name: str = NAME,
    variants: Mapping[str, int] | None = None,
    topics: tuple[str, ...] = (),
) -> str:
    """A whole file that says one thing; each further variant says its own name."""
    base, _, category = name.partition(".")
    own = [f"  category: {category}"] if category else []
    own += [f"  topics: [{', '.join(topics)}]"] if topics else []
    if variants:
        own += ["  variants:", *(f"    {one}: {weight}" for one, weight in variants.items())]
    own += ["  trust: {topic: untrusted}"]
    parts = "".join(
        f"{{{{#variant {one}}}}}As {one}.{{{{/variant}}}}\n" for one in variants or {} if one != "control"
    )
    return "\n".join(
        [
            "---",
            f"name: {base}",
            "description: For tests.",
            "model: {role: content}",
            "input:",
            "  schema:",
            "    topic: string, what it is about",
            "output: {schema: script}",
            "reelwright:",
            *own,
            "---",
            '{{role "system"}}',
            says,
            parts + '{{role "user"}}',
            "",
            "{{topic}}",
            "",
        ]
    )


class Store(StoredPrompts):
    """A store that can be away, and counts who asks."""

    def __init__(self, clock: VirtualClock) -> None:
        self.documents = MemoryDocuments(clock)
        super().__init__(self.documents, clock=clock, rng=Random(1))
        self.error: Exception | None = None
        self.texts_away = False
        self.meanwhile: Callable[[], object] = lambda: None
        self.asked = 0
        self.read_texts: list[tuple[str, str]] = []

    def labels(self) -> PromptLabels:
        self.asked += 1
        self.meanwhile()
        if self.error:
            raise self.error
        return super().labels()

    def read(self, name: str, version: str) -> str:
        self.read_texts.append((name, version))
        if self.error or self.texts_away:
            raise self.error or AWAY
        return super().read(name, version)

    def publish(self, text: str, *, name: str = NAME, label: str = "production") -> str:
        """Save a text and move a label to it."""
        away, self.error, self.texts_away = (self.error, self.texts_away), None, False
        version = self.save(name, text, author=ANN, expect=None).version
        position = super().labels().position(name, label)
        before = position.version if position else ABSENT
        self.move(name, label, version, expect=before, author=ANN)
        self.error, self.texts_away = away
        self.read_texts.clear()
        self.asked = 0
        return version


@dataclass
class Counting:
    """Metrics that are kept."""

    seen: list[tuple[Metric, dict[str, str]]] = field(default_factory=list)

    def emit(self, metric: Metric, value: float, **details: str) -> None:
        self.seen.append((metric, details))

    def of(self, metric: Metric) -> list[dict[str, str]]:
        return [details for one, details in self.seen if one is metric]


@dataclass
class World:
    """A store, a library and who reads them, with time that moves when told to."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    memory: PromptMemory | None = None
    bundled: dict[str, str] = field(default_factory=lambda: {NAME: a_prompt("Bundled.")})
    metrics: Counting = field(default_factory=Counting)
    seed: int = 1
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.clock)

    def a_reader(self) -> PromptReader:
        """A reader as a new process has it."""
        return PromptReader(
            self.store,
            PromptLibrary.of(self.bundled),
            clock=self.clock,
            rng=Random(self.seed),
            memory=self.memory,
            metrics=self.metrics,
            outputs=("script",),
        )

    def a_manager(self, settings: PromptSettings | None = None, **more: Any) -> PromptTemplateManager:
        """A manager as a new process has it."""
        return PromptTemplateManager(
            self.store,
            PromptLibrary.of(self.bundled),
            clock=self.clock,
            rng=Random(self.seed),
            memory=self.memory,
            metrics=self.metrics,
            settings=settings,
            outputs=("script",),
            **more,
        )


def said(served: Served) -> tuple[str, str, str]:
    """What serves: which version, under which label, and where it was found."""
    return served.version, served.label, served.source


def bundled_version() -> str:
    """The version of the bundle of these worlds."""
    return content_version(a_prompt("Bundled."))


def why(served: Served) -> str:
    """Why nothing better serves."""
    return "; ".join(served.reasons)
