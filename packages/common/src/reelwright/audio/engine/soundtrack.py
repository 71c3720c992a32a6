"""The embedded sound engineer: voice, a composed bed that steps back for it, mastering."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwright.audio.beside import beside
from reelwright.audio.decoding import Block, decode_audio
from reelwright.audio.engine.coding import RATE
from reelwright.audio.engine.dynamics import (
    Curve,
    apply_curve,
    compression_curve,
    ducking_curve,
    frame_peaks,
    frame_powers,
)
from reelwright.audio.engine.mastering import BLOCK_SAMPLES, Mix, master
from reelwright.audio.engine.music.bed import MusicBed
from reelwright.audio.engine.music.own_bed import OwnBed
from reelwright.audio.engine.music.score import compose
from reelwright.audio.errors import NarrationUnreadable, SilentNarration
from reelwright.audio.loudness import LoudnessMeter
from reelwright.audio.schema import Soundtrack, SoundtrackRequest
from reelwright.storage.files import writing_to

__all__ = ["EmbeddedSoundtrack"]

_BED_SAMPLE_SECONDS = 14.0
"""One round of chords: enough to know how loud the bed is."""
_SILENCE_LUFS = -70.0


@dataclass(frozen=True, slots=True)
class _Voice:
    """The narration as it will be mixed: where it is, how loud, and the gain that evens it out."""

    path: Path
    samples: int
    loudness_lufs: float
    evening: Curve
    lead: int
    """Samples of silence before it."""

    def blocks(self) -> Iterator[tuple[int, Block]]:
        """Return the evened narration in blocks, padded or trimmed to the length of the cut."""
        for first, block in _fitted(self.path, self.samples, self.lead):
            yield first, apply_curve(block, self.evening, first)


class EmbeddedSoundtrack:
    """Mixes and masters with numpy and PyAV; the same request gives the same samples.

    Needs a recording with sound: silence raises SilentNarration, with or without music, since a
    narrated video without narration is a mistake upstream and no loudness could be reached.
    """

    def make(self, request: SoundtrackRequest) -> Soundtrack:
        """Return the soundtrack, measured as it decodes."""
        voice = _listen(request)
        out = request.work_dir / "soundtrack.m4a"
        with writing_to(out), tempfile.TemporaryDirectory(dir=request.work_dir) as folder:
            bed = _Bed(request, voice.loudness_lufs, Path(folder)) if request.music else None
            mix = _mix(bed, voice, Path(folder) / "mix.f32")
            measured = master(
                mix,
                out,
                loudness_lufs=request.settings.loudness_lufs,
                true_peak_dbtp=request.settings.true_peak_dbtp,
            )
        return Soundtrack(
            audio=out,
            duration_seconds=voice.samples / RATE,
            loudness_lufs=measured.integrated_lufs,
            true_peak_dbtp=measured.true_peak_dbtp,
            music_rounds=bed.rounds if bed else 1,
        )


def _listen(request: SoundtrackRequest) -> _Voice:
    """Measure the narration and work out how to even it: what rises above its own loudness is halved."""
    samples, lead = round(request.duration_seconds * RATE), round(request.lead_seconds * RATE)
    meter, powers = LoudnessMeter(RATE, 1), []
    for _, block in _fitted(request.narration, samples, lead):
        meter.feed(block)
        powers.append(frame_powers(block))
    loudness = meter.integrated_lufs()
    if loudness < _SILENCE_LUFS:
        raise SilentNarration(
            "The narration has no sound in it, or less than half a second.",
            next_step="Narrate again; a soundtrack is mastered to the loudness of its speech.",
            context={"narration": request.narration.name, "seconds": request.duration_seconds},
        )
    evening = compression_curve(np.concatenate(powers), loudness)
    return _Voice(request.narration, samples, loudness, evening, lead)


def _mix(bed: "_Bed | None", voice: _Voice, path: Path) -> Mix:
    """Write the mix to disk block by block, measuring it on the way."""
    meter, peaks, powers = LoudnessMeter(RATE, 2), [], []
    with path.open("wb") as file, beside(meter.feed) as weigh:
        for first, block in voice.blocks():
            stereo = np.repeat(block, 2, axis=0)
            if bed is not None:
                stereo += bed.block(first, block.shape[1])
            file.write(stereo.tobytes())
            weigh(stereo)
            peaks.append(frame_peaks(stereo))
            powers.append(frame_powers(stereo))
    return Mix(path, voice.samples, np.concatenate(peaks), np.concatenate(powers), meter.integrated_lufs())


class _Bed:
    """The music at its level under this voice, stepping back while somebody speaks."""

    def __init__(self, request: SoundtrackRequest, voice_lufs: float, folder: Path) -> None:
        self._music, bed_lufs = _music(request, folder)
        spans = [(span.start_seconds, span.end_seconds) for span in request.speech]
        # A mono voice played from both sides is 3 dB louder than its one channel measures.
        level_db = voice_lufs + 3.01 + request.settings.music_gain_db - max(bed_lufs, _SILENCE_LUFS)
        ducked = ducking_curve(spans, request.duration_seconds, request.settings.duck_db)
        self._curve = ducked * np.float32(10 ** (level_db / 20))

    def block(self, first: int, count: int) -> Block:
        """Return a stretch of the bed."""
        return apply_curve(self._music.block(first, count), self._curve, first)

    @property
    def rounds(self) -> int:
        """How many times a piece is played; a composed bed is as long as it must be."""
        return self._music.rounds if isinstance(self._music, OwnBed) else 1


def _music(request: SoundtrackRequest, folder: Path) -> tuple[MusicBed | OwnBed, float]:
    """Return what is played, and how loud it is."""
    if request.own_music is not None:
        own = OwnBed(request.own_music, request.duration_seconds, folder / "music.s16")
        return own, own.loudness_lufs
    score = compose(request.seed, request.duration_seconds)
    bed = MusicBed(score, request.seed)
    return bed, _loudness(bed, score.duration_seconds)


def _loudness(bed: MusicBed, duration_seconds: float) -> float:
    """Measure a stretch from the middle, away from the fades."""
    seconds = min(_BED_SAMPLE_SECONDS, duration_seconds)
    meter = LoudnessMeter(RATE, 2)
    meter.feed(bed.block(int((duration_seconds - seconds) / 2 * RATE), int(seconds * RATE)))
    return meter.integrated_lufs()


def _fitted(path: Path, samples: int, lead: int) -> Iterator[tuple[int, Block]]:
    """Return the file as mono blocks at our rate, silence around it, nothing beyond ``samples``."""
    first, held = 0, np.zeros((1, lead), dtype=np.float32)
    source = _decoded(path)
    while first < samples:
        count = min(BLOCK_SAMPLES, samples - first)
        while held.shape[1] < count and (more := next(source, None)) is not None:
            held = np.concatenate([held, more], axis=1)
        block, held = held[:, :count], held[:, count:]
        yield first, np.pad(block, ((0, 0), (0, count - block.shape[1])))
        first += count


def _decoded(path: Path) -> Iterator[Block]:
    try:
        yield from decode_audio(path, RATE, "mono")
    except (OSError, ValueError, IndexError) as error:
        raise NarrationUnreadable(
            f"The narration {path.name} cannot be decoded.",
            next_step="Narrate again.",
            context={"narration": path.name, "reason": error},
        ) from error
