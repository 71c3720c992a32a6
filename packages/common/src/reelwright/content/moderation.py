"""Our own rules of what is not made, whichever model writes it; they are data in ``prompts/moderation.toml``.

They hold the brief before anything is paid for, and the script before anything is spoken. They look for plain
wording: a guardrail of a provider looks closer where one is configured.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from reelwright import assets
from reelwright.content.errors import ContentRefused
from reelwright.content.phrases import Phrases
from reelwright.content.visible import texts_of
from reelwright.errors import Permanent
from reelwright.production.assessment import Finding
from reelwright.production.schema import Brief, Script

__all__ = ["Rule", "check_brief", "load_rules", "moderate", "refusals"]

_FILE: Final = "moderation.toml"
_SHOWN_CHARS: Final = 60
_ACTIONS: Final[Mapping[str, Literal["refuse", "warn"]]] = {"refuse": "refuse", "warn": "warn"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is not made, or not without saying so."""

    name: str
    action: Literal["refuse", "warn"]
    phrases: Phrases


def check_brief(brief: Brief) -> tuple[Finding, ...]:
    """Return what a reader should know of the brief; ContentRefused for what is not made at all."""
    found = [(rule, words) for rule in load_rules() for words in _in_brief(rule, brief)]
    for rule, words in found:
        if rule.action == "refuse":
            raise _refused("The brief", rule, words)
    return tuple(_finding(rule, words, None) for rule, words in found)


def moderate(script: Script) -> tuple[Finding, ...]:
    """Return what a reader should know of the script; ContentRefused for what is not made at all."""
    found = tuple(_in_script(script, load_rules()))
    for rule, words, scene in found:
        if rule.action == "refuse":
            raise _refused(f"Scene {scene}" if scene else "What stands around the video", rule, words)
    return tuple(_finding(*each) for each in found)


def refusals(script: Script) -> list[str]:
    """Return why the script would be refused, as an objection to the model that wrote it."""
    refusing = tuple(rule for rule in load_rules() if rule.action == "refuse")
    return [
        f"{f'scene {scene}' if scene else 'the metadata'} breaks the rule against {rule.name}"
        for rule, _, scene in _in_script(script, refusing)
    ]


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return the rules in the order of the file; Permanent if it cannot be read."""
    try:
        text = assets.locate("prompts").joinpath(_FILE).read_text(encoding="utf-8")
        return tuple(
            Rule(one["name"], _action(one["action"]), Phrases.of(one["words"], one.get("unless", ())))
            for one in tomllib.loads(text)["rules"]
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise Permanent(
            f"The rules in prompts/{_FILE} cannot be read: {error}",
            next_step="Give each rule a name, an action of refuse or warn, and words.",
        ) from error


def _action(text: str) -> Literal["refuse", "warn"]:
    if text not in _ACTIONS:
        raise ValueError(f"{text!r} is neither refuse nor warn")
    return _ACTIONS[text]


def _in_brief(rule: Rule, brief: Brief) -> Iterator[str]:
    if words := rule.phrases.found_in(f"{brief.topic}\n{brief.audience}\n{brief.notes}"):
        yield words


def _in_script(script: Script, rules: Iterable[Rule]) -> Iterator[tuple[Rule, str, int | None]]:
    texts = tuple(texts_of(script))
    for rule in rules:
        for scene, text in texts:
            if words := rule.phrases.found_in(text):
                yield rule, words, scene


def _finding(rule: Rule, words: str, scene: int | None) -> Finding:
    return Finding(kind="moderation", scene=scene, what=f"{rule.name}: {_shown(words)!r}")


def _refused(where: str, rule: Rule, words: str) -> ContentRefused:
    return ContentRefused(
        f"{where} breaks a rule of this house, against {rule.name}: {_shown(words)!r}.",
        next_step="Change the brief; the rules and their words stand in prompts/moderation.toml.",
        context={"rule": rule.name},
    )


def _shown(words: str) -> str:
    return words if len(words) <= _SHOWN_CHARS else f"{words[: _SHOWN_CHARS - 1]}…"
