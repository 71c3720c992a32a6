"""`reelwright models check` and `reset`: how every model does, and forgetting what is held against one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb, environment_name
from reelwright.cli.configuring import ACTOR, REASON, actor_or_user, open_audit
from reelwright.cli.exits import ExitCode
from reelwright.cli.modelling import SERVICES, catalogue_of, named, open_models, open_settings
from reelwright.cli.models_checks import Look, Survey, look_at_all
from reelwright.cli.models_routes import health_words, standing_data
from reelwright.cli.output import answer, note
from reelwright.errors import InvalidInput

if TYPE_CHECKING:
    from reelwright.storage.schema import Author

__all__ = ["check", "reset"]

_MARKS = {"well": "ok ", "warned": "!  ", "broken": "NO ", "out": "-  "}


@click.command(cls=Verb)
@click.option("--probe", is_flag=True, help="Ask every provider that can be asked; that costs nothing.")
@click.option("--service", type=click.Choice(SERVICES), help="Only models of this service.")
@click.pass_context
def check(context: click.Context, service: str | None, *, probe: bool) -> None:
    """Look at every model: lifecycle, price, credential, health, and with --probe whether it answers.

    Exits 1 if a model that a route would use now is broken, 4 if --probe reached nobody.
    """
    settings = open_settings(environment_name())
    parts = open_models(environment_name())
    try:
        found = _only(look_at_all(parts, settings, probe=probe), service)
    finally:
        parts.close()
    answer(_as_data(found), "\n".join(_lines(found)))
    context.exit(_exit_code(found))


def _only(found: Survey, service: str | None) -> Survey:
    if service is None:
        return found
    looks = tuple(look for look in found.looks if look.model.service == service)
    return Survey(looks, found.reached, _of(found.no_route, service), _of(found.stopped, service))


def _of(reasons: Mapping[str, str], service: str) -> dict[str, str]:
    return {key: why for key, why in reasons.items() if key == service}


def _is_broken(found: Survey) -> bool:
    return bool(found.no_route) or any(look.state == "broken" for look in found.looks)


def _exit_code(found: Survey) -> ExitCode:
    if found.reached.asked and not found.reached.answered:
        return ExitCode.UNAVAILABLE
    return ExitCode.FAILED if _is_broken(found) else ExitCode.DONE


def _as_data(found: Survey) -> dict[str, Any]:
    return {
        "environment": environment_name(),
        "ok": not _is_broken(found),
        "probed": dict(found.reached.asked),
        "no_route": dict(found.no_route),
        "stopped_by_budget": dict(found.stopped),
        "models": [_row(look) for look in found.looks],
    }


def _row(look: Look) -> dict[str, Any]:
    told = look.check
    return {
        "name": look.model.name,
        "service": look.model.service,
        "provider": look.model.provider,
        "state": look.state,
        "routed": look.is_routed,
        "lifecycle": told.lifecycle,
        "days_left": told.days_left,
        "replaced_by": look.model.replaced_by or None,
        "credential": look.credential,
        "price_problem": told.price_problem,
        "price_until": None if look.price_until is None else look.price_until.isoformat(),
        "probed": told.probed,
        "problem": told.problem,
        "health": standing_data(look.standing),
        "findings": list(look.findings),
        "warnings": list(look.warnings),
    }


def _lines(found: Survey) -> Iterator[str]:
    for look in found.looks:
        yield f"{_MARKS[look.state]} {look.model.name:<28} {look.model.service:<8} {_said(look)}"
        yield from (f"      {finding}" for finding in (*look.findings, *look.warnings))
    yield from (f"asked {name}: {why or 'answers'}" for name, why in found.reached.asked.items())
    yield from (f"NO  no model for {service}: {why}" for service, why in found.no_route.items())
    yield from (f"-   nobody is asked for {service}: {why}" for service, why in found.stopped.items())
    counts = {state: sum(look.state == state for look in found.looks) for state in _MARKS}
    yield (
        f"{counts['well']} well, {counts['warned']} with warnings, {counts['broken']} broken of those that "
        f"routes would use; {counts['out']} not in use."
    )


def _said(look: Look) -> str:
    told = look.check
    left = "" if told.days_left is None or told.days_left <= 0 else f", {told.days_left} days left"
    asked = "" if not told.probed else ", probed"
    price = "free" if look.price_until is None else f"price until {look.price_until}"
    said = f"{told.lifecycle}{left}; {price}; credential {look.credential}{asked}"
    return f"{said}; {health_words(look.standing)}"


@click.command(cls=Verb)
@click.argument("name")
@REASON
@ACTOR
def reset(name: str, reason: str, actor: str | None) -> None:
    """Forget what the fleet holds against model NAME: failures, an open breaker, that it was retired."""
    who = _author(reason, actor)
    settings = open_settings(environment_name())
    model = named(name, catalogue_of(settings))
    parts = open_models(environment_name())
    try:
        health = parts.health_for(settings)
        before = standing_data(health.look(model))
        with _audited(model.name, who, before):
            health.reset(model)
    finally:
        parts.close()
    note("Whoever read its health a moment ago believes it for some seconds more.")
    data = {"environment": environment_name(), "name": model.name, "before": before}
    answer(data, f"All that was held against {model.name} is forgotten; it was {before['state']}.")


def _author(reason: str, actor: str | None) -> "Author":
    from pydantic import ValidationError  # noqa: PLC0415 (heavy)

    from reelwright.storage.schema import Author  # noqa: PLC0415 (heavy)

    try:
        return Author(actor=actor_or_user(actor), reason=reason.strip())
    except ValidationError as error:
        raise InvalidInput(
            "A change needs the name of who makes it and a reason, neither of them long.",
            next_step="Give --reason, of 500 characters at most.",
        ) from error


@contextmanager
def _audited(name: str, who: "Author", before: dict[str, Any]) -> Iterator[None]:
    """Note an intention before the block and that it was carried out after it, as changes of settings are."""
    audit, subject = open_audit(environment_name()), f"models/{name}"
    intention = audit.append(
        actor=who.actor,
        action="model.reset.intended",
        subject=subject,
        reason=who.reason,
        details={"before": before},
    )
    yield
    audit.append(
        actor=who.actor,
        action="model.reset.done",
        subject=subject,
        reason=who.reason,
        details={"intention": intention.sequence},
    )
