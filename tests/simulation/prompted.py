"""Prompts of worlds in which operators never rest, and what a record has to say of them."""

from random import Random

from reelwright.clock import Clock
from reelwright.config.schema import Pinned
from reelwright.content.prompting import SCRIPT_PROMPT, script_variables
from reelwright.environment.schema import Settings
from reelwright.production.schema import Production
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.manager import PromptTemplateManager
from reelwright.prompts.pinned import PinnedPrompts

__all__ = ["RestlessPrompts", "other_words"]

_LIBRARY = PromptLibrary()
_TEXTS = {name: found.text for name in _LIBRARY.names if (found := _LIBRARY.get(name))}


class RestlessPrompts:
    """Prompts, the used one of which changes whenever anybody looks: only what was pinned may count."""

    def __init__(self, seed: int, clock: Clock) -> None:
        self._rng = Random(f"prompts {seed}")
        self._clock = clock
        self._number = 0

    def __call__(self, settings: Settings) -> PromptTemplateManager:
        """Change the text, and return the prompts."""
        self._number += 1
        said = f"\n{{{{! {self._number} }}}}\n"
        library = PromptLibrary.of(_TEXTS | {SCRIPT_PROMPT: _TEXTS[SCRIPT_PROMPT] + said})
        return PromptTemplateManager(
            None, library, clock=self._clock, rng=self._rng, settings=settings.prompts
        )


def other_words(production: Production, pinned: Pinned) -> str:
    """Return where the record, the step's decision and the pinned text disagree; nothing if they agree."""
    variables = script_variables(production.brief, words_per_minute=pinned.settings.audio.words_per_minute)
    said = PinnedPrompts.pinned_in(pinned.documents).render(SCRIPT_PROMPT, variables)
    told = [(record.version, record.variant, record.path) for record in production.prompts]
    if told != [(said.version, said.variant, said.path)]:
        return f"the record says {told} of prompts, and {said.version}, {said.variant} is pinned"
    decisions = (it for step in production.steps for it in step.decisions)
    chosen = [it.chosen for it in decisions if it.subject == "prompt"]
    if chosen != [record.chosen for record in production.prompts]:
        return f"a step said {chosen}, and the record says {told} of prompts"
    return ""
