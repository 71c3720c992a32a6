"""AppConfig's rule language: text in, a function of a context out.

    is_beta = compile_rule('(and (ends_with $email "@example.org") (split pct::10 by::$userId seed::"abc"))')
    is_beta({"email": "jo@example.org", "userId": "42"}, flag="captions")

The language is documented with its operators and types, not with its corners; where this package had to
choose, the docstring of the module says so, and a row of the conformance table says "inferred".
"""

from collections.abc import Mapping
from typing import Protocol

from reelwright.flags.rules.compiling import condition
from reelwright.flags.rules.errors import RuleError
from reelwright.flags.rules.explaining import Explanation, explainer
from reelwright.flags.rules.parsing import parse_rule

__all__ = ["Explained", "Explanation", "Rule", "RuleError", "compile_rule", "explain_rule"]


class Rule(Protocol):
    """A compiled rule. It never raises, whatever the context holds; ``flag`` seeds a seedless ``split``."""

    def __call__(self, context: Mapping[str, object], *, flag: str = "") -> bool:
        """Return whether the rule holds for a context."""
        ...


def compile_rule(text: str) -> Rule:
    """Return a rule as a function of a context; RuleError says where the text is wrong, and how."""
    test = condition(parse_rule(text), text)

    def rule(context: Mapping[str, object], *, flag: str = "") -> bool:
        return test(context, flag)

    return rule


class Explained(Protocol):
    """A rule that says why: as compiled, but each part is looked at, and what it found is told."""

    def __call__(self, context: Mapping[str, object], *, flag: str = "") -> Explanation:
        """Return the result for a context with that of every part. It shows values of the context."""
        ...


def explain_rule(text: str) -> Explained:
    """Return a rule as a function that explains its result; RuleError as :func:`compile_rule` raises it."""
    explain = explainer(parse_rule(text), text)

    def explained(context: Mapping[str, object], *, flag: str = "") -> Explanation:
        return explain(context, flag)

    return explained
