"""Whatever went wrong, as one typed error; what nobody foresaw, as a file for those who can mend it."""

import errno
import os
import platform
import signal
import traceback
from pathlib import Path

import click

from reelwright.cli.exits import Stopped
from reelwright.clock import SystemClock
from reelwright.errors import InvalidInput, Permanent, ReelwrightError
from reelwright.observability.concealed import mask
from reelwright.storage.files import storage_error

__all__ = ["Terminated", "Unexpected", "Usage", "as_typed", "package_version"]

_REFUSED_BY_SYSTEM = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ENAMETOOLONG,
    errno.ELOOP,
}


class Terminated(BaseException):
    """SIGTERM arrived; like KeyboardInterrupt, no handler of errors should stop it."""


class Usage(InvalidInput):
    """The command line itself is wrong."""

    code = "usage"


class Unexpected(Permanent):
    """An error that nobody foresaw: a defect of this program."""

    code = "unexpected"


def as_typed(error: BaseException, root: Path) -> ReelwrightError:
    """Return the error as one of the tree. An unforeseen one leaves its traceback under ``root``."""
    match error:
        case ReelwrightError():
            typed = error
        case click.ClickException():
            typed = _usage(error)
        case KeyboardInterrupt() | click.Abort():
            typed = Stopped(signal.SIGINT, "Stopped.")
        case Terminated():
            typed = Stopped(signal.SIGTERM, "Stopped: the system asked for it.")
        case OSError(errno=number) if number in _REFUSED_BY_SYSTEM:
            typed = storage_error(error, Path(error.filename or "the output"))
        case _:
            typed = _unexpected(error, root)
    return typed


def package_version() -> str:
    """Return the installed version; a checkout that was not installed has none."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 (heavy)

    try:
        return version("reelwright")
    except PackageNotFoundError:
        return "0 (not installed)"


def _usage(error: click.ClickException) -> Usage:
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "reelwright"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return Usage("A command is missing.", next_step=f"Here they are.\n\n{error.format_message()}")
    return Usage(error.format_message(), next_step=f"See: {command} --help")


def _unexpected(error: BaseException, root: Path) -> Unexpected:
    file = _write_crash(error, root / "crashes")
    how = (
        f"Please report it together with {file}."
        if file
        else "Please report it; the details could not be written."
    )
    context = {"crash_file": str(file)} if file else {}
    return Unexpected(f"Something unforeseen went wrong: {_headline(error)}", next_step=how, context=context)


def _headline(error: BaseException) -> str:
    text = mask(str(error)).strip().split("\n", 1)[0]
    return f"{type(error).__name__}: {text[:200]}" if text else f"{type(error).__name__}."


def _scrubbed(text: str) -> str:
    from reelwright.observability.redaction import scrub  # noqa: PLC0415 (heavy)

    return scrub(text, limit=None)


def _write_crash(error: BaseException, folder: Path) -> Path | None:
    """Write the traceback to a new file; None where even that cannot be done."""
    file = folder / f"{SystemClock().now():%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    system = f"reelwright {package_version()}, Python {platform.python_version()}, {platform.platform()}"
    text = _scrubbed("".join((system, "\n\n", *traceback.format_exception(error))))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError:
        return None
    return file
