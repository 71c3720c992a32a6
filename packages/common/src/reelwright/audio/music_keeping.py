"""The user's own music is copied when a production begins, and played once: before anything is spent.

A function reads no file that a request names: there the piece must be in the store of artifacts already, and
is played when the sound is mixed.
"""

import stat
from pathlib import Path
from typing import Final

from reelwright.audio.errors import MusicUnusable
from reelwright.production.music import BriefMusic
from reelwright.production.schema import Brief
from reelwright.storage.errors import ArtifactDamaged, ArtifactMissing
from reelwright.storage.ports import ArtifactStore

__all__ = ["MOST_MUSIC_BYTES", "check_music", "keep_music"]

MOST_MUSIC_BYTES: Final = 200_000_000
"""Twenty minutes of uncompressed stereo."""
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
    kept = artifacts.put_file(path, _TYPES.get(path.suffix.lower(), "application/octet-stream"))
    own = {"file": brief.music.name, "kept": kept, "seconds": round(found.seconds, 3)}
    return brief.model_copy(update={"music": brief.music.model_copy(update=own)})


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
    return brief.model_copy(update={"music": music.model_copy(update={"file": music.name})})


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
