"""What became of prompts, counted by workers that die at any time: once for each step of each production."""

from reelwright.cost.manager import OURS
from reelwright.pipeline.prompt_outcomes import PromptCounter
from reelwright.production.schema import Production
from reelwright.prompts.memory import MemoryOutcomes
from reelwright.prompts.outcomes import PromptOutcome
from tests.simulation import market

__all__ = ["Counted"]

_CATALOGUE = market.catalogue()
_OURS = frozenset(model.name for model in _CATALOGUE if model.provider == OURS)


class Counted:
    """The outcomes of one world, and what they have to say of a production."""

    def __init__(self) -> None:
        self._kept = MemoryOutcomes()

    def process(self) -> PromptCounter:
        """Return what a process that has just begun counts with."""
        return PromptCounter(self._kept, lambda: _CATALOGUE)

    def wrong(self, production: Production) -> str:
        """Return what was counted wrongly of a completed production; nothing if it is right."""
        told = self._told(production)
        choice = next(each for each in production.step("write_script").decisions if each.subject == "model")
        if len(told) > 1:
            return f"one step of {production.id} is counted {len(told)} times"
        if choice.chosen in _OURS:
            answered = [one for one in told if one.result in {"accepted", "fell_back"}]
            return f"an engine of ours is counted as {answered}" if answered else ""
        if not told or told[0].score is None or told[0].model != choice.chosen:
            return f"{choice.chosen} wrote what became a video, and {told} is counted"
        return ""

    def _told(self, production: Production) -> list[PromptOutcome]:
        files = {record.file for record in production.prompts}
        told = (one for file in files for one in self._kept.of(file))
        return [one for one in told if one.key.startswith(f"{production.id}/")]
