"""Saying of one setting what it is, who says so, since when, and what that hides."""

from collections.abc import Mapping
from typing import Any

from reelwright.config.generations import Generation
from reelwright.config.layering import Contribution
from reelwright.config.plain_secrets import redacted
from reelwright.config.schema import Explanation, Layer, Shadowed
from reelwright.config.tree import MISSING, find, plain

__all__ = ["explain"]


def explain(generation: Generation, key: str, now: float) -> Explanation:
    """Return what is known of a setting that exists; ``now`` is monotonic."""
    said = [
        (contribution, value)
        for contribution in generation.layered.contributions
        if (value := find(contribution.settings, key)) is not MISSING
    ]
    value = generation.values[key]
    if not said:
        return _schema_default(generation, key, value)
    winner = generation.layered.origins.get(key, said[0][0])
    testimony = generation.testimonies[winner.source]
    schema = type(generation.snapshot.settings)
    return Explanation(
        key=key,
        value=plain(value),
        layer=winner.layer,
        version=winner.version,
        age_seconds=max(0.0, now - testimony.confirmed),
        reason=_reason(winner, testimony.reason, _note(testimony.notes, key)),
        shadowed=tuple(
            Shadowed(one.layer, redacted(hidden, schema, key), one.version)
            for one, hidden in said
            if one is not winner
        ),
    )


def _schema_default(generation: Generation, key: str, value: Any) -> Explanation:
    defaults = [one for one in generation.layered.contributions if one.layer is Layer.DEFAULTS]
    version = defaults[0].version if defaults else ""
    reason = "the schema's own default: no layer says anything else"
    return Explanation(key, plain(value), Layer.DEFAULTS, version, 0.0, reason)


def _note(notes: Mapping[str, str], key: str) -> str:
    while key:
        if key in notes:
            return notes[key]
        key = key.rpartition(".")[0]
    return ""


def _reason(winner: Contribution, trouble: str, note: str) -> str:
    parts = [f"said by {winner.source}", note and f"set by {note}", trouble]
    return "; ".join(part for part in parts if part)
