"""Takes out of installed packages what is never read at run time."""

import shutil
from pathlib import Path

__all__ = ["prune"]

_FOLDERS = (
    "bin",
    "numpy/**/tests",
    "numpy/_core/include",
    "numpy/_core/lib",
    "numpy/_pyinstaller",
    "numpy/distutils",
    "numpy/f2py",
    "numpy/testing",
    "onnxruntime/backend",
    "onnxruntime/datasets",
    "onnxruntime/quantization",
    "onnxruntime/tools",
    "onnxruntime/transformers",
    "pydantic/v1",
    "av/include",
)
"""Test suites, headers for compilers, converters and trainers of models, and an interface of the past."""
_FILES = ("*.pyi", "*.pyx", "*.pxd", "*.pxi", "*.c", "*.h", "*.a", "py.typed", ".lock", ".gitignore")
_METADATA_KEPT = frozenset({"METADATA", "entry_points.txt"})
"""What importlib.metadata reads; with the licences, which must travel with what they license."""


def prune(folder: Path) -> None:
    """Remove what only developers and installers read from a folder of installed packages."""
    for pattern in _FOLDERS:
        for found in list(folder.glob(pattern)):
            shutil.rmtree(found)
    for pattern in _FILES:
        for found in list(folder.rglob(pattern)):
            found.unlink()
    for metadata in folder.glob("*.dist-info"):
        _prune_metadata(metadata)


def _prune_metadata(folder: Path) -> None:
    for file in [path for path in folder.rglob("*") if path.is_file()]:
        if file.name not in _METADATA_KEPT and "licens" not in file.as_posix().lower():
            file.unlink()
