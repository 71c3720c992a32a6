"""What prompts mean to a production that begins: chosen once, tried with its brief, pinned with their texts.

Nothing here can fail because prompts cannot be read: the code has one of each. A version that an operator
saved, and that does not take what the code has to say, is not used, and the record says so.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from reelwright.clock import SystemClock
from reelwright.config.request import with_document
from reelwright.config.schema import Snapshot
from reelwright.content.prompting import (
    OUTPUTS,
    SCRIPT_PROMPT,
    record_of,
    script_variables,
    translation_variables,
)
from reelwright.content.translating import TRANSLATE
from reelwright.environment.prompting import PromptSettings
from reelwright.environment.schema import Settings
from reelwright.errors import ReelwrightError
from reelwright.pipeline.flagging import Asking
from reelwright.production.prompts import PromptRecord
from reelwright.production.schema import Brief
from reelwright.prompts.labels import BUNDLED
from reelwright.prompts.pinned import DOCUMENT, PinnedPrompt, PinnedPrompts
from reelwright.prompts.schema import RenderedPrompt

if TYPE_CHECKING:
    from reelwright.prompts.manager import PromptTemplateManager

__all__ = ["Prompted", "PromptsFor", "bundled_prompts", "prompted"]

_LOG = logging.getLogger(__name__)

PromptsFor = Callable[[Settings], "PromptTemplateManager"]
"""Finds the prompts of a place, as settings have them: by which label, and with which variants."""


@dataclass(frozen=True, slots=True)
class Prompted:
    """A snapshot with the prompts that a production is to say, and the account of them."""

    snapshot: Snapshot
    records: tuple[PromptRecord, ...]


def bundled_prompts(settings: Settings) -> PromptTemplateManager:
    """Return what a place without a store has: the code's own."""
    return _bundled(settings.prompts.model_dump_json())


def prompted(source: PromptTemplateManager, asking: Asking, snapshot: Snapshot) -> Prompted:
    """Return the snapshot that a production is to pin, with its prompts, each with its text.

    Each is rendered once with what the brief says. PromptRefused if even the code's own does not take it.
    """
    name, variables = _asked(asking.brief, snapshot.settings.audio.words_per_minute)
    rendered, pinned = _chosen(source, name, variables, asking)
    document = PinnedPrompts((pinned,)).as_document()
    return Prompted(with_document(snapshot, DOCUMENT, document), (record_of(rendered),))


def _asked(brief: Brief, words_per_minute: float) -> tuple[str, dict[str, Any]]:
    """Return the prompt that a script comes by, and what it is tried with."""
    if brief.translation is None:
        return SCRIPT_PROMPT, script_variables(brief, words_per_minute=words_per_minute)
    return TRANSLATE, translation_variables(brief, brief.translation.language, '{"title": "…"}')


def _chosen(
    source: PromptTemplateManager, name: str, variables: Mapping[str, Any], asking: Asking
) -> tuple[RenderedPrompt, PinnedPrompt]:
    topic, unit = asking.brief.topic, _unit(asking.brief)
    try:
        rendered = source.render(name, variables, topic=topic, unit=unit)
    except ReelwrightError as error:
        _LOG.warning("The prompt %s is the code's own for this production: %s", name, error.message)
        own = source.render(name, variables, topic=topic, unit=unit, label=BUNDLED)
        rendered = own.model_copy(update={"reason": f"{error.message.rstrip('.')}; {own.reason}"})
    served = source.reader.exactly(rendered.path[-1], rendered.version)
    return rendered, PinnedPrompt.of(rendered, served)


def _unit(brief: Brief) -> str:
    """Return what a variant is chosen by: the brief, for the same brief is to give the same video."""
    return hashlib.sha256(brief.model_dump_json(exclude={"pictures", "media", "scenes"}).encode()).hexdigest()


@cache
def _bundled(settings: str) -> PromptTemplateManager:
    # One function of the pipeline begins productions; the others need none of this.
    from reelwright.prompts.library import PromptLibrary  # noqa: PLC0415 (as said above)
    from reelwright.prompts.manager import PromptTemplateManager  # noqa: PLC0415 (as said above)

    return PromptTemplateManager(
        None,
        PromptLibrary(),
        clock=SystemClock(),
        settings=PromptSettings.model_validate_json(settings),
        outputs=OUTPUTS,
    )
