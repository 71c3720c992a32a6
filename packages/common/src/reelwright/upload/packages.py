"""Where the account of a production is written: beside its video, in a folder."""

from pathlib import Path

from reelwright.production.schema import Production
from reelwright.storage.files import write_whole

__all__ = ["FolderPackages"]


class FolderPackages:
    """A PackageWriter for packages in folders of this machine."""

    def write(self, production: Production, name: str, content: bytes) -> None:
        """Write a file into the production's folder; StorageFull or StorageUnwritable if it refuses."""
        write_whole(Path(production.output_dir) / name, content)
