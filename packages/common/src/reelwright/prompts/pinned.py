"""Prompts that a production pinned with their texts: each of its steps says these, to its end.

A label that moves, a store that is down, a deployment that brings other files: nothing of it changes what a
production says that has begun. So what is pinned is the whole choice, the text with it, and a step reads no
store.

Every function of the pipeline loads this, and one of them renders: what that takes is imported then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from reelwright.errors import ReelwrightError
from reelwright.prompts.errors import PromptMissing
from reelwright.prompts.labels import BUNDLED
from reelwright.prompts.schema import CONTROL, PromptSource, RenderedPrompt

if TYPE_CHECKING:
    from reelwright.prompts.library import PromptLibrary
    from reelwright.prompts.reading import Served
    from reelwright.prompts.rendering import CompiledPrompt

__all__ = ["DOCUMENT", "PinnedPrompt", "PinnedPrompts"]

DOCUMENT = "prompts"
"""What the pinned document is called."""

_MOST_COMPILED = 64


class PinnedPrompt(BaseModel):
    """A prompt as it was chosen, and its text."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    label: str
    source: PromptSource
    variant: str
    path: tuple[str, ...]
    """The files that were looked for; the last one is this."""
    reason: str = ""
    remarks: tuple[str, ...] = ()
    """Of a linter."""
    text: str
    """Of the file."""

    @classmethod
    def of(cls, rendered: RenderedPrompt, served: Served) -> PinnedPrompt:
        """Return what a step renders that is to say the same as ``rendered``, of the version ``served``."""
        return cls(
            version=rendered.version,
            label=rendered.label,
            source=rendered.source,
            variant=rendered.variant,
            path=rendered.path,
            reason=rendered.reason,
            remarks=served.ready.warnings,
            text=served.ready.text,
        )

    @property
    def file(self) -> str:
        """What its file is called, without ``.md``."""
        return self.path[-1]

    @property
    def name(self) -> str:
        """The prompt's name: its file's without the category."""
        return self.file.partition(".")[0]

    def render(self, variables: Mapping[str, Any]) -> RenderedPrompt:
        """Return what is said with these variables; PromptRefused, and PromptSyntaxError after an upgrade."""
        rendered = _compiled(self.text, self.file).render(variables, variant=self.variant)
        return rendered.model_copy(
            update={
                "version": self.version,
                "label": self.label,
                "source": self.source,
                "path": self.path,
                "reason": self.reason,
                "warnings": (*rendered.warnings, *self.remarks),
            }
        )


class PinnedPrompts:
    """The prompts of one production. They never change; what is not among them is the code's own."""

    __slots__ = ("_pinned",)

    def __init__(self, pinned: Iterable[PinnedPrompt] = ()) -> None:
        self._pinned = {prompt.name: prompt for prompt in pinned}

    @classmethod
    def pinned_in(cls, documents: Mapping[str, JsonValue]) -> PinnedPrompts:
        """Return the prompts among the documents that a production pinned.

        None for a production of a version without prompts; what cannot be read is left out.
        """
        stored = documents.get(DOCUMENT)
        told = stored.values() if isinstance(stored, Mapping) else ()
        return cls(prompt for prompt in map(_pinned, told) if prompt)

    def as_document(self) -> dict[str, JsonValue]:
        """Return the prompts as the document that a production pins, by file."""
        return {prompt.file: prompt.model_dump(mode="json") for prompt in self._pinned.values()}

    def render(
        self,
        name: str,
        variables: Mapping[str, Any],
        *,
        topic: str | None = None,  # noqa: ARG002 (as PromptTemplateManager; it chose when this was pinned)
        unit: str | None = None,  # noqa: ARG002 (likewise)
    ) -> RenderedPrompt:
        """Return what a model is told.

        The code's own prompt says it if none was pinned, or if the pinned one cannot be rendered by a newer
        version of the code. PromptRefused if that one refuses the variables; PromptMissing.
        """
        pinned = self._pinned.get(name)
        if pinned is None:
            return _bundled(name, name, variables, "no version was pinned")
        try:
            return pinned.render(variables)
        except ReelwrightError as error:
            reason = f"the pinned version cannot be rendered ({error.message.rstrip('.')})"
            return _bundled(name, pinned.file, variables, reason)


def _pinned(stored: JsonValue) -> PinnedPrompt | None:
    try:
        prompt = PinnedPrompt.model_validate(stored)
    except ValidationError:
        return None
    return prompt if prompt.path else None


def _bundled(name: str, file: str, variables: Mapping[str, Any], reason: str) -> RenderedPrompt:
    library = _library()
    found = library.get(file) or library.get(name)
    if found is None:
        raise PromptMissing(
            f"There is no prompt {name[:60]!r}, and none was pinned.",
            next_step=f"Ask for one of: {', '.join(library.names)}.",
            context={"prompt": name},
        )
    rendered = _compiled(found.text, found.name).render(variables, variant=CONTROL)
    return rendered.model_copy(update={"label": BUNDLED, "source": "bundled", "reason": reason})


@cache
def _library() -> PromptLibrary:
    from reelwright.prompts.library import PromptLibrary  # noqa: PLC0415 (see above)

    return PromptLibrary()


@lru_cache(maxsize=_MOST_COMPILED)
def _compiled(text: str, file: str) -> CompiledPrompt:
    from reelwright.prompts.rendering import compile_prompt  # noqa: PLC0415 (see above)

    return compile_prompt(text, source=file)
