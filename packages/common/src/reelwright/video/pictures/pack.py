"""The picture pack: one file of drawings with their keywords, and the outlines of the world's countries.

The set-up writes it from npm packages (``bin/pack_pictures.py``); nothing of it is in this repository. It
is a zip, so that anybody can look into it::

    index.tsv          a line of the sizes of all drawings, then a line for every picture: see ``Picture``
    drawings.bin       their SVG documents, each compressed by itself, end to end
    world/50m.json     TopoJSON of Natural Earth's countries; also 110m
    fonts/             for scripts that the bundled typeface lacks, read by reelwright.video.engine.typefaces
    made-from.tsv      packages and versions
    licences/          of every source

The index is read when the pack is opened, a drawing when it is asked for.
"""

import hashlib
import struct
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias, TypeVar
from zipfile import BadZipFile, ZipFile

from reelwright.video.pictures.errors import PackDamaged

__all__ = [
    "FILE_NAME",
    "FORMAT",
    "HEAD",
    "KINDS",
    "USUAL_KINDS",
    "Picture",
    "PicturePack",
    "Resolution",
    "installed_at",
    "packed_index",
    "packed_keywords",
]

FORMAT: Final = 1
"""Raised when a reader of before would not understand the file."""
FILE_NAME: Final = "pictures.zip"
KINDS: Final = ("thing", "face", "person", "body", "symbol", "flag", "currency", "clock")
"""What a picture is of. A currency is banknotes of one country, and a clock shows one hour of twelve."""
USUAL_KINDS: Final = frozenset({"thing"})
"""Drawn without being asked for by name: the others mean somebody, or something that was not said."""

Resolution: TypeAlias = Literal["50m", "110m"]
"""Of outlines: 1:50 million for a part of the world, 1:110 million for all of it."""

HEAD: Final = f"reelwright pictures\t{FORMAT}"
"""The first line of the index."""
_BETWEEN: Final = "|"
_LOCAL_HEADER: Final = 30
"""Bytes before the name of an entry (PKWARE's APPNOTE, 4.3.7)."""

_Read = TypeVar("_Read")


class Picture(NamedTuple):
    """One picture of the pack, without its drawing."""

    name: str
    """As its source calls it: ``hot-beverage``."""
    label: str
    """In words, by Unicode: ``hot beverage``."""
    kind: str
    """One of ``KINDS``."""
    group: str
    """By Unicode: ``food-drink``."""
    subgroup: str
    """Finer than the group: ``drink``."""
    character: str
    """The character that it is a drawing of."""
    digest: str
    """Names the drawing by its content."""
    packed_keywords: str
    """As the index has them, for it is read faster than it is taken apart: use ``keywords``."""

    @property
    def keywords(self) -> tuple[str, ...]:
        """In lower case, the most fitting first; without the label."""
        return tuple(self.packed_keywords.split(_BETWEEN)) if self.packed_keywords else ()


