"""Where the data files are: in a checkout, an installed wheel or a function's zip."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from reelwright.errors import Permanent

__all__ = ["locate"]

_CHECKOUT_ROOT = Path(__file__).resolve().parents[4]
_BUNDLED = "_data"


@cache
def locate(name: str) -> Traversable:
    """Return the data file or folder called ``name``, such as ``environments`` or ``briefs/tides.md``.

    A wheel and a zip carry the data inside the package under ``_data``; a checkout keeps it at the
    top (``briefs`` is ``examples/briefs`` there). The packaged copy wins: it belongs to the code
    that runs. Raises Permanent when neither has it.
    """
    for root in _roots(name):
        if root.is_file() or root.is_dir():
            return root
    raise Permanent(
        f"The data {name!r} is missing from this installation.",
        next_step="Reinstall the package, or run from a complete checkout.",
        context={"asset": name},
    )


def _roots(name: str) -> tuple[Traversable, ...]:
    inside_checkout = Path("examples", name) if name.partition("/")[0] == "briefs" else Path(name)
    return files("reelwright").joinpath(_BUNDLED, *name.split("/")), _CHECKOUT_ROOT / inside_checkout
