"""`reelwright cost`: what videos will cost, did cost and would have cost, and money that nobody knows of."""

from pathlib import Path
from typing import Any

import click

from reelwright.cli.commands import Noun, environment_name
from reelwright.cli.configuring import ACTOR
from reelwright.cli.making import ASPECTS, FOOTAGE, PATH, RESOLUTIONS

__all__ = ["cost"]

# As in cost.report.rows, which is not to be imported before it is needed; a test compares them.
_GROUPINGS = ("day", "service", "model", "video", "unit")


@click.group(cls=Noun)
def cost() -> None:
    """Estimate, report and budget what videos cost; settle what nobody knows."""


@cost.command("estimate")
@click.argument("subject", metavar="[TOPIC|PRODUCTION_ID]", required=False)
@click.option("--brief", "brief_file", type=PATH, help="Markdown file: YAML front matter, then notes.")
@click.option("--duration", type=int, metavar="SECONDS", help="Wished length. [default: the brief's, or 60]")
@click.option(
    "--aspect", type=click.Choice(ASPECTS), help="Shape of the picture. [default: the brief's, or 16:9]"
)
@click.option("--footage", type=click.Choice(FOOTAGE), help="Who shoots scenes of which nothing is said.")
@click.option("--resolution", type=click.Choice(RESOLUTIONS), help="Of the shorter side.")
def _estimate(subject: str | None, brief_file: Path | None, **wishes: Any) -> None:
    """Say what a video would cost, before anything is made; or of PRODUCTION_ID, why it cost something else.

    Low, expected and high for each service, the models that would be asked, and budgets in the way.
    """
    from reelwright.cli import cost_estimate  # noqa: PLC0415 (heavy)

    if (subject is None) == (brief_file is None):
        raise click.UsageError("Give one of TOPIC, PRODUCTION_ID and --brief FILE.")
    if subject is not None and subject.startswith("prod_"):
        if said := [f"--{name}" for name, value in wishes.items() if value is not None]:
            raise click.UsageError(f"A production was made as it was begun: nothing goes by {said[0]} now.")
        cost_estimate.compare(environment_name(), subject)
        return
    cost_estimate.estimate(environment_name(), subject, brief_file, **wishes)


@cost.command("report")
@click.option(
    "--since", default="30d", show_default=True, metavar="TIME", help="A day, or how long ago such as 7d."
)
@click.option("--until", metavar="TIME", help="The last day, or how long ago. [default: now]")
@click.option("--by", type=click.Choice(_GROUPINGS), default="service", show_default=True, help="What of.")
@click.option("--html", "html_file", type=PATH, help="Write a page with plots to this file, too.")
@click.option("--advice", is_flag=True, help="Which settings would have made the same videos cheaper.")
def _report(*, since: str, until: str | None, by: str, html_file: Path | None, advice: bool) -> None:
    """Show what was spent, from the ledger: settled, unknown and reserved apart."""
    from reelwright.cli import cost_report  # noqa: PLC0415 (heavy)

    cost_report.report(
        environment_name(), since=since, until=until, by=by, html_file=html_file, advice=advice
    )


@cost.group("budget", cls=Noun, invoke_without_command=True)
@click.pass_context
def _budget(context: click.Context) -> None:
    """Show all budgets that count now: limit, spent, left, what follows, and when they begin anew.

    Limits are settings. Change one with: reelwright config set budgets.per_day_block_usd 5.00 --reason …
    """
    if context.invoked_subcommand is None:
        from reelwright.cli import cost_budgets  # noqa: PLC0415 (heavy)

        cost_budgets.show(environment_name())


@_budget.command("set")
@click.argument("key")
@click.argument("usd")
def _budget_set(key: str, usd: str) -> None:
    """Say how limit KEY is set: it is configuration, with a reason and a way back."""
    from reelwright.cli import cost_budgets  # noqa: PLC0415 (heavy)

    cost_budgets.point_to_configuration(environment_name(), key, usd)


@cost.command("unknown")
@click.option(
    "--since", default="90d", show_default=True, metavar="TIME", help="A day, or how long ago such as 7d."
)
def _unknown(since: str) -> None:
    """List charges whose outcome nobody knows, with what to look up at the vendor."""
    from reelwright.cli import cost_unknown  # noqa: PLC0415 (heavy)

    cost_unknown.show(environment_name(), since)


@cost.command("resolve")
@click.argument("charge_key")
@click.option("--spent", metavar="USD", help="What the vendor billed.")
@click.option("--not-spent", is_flag=True, help="The vendor billed nothing.")
@click.option("--reason", default="", help="How you know, for those who come after.")
@ACTOR
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def _resolve(
    charge_key: str, *, spent: str | None, not_spent: bool, reason: str, actor: str | None, dry_run: bool
) -> None:
    """Settle or release CHARGE_KEY, a charge whose outcome nobody knew until somebody looked it up."""
    from reelwright.cli import cost_unknown  # noqa: PLC0415 (heavy)

    if (spent is None) != not_spent:
        raise click.UsageError("Say one of --spent USD and --not-spent.")
    cost_unknown.resolve(
        environment_name(), charge_key, spent, reason=reason, actor=actor, is_rehearsal=dry_run
    )
