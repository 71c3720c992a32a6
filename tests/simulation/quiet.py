"""What a seed does without: a third of its time, and nothing that it could find."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["quietly"]

GARBAGE = (50_000, 20, 50)
"""When to look for cycles: a seed makes some, and what was imported is none."""


@contextmanager
def quietly() -> Iterator[None]:
    """Have no line logged of each failure, which seeds are about, and cycles looked for seldom."""
    disabled, threshold = logging.root.manager.disable, gc.get_threshold()
    logging.disable(logging.CRITICAL)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()
        logging.disable(disabled)