class PicturePack:
    """An opened pack. It holds no file open, so threads and forks may share it."""

    def __init__(self, path: Path) -> None:
        """Read the index; raises PackDamaged, or FileNotFoundError where there is no file."""
        self.path = path
        self._index = self._reading(lambda: self._entry("index.tsv"))
        self._sizes, self.pictures = self._reading(lambda: _parsed(self._index))
        self._by_name = MappingProxyType({picture.name: picture for picture in self.pictures})

    @classmethod
    def installed(cls) -> "PicturePack | None":
        """Return the pack of this installation, or None where the set-up could not fetch it.

        A function's zip carries it beside the code, an environment in its data folder. Raises PackDamaged.
        """
        return next((_opened(path) for path in installed_at() if path.is_file()), None)

    def __len__(self) -> int:
        return len(self.pictures)

    def get(self, name: str) -> Picture | None:
        """Return a picture by its name."""
        return self._by_name.get(name)

    def svg(self, name: str) -> str:
        """Return the drawing of a picture, a whole document. Raises KeyError for a name it does not have."""
        offset, length = self._places[name]

        def read() -> str:
            with self.path.open("rb") as file:
                file.seek(offset)
                return zlib.decompress(file.read(length)).decode()

        return self._reading(read)

    def world(self, resolution: Resolution) -> bytes:
        """Return the countries of the world as TopoJSON, with ``land`` and ``countries`` as objects."""
        return self._reading(lambda: self._entry(f"world/{resolution}.json"))

    @cached_property
    def digest(self) -> str:
        """Names all pictures by their content: another pack, another digest."""
        return hashlib.sha256(self._index).hexdigest()[:32]

    @cached_property
    def made_from(self) -> Mapping[str, str]:
        """The packages that it was made from, and their versions."""
        lines = self._reading(lambda: self._entry("made-from.tsv").decode().splitlines())
        return MappingProxyType(dict(line.split("\t") for line in lines))

    def licences(self) -> Mapping[str, str]:
        """Return the text of every licence, by the name of what it is for."""

        def read() -> dict[str, str]:
            with ZipFile(self.path) as zipped:
                names = [name for name in zipped.namelist() if name.startswith("licences/")]
                return {Path(name).stem: zipped.read(name).decode() for name in names}

        return self._reading(read)

    def _entry(self, name: str) -> bytes:
        with ZipFile(self.path) as zipped:
            return zipped.read(name)

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        """Where the drawing of each picture begins in the file, and how many bytes it takes there."""
        sizes = [int(size) for size in self._sizes.split()]
        begins = accumulate(sizes, initial=self._reading(self._find_drawings))
        names = [picture.name for picture in self.pictures]
        return dict(zip(names, zip(begins, sizes, strict=False), strict=True))

    def _find_drawings(self) -> int:
        """Return where in the file the drawings begin: they lie in it uncompressed as a whole."""
        with ZipFile(self.path) as zipped:
            header = zipped.getinfo("drawings.bin").header_offset
        with self.path.open("rb") as file:
            file.seek(header)
            name, extra = struct.unpack("<HH", file.read(_LOCAL_HEADER)[-4:])
        return header + _LOCAL_HEADER + int(name) + int(extra)

    def _reading(self, read: Callable[[], _Read]) -> _Read:
        try:
            return read()
        except FileNotFoundError:
            raise
        except (BadZipFile, OSError, KeyError, ValueError, zlib.error) as error:
            raise PackDamaged(
                f"The pictures at {self.path} cannot be read: {error}.",
                next_step="Delete the file and set up again: python3 bin/setup.py pictures",
                context={"file": self.path},
            ) from error


def installed_at() -> tuple[Path, ...]:
    """Return where this installation may have its pack: in a function's zip, and in an environment."""
    package = Path(__file__).resolve().parents[2]
    return package / "_data" / FILE_NAME, Path(sys.prefix) / "share" / "reelwright" / FILE_NAME


def packed_keywords(*lists: Iterable[str], label: str = "") -> str:
    """Return the keywords of all lists as the index has them, each once, without the label."""
    words = (" ".join(word.replace("_", " ").lower().split()) for words in lists for word in words)
    return _BETWEEN.join(dict.fromkeys(it for it in words if it not in {"", label} and _BETWEEN not in it))


def packed_index(pictures: Iterable[Picture], sizes: Iterable[int]) -> bytes:
    """Return the index of pictures whose drawings take these bytes, one after the other."""
    return "\n".join((HEAD, " ".join(map(str, sizes)), *map("\t".join, pictures))).encode()


@cache
def _opened(path: Path) -> PicturePack:
    return PicturePack(path)


def _parsed(index: bytes) -> tuple[str, tuple[Picture, ...]]:
    head, sizes, *lines = index.decode().split("\n")
    if head != HEAD:
        raise ValueError(f"its index begins with {head[:60]!r}")
    return sizes, tuple(Picture._make(line.split("\t")) for line in lines)
