"""How long a prompt is before anything is put into it, and with everything that could be."""

from collections.abc import Iterable
from dataclasses import dataclass

from reelwright.prompts.looking import Said
from reelwright.prompts.tokens import estimate_tokens

__all__ = ["Sizes", "sizes_of"]

_CHARS_PER_TOKEN = 4
_MARKS_CHARS = 60
_NUMBER_CHARS = 20


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of one prompt, in estimated tokens; all variants together, so a little above each."""

    fixed_tokens: int
    """Its own words, each once."""
    largest_tokens: int
    """With values of their greatest length, in English, in lists of their greatest length."""


def sizes_of(said: Iterable[Said]) -> Sizes:
    """Return both sizes of the prompt that says all this."""
    said = tuple(said)
    words = [each for each in said if each.kind == "words"]
    fixed = sum(estimate_tokens(each.name) for each in words)
    repeated = sum(estimate_tokens(each.name) * (_times(each) - 1) for each in words)
    values = sum(_largest(each) * _times(each) for each in said if each.kind == "insert")
    return Sizes(fixed, fixed + repeated + values // _CHARS_PER_TOKEN)


def _times(each: Said) -> int:
    return each.input.max_items if each.in_item and each.input else 1


def _largest(each: Said) -> int:
    """Return the most characters of one value, its marks with it."""
    if each.input is None:
        return 0
    if each.is_fenced:
        return each.input.max_chars + _MARKS_CHARS + 2 * len(each.shown)
    fields = {field.name: field.kind for field in each.input.fields}
    kind = fields.get(each.name, "string") if each.in_item else each.input.kind
    return each.input.max_chars if kind == "string" else _NUMBER_CHARS
