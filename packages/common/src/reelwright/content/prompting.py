"""What the writing room tells the prompts of a brief, and what the record is told of prompts."""

from functools import cache
from typing import Any, Final

from reelwright.production.prompts import PromptRecord
from reelwright.production.schema import Brief, Decision, Script
from reelwright.prompts.schema import RenderedPrompt

__all__ = [
    "OUTPUTS",
    "SCRIPT_PROMPT",
    "WRITE_SCRIPT",
    "asked_schema",
    "choice_of_prompt",
    "record_of",
    "script_variables",
    "translation_variables",
]

WRITE_SCRIPT: Final = "write_script"
"""The task that writing models are asked to do, and the step that asks them."""

SCRIPT_PROMPT: Final = "write-script"
"""The prompt that a script is asked for with; its files are in ``prompts/``."""
OUTPUTS: Final = frozenset({"script", "translation"})
"""Schemas of answers that prompts can name."""

_SECONDS_PER_MINUTE = 60


def script_variables(brief: Brief, *, words_per_minute: float) -> dict[str, Any]:
    """Return the variables of ``write-script``: of the brief, all that decides what is written."""
    seconds = brief.duration_seconds
    return {
        "topic": brief.topic,
        "audience": brief.audience,
        "language": brief.language,
        "seconds": seconds,
        "words": round(seconds * words_per_minute / _SECONDS_PER_MINUTE),
        "pace": round(words_per_minute),
        "notes": brief.notes,
    }


def translation_variables(brief: Brief, source: str, texts: str) -> dict[str, Any]:
    """Return the variables of ``translate``; ``source`` is the language that the texts are in."""
    return {
        "topic": brief.topic,
        "audience": brief.audience,
        "source": source,
        "language": brief.language,
        "texts": texts,
    }


@cache
def asked_schema() -> dict[str, Any]:
    """Return the schema of a script without what is not the writer's to say."""
    schema = Script.model_json_schema()
    ours, its_parts = {"mock", "assessment"}, {"ScriptAssessment", "QualityPart", "Finding"}
    schema["properties"] = {name: each for name, each in schema["properties"].items() if name not in ours}
    schema["$defs"] = {name: each for name, each in schema["$defs"].items() if name not in its_parts}
    return schema


def record_of(prompt: RenderedPrompt, step: str = WRITE_SCRIPT) -> PromptRecord:
    """Return what a production keeps of the prompt of a step."""
    return PromptRecord(
        step=step,
        name=prompt.name,
        version=prompt.version,
        variant=prompt.variant,
        label=prompt.label,
        source=prompt.source,
        path=prompt.path,
        category=prompt.category,
        reason=prompt.reason,
        warnings=prompt.warnings,
        tokens_estimate=prompt.tokens_estimate,
    )


def choice_of_prompt(prompt: RenderedPrompt) -> Decision:
    """Return the decision for a prompt: which version and variant, who said so, and why."""
    record = record_of(prompt)
    reasons = (record.origin, record.reason, *record.warnings)
    return Decision(
        subject="prompt", chosen=record.chosen, reason="; ".join(reason for reason in reasons if reason)
    )
