"""`reelwright flags set`: what a flag says, to everybody or to some, from now or for a time."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb
from reelwright.cli.configuring import ACTOR, REASON, open_audit
from reelwright.cli.flags_desk import STRATEGY, WAIT, open_flags
from reelwright.cli.flags_list import overrides_here
from reelwright.cli.flags_told import author, tell_changed
from reelwright.cli.flags_typed import attributes_of, moment_of, value_in
from reelwright.cli.making import PATH
from reelwright.cli.output import note
from reelwright.clock import SystemClock
from reelwright.errors import InvalidInput
from reelwright.flags.editing import FlagEdit, edited, with_values
from reelwright.flags.rules import RuleError
from reelwright.flags.targeting import Targeting, keys_of

if TYPE_CHECKING:
    from reelwright.config.aws import Pace
    from reelwright.flags.definitions import FlagProfile

__all__ = ["TOLD", "set_flag"]

TOLD: "Mapping[FlagProfile, frozenset[str]]" = {
    "flags": frozenset(
        {
            "environment",
            "id",
            "topic",
            "language",
            "aspect",
            "durationSeconds",
            "platforms",
            "now",
            "weekday",
            "hour",
        }
    ),
    "kill-switches": frozenset({"environment", "now", "provider", "platform"}),
}
"""What rules can ask: of a production that begins, and of a call or an upload."""


@click.command("set", cls=Verb)
@click.argument("flag")
@click.argument("state", type=click.Choice(["on", "off"]), metavar="[on|off]", required=False)
@click.option("--attribute", "attributes", multiple=True, metavar="NAME=VALUE", help="May be repeated.")
@click.option(
    "--percent", type=float, help="Only for this share of productions, from 0 to 100; 0.001 is fine."
)
@click.option("--by", metavar="KEY", help="Take the share by this key of the context. [default: id]")
@click.option("--seed", help="Flags with one seed agree on who is in the share.")
@click.option("--rule", help='Only where this rule holds, as AppConfig writes rules: (eq $language "de")')
@click.option("--variant", metavar="NAME", help="Which variant. [default: on or off, if it is for some only]")
@click.option("--from", "start", metavar="TIME", help="From then on: 2026-12-01, or 2026-12-01T18:00+01:00.")
@click.option("--until", "end", metavar="TIME", help="Until then.")
@click.option("--document", type=PATH, metavar="FILE", help="The flag's whole value, as AppConfig writes it.")
@REASON
@ACTOR
@STRATEGY
@WAIT
def set_flag(
    flag: str,
    state: str | None,
    *,
    attributes: tuple[str, ...],
    variant: str | None,
    document: Path | None,
    reason: str,
    actor: str | None,
    strategy: "Pace",
    wait: bool,
    **whom: Any,
) -> None:
    """Set FLAG on or off, for everybody or for some.

    Without --percent, --rule, --from, --until and --variant it is for everybody, and variants that the flag
    has go. With them it becomes a variant, asked before those that are there; one of that name is changed,
    in what is said only. All other flags stay as they are.
    """
    targeting = _targeting(whom)
    _check_asked(state, attributes, variant, document, targeting)
    who = author(actor, reason)
    desk = open_flags(pace=strategy, audit=open_audit)
    live = desk.find(flag)
    desk.check_free(live.profile)
    if document is not None:
        edit = partial(with_values, values={flag: value_in(document)})
    else:
        told = attributes_of(live.document["flags"][flag], attributes)
        enabled = None if state is None else state == "on"
        edit = partial(edited, flag=flag, edit=FlagEdit(enabled, told, variant, targeting))
    changed = desk.documents.change(live.profile, edit, who)
    for warning in _warnings(live.profile, flag, changed.document["values"].get(flag, {})):
        note(warning)
    tell_changed(desk, changed, flag, strategy=strategy, wait=wait)


def _targeting(whom: Mapping[str, Any]) -> Targeting | None:
    start, end = moment_of("--from", whom["start"]), moment_of("--until", whom["end"])
    if end is not None and end <= SystemClock().now():
        raise InvalidInput(
            f"--until {whom['end']} is over: it would be for nobody.", next_step="Give a time to come."
        )
    parts = {key: whom[key] for key in ("rule", "percent", "by", "seed")}
    if not any(one is not None for one in (*parts.values(), start, end)):
        return None
    return Targeting(start=start, end=end, **parts)


def _check_asked(
    state: str | None,
    attributes: tuple[str, ...],
    variant: str | None,
    document: Path | None,
    targeting: Targeting | None,
) -> None:
    others = state is not None or attributes or variant is not None or targeting is not None
    if document is not None and others:
        raise InvalidInput(
            "--document holds the whole value of the flag: nothing else can be said beside it.",
            next_step="Leave the rest out, or write it into the file.",
        )
    if document is None and not others:
        raise InvalidInput(
            "Nothing is to be set.",
            next_step="Say on or off, or one of --attribute, --percent, --rule, --document.",
        )


def _warnings(profile: "FlagProfile", flag: str, value: Mapping[str, Any]) -> Iterator[str]:
    if profile == "flags" and flag in overrides_here():
        yield f"Warning: settings here override {flag}; until they do no more it answers as they say."
    for variant in value.get("_variants", ()):
        try:
            asked = keys_of(variant.get("rule") or "")
        except RuleError:
            continue
        if unknown := sorted(asked - TOLD[profile]):
            names = ", ".join(f"${name}" for name in unknown)
            yield (
                f"Warning: the rule of {variant['name']} asks for {names}, which is never told. "
                f"Told are: {', '.join(sorted(TOLD[profile]))}."
            )
