"""The user's own music is copied when a production begins, and played once: before anything is spent.

A function reads no file that a request names: there the piece must be in the store of artifacts already, and
is played when the sound is mixed. The piece of the settings lies in ``environments/music``: that travels with
the code, so any function may read it.
"""

import stat
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Final

from reelwright.assets import locate
from reelwright.audio.errors import MusicUnusable
from reelwright.environment.schema import Settings
from reelwright.production.music import BriefMusic
from reelwright.production.schema import Brief
from reelwright.storage.errors import ArtifactDamaged, ArtifactMissing
from reelwright.storage.ports import ArtifactStore

__all__ = ["MOST_HOUSE_BYTES", "MOST_MUSIC_BYTES", "check_music", "house_music", "keep_music"]

MOST_MUSIC_BYTES: Final = 200_000_000
"""Twenty minutes of uncompressed stereo."""
MOST_HOUSE_BYTES: Final = 20_000_000
"""Every function carries it, and has 250 MB for all that it carries."""
_FOLDER: Final = "music"
_TYPES: Final = {
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
}
_SMALLER: Final = f"Give a smaller file: {MOST_MUSIC_BYTES // 1_000_000} MB are the most."


def keep_music(brief: Brief, artifacts: ArtifactStore) -> Brief:
    """Return the brief with its music copied into the store, and played from end to end.

    MusicUnusable for what cannot lie under a voice, StorageFull and StorageUnwritable.
    """
    if brief.music is None:
        return brief
    if brief.music.kept is not None:
        return check_music(brief, artifacts)
    from reelwright.audio.own_music import hear  # noqa: PLC0415 (a decoder, only for briefs with music)

    path = _regular(brief.music)
    found = hear(path)
    kept = artifacts.put_file(path, _type(path.name))
    own = {"file": brief.music.name, "kept": kept, "seconds": round(found.seconds, 3)}
    return _with(brief, brief.music.model_copy(update=own))


def house_music(brief: Brief, settings: Settings, artifacts: ArtifactStore) -> Brief:
    """Return the brief, with the piece of the settings copied if it brings none and a bed is to be heard.

    It is played where a decoder is at hand; MusicUnusable as ``keep_music``.
    """
    told = settings.audio
    heard = settings.features.music and "music" in settings.video.chain
    if brief.music is not None or not told.music_file or not heard:
        return brief
    music = BriefMusic(file=told.music_file, credit=told.music_credit, house=True)
    kept = artifacts.put_bytes(_bundled(music), _type(music.name))
    seconds = _played(music, artifacts.local_path(kept)) if find_spec("av") else 0.0
    return _with(brief, music.model_copy(update={"file": music.name, "kept": kept, "seconds": seconds}))


def check_music(brief: Brief, artifacts: ArtifactStore) -> Brief:
    """Return the brief, whose music is in the store; MusicUnusable if it is not. No file is read."""
    music = brief.music
    if music is None:
        return brief
    if music.kept is None:
        problem = "it is not in the store of this environment, and nothing else is read there"
        raise _unusable(music, problem, "Start the production with 'reelwright make --env …'.")
    if music.kept.size_bytes > MOST_MUSIC_BYTES:
        raise _unusable(music, "it is too large", _SMALLER)
    try:
        artifacts.local_path(music.kept)
    except (ArtifactMissing, ArtifactDamaged) as error:
        step = "Put it there again, under its own SHA-256."
        raise _unusable(music, "the store does not have it as it is named", step) from error
    return _with(brief, music.model_copy(update={"file": music.name}))


def _with(brief: Brief, music: BriefMusic) -> Brief:
    return brief.model_copy(update={"music": music})


def _type(name: str) -> str:
    return _TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")


def _bundled(music: BriefMusic) -> bytes:
    """Return the piece of the settings; what operators write there leads nowhere else."""
    way = PurePosixPath(music.file)
    if way.is_absolute() or ".." in way.parts or "\\" in music.file:
        problem = "its path leads out of environments/music"
        raise _unusable(music, problem, "Name a file in that folder in audio.music_file.")
    place = locate("environments").joinpath(_FOLDER, *way.parts)
    try:
        content = place.read_bytes()
    except OSError as error:
        problem = f"environments/music: {str(error.strerror or error).lower()}"
        raise _unusable(music, problem, "Put it there, or correct audio.music_file.") from error
    if len(content) > MOST_HOUSE_BYTES:
        problem = f"it has more than {MOST_HOUSE_BYTES // 1_000_000} MB"
        raise _unusable(music, problem, "Save it as MP3, M4A or Ogg: functions carry it.")
    return content


def _played(music: BriefMusic, path: Path) -> float:
    from reelwright.audio.own_music import hear  # noqa: PLC0415 (as above)

    try:
        return round(hear(path).seconds, 3)
    except MusicUnusable as error:
        told = error.message.rpartition(" cannot be used: ")[2].rstrip(".")
        raise _unusable(music, told, error.next_step) from error


def _regular(music: BriefMusic) -> Path:
    path = Path(music.file).expanduser()
    try:
        facts = path.stat()
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _unusable(music, reason.lower(), "Check the path and its permissions.") from error
    if not stat.S_ISREG(facts.st_mode):
        raise _unusable(music, "it is not a regular file", "Name a piece of music.")
    if facts.st_size > MOST_MUSIC_BYTES:
        raise _unusable(music, f"it has {facts.st_size // 1_000_000} MB", _SMALLER)
    return path


def _unusable(music: BriefMusic, problem: str, next_step: str) -> MusicUnusable:
    return MusicUnusable(
        f"The music {music.name[:200]} cannot be used: {problem}.",
        next_step=next_step,
        context={"field": "music", "music": music.name},
    )
