"""`reelwright config promote`: take what operators set in one environment to the next."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from reelwright.cli.commands import Verb, wants_json
from reelwright.cli.configuring import ACTOR, REASON, actor_or_user, open_configuration, shown
from reelwright.cli.output import answer, note
from reelwright.errors import GuardrailRefused, InvalidInput

if TYPE_CHECKING:
    from reelwright.config.promotion import Promotion
    from reelwright.environment.schema import Settings

__all__ = ["NotPromoted", "promote"]


class NotPromoted(GuardrailRefused):
    """The promotion was not confirmed, or would let more money be spent than anybody allowed."""

    code = "not_promoted"


@click.command(cls=Verb)
@click.argument("source")
@click.argument("target")
@REASON
@ACTOR
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--allow-budget-rise", is_flag=True, help="Let more money be spent in TARGET than before.")
def promote(
    source: str, target: str, reason: str, actor: str | None, *, yes: bool, allow_budget_rise: bool
) -> None:
    """Take operators' settings from environment SOURCE to TARGET, after showing what would change."""
    from reelwright.config.promotion import plan_promotion  # noqa: PLC0415 (heavy)

    if source == target:
        raise InvalidInput(f"{source} cannot be promoted to itself.", next_step="Name two environments.")
    there = open_configuration(target)
    plan = plan_promotion(open_configuration(source).snapshot, there.snapshot, incapable=_incapable)
    note("\n".join(_lines(plan)))
    _check(plan, allow_budget_rise=allow_budget_rise)
    if not plan.changes:
        answer(_data(plan, None), f"{target} already has everything that operators set in {source}.")
        return
    _confirm(plan, yes=yes)
    values = {change.key: change.new for change in plan.changes}
    written = there.take(values, source, actor=actor_or_user(actor), reason=reason)
    answer(
        _data(plan, written.version),
        f"{len(plan.changes)} settings are promoted, in version {written.version}.",
    )


def _check(plan: "Promotion", *, allow_budget_rise: bool) -> None:
    if plan.objections:
        raise InvalidInput(
            f"{plan.target} cannot take these settings: {'; '.join(plan.objections)}",
            next_step="Change them in the source, or what the target can do.",
        )
    if plan.rises and not allow_budget_rise:
        raise NotPromoted(
            f"More money could be spent in {plan.target}: {', '.join(rise.key for rise in plan.rises)}.",
            next_step="If that is wanted, say so: --allow-budget-rise",
        )


def _confirm(plan: "Promotion", *, yes: bool) -> None:
    if yes:
        return
    if wants_json() or not sys.stdin.isatty():
        raise NotPromoted("Nobody is there to confirm.", next_step="To promote without being asked: --yes")
    if not click.confirm(f"Promote {len(plan.changes)} settings to {plan.target}?", err=True):
        raise NotPromoted("Nothing was promoted.", next_step="")


def _incapable(settings: "Settings") -> Iterator[str]:
    from reelwright.models.capability import unroutable  # noqa: PLC0415 (heavy)

    yield from unroutable(settings)


def _lines(plan: "Promotion") -> Iterator[str]:
    yield f"From {plan.source} to {plan.target}:"
    for change in plan.changes:
        rise = "   (lets more be spent)" if change in plan.rises else ""
        yield f"  {change.key}: {shown(change.old)} → {shown(change.new)}{rise}"
    for origin in plan.hidden:
        owner = f"layer {origin.layer.value} of {plan.target}"
        yield f"  {origin.key} stays {shown(origin.value)}: {owner} says so"


def _data(plan: "Promotion", version: str | None) -> dict[str, object]:
    return {
        "source": plan.source,
        "target": plan.target,
        "version": version,
        "changes": [{"key": change.key, "old": change.old, "new": change.new} for change in plan.changes],
        "hidden": [{"key": origin.key, "layer": origin.layer.value} for origin in plan.hidden],
    }
