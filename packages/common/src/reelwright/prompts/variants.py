"""Which variant of a prompt a unit gets: the same one every time, in proportion to the weights.

The hash is that of flags (``flags.rules.split``), with the prompt's name as its seed: who gets which variant
of one prompt says nothing of which of another, and is so in every process, on every machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reelwright.flags.rules.split import position, seed_prefix
from reelwright.prompts.schema import CONTROL

__all__ = ["VariantChoice", "choose_variant"]


@dataclass(frozen=True, slots=True)
class VariantChoice:
    """A variant, and why."""

    variant: str
    reason: str


def choose_variant(
    prompt: str, weights: Mapping[str, int], *, unit: str | None, forced: str | None = None
) -> VariantChoice:
    """Return the variant for a unit: the forced one if there is such a one, else by the unit's hash.

    ``weights`` are in the file's order and not all zero. Without a unit it is ``control``.
    """
    if forced is not None and forced in weights:
        return VariantChoice(forced, f"the settings say {forced}")
    untold = f"the settings say {forced}, which this version does not have; " if forced else ""
    if unit is None:
        return VariantChoice(CONTROL, f"{untold}nobody was named to choose a variant for")
    if len(weights) == 1:
        return VariantChoice(next(iter(weights)), f"{untold}the only variant")
    variant = _by_hash(prompt, weights, unit)
    return VariantChoice(variant, f"{untold}{weights[variant] / sum(weights.values()):.0%} get {variant}")


def _by_hash(prompt: str, weights: Mapping[str, int], unit: str) -> str:
    at = position(seed_prefix(f"prompts/{prompt}"), unit) / 100 * sum(weights.values())
    for variant, weight in weights.items():
        if at < weight:
            return variant
        at -= weight
    # A hash next to the end may round up to the sum itself.
    return [variant for variant, weight in weights.items() if weight][-1]
