"""What `reelwright flags eval` asks with: the context of a production, of one that would begin, or typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reelwright.cli.configuring import open_configuration
from reelwright.cli.flags_typed import pairs_of
from reelwright.cli.session import open_studio
from reelwright.clock import SystemClock
from reelwright.errors import InvalidInput

if TYPE_CHECKING:
    from reelwright.production.schema import Production

__all__ = ["Asked", "context_for"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A context, the production that takes part in deployments by its id, and what it was told before."""

    context: Mapping[str, Any]
    unit: str | None = None
    pinned: Mapping[str, Any] = field(default_factory=dict)
    """By flag, as a production's record holds it."""


def context_for(
    environment: str, pairs: tuple[str, ...], *, production: str | None = None, unit: str | None = None
) -> Asked:
    """Return what to ask with; what is typed stands above what a production tells."""
    typed = pairs_of("--context", pairs)
    if production is not None and unit is not None:
        raise InvalidInput(
            "Either a production is asked for, or one that would begin now.",
            next_step="Give --production or --unit.",
        )
    if production is not None:
        return _of_production(production, typed)
    base: dict[str, Any] = {"environment": environment, "now": SystemClock().now()}
    told = base if unit is None else base | {"id": unit}
    return Asked(told | typed, unit or typed.get("id"))


def _of_production(production_id: str, typed: Mapping[str, str]) -> Asked:
    from reelwright.pipeline.flagging import Asking, context_of  # noqa: PLC0415 (heavy)

    with open_studio() as studio:
        production = studio.production(production_id)
    settings = open_configuration(production.environment).snapshot.settings
    asking = Asking(production.id, production.environment, production.brief, SystemClock().now())
    told = context_of(asking, settings)
    return Asked({**told, **typed}, production.id, _pinned(production))


def _pinned(production: "Production") -> dict[str, Any]:
    return {record.flag: record.model_dump(mode="json") for record in production.flags}
