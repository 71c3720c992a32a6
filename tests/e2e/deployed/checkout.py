"""A copy of this checkout to change and deploy from, as a colleague's branch would be."""

import shutil
from pathlib import Path

from infra.bundling.recipes import own_files
from tests.emulator.emulator import ROOT

COPIED = (
    "bin",
    "cdk.json",
    "environments",
    "examples",
    "infra",
    "package-lock.json",
    "packages",
    "pictures",
    "places",
    "prompts",
    "pyproject.toml",
    "requirements",
    "services",
)
SHARED = (".venv", ".bundles", "node_modules")
"""What was installed and built, and depends on hashes of what is in the copy."""


def copy_checkout(folder: Path) -> Path:
    """Copy what a deploy reads into a new folder; return it."""
    carried = {path.relative_to(ROOT).parts[0] for path, _ in own_files()}
    assert carried <= set(COPIED), f"functions carry {carried - set(COPIED)} too"
    folder.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    for name in SHARED:
        (folder / name).symlink_to(ROOT / name)
    return folder
