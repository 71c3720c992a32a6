"""`reelwright doctor`: whether this machine can make a video, and what to do if not."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from reelwright.cli.commands import Verb, environment_name
from reelwright.cli.exits import ExitCode
from reelwright.cli.output import answer

if TYPE_CHECKING:
    from reelwright.cli.findings import Finding

__all__ = ["doctor"]


@click.command(cls=Verb)
@click.pass_context
def doctor(context: click.Context) -> None:
    """Look at everything that making a video needs. Exits 1 if something is not in order."""
    from reelwright.cli.findings import findings  # noqa: PLC0415 (heavy)

    found = tuple(findings(environment_name()))
    is_well = all(finding.ok for finding in found)
    answer({"ok": is_well, "findings": [_as_dict(finding) for finding in found]}, _text(found))
    if not is_well:
        context.exit(ExitCode.FAILED)


def _as_dict(finding: "Finding") -> dict[str, object]:
    """Leave the next step out where there is nothing to do."""
    data = asdict(finding)
    return data | {"next_step": ""} if finding.ok else data


def _text(found: Sequence["Finding"]) -> str:
    width = max(len(finding.name) for finding in found)
    return "\n".join(
        f"{'ok ' if finding.ok else 'NO '} {finding.name:<{width}}  {finding.detail}"
        + ("" if finding.ok or not finding.next_step else f"\n    {'':<{width}}  Next: {finding.next_step}")
        for finding in found
    )
