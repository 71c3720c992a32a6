"""Runs one case in a process of its own, forked from one that has everything loaded."""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.bad_inputs.cases import Case
from tests.e2e.forking import forking_context

__all__ = ["Answer", "can_mount", "run_case", "working_folder"]

NOBODY = 65534
SECONDS = 120
TINY_DISK_BYTES = 48 * 1024


@dataclass(frozen=True)
class Answer:
    """What a process said and how it ended."""

    code: int | None
    out: str
    err: str

    def json(self) -> dict[str, Any]:
        """Return the one object on stdout; an error if there is more or less."""
        assert self.out.count("\n") == 1, self.out[:500]
        answer = json.loads(self.out)
        assert isinstance(answer, dict)
        return answer


@dataclass(frozen=True)
class _Task:
    """What the child needs of a case: a case itself holds functions, which do not travel."""

    words: list[str]
    folder: Path
    out: Path
    err: Path
    environ: Mapping[str, str]
    as_nobody: bool
    largest_file: int | None


def run_case(case: Case, folder: Path, *, as_json: bool) -> Answer:
    """Run the command line of a case in ``folder``, which has been prepared."""
    words = ["--json", *case.words] if as_json else list(case.words)
    with tempfile.TemporaryDirectory() as said:
        out, err = Path(said, "out"), Path(said, "err")
        context = forking_context()
        task = _Task(words, folder, out, err, case.environ, case.as_nobody, case.largest_file)
        process = context.Process(target=_child, args=(task,))
        process.start()
        process.join(SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
        return Answer(process.exitcode, _text(out), _text(err))


@contextmanager
def working_folder(case: Case) -> Iterator[Path]:
    """Yield the prepared folder for a case; others than root can reach it, and only root write there."""
    base = Path(tempfile.mkdtemp(prefix="reelwright-bad-"))
    base.chmod(0o755)
    folder = base / "work"
    folder.mkdir(mode=0o755)
    try:
        with _tiny_disk(folder) if case.tiny_disk else _nothing():
            case.prepare(folder)
            if case.as_nobody and os.geteuid() != 0:
                folder.chmod(0o555)
            yield folder
            folder.chmod(0o755)
    finally:
        for place in (path for path in base.rglob("*") if path.is_dir() and not path.is_symlink()):
            place.chmod(0o755)
        shutil.rmtree(base, ignore_errors=True)


def can_mount() -> bool:
    """Return whether a small disk can be had here."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        return False
    with tempfile.TemporaryDirectory() as place:
        mounted = subprocess.run(_mount(Path(place)), capture_output=True, check=False).returncode == 0
        if mounted:
            subprocess.run(["umount", place], check=True)
        return mounted


def _child(task: _Task) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, file in ((1, task.out), (2, task.err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT, 0o666), number)
    os.environ.pop("REELWRIGHT_ENV", None)
    os.environ.update(task.environ)
    os.chdir(task.folder)
    if task.largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (task.largest_file, task.largest_file))
    if task.as_nobody and os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    from reelwright.cli.main import main  # noqa: PLC0415 (loaded in the parent already)

    sys.exit(main(task.words))


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _mount(folder: Path) -> list[str]:
    return ["mount", "-t", "tmpfs", "-o", f"size={TINY_DISK_BYTES}", "tmpfs", str(folder)]


@contextmanager
def _tiny_disk(folder: Path) -> Iterator[None]:
    subprocess.run(_mount(folder), check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def _nothing() -> Iterator[None]:
    yield
