"""Whatever is raised becomes one typed error; what nobody foresaw leaves a file, never a traceback."""

import errno
import os
from pathlib import Path

import click
import pytest

from reelwright.cli.exits import Stopped
from reelwright.cli.failures import Terminated, Unexpected, Usage, as_typed
from reelwright.errors import InvalidInput
from reelwright.storage.errors import StorageFull, StorageUnwritable
from tests.unit.cli.conftest import Run
from tests.unit.cli.fake_studio import World


def test_a_typed_error_stays_what_it_is(tmp_path: Path) -> None:
    error = InvalidInput("No.")
    assert as_typed(error, tmp_path) is error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (click.UsageError("No such option."), Usage),
        (click.FileError("brief.md", "gone"), Usage),
        (KeyboardInterrupt(), Stopped),
        (click.Abort(), Stopped),
        (Terminated(), Stopped),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out/x"), StorageFull),
        (OSError(errno.EFBIG, os.strerror(errno.EFBIG)), StorageFull),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES), "out"), StorageUnwritable),
        (NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), "out/x"), StorageUnwritable),
        (ConnectionResetError(errno.ECONNRESET, "reset"), Unexpected),
        (ZeroDivisionError(), Unexpected),
        (RecursionError("too deep"), Unexpected),
    ],
)
def test_each_exception_has_its_type(error: BaseException, kind: type[Exception], tmp_path: Path) -> None:
    assert type(as_typed(error, tmp_path)) is kind


def test_a_usage_error_names_the_help_of_its_command() -> None:
    context = click.Context(click.Command("make"), info_name="reelwright make")
    typed = as_typed(click.UsageError("No such option: --x", ctx=context), Path())
    assert typed.next_step == "See: reelwright make --help"


def test_an_unforeseen_error_is_one_line_and_a_file(run: Run, world: World, place: Path) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError("division\nby \x1b[31mzero")

    world.before_end = fail
    outcome = run("make", "Tides")
    assert outcome.code == 1
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    assert "ZeroDivisionError: division\n" in outcome.err
    (file,) = (place / ".reelwright" / "crashes").iterdir()
    assert str(file.relative_to(place)) in outcome.err
    text = file.read_text(encoding="utf-8")
    assert "Traceback (most recent call last)" in text
    assert "Python 3." in text


def test_a_crash_that_cannot_be_written_is_still_told(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("in the way", encoding="utf-8")
    typed = as_typed(ZeroDivisionError(), tmp_path / "root")
    assert "could not be written" in typed.next_step
    assert typed.context == {}
