"""A pack that holds nothing: where none is installed, a brief's own pictures are still found."""

from typing import Final

__all__ = ["NO_STOCK", "NoStock"]


class NoStock:
    """An index of no pictures."""

    @property
    def pictures(self) -> tuple[()]:
        """None."""
        return ()

    def get(self, name: str) -> None:
        """Know no picture."""


NO_STOCK: Final = NoStock()
