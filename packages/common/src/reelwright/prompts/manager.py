"""PromptTemplateManager: from a prompt's name and variables to what a model is told, and why exactly that."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from reelwright.clock import Clock
from reelwright.environment.prompting import PromptSettings
from reelwright.errors import ReelwrightError
from reelwright.observability.metrics import Metric, Metrics, NoMetrics
from reelwright.prompts.errors import PromptUnavailable
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.ports import PromptMemory, ReadablePrompts
from reelwright.prompts.reading import PromptReader, Served
from reelwright.prompts.rendering import CompiledPrompt, compile_prompt
from reelwright.prompts.schema import RenderedPrompt
from reelwright.prompts.selection import Categories, TopicChoice, bundled_categories, file_of
from reelwright.prompts.variants import VariantChoice, choose_variant

__all__ = ["PromptTemplateManager"]

_DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class _Found:
    """The version that is rendered, how it was found, and the topic's part in that."""

    served: Served
    path: tuple[str, ...]
    topic: TopicChoice


class PromptTemplateManager:
    """Renders prompts by name: the file for the topic, the version under the label, the unit's variant.

    Everything that was chosen stands in the answer with its reason. Threads may share one manager.
    """

    def __init__(
        self,
        store: ReadablePrompts | None,
        library: PromptLibrary,
        *,
        clock: Clock,
        settings: PromptSettings | None = None,
        memory: PromptMemory | None = None,
        metrics: Metrics | None = None,
        rng: Random | None = None,
        categories: Categories | None = None,
        outputs: Collection[str] | None = None,
    ) -> None:
        """Serve from ``store``, if there is one, and from ``library``.

        ``memory`` outlives the process. ``outputs`` are the names of the schemas that code knows; a prompt
        that names another is quarantined.
        """
        self._settings = settings or PromptSettings()
        self._metrics = metrics or NoMetrics()
        self._categories = categories
        self.reader = PromptReader(
            store,
            library,
            clock=clock,
            rng=rng,
            memory=memory,
            metrics=self._metrics,
            ttl_seconds=self._settings.ttl_seconds,
            outputs=outputs,
        )

    def render(
        self,
        name: str,
        variables: Mapping[str, Any],
        *,
        topic: str | None = None,
        unit: str | None = None,
        label: str | None = None,
    ) -> RenderedPrompt:
        """Return what a model is told.

        ``topic`` chooses among the files of the name, ``unit`` (such as a production's id) the variant.
        ``label`` is served instead of the settings' one. What a production pins is ``prompts.pinned``.
        Raises what is wrong with the variables (PromptRefused and its kinds), PromptMissing, and
        PromptUnavailable when nothing can be served that is what was asked for.
        """
        try:
            found = self._find(name, topic, label)
            choice = self._variant(found.served.ready.prompt, unit)
            rendered = found.served.ready.prompt.render(variables, variant=choice.variant)
        except ReelwrightError as error:
            self._metrics.emit(Metric.PROMPT_RENDERS_FAILED, 1, prompt=name, error=error.code)
            raise
        return _told(rendered, found, choice)

    def preview(
        self,
        name: str,
        variables: Mapping[str, Any],
        *,
        text: str | None = None,
        version: str | None = None,
        label: str | None = None,
        topic: str | None = None,
        unit: str | None = None,
        variant: str | None = None,
    ) -> RenderedPrompt:
        """Return what would be sent, of a ``text`` that is nowhere yet, of a ``version``, or as ``render``.

        ``variant`` is rendered instead of the unit's. A text and a version are those of the file ``name``.
        """
        if text is not None:
            prompt = compile_prompt(text, source=name)
            choice = self._chosen(prompt, unit, variant)
            rendered = prompt.render(variables, variant=choice.variant)
            return rendered.model_copy(update={"label": _DRAFT, "reason": choice.reason})
        found = self._exactly(name, version) if version else self._find(name, topic, label)
        choice = self._chosen(found.served.ready.prompt, unit, variant)
        return _told(found.served.ready.prompt.render(variables, variant=choice.variant), found, choice)

    def served(self, name: str, *, label: str | None = None) -> Served:
        """Return the version of a file that is served now, with its text and its definition."""
        return self.reader.serve(name, label or self._settings.label)

    def _find(self, name: str, topic: str | None, label: str | None) -> _Found:
        files = _Labelled(self.reader, label or self._settings.label)
        names = frozenset(it for it in files.names() if _prompt_of(it) == name)
        choice = self._choose(topic, name, names, files)
        wanted = file_of(name, choice.category)
        if wanted == name:
            return _Found(files.serve(name), (name,), choice)
        if wanted not in names:
            return _Found(files.serve(name), (wanted, name), choice)
        try:
            return _Found(files.serve(wanted), (wanted,), choice)
        except PromptUnavailable as error:
            served = files.serve(name)
            served = replace(served, reasons=(error.message.rstrip("."), *served.reasons))
            return _Found(served, (wanted, name), choice)

    def _choose(self, topic: str | None, name: str, names: frozenset[str], files: "_Labelled") -> TopicChoice:
        if not topic or names <= {name}:
            return TopicChoice("", "no topic was given" if not topic else "it has no files for topics")
        categories = bundled_categories() if self._categories is None else self._categories
        return categories.choose(topic, _claims(sorted(names - {name}), files))

    def _exactly(self, name: str, version: str) -> _Found:
        return _Found(self.reader.exactly(name, version), (name,), TopicChoice("", "its version was named"))

    def _chosen(self, prompt: CompiledPrompt, unit: str | None, variant: str | None) -> VariantChoice:
        if variant is not None:
            return VariantChoice(variant, f"{variant} was asked for")
        return self._variant(prompt, unit)

    def _variant(self, prompt: CompiledPrompt, unit: str | None) -> VariantChoice:
        definition = prompt.definition
        forced = self._settings.variants.get(definition.name)
        return choose_variant(definition.name, definition.variants, unit=unit, forced=forced)


class _Labelled:
    """Files as a label leads to them, all by one look at the labels."""

    def __init__(self, reader: PromptReader, label: str) -> None:
        self._reader = reader
        self._label = label
        self._belief = reader.belief()

    def names(self) -> Collection[str]:
        return self._reader.names(self._belief, self._label)

    def serve(self, file: str) -> Served:
        return self._reader.serve(file, self._label, belief=self._belief)


def _claims(files: Iterable[str], source: _Labelled) -> dict[str, tuple[str, ...]]:
    """Return the topics that files claim, by category; a file that cannot be served claims none."""
    claims: dict[str, tuple[str, ...]] = {}
    for file in files:
        try:
            definition = source.serve(file).ready.prompt.definition
        except PromptUnavailable:
            continue
        if definition.topics:
            claims[definition.category] = definition.topics
    return claims


def _prompt_of(file: str) -> str:
    return file.partition(".")[0]


def _told(rendered: RenderedPrompt, found: _Found, choice: VariantChoice) -> RenderedPrompt:
    served = found.served
    reasons = (*served.reasons, found.topic.reason, choice.reason)
    return rendered.model_copy(
        update={
            "version": served.version,
            "label": served.label,
            "source": served.source,
            "path": found.path,
            "reason": "; ".join(reasons),
            "warnings": (*rendered.warnings, *served.ready.warnings),
        }
    )
