"""How prompts did in productions: for `prompts show --performance`, for diffs, and for promotions."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from reelwright.cli.modelling import plain_usd
from reelwright.cli.places import ROOT

if TYPE_CHECKING:
    from reelwright.prompts.outcomes import OutcomeStore

__all__ = ["open_outcomes", "performance_data", "performance_lines"]

_COLUMNS = (
    f"  {'version':<12}  {'variant':<14} {'used':>5} {'first answer kept':>20} {'fell back':>9} "
    f"{'rejected':>8} {'cost':>10} {'p50':>7} {'p95':>7}  quality"
)


def open_outcomes(name: str) -> "OutcomeStore":
    """Return what became of prompts in an environment."""
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)

    if check_environment_name(name) == "local":
        from reelwright.prompts.local import SqliteOutcomes  # noqa: PLC0415 (heavy)

        return SqliteOutcomes(ROOT / "prompts.db")
    from reelwright.environment.aws import aws_client, find_deployment  # noqa: PLC0415 (heavy)
    from reelwright.prompts.aws_outcomes import DynamoOutcomes  # noqa: PLC0415 (heavy)

    return DynamoOutcomes(aws_client("dynamodb"), find_deployment(name).productions_table)


def performance_data(environment: str, name: str) -> list[dict[str, Any]]:
    """Return how each version and variant of a prompt's file did, the version used last first."""
    from reelwright.prompts.performance import performance_of  # noqa: PLC0415 (heavy)

    found = performance_of(open_outcomes(environment).of(name))
    return [asdict(one) | {"mean_usd": plain_usd(one.mean_micro_usd)} for one in found]


def performance_lines(data: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the table for people."""
    if not data:
        yield "No model was told it in a production yet. Our embedded writer reads no prompts."
        return
    yield "Performance (± and ranges hold in 95 of 100 cases):"
    yield _COLUMNS
    for one in data:
        yield (
            f"  {one['version']:<12}  {one['variant']:<14} {one['exposures']:>5} "
            f"{_share(one['accepted_share']):>20} {one['fell_back']:>9} {one['rejected']:>8} "
            f"{'$' + one['mean_usd']:>10} {_seconds(one['p50_seconds']):>7} "
            f"{_seconds(one['p95_seconds']):>7}  {_score(one)}"
        )
        if one["unanswered"]:
            yield f"    {one['unanswered']} of them nobody answered: they are in no share"


def _share(interval: dict[str, float] | None) -> str:
    if interval is None:
        return "—"
    return f"{interval['value']:.0%} ({interval['low']:.0%} to {interval['high']:.0%})"


def _seconds(seconds: float | None) -> str:
    return "—" if seconds is None else f"{seconds:.1f} s"


def _score(one: dict[str, Any]) -> str:
    interval = one["score"]
    if interval is None:
        return "—"
    return f"{interval['value']:.3f} ± {(interval['high'] - interval['low']) / 2:.3f} of {one['scored']}"
