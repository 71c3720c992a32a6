"""Speech that was paid for, kept until all of a recording is there."""

from contextlib import suppress
from pathlib import Path

from reelwright.storage.files import replacing, writing_to

__all__ = ["Kept"]


class Kept:
    """Answers that were paid for, in a folder of the caller's, until all of a recording is there.

    A later piece may fail after earlier ones were bought. Whoever tries again in the same folder finds them.
    """

    def __init__(self, work_dir: Path) -> None:
        self._folder = work_dir / "bought-speech"

    def get(self, key: str) -> bytes | None:
        """Return what is kept, if it is."""
        try:
            return (self._folder / key).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, key: str, content: bytes) -> None:
        """Keep an answer, whole or not at all; StorageFull or StorageUnwritable."""
        with writing_to(self._folder):
            self._folder.mkdir(exist_ok=True)
            with replacing(self._folder) as (file, partial):
                file.write(content)
                file.flush()
                partial.replace(self._folder / key)

    def clear(self) -> None:
        """Forget everything: what is bought from here on is bought anew."""
        with suppress(OSError):
            for file in self._folder.iterdir():
                file.unlink()
            self._folder.rmdir()
