"""The folder platform: a finished package in a folder of its own, complete or not there at all.

::

    out/prod_01K8…/             video.mp4  thumbnail.png  captions.srt  captions.vtt  script.json
        .publication.json       when it was published, and the SHA-256 of each file
    out/.prod_01K8….partial/    the same on its way; it is renamed when everything is on the disk
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError

from reelwright.clock import Clock
from reelwright.ids import check_production_id
from reelwright.production.schema import Publication
from reelwright.storage.files import copy_hashing, sha256_of, sync, sync_folder, write_whole, writing_to
from reelwright.upload.contents import SCRIPT_NAME, media_files, package_hashes, script_json, unreadable
from reelwright.upload.errors import PublicationConflict
from reelwright.upload.receipt import RECEIPT_NAME, Receipt
from reelwright.upload.schema import Package

__all__ = ["FolderPlatform"]


class FolderPlatform:
    """A Platform that publishes into ``package.out_dir``, on this machine."""

    name = "folder"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def find(self, package: Package) -> Publication | None:
        """Return the publication if the folder is there and whole.

        PublicationConflict if something else is in its place; PackageIncomplete if the package
        cannot be compared with it.
        """
        target = _target(package)
        if not os.path.lexists(target):
            return None
        receipt = _receipt(target)
        _check_same(target, receipt, package_hashes(package))
        return _publication(target, receipt)

    def publish(self, package: Package) -> Publication:
        """Publish, or return the publication that is already there.

        StorageFull or StorageUnwritable when the folder cannot be written; nothing is left then.
        """
        target = _target(package)
        with writing_to(package.out_dir):
            package.out_dir.mkdir(parents=True, exist_ok=True)
        with _alone_in(package.out_dir):
            found = self.find(package)
            return found or _publication(target, self._put(package, target))

    def _put(self, package: Package, target: Path) -> Receipt:
        partial = target.with_name(f".{target.name}.partial")
        with writing_to(partial):
            _clear(partial)
            try:
                partial.mkdir()
                receipt = Receipt(published_at=self._clock.now(), sha256=_fill(partial, package))
                write_whole(partial / RECEIPT_NAME, receipt.model_dump_json(indent=2).encode())
                partial.rename(target)
            except BaseException:
                with suppress(OSError):
                    _clear(partial)
                raise
            sync_folder(target.parent)
        return receipt


def _target(package: Package) -> Path:
    return package.out_dir.absolute() / check_production_id(package.production_id)


def _publication(target: Path, receipt: Receipt) -> Publication:
    return Publication(
        platform=FolderPlatform.name,
        remote_id=target.name,
        location=str(target),
        published_at=receipt.published_at,
    )


def _fill(folder: Path, package: Package) -> dict[str, str]:
    """Write every file of the package; return the SHA-256 of what was written, by name."""
    hashes = {name: _copy(name, source, folder / name) for name, source in media_files(package).items()}
    write_whole(folder / SCRIPT_NAME, script_json(package))
    return hashes | {SCRIPT_NAME: sha256_of(folder / SCRIPT_NAME)}


def _copy(name: str, source: Path, target: Path) -> str:
    try:
        original = source.open("rb")
    except OSError as error:
        raise unreadable(name, source, error) from error
    with original, target.open("xb") as copy:
        sha256, _ = copy_hashing(original, copy)
        sync(copy)
    return sha256


def _clear(partial: Path) -> None:
    """Remove what an interrupted publication left; a link is removed, not followed."""
    if partial.is_dir() and not partial.is_symlink():
        shutil.rmtree(partial)
    else:
        partial.unlink(missing_ok=True)


def _receipt(target: Path) -> Receipt:
    if target.is_symlink():
        raise _conflict(target, "it is a symbolic link")
    try:
        return Receipt.model_validate_json((target / RECEIPT_NAME).read_bytes())
    except (OSError, ValidationError) as error:
        raise _conflict(target, "it is not a package that was published here") from error


def _check_same(target: Path, receipt: Receipt, hashes: dict[str, str]) -> None:
    if receipt.sha256 != hashes:
        raise _conflict(target, "it holds another cut of the production")
    for name, sha256 in hashes.items():
        try:
            same = sha256_of(target / name) == sha256
        except OSError as error:
            raise _conflict(target, f"its {name} cannot be read") from error
        if not same:
            raise _conflict(target, f"its {name} was changed after it was published")


def _conflict(target: Path, reason: str) -> PublicationConflict:
    return PublicationConflict(
        f"{target} is in the way: {reason}.",
        next_step="Move it away, or choose another output folder.",
        context={"path": target, "reason": reason},
    )


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let one process at a time publish into a folder, where the file system can lock.

    Where it cannot, the rename still lets only one of two publications through.
    """
    with writing_to(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
