"""Write requirements/*.lock from pyproject.toml and package-lock.json from package.json: `make lock`.

Every lock is resolved on its own, but held to one resolution of all groups together, so that any of
them can be installed beside any other. Those that are installed apart are resolved alone. Releases
younger than a week are left out, since most bad ones are found and withdrawn within days.
"""

import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from setup import APART, LOCKS, ROOT, npm

COOL_DOWN = "7 days"
RESOLVE = (
    *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-config"),
    *("--universal", "--python-version", "3.11", "--fork-strategy", "fewest", "--exclude-newer", COOL_DOWN),
    *("--no-emit-index-url", "--no-header", "--no-annotate"),
)


def main() -> None:
    """Write every lock anew."""
    groups = read_groups()
    with TemporaryDirectory() as folder:
        together = Path(folder, "together.txt")
        resolve([name for group in groups if group not in APART for name in groups[group]], together)
        for group, requirements in groups.items():
            held_to = () if group in APART else ("--constraints", str(together))
            resolve(requirements, LOCKS / f"{group}.lock", "--generate-hashes", *held_to)
            print(f"lock: {group}")
    lock_node()


def read_groups() -> dict[str, list[str]]:
    """Return the requirements of every group that pyproject.toml declares."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project, groups = document["project"], document["dependency-groups"]
    return {"runtime": project["dependencies"], **project["optional-dependencies"], **groups}


def resolve(requirements: Iterable[str], output: Path, *options: str) -> None:
    """Pin the requirements and all that they need in a file, without preferring what it says now."""
    output.unlink(missing_ok=True)
    command = [*RESOLVE, *options, "--output-file", str(output), "-"]
    subprocess.run(command, input="\n".join(requirements), text=True, check=True, cwd=ROOT)


def lock_node() -> None:
    """Write package-lock.json; without the addresses that packages were resolved to, it names no host."""
    hostless = ("--package-lock-only", "--omit-lockfile-registry-resolved", "--ignore-scripts")
    subprocess.run(npm("install", *hostless), check=True, cwd=ROOT)
    print("lock: node")


if __name__ == "__main__":
    main()
