"""Why a flag answers what it answers: each of its rules, in their order, and what it came to."""

from dataclasses import dataclass
from typing import Literal

from reelwright.flags.document import compile_document
from reelwright.flags.editing import Document, UnknownFlag
from reelwright.flags.evaluation import Context, Evaluation, FlagTable
from reelwright.flags.overriding import Overrides, overridden
from reelwright.flags.rules import Explanation, explain_rule

__all__ = ["FlagExplanation", "Outcome", "VariantExplanation", "explain_flag"]

Outcome = Literal["matched", "not matched", "not asked", "default"]
"""``not asked``: one before it matched, or there was no context. ``default``: it has no rule and answered."""


@dataclass(frozen=True, slots=True)
class VariantExplanation:
    """One variant, and what became of it. ``because`` is the rule's, also where it was not asked."""

    name: str
    enabled: bool
    rule: str | None
    outcome: Outcome
    because: Explanation | None


@dataclass(frozen=True, slots=True)
class FlagExplanation:
    """A flag's answer to a context, and how it came about. ``variants`` is empty for a flag without any."""

    answer: Evaluation
    by_document: Evaluation
    """What it would be without overrides; what became of the variants belongs to this."""
    variants: tuple[VariantExplanation, ...] = ()
    origin: str = ""
    """What overrides had to do with it."""


@dataclass(frozen=True, slots=True)
class _Document:
    table: FlagTable
    origin: str = "the document"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.table)

    def evaluate(self, flag: str, context: Context | None = None, *, default: bool = False) -> Evaluation:
        return self.table.evaluate(flag, context, default=default)


def explain_flag(
    document: Document,
    flag: str,
    context: Context,
    *,
    version: str = "",
    overrides: Overrides | None = None,
) -> FlagExplanation:
    """Return a flag's answer and why; UnknownFlag, InvalidFlagDocument.

    The answer is that of the evaluator itself: what explains it only looks on.
    """
    compiled = compile_document(document)
    table = FlagTable(compiled, version)
    flags = overridden(_Document(table), overrides or {}, table.said)
    value = compiled.document.values.get(flag)
    if value is None:
        raise UnknownFlag(flag, compiled.document.values)
    answer = table.evaluate(flag, context)
    told: list[VariantExplanation] = []
    for variant in value.variants or ():
        because = explain_rule(variant.rule)(context, flag=flag) if variant.rule and context else None
        outcome = _outcome(variant.name, variant.rule, answer, told, asked=bool(context))
        told.append(VariantExplanation(variant.name, variant.enabled, variant.rule, outcome, because))
    return FlagExplanation(flags.evaluate(flag, context), answer, tuple(told), flags.origin)


def _outcome(
    name: str, rule: str | None, answer: Evaluation, before: list[VariantExplanation], *, asked: bool
) -> Outcome:
    if name == answer.variant:
        return "default" if rule is None else "matched"
    if not asked or any(one.outcome == "matched" for one in before):
        return "not asked"
    return "not matched"
