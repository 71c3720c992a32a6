"""What is heard: loudness and true peak by ITU-R BS.1770, and stretches of silence."""

from collections.abc import Iterator
from math import log10

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph

from reelwright.production.schema import Check
from reelwright.video.review.stretch import Stretch
from reelwright.video.schema import ReviewRequest

__all__ = ["SoundWatch"]

_SILENT_AMPLITUDE = 0.001
"""60 dB below full scale."""
_MAX_SILENT_SECONDS = 3.0
_PEAK_METER_TOLERANCE_DB = 0.2
"""What two true-peak meters may differ by upwards (EBU Tech 3341, test cases 15 to 23)."""
_METER = "metadata=1:peak=true:framelog=quiet"
_NO_PEAK_DB = -120.0


class SoundWatch:
    """Feeds a loudness meter and notes where nothing is to be heard."""

    def __init__(self, request: ReviewRequest) -> None:
        self._request = request
        self._meter: Graph | None = None
        self._silence = Stretch()
        self._loudness_lufs: float | None = None
        self._peak = 0.0

    def hear(self, frame: AudioFrame) -> None:
        """Take the next frame."""
        if self._meter is None:
            self._meter = _meter(frame)
        self._meter.push(frame)
        self._read(self._meter)

    def finish(self) -> None:
        """Empty the meter; no frame comes after."""
        if self._meter is not None:
            self._meter.push(None)
            self._read(self._meter)

    def checks(self) -> Iterator[Check]:
        """Yield the findings; a file without sound fails those on its level."""
        yield self._loudness()
        yield self._true_peak()
        yield self._silence.check("silence", _MAX_SILENT_SECONDS)

    def _read(self, meter: Graph) -> None:
        """Take the tenths of a second that are ready, each with the levels of all so far."""
        while (frame := _pulled(meter)) is not None:
            levels = frame.metadata
            if "lavfi.r128.I" in levels:
                self._loudness_lufs = float(levels["lavfi.r128.I"])
                self._peak = max(self._peak, float(levels["lavfi.r128.true_peak"]))
            start = frame.time or 0.0
            silent = float(np.abs(frame.to_ndarray()).max()) < _SILENT_AMPLITUDE
            self._silence.look(silent, start, start + frame.samples / frame.sample_rate)

    def _loudness(self) -> Check:
        wanted = self._request.audio.loudness_lufs
        tolerance = self._request.thresholds.loudness_tolerance_lu
        found = self._loudness_lufs
        return Check(
            name="loudness",
            passed=found is not None and abs(found - wanted) <= tolerance,
            found="no sound" if found is None else f"{found:.2f} LUFS",
            allowed=f"{wanted:.1f} ± {tolerance:.1f} LUFS",
        )

    def _true_peak(self) -> Check:
        most = self._request.audio.true_peak_dbtp
        found = 20 * log10(self._peak) if self._peak > 0 else _NO_PEAK_DB
        return Check(
            name="true_peak",
            passed=self._loudness_lufs is not None and found <= most + _PEAK_METER_TOLERANCE_DB,
            found="no sound" if self._loudness_lufs is None else f"{found:.2f} dBTP",
            allowed=f"at most {most:.1f} dBTP, {_PEAK_METER_TOLERANCE_DB} more for the meter",
        )


def _meter(frame: AudioFrame) -> Graph:
    """Return a loudness meter for sound like this frame's."""
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=frame.sample_rate, format=frame.format, layout=frame.layout, time_base=frame.time_base
    )
    graph.link_nodes(source, graph.add("ebur128", _METER), graph.add("abuffersink")).configure()
    return graph


def _pulled(meter: Graph) -> AudioFrame | None:
    try:
        frame = meter.pull()
    except (av.BlockingIOError, av.EOFError):
        return None
    return frame if isinstance(frame, AudioFrame) else None
