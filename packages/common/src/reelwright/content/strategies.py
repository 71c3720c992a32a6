"""How topics of a kind are told: data that writing models are told, and that scripts are held to."""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reelwright import assets
from reelwright.content.phrases import Phrases
from reelwright.errors import Permanent
from reelwright.prompts.selection import GENERAL, bundled_categories

__all__ = ["BannedClaim", "Disclaimer", "Strategy", "load_strategies", "strategy_for"]

_FILE: Final = "strategies.toml"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BannedClaim(_Strict):
    """A kind of claim that no script makes."""

    says: str
    words: Annotated[tuple[str, ...], Field(min_length=1)]

    def made_in(self, text: str) -> str:
        """Return the words that make the claim; empty where it is not made, or denied."""
        return _phrases(self.words).found_in(text, denied=False)


class Disclaimer(_Strict):
    """What is said so that nobody takes a video for advice."""

    spoken_from: Annotated[int, Field(ge=0)]
    """Seconds from which it is spoken; the description always has it."""
    said: tuple[str, ...]
    """Patterns by which it is known in other words."""
    text: dict[str, str]
    """By language; other languages have the English one in the description, and speak their own."""

    def wording(self, language: str) -> str:
        """Return the words for the description."""
        return self.text.get(language.partition("-")[0], self.text["en"])

    def is_said_in(self, text: str, language: str) -> bool:
        """Whether the text says it, in these words or in others."""
        return self.wording(language) in text or bool(_phrases(self.said).found_in(text))


class Strategy(_Strict):
    """How topics of one category are told."""

    name: str
    reason: str = ""
    """Why this one was chosen."""
    tone: str
    structure: tuple[str, ...]
    """What is told, in this order."""
    hooks: tuple[str, ...]
    """Ways to begin."""
    scene_seconds: tuple[float, float]
    """How long a scene may take to say."""
    sentence_seconds: Annotated[float, Field(gt=0)]
    """How long a sentence may take to say."""
    chapter_seconds: Annotated[int, Field(ge=20)]
    """How long a chapter of a long video is, about."""
    banned: tuple[BannedClaim, ...] = ()
    disclaimer: Disclaimer | None = None


def strategy_for(topic: str) -> Strategy:
    """Return the strategy of a topic's category, as the prompts are chosen."""
    choice = bundled_categories().choose(topic)
    strategies = load_strategies()
    name = choice.category if choice.category in strategies else GENERAL
    return strategies[name].model_copy(update={"reason": choice.reason})


@cache
def load_strategies() -> Mapping[str, Strategy]:
    """Return the strategies by category; Permanent if the file cannot be read or says something unknown."""
    file = assets.locate("prompts").joinpath(_FILE)
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        return {name: _strategy(name, told, table[GENERAL]) for name, told in table.items()}
    except (OSError, KeyError, ValueError, ValidationError) as error:
        raise Permanent(
            f"The strategies in prompts/{_FILE} cannot be read: {error}",
            next_step="Correct what is named; general must be there and complete.",
        ) from error


def _strategy(name: str, told: Mapping[str, Any], general: Mapping[str, Any]) -> Strategy:
    """Return one of the file; what everybody is not to claim is not to be claimed in any category."""
    own = {} if name == GENERAL else told
    banned = [*general.get("banned", ()), *own.get("banned", ())]
    strategy = Strategy.model_validate({**general, **told, "name": name, "banned": banned})
    for claim in strategy.banned:
        _phrases(claim.words)
    if strategy.disclaimer:
        _phrases(strategy.disclaimer.said)
        strategy.disclaimer.wording("en")
    return strategy


@cache
def _phrases(words: tuple[str, ...]) -> Phrases:
    return Phrases.of(words)
