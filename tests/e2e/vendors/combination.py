"""Who writes, who speaks, who shoots, and in which shape; and what became of it."""

from dataclasses import dataclass, replace
from typing import Final, Self

from reelwright.cost.schema import format_usd

__all__ = ["ASPECTS", "AUDIO", "CONTENT", "DRAWN", "VIDEO", "Combination", "Row"]

DRAWN: Final = "embedded-motion-graphics"
CONTENT: Final = ("claude-sonnet-5-5", "gpt-6-2-sol", "bedrock-claude-sonnet-5-5", "embedded-writer")
AUDIO: Final = ("polly-generative", "polly-neural", "elevenlabs-multilingual-v2", "embedded-voice")
VIDEO: Final = ("runway-gen4-5", "luma-ray-3-2", DRAWN)
ASPECTS: Final = ("16:9", "9:16")


@dataclass(frozen=True)
class Combination:
    """One model for each service, and a shape."""

    content: str
    audio: str
    video: str
    aspect: str
    wrong_scene: int = 0
    """The order, from 1, for which the vendor delivers another's clip; 0 is none."""

    def planted(self) -> Self:
        """The same with a vendor that mixes its second order up with another."""
        return replace(self, wrong_scene=2)

    @property
    def guarded(self) -> bool:
        """Whether a guardrail looks on, which is Bedrock's."""
        return self.content.startswith("bedrock-")

    @property
    def settings(self) -> dict[str, object]:
        """What leaves each service one model."""
        named = {"CONTENT": self.content, "AUDIO": self.audio, "VIDEO": self.video}
        asked: dict[str, object] = {f"MODELS__{service}__MODELS": [model] for service, model in named.items()}
        guard = {"MODERATION__GUARDRAIL_ID": "gr1house", "MODERATION__GUARDRAIL_VERSION": "3"}
        bedrock = {"PROVIDERS__BEDROCK__ENABLED": True, **guard} if self.guarded else {}
        ample = {f"BUDGETS__PER_DAY_{name}_USD": "100.00" for name in ("WARN", "ACTION", "BLOCK")}
        return {"VIDEO__FPS": 24, **ample, **asked, **bedrock}


@dataclass(frozen=True)
class Row:
    """What became of one combination."""

    combination: Combination
    faults: tuple[str, ...]
    micro_usd: int
    seconds: float

    def __str__(self) -> str:
        of, verdict = self.combination, "; ".join(self.faults) or "pass"
        if of.wrong_scene and not self.faults:
            verdict = f"pass: the wrong clip of scene {of.wrong_scene} is found"
        return (
            f"{of.content:<25} {of.audio:<26} {of.video:<24} {of.aspect:<5} "
            f"${format_usd(self.micro_usd):>9} {self.seconds:5.1f} s  {verdict}"
        )
