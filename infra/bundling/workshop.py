"""Makes the zips, and keeps them: what nothing has changed for is never made again."""

import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from infra.bundling import archive
from infra.bundling.bytecode import compile_folder
from infra.bundling.packages import install
from infra.bundling.pictures import packed_pictures
from infra.bundling.pruning import prune
from infra.bundling.recipes import (
    BUNDLES,
    PICTURES,
    PYTHON,
    ROOT,
    VOICE,
    Bundle,
    digest,
    own_files,
    picture_inputs,
    requirements,
    voice_requirement,
)

__all__ = ["Workshop"]

_SIDE_BY_SIDE = 2
_KEPT = 6
"""Zips of one kind: for two versions of Python, and a few changes of the code."""


class Workshop:
    """Zips for one version of Python. Their names follow from what goes in, not from having been made."""

    def __init__(self, folder: Path = ROOT / ".bundles", *, python: str = PYTHON) -> None:
        self._folder = folder
        self._python = python
        self._said = False

    def hash_of(self, name: str) -> str:
        """Return the hash of everything that goes into a bundle."""
        code = (part for place, content in self._code for part in (str(place).encode(), content))
        pictures = picture_inputs() if BUNDLES[name].pictures else []
        return digest([*self._packages_key(BUNDLES[name]), *code, *pictures])

    def path_of(self, name: str) -> Path:
        """Return where the zip of a bundle is, or will be once it is made."""
        return self._folder / f"{name}-{self.hash_of(name)[:32]}.zip"

    def make(self, name: str) -> Path:
        """Return the zip of a bundle, made now unless it is there. Raises BundlingError."""
        return self._once(self.path_of(name), lambda file: self._write_bundle(BUNDLES[name], file))

    def make_everything(self) -> None:
        """Make all that is not there yet, side by side: pip waits, and packing takes a processor each."""
        self.path_of("core")  # reads our own files, once for all threads
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            voice = pool.submit(self.make_voice)
            zips = [pool.submit(self.make, name) for name in BUNDLES]
        voice.result()
        for made in zips:
            made.result()

    def voice_hash(self, part: str) -> str:
        """Return the hash of one part, ``model`` or ``config``, of the voice."""
        return digest([voice_requirement().encode(), part.encode()])

    def voice_paths(self) -> tuple[Path, Path]:
        """Return where the voice's model and its configuration are, or will be."""
        model, config = (self._folder / f"voice-{self.voice_hash(part)[:32]}" for part in ("model", "config"))
        return model.with_suffix(".onnx"), config.with_suffix(".json")

    def make_voice(self) -> tuple[Path, Path]:
        """Return the two files of the voice, fetched now unless they are there. Raises BundlingError."""
        model, config = self.voice_paths()
        if not (model.exists() and config.exists()):
            self._fetch_voice(model, config)
        return model, config

    @cached_property
    def _code(self) -> list[tuple[PurePosixPath, bytes]]:
        """Our own files, read once: what is hashed is what is packed."""
        return [(place, path.read_bytes()) for path, place in own_files()]

    def _packages_key(self, bundle: Bundle) -> list[bytes]:
        return [self._python.encode(), requirements(bundle).encode()]

    def _write_bundle(self, bundle: Bundle, file: Path) -> None:
        shutil.copyfile(self._packages(bundle), file)
        with TemporaryDirectory() as temporary:
            for place, content in self._code:
                target = Path(temporary, place)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            if bundle.pictures:
                shutil.copyfile(packed_pictures(), Path(temporary, PICTURES))
            self._pack(Path(temporary), file)

    def _packages(self, bundle: Bundle) -> Path:
        """Return a zip of the installed packages alone: code changes often, and they do not."""
        key = digest(self._packages_key(bundle))[:32]
        return self._once(
            self._folder / f"{bundle.name}-packages-{key}.zip", lambda file: self._install(bundle, file)
        )

    def _install(self, bundle: Bundle, file: Path) -> None:
        with TemporaryDirectory() as temporary:
            install(requirements(bundle), Path(temporary), self._python)
            prune(Path(temporary))
            self._pack(Path(temporary), file)

    def _pack(self, folder: Path, file: Path) -> None:
        if not compile_folder(folder, self._python) and not self._said:
            self._said = True
            sys.stderr.write(f"note: no Python {self._python} on this machine, so zips have no bytecode\n")
        with ZipFile(file, "a") as zipped:
            archive.add_folder(zipped, folder)

    def _fetch_voice(self, model: Path, config: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory() as temporary:
            install(voice_requirement(), Path(temporary), self._python)
            archive.copy_whole(Path(temporary, VOICE.model), model)
            archive.copy_whole(Path(temporary, VOICE.config), config)

    def _once(self, file: Path, write: Callable[[Path], None]) -> Path:
        """Return the file, written now unless it is there: whole, or not at all."""
        if not file.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=self._folder) as temporary:
                written = Path(temporary, file.name)
                write(written)
                written.replace(file)
            self._clear_away(file)
        return file

    def _clear_away(self, newest: Path) -> None:
        """Delete the oldest zips of the same kind; the last few may wait in an assembly to be deployed."""
        kind = newest.name.rpartition("-")[0]
        alike = [path for path in self._folder.glob(f"{kind}-*.zip") if path.name.rpartition("-")[0] == kind]
        for old in sorted(alike, key=lambda path: path.stat().st_mtime_ns)[:-_KEPT]:
            old.unlink(missing_ok=True)
