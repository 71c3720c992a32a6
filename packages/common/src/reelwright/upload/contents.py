"""The files of a package, under the names that they are published by."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from reelwright.storage.files import sha256_of
from reelwright.upload.errors import PackageIncomplete
from reelwright.upload.schema import Package

__all__ = ["SCRIPT_NAME", "media_files", "package_hashes", "script_json", "unreadable"]

SCRIPT_NAME = "script.json"


def media_files(package: Package) -> dict[str, Path]:
    """Return the media of the package by published name."""
    return {
        "video.mp4": package.video,
        "thumbnail.png": package.thumbnail,
        "captions.srt": package.captions_srt,
        "captions.vtt": package.captions_vtt,
    }


def script_json(package: Package) -> bytes:
    """Return the script as it is published: with the description that has the chapters of the real cut."""
    seo = package.script.seo.model_copy(update={"description": package.description})
    return package.script.model_copy(update={"seo": seo}).model_dump_json(indent=2).encode() + b"\n"


def package_hashes(package: Package) -> dict[str, str]:
    """Return the SHA-256 of every published file by name; PackageIncomplete if one cannot be read."""
    return dict(_hashes(package))


def _hashes(package: Package) -> Iterator[tuple[str, str]]:
    for name, path in media_files(package).items():
        try:
            yield name, sha256_of(path)
        except OSError as error:
            raise unreadable(name, path, error) from error
    yield SCRIPT_NAME, hashlib.sha256(script_json(package)).hexdigest()


def unreadable(name: str, path: Path, error: OSError) -> PackageIncomplete:
    """Return the error for a file of the package that cannot be read."""
    return PackageIncomplete(
        f"The package has no {name}: {path} cannot be read ({error.strerror}).",
        next_step="Assemble the cut again, then publish.",
        context={"file": name, "path": path},
    )
