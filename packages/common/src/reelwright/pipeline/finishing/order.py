"""A cut on its way through the chain: what is there already, and what the record is to say of each step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import cast

from reelwright.audio.schema import Soundtrack
from reelwright.content.chapters import chapters_for, describe
from reelwright.environment.finishing import LINKS, ChainName, left_out
from reelwright.pipeline.context import StepContext
from reelwright.production.schema import Brief, Chapter, Clip, Decision, Narration, Script
from reelwright.production.thumbnails import Thumbnail
from reelwright.storage.schema import Artifact
from reelwright.video.schema import AssembledCut

__all__ = ["CutOrder", "finished"]

_LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class CutOrder:
    """What a cut is made of, and what of it is made."""

    context: StepContext
    brief: Brief
    script: Script
    narration: Narration
    shot: tuple[Clip, ...]
    """The clips as the scenes were shot."""
    clips: tuple[Clip, ...] = ()
    """Those that are joined, in order."""
    intro: Clip | None = None
    """The clip before the first scene, where there is one; the narration begins after it."""
    outro: Clip | None = None
    music: bool = False
    """A bed under the voice."""
    soundtrack: Soundtrack | None = None
    files: AssembledCut | None = None
    thumbnails: tuple[Thumbnail, ...] = ()
    still: Artifact | None = None
    """What stands for the video where no still was designed."""
    credits: tuple[str, ...] = ()
    """Lines under the description: whose work is in the video."""
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters of the timeline."""
        starts = tuple(scene.start_seconds for scene in self.narration.scenes)
        return chapters_for(self.script, starts, self.narration.duration_seconds)

    @property
    def description(self) -> str:
        """What is said of the video, with its chapters and whose work is in it."""
        parts = (self.script.seo.description, "\n".join(self.credits))
        return describe("\n\n".join(part for part in parts if part), self.chapters)

    def told(self, step: str, chosen: str, reason: str) -> "CutOrder":
        """Return the order with a sentence of the record on one step."""
        decision = Decision(subject=f"chain: {step}", chosen=chosen, reason=reason)
        return replace(self, decisions=(*self.decisions, decision))

    def warned(self, warning: str) -> "CutOrder":
        """Return the order with a warning; an empty one is none."""
        return replace(self, warnings=(*self.warnings, warning)) if warning else self

    def without(self, step: str, reason: str) -> "CutOrder":
        """Return the order with the word that a step of the chain found nothing to do."""
        return self.told(step, _LEFT_OUT, reason)


def finished(order: CutOrder, chain: Sequence[ChainName]) -> CutOrder:
    """Return the order after all steps of the chain, each in its turn; typed errors of whoever does one."""
    for name in chain:
        order = _function(LINKS[name].on_cut)(order)
    for step in left_out(chain):
        order = order.without(step, "video.chain does without it")
    return order


def _function(path: str) -> Callable[[CutOrder], CutOrder]:
    module, _, name = path.partition(":")
    return cast("Callable[[CutOrder], CutOrder]", getattr(import_module(module), name))
