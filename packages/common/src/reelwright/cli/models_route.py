"""`reelwright models route`: who would be asked, in which order, at which price; who not, and why."""

from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb, environment_name
from reelwright.cli.making import ASPECTS, RESOLUTIONS
from reelwright.cli.modelling import PREFERENCES, SECONDS, SERVICES, TIERS, open_models, open_settings
from reelwright.cli.models_routes import as_data, as_lines, requirements_for, route_table, with_wishes
from reelwright.cli.output import answer

if TYPE_CHECKING:
    from reelwright.cli.models_routes import RouteTable
    from reelwright.environment.schema import Settings
    from reelwright.models.parts import ModelParts

__all__ = ["route"]


@click.command(cls=Verb)
@click.argument("service", type=click.Choice(SERVICES), required=False)
@click.option("--all", "everything", is_flag=True, help="Every service.")
@click.option("--tier", type=click.Choice(TIERS), help="As if the settings asked for this level.")
@click.option("--prefer", type=click.Choice(PREFERENCES), help="As if the settings preferred this.")
@click.option("--language", help="Tag of the language, such as en. [default: en]")
@click.option("--seconds", type=SECONDS, help="Of one shot. [default: 8]")
@click.option("--aspect", type=click.Choice(ASPECTS), help="Of the picture. [default: 16:9]")
@click.option("--resolution", type=click.Choice(RESOLUTIONS), help="[default: the environment's]")
@click.option("--characters", type=click.IntRange(1, 10**7), help="To be spoken. [default: 900]")
@click.option("--tokens", type=click.IntRange(1, 10**7), help="To be read by the model. [default: 12,000]")
def route(service: str | None, *, everything: bool, **wishes: Any) -> None:
    """Show the route of a call to SERVICE as it would be now: candidates in order, and all others with why.

    Without sizes: those of a script, of a minute of narration, of one scene. Nothing is bought.
    """
    if (service is None) != everything:
        raise click.UsageError("Name a service, or give --all.")
    settings = open_settings(environment_name())
    parts = open_models(environment_name())
    try:
        _tell(parts, settings, service, wishes)
    finally:
        parts.close()


def _tell(parts: "ModelParts", settings: "Settings", service: str | None, wishes: dict[str, Any]) -> None:
    if service is not None:
        table = _table(parts, settings, service, wishes)
        if table.error:
            raise table.error
        answer({"environment": environment_name(), **as_data(table)}, "\n".join(as_lines(table)))
        return
    tables = [_table(parts, settings, each, wishes) for each in SERVICES]
    data = {"environment": environment_name(), "routes": [as_data(table) for table in tables]}
    answer(data, "\n\n".join("\n".join(as_lines(table)) for table in tables))


def _table(parts: "ModelParts", settings: "Settings", service: str, wishes: dict[str, Any]) -> "RouteTable":
    sizes = {key: value for key, value in wishes.items() if key not in {"tier", "prefer"}}
    wanted = with_wishes(settings, service, tier=wishes["tier"], prefer=wishes["prefer"])
    return route_table(parts, wanted, service, requirements_for(wanted, service, **sizes))
