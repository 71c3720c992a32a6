"""Tables of words, written as one writes them."""

__all__ = ["wordset"]


def wordset(text: str) -> frozenset[str]:
    """Return the words of a text that names them with spaces between."""
    return frozenset(text.split())
