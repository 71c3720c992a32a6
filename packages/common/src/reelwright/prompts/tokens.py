"""About how many tokens a text has, without a tokenizer."""

import math

__all__ = ["estimate_tokens"]

_CHARS_PER_TOKEN = 4
_WIDE_FROM = "\u2e80"


def estimate_tokens(text: str) -> int:
    """Return about how many tokens a model reads in a text."""
    if text.isascii():
        return math.ceil(len(text) / _CHARS_PER_TOKEN)
    wide = sum(character >= _WIDE_FROM for character in text)
    return wide + math.ceil((len(text) - wide) / _CHARS_PER_TOKEN)
