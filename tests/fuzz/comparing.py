"""The comparison itself: same rule, same context, two readings."""

from random import Random

from reelwright.flags.rules import compile_rule
from reelwright.flags.rules.parsing import parse_rule
from reelwright.flags.rules.tree import print_rule
from tests.fuzz.generator import context, rule, written
from tests.fuzz.interpreter import holds

__all__ = ["compare"]


def compare(count: int, seed: int) -> int:
    """Return how many of ``count`` rules held; AssertionError names the first that the readings differ on."""
    random, held = Random(seed), 0
    for _ in range(count):
        made = rule(random)
        text, given = written(made, random), context(random)
        expected = holds(made, given, "flag")
        assert compile_rule(text)(given, flag="flag") is expected, f"{text!r} with {given} is {expected}"
        tree = parse_rule(text)
        assert parse_rule(print_rule(tree)) == tree, text
        held += expected
    return held
