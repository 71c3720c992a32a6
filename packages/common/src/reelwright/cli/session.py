"""Between a command and a Studio: opening one, and letting go of it when a signal comes."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.cli.commands import environment_name
from reelwright.cli.exits import Stopped
from reelwright.cli.failures import Terminated
from reelwright.cli.places import OUT, ROOT, check_writable
from reelwright.errors import BudgetExceeded, Permanent, Retryable
from reelwright.storage.errors import StorageUnwritable

if TYPE_CHECKING:
    from reelwright.cli.progress import Watcher
    from reelwright.pipeline.overrides import Overrides
    from reelwright.pipeline.ports import Maker
    from reelwright.production.schema import Production

__all__ = ["PackagesMissing", "open_studio", "watched"]


class PackagesMissing(Permanent):
    """The installation lacks packages that making a video needs."""

    code = "packages_missing"


@contextmanager
def open_studio(
    *, out_dir: Path = OUT, overrides: "Overrides | None" = None, on_this_machine: bool = False
) -> "Iterator[Maker]":
    """Yield what makes productions in the environment asked for, and close it.

    A deployed environment works where it is, unless its configuration is to be used on this machine.
    InvalidEnvironment for one that is not deployed, AwsUnavailable if it cannot be reached.
    """
    from reelwright.cli.models_notes import tell_warnings  # noqa: PLC0415 (heavy)
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)

    tell_warnings()
    name = check_environment_name(environment_name())
    check_writable(ROOT)
    with _all_installed():
        studio = (
            _here(name, out_dir, overrides)
            if name == "local" or on_this_machine
            else _there(name, out_dir, overrides)
        )
    try:
        yield studio
    finally:
        studio.close()


def _here(name: str, out_dir: Path, overrides: "Overrides | None") -> "Maker":
    from reelwright.cli.configuring import open_configuration  # noqa: PLC0415 (heavy)
    from reelwright.pipeline import workbench  # noqa: F401, PLC0415 (loads the engines: only now, to name what is missing)
    from reelwright.pipeline.studio import Studio  # noqa: PLC0415 (heavy)

    return Studio.for_environment(
        name, root=ROOT, out_dir=out_dir, overrides=overrides, configuration=open_configuration(name)
    )


def _there(name: str, out_dir: Path, overrides: "Overrides | None") -> "Maker":
    from reelwright.pipeline.remote import RemoteStudio  # noqa: PLC0415 (heavy)

    return RemoteStudio.for_environment(name, root=ROOT, out_dir=out_dir, overrides=overrides)


@contextmanager
def _all_installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "reelwright":
            raise
        raise PackagesMissing(
            f"The package {error.name!r} is not installed.",
            next_step="Install everything with: make setup. To see what is missing: reelwright doctor",
            context={"package": error.name},
        ) from error


def watched(work: "Callable[[], Production]", watcher: "Watcher") -> "Production":
    """Do the work; a signal becomes an error that says how to go on with what was begun.

    So does whatever may pass: a full disk, a closed folder, a budget, a dependency that is away.
    """
    try:
        with watcher:
            return work()
    except (KeyboardInterrupt, Terminated) as error:
        raise _stopped(error, watcher.production_id) from error
    except (Retryable, BudgetExceeded, StorageUnwritable) as error:
        if watcher.production_id:
            error.next_step = f"{error.next_step} Then go on with: {_resume(watcher.production_id)}".lstrip()
        raise


def _stopped(error: BaseException, production_id: str) -> Stopped:
    number = signal.SIGTERM if isinstance(error, Terminated) else signal.SIGINT
    if not production_id:
        return Stopped(number, "Stopped before anything was begun.")
    return Stopped(
        number,
        f"Stopped. What production {production_id} has finished is kept.",
        next_step=f"Go on with: {_resume(production_id)}",
        production_id=production_id,
    )


def _resume(production_id: str) -> str:
    name = environment_name()
    where = "" if name == "local" else f" --env {name}"
    return f"reelwright make --resume {production_id}{where}"
