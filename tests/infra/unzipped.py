"""Runs things as Lambda does: from an unpacked zip, beside boto3, with nothing else on the path."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

from infra.bundling.recipes import BUNDLES
from infra.bundling.workshop import Workshop

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The version of Python that runs this, for which the zips are made."""
_BOTO3 = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3")
_START = "import sys; sys.path[:0] = [sys.argv.pop(1), sys.argv.pop(1)]; exec(sys.argv.pop(1))"


class Unzipped:
    """Every zip, unpacked below a folder."""

    def __init__(self, folder: Path, site_packages: Path) -> None:
        self.folders = {name: folder / name for name in BUNDLES}
        for name, target in self.folders.items():
            with ZipFile(Workshop(python=HERE).make(name)) as zipped:
                zipped.extractall(target)
        self._runtime = folder / "runtime"
        self._runtime.mkdir()
        for name in _BOTO3:
            (self._runtime / name).symlink_to(site_packages / name)

    def run(
        self, bundle: str, program: str, *arguments: object, boto3: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a program from a bundle; without ``boto3`` nothing of the runtime is beside it."""
        paths: Sequence[object] = (self.folders[bundle], self._runtime if boto3 else self.folders[bundle])
        command = [sys.executable, "-I", "-S", "-c", _START, *paths, program, *arguments]
        return subprocess.run(list(map(str, command)), env={}, capture_output=True, text=True, check=False)
