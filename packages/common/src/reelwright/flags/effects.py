"""What flags do to a production: the settings that their answers stand for, and what they close.

::

    captions, music               off           features.captions = "off", features.music = false
    <service>-model               on, tier      models.<service>.tier
    provider-<name>               off           providers.<name>.enabled = false
    picture-style                 on, style     video.style
    publish-<platform>            off           nothing is published there

The other way round a flag leaves things as the settings have them. Everything else is a flag that steps ask
by its name.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from pydantic import JsonValue

from reelwright.config.tree import placed
from reelwright.environment.basics import Style, Tier
from reelwright.flags.evaluation import AttributeAnswer, Evaluation
from reelwright.flags.ports import FlagEvaluator

__all__ = ["STYLE", "Effect", "closed", "effects_of", "publishing", "tree_of"]

STYLE = "video.style"
"""The setting that a brief's own style goes before."""

_TIERS: tuple[str, ...] = get_args(Tier)
_STYLES: tuple[str, ...] = get_args(Style)
_SERVICES = ("content", "audio", "video")
_PROVIDER = "provider-"
_PUBLISH = "publish-"


@dataclass(frozen=True, slots=True)
class Effect:
    """A setting that a flag says; or why it says none, although it would."""

    flag: str
    key: str
    """Dotted."""
    value: JsonValue = None
    refused: str = ""
    """What is wrong with what the flag holds; there is no value then."""


def effects_of(answers: FlagEvaluator, providers: Collection[str]) -> tuple[Effect, ...]:
    """Return what the answers say of settings. ``providers`` are those that there are.

    No flag can make settings that are none: a tier or a style that nobody knows has no effect, and a
    provider that nobody knows is none.
    """
    return tuple(_effects(answers, providers))


def tree_of(effects: Iterable[Effect]) -> dict[str, JsonValue]:
    """Return the effects as a partial tree of settings."""
    tree: dict[str, JsonValue] = {}
    for effect in effects:
        if not effect.refused:
            tree = placed(tree, effect.key, effect.value)
    return tree


def publishing(platform: str) -> str:
    """Return the flag that lets productions be published on a platform."""
    return f"{_PUBLISH}{platform}"


def closed(answers: FlagEvaluator, platforms: Iterable[str]) -> tuple[str, ...]:
    """Return those of the platforms that their flags close. One without a flag is open."""
    return tuple(name for name in platforms if not answers.evaluate(publishing(name), default=True).enabled)


def _effects(answers: FlagEvaluator, providers: Collection[str]) -> Iterator[Effect]:
    if not answers.evaluate("captions", default=True).enabled:
        yield Effect("captions", "features.captions", "off")
    if not answers.evaluate("music", default=True).enabled:
        yield Effect("music", "features.music", value=False)
    for service in _SERVICES:
        yield from _named(answers.evaluate(f"{service}-model"), "tier", f"models.{service}.tier", _TIERS)
    yield from _named(answers.evaluate("picture-style"), "style", STYLE, _STYLES)
    for name in sorted(providers):
        if not answers.evaluate(f"{_PROVIDER}{name}", default=True).enabled:
            yield Effect(f"{_PROVIDER}{name}", f"providers.{name}.enabled", value=False)


def _named(answer: Evaluation, attribute: str, key: str, allowed: Collection[str]) -> Iterator[Effect]:
    if not answer.enabled:
        return
    value: AttributeAnswer | None = answer.attributes.get(attribute)
    if isinstance(value, str) and value in allowed:
        yield Effect(answer.flag, key, value)
        return
    said = "says nothing" if value is None else f"says {value!r}"
    refused = f"its attribute {attribute} {said}; it can be {', '.join(allowed)}"
    yield Effect(answer.flag, key, refused=refused)
