"""Watching a deployment of flags until it is through: a bar on a terminal, a line a step elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reelwright.cli.commands import wants_json
from reelwright.cli.flags_desk import FlagDesk
from reelwright.cli.output import note
from reelwright.clock import Clock, SystemClock
from reelwright.errors import GuardrailRefused
from reelwright.flags.definitions import FlagProfile

if TYPE_CHECKING:
    from reelwright.config.aws_appconfig import DeployedVersion

__all__ = ["RolledBack", "await_deployment"]

_POLL_SECONDS = 2.0
_TAKEN_BACK = ("ROLLING_BACK", "ROLLED_BACK", "REVERTED")

_Show = Callable[["DeployedVersion"], None]


class RolledBack(GuardrailRefused):
    """An alarm, or somebody, rolled the deployment back: what was before is in force again."""

    code = "rolled_back"


def await_deployment(
    desk: FlagDesk, profile: FlagProfile, version: str, *, clock: Clock | None = None
) -> "DeployedVersion | None":
    """Return the deployment of a version when it is through; RolledBack if it does not get there.

    None where there are no deployments. To stop waiting stops nothing else.
    """
    clock = clock or SystemClock()
    with _watching() as show:
        while True:
            found = _of_version(desk, profile, version)
            if found is None:
                return None
            show(found)
            if found.state in _TAKEN_BACK:
                raise _rolled_back(profile, found)
            if found.state == "COMPLETE":
                return found
            clock.sleep(_POLL_SECONDS)


def _of_version(desk: FlagDesk, profile: FlagProfile, version: str) -> "DeployedVersion | None":
    if desk.control is None:
        return None
    return next((one for one in desk.control.deployments(profile) if one.version == version), None)


def _rolled_back(profile: FlagProfile, found: "DeployedVersion") -> RolledBack:
    return RolledBack(
        f"Deployment {found.number} of {profile} was rolled back at {found.percentage:g} %: "
        "what was before is in force again.",
        next_step="See in the AppConfig console which alarm of the environment rang; then try again.",
        context={"profile": profile, "deployment": found.number, "state": found.state},
    )


@contextmanager
def _watching() -> Iterator[_Show]:
    if not sys.stderr.isatty() or wants_json():
        yield _line_for_each_step()
        return
    from rich.console import Console  # noqa: PLC0415 (heavy)
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 (heavy)

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=28),
        TextColumn("{task.percentage:>3.0f} %", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("deployment", total=100.0)
        yield lambda one: bars.update(
            task, description=f"deployment {one.number}: {one.state.lower()}", completed=one.percentage
        )


def _line_for_each_step() -> _Show:
    last: list[tuple[str, float]] = []

    def show(one: "DeployedVersion") -> None:
        if [(one.state, one.percentage)] != last:
            note(f"Deployment {one.number}: {one.state.lower()}, {one.percentage:g} %")
            last[:] = [(one.state, one.percentage)]

    return show
