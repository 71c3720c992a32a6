"""`reelwright flags eval`: what a flag answers, and why: each of its rules, and what it came to."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb, environment_name
from reelwright.cli.flags_asked import Asked, context_for
from reelwright.cli.flags_desk import FlagDesk, open_flags, told_value
from reelwright.cli.flags_list import overrides_here, told_override
from reelwright.cli.output import answer
from reelwright.errors import InvalidInput
from reelwright.flags.definitions import BUNDLED, PROFILES, FlagProfile
from reelwright.flags.deployments import FlagState, document_for, share_of
from reelwright.flags.evaluation import Reason
from reelwright.flags.explained import FlagExplanation, VariantExplanation, explain_flag
from reelwright.flags.kill_switches import SWITCHES, version_in_force

if TYPE_CHECKING:
    from reelwright.flags.editing import Document
    from reelwright.flags.operating import LiveFlags
    from reelwright.flags.overriding import Overrides

__all__ = ["evaluate"]

_OUTCOMES = {"default": "answers, for no rule matched", "not asked": "not asked: one before it matched"}


@click.command("eval", cls=Verb)
@click.argument("flag", required=False)
@click.option(
    "--context", "pairs", multiple=True, metavar="NAME=VALUE", help="What rules are told. May be repeated."
)
@click.option("--production", metavar="ID", help="With the context of this production.")
@click.option("--unit", metavar="ID", help="As if a production of this id began now.")
@click.option("--all", "everything", is_flag=True, help="Every flag and kill switch.")
def evaluate(
    flag: str | None, *, pairs: tuple[str, ...], production: str | None, unit: str | None, everything: bool
) -> None:
    """Show what FLAG answers, which of its rules matched, and why the others did not.

    Rules are told the environment and the time as well, unless --context says them.
    """
    if everything == (flag is not None):
        raise InvalidInput("Which flag?", next_step="Name one, or say --all.")
    desk = open_flags()
    asked = context_for(environment_name(), pairs, production=production, unit=unit)
    overrides = overrides_here()
    lives = [desk.find(flag)] if flag is not None else [desk.documents.live(each) for each in PROFILES]
    found = [
        _evaluated(desk, live, name, asked, overrides)
        for live in lives
        for name in ([flag] if flag is not None else live.document.get("values", {}))
    ]
    data = {"environment": desk.environment, "context": _plain(asked.context)}
    if flag is not None:
        answer(data | found[0], "\n".join(_account(found[0], asked)))
        return
    answer(data | {"flags": found}, "\n".join(_line(one) for one in found))


def _evaluated(
    desk: FlagDesk, live: "LiveFlags", flag: str, asked: Asked, overrides: "Overrides"
) -> dict[str, Any]:
    state = desk.state(live.profile)
    document, version = _document_for(live, state, asked.unit)
    context = _context_of(live.profile, flag, asked)
    held = overrides if live.profile == "flags" else {}
    told = explain_flag(document, flag, context, version=version, overrides=held)
    answered = told.answer.as_dict()
    return {
        "profile": live.profile,
        **answered,
        "document": _taken(state, asked.unit, version),
        "origin": told.origin,
        "variants": [_variant(one) for one in told.variants],
        "because": _because(told),
        "overridden": told_override(held.get(flag)),
        "pinned": asked.pinned.get(flag),
    }


def _document_for(live: "LiveFlags", state: FlagState | None, unit: str | None) -> "tuple[Document, str]":
    if state is not None and live.profile == SWITCHES:
        taken = version_in_force(state)
        return (taken.document, taken.version) if taken else (live.document, live.version)
    if state is None or unit is None:
        return live.document, live.version or BUNDLED
    taken = document_for(unit, state)
    return (taken.document, taken.version) if taken else (live.document, live.version)


def _taken(state: FlagState | None, unit: str | None, version: str) -> str:
    """Say which document answered, and why that one."""
    if state is None or state.phase != "DEPLOYING" or state.old is None or state.profile == SWITCHES:
        return f"version {version}" if version != BUNDLED else "what code defines"
    running = f"deployment {state.number} is at {state.percentage:g} %"
    if unit is None:
        return f"version {version}, the new one: {running}, the others still take {state.old.version}"
    return f"version {version}: {running}, and {unit} lies at {share_of(unit):.4f} %"


def _context_of(profile: FlagProfile, flag: str, asked: Asked) -> dict[str, Any]:
    if profile == "flags":
        return dict(asked.context)
    kind, _, name = flag.removeprefix("stop-").partition("-")
    return {kind: name, **asked.context}


def _because(told: FlagExplanation) -> str:
    if told.answer.reason is Reason.OVERRIDE:
        return "flags.overrides says so"
    if not told.variants:
        return "the flag says the same to everybody"
    for one in told.variants:
        if one.outcome == "matched":
            return f"the rule of {one.name} matched"
    return "no rule matched"


def _variant(one: VariantExplanation) -> dict[str, Any]:
    return {
        "name": one.name,
        "enabled": one.enabled,
        "rule": one.rule,
        "outcome": one.outcome,
        "explanation": list(one.because.lines()) if one.because else [],
    }


def _plain(context: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, str | int | float) else str(value) for key, value in context.items()
    }


def _line(one: Mapping[str, Any]) -> str:
    said = told_value({"enabled": one["enabled"], **one["attributes"]})
    variant = f" ({one['variant']})" if one["variant"] else ""
    pinned = f"; it was told {_was(one['pinned'])}" if one["pinned"] else ""
    return f"{one['flag']}: {said}{variant}, {one['because']}{pinned}"


def _was(pinned: Mapping[str, Any]) -> str:
    return told_value({"enabled": pinned["enabled"], **pinned["attributes"]})


def _account(one: Mapping[str, Any], asked: Asked) -> Iterator[str]:
    yield _line(one)
    yield f"  reason    {one['reason']}"
    yield f"  document  {one['document']}"
    yield f"  origin    {one['origin']}"
    yield f"  context   {', '.join(f'{key}={value}' for key, value in _plain(asked.context).items())}"
    for variant in one["variants"]:
        yield f"  {variant['name']}: {_OUTCOMES.get(variant['outcome'], variant['outcome'])}"
        yield from (f"    {line}" for line in variant["explanation"])
