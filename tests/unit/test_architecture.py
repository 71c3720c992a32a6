"""What must hold for the tree as a whole, whoever adds to it."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "packages" / "common" / "src"
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
MODULES = sorted([*(SOURCE / "reelwright").rglob("*.py"), *(ROOT / "infra").rglob("*.py")])

REGISTRY = re.compile(
    r"https?://[^\s\"]*(pypi\.org|pythonhosted|npmjs|debian\.org)|index-url\s*=|resolved\"\s*:"
)
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|farm|root)/")
BARE_EXCEPTION = re.compile(
    r"# (?:ruff: )?noqa(?!: [A-Z]+\d+(?:, [A-Z]+\d+)* \(\w.*\))|# type: ?ignore(?!\[[\w-]+\])"
)
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+)(?: ; [^\\]+)?(?: --hash=sha256:[0-9a-f]{64})+")


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Every place in a tracked text file where the pattern stands."""
    found = []
    for file in tracked_files():
        lines = file.read_text(encoding="utf-8", errors="ignore").splitlines()
        numbered = enumerate(lines, start=1)
        found += [
            f"{file.relative_to(ROOT)}:{number}: {line[:120]}"
            for number, line in numbered
            if pattern.search(line)
        ]
    return found


def pins(lock: Path) -> dict[str, str]:
    """The version of every package in a lock; each must be pinned and hashed."""
    logical = re.sub(r" \\\n +", " ", lock.read_text(encoding="utf-8")).splitlines()
    matches = [PIN.fullmatch(line) for line in logical]
    assert [line for line, match in zip(logical, matches, strict=True) if not match] == []
    return {match["name"]: match["version"] for match in matches if match}


def requirements() -> dict[str, list[str]]:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project, groups = document["project"], document["dependency-groups"]
    return {"runtime": project["dependencies"], **project["optional-dependencies"], **groups}


def names_of(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple):
        for part in target.elts:
            yield from names_of(part)


def defined(module: ast.Module) -> Iterator[str]:
    """The names that a module makes itself, in the order in which it makes them."""
    for node in module.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar" | "ParamSpec"))):
                continue
            case ast.Assign(targets=targets):
                yield from (name for target in targets for name in names_of(target))
            case ast.AnnAssign(target=target):
                yield from names_of(target)


def exported(module: ast.Module) -> list[str]:
    for node in module.body:
        if isinstance(node, ast.Assign) and [*names_of(node.targets[0])] == ["__all__"]:
            return list(ast.literal_eval(node.value))
    return []


def test_imports_point_one_way() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_exports_its_public_names() -> None:
    missing = {}
    for path in MODULES:
        module = ast.parse(path.read_text(encoding="utf-8"))
        public = {name for name in defined(module) if not name.startswith("_")}
        if unexported := public - set(exported(module)):
            missing[str(path.relative_to(ROOT))] = sorted(unexported)
    assert missing == {}


def test_no_tracked_file_names_a_registry() -> None:
    assert lines_with(REGISTRY) == []


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    assert lines_with(MACHINE_PATH) == []


def test_every_exception_to_a_rule_gives_its_reason() -> None:
    assert [line for line in lines_with(BARE_EXCEPTION) if ".py:" in line] == []


def test_every_group_has_a_lock_and_every_lock_a_group() -> None:
    assert [lock.stem for lock in LOCKS] == sorted(requirements())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_pins_and_hashes_all_that_its_group_asks_for(lock: Path) -> None:
    pinned = pins(lock)
    for requirement in map(Requirement, requirements()[lock.stem]):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not in {lock.name}; run: make lock"
        assert version in requirement.specifier, f"{requirement} is not met by {lock.name}; run: make lock"


def test_locks_agree_so_that_any_can_stand_beside_any_other() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        if lock.stem not in {"bench", "emulator"}:
            for name, version in pins(lock).items():
                versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_node_packages_are_pinned_by_content() -> None:
    declared = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    wanted = declared["dependencies"] | declared["devDependencies"]
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {name.removeprefix("node_modules/"): package for name, package in packages.items() if name}
    assert all(package["integrity"].startswith("sha512-") for package in installed.values())
    assert {name: installed[name]["version"] for name in wanted} == wanted
