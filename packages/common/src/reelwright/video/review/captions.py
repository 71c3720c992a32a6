"""What is read: the caption file and the soft track against the words that were spoken."""

from __future__ import annotations  # PyAV's packets are generic in the stubs only

from collections.abc import Iterator, Sequence
from typing import Any

from av.packet import Packet

from reelwright.production.schema import Check
from reelwright.video.captions import Cue, parse_srt, spoken_text
from reelwright.video.errors import CaptionsUnreadable
from reelwright.video.schema import ReviewRequest

__all__ = ["CaptionWatch"]

_START_TOLERANCE_SECONDS = 0.25
_TRACK_TOLERANCE_SECONDS = 0.002
_LENGTH_BYTES = 2


class CaptionWatch:
    """Reads the soft track as it passes by, and the caption file at the end."""

    def __init__(self, request: ReviewRequest) -> None:
        self._request = request
        self._track: list[Cue] = []

    def read(self, packet: Packet[Any]) -> None:
        """Take the next sample of the track: a 16-bit length and text; empty ones are pauses."""
        data = bytes(packet)
        size = int.from_bytes(data[:_LENGTH_BYTES])
        if not size or packet.pts is None:
            return
        start = float(packet.pts * packet.time_base)
        end = start + float((packet.duration or 0) * packet.time_base)
        text = data[_LENGTH_BYTES : _LENGTH_BYTES + size].decode(errors="replace")
        self._track.append(Cue(start, end, tuple(text.split("\n"))))

    def checks(self) -> Iterator[Check]:
        """Yield the findings; a caption file that cannot be read is the only one then."""
        try:
            captions = parse_srt(self._request.captions_srt.read_bytes().decode())
        except (CaptionsUnreadable, OSError, UnicodeDecodeError) as error:
            yield Check(name="caption_file", passed=False, found=str(error), allowed="a SubRip file")
            return
        yield Check(
            name="caption_file", passed=True, found=f"{len(captions)} captions", allowed="a SubRip file"
        )
        yield self._order(captions)
        yield from self._words(captions)
        yield self._gaps(captions)
        yield self._soft_track(captions)

    def _order(self, captions: Sequence[Cue]) -> Check:
        """Look for captions that are empty, overlap the one before, or outlast the video."""
        previous_end, wrong = 0.0, None
        for number, cue in enumerate(captions, start=1):
            last = self._request.duration_seconds + _TRACK_TOLERANCE_SECONDS
            if not previous_end <= cue.start_seconds < cue.end_seconds <= last:
                wrong = (number, cue.start_seconds)
                break
            previous_end = cue.end_seconds
        return Check(
            name="caption_order",
            passed=wrong is None,
            found="in order" if wrong is None else f"caption {wrong[0]} is out of place",
            allowed="one after the other within the video",
            at_seconds=wrong[1] if wrong else None,
        )

    def _words(self, captions: Sequence[Cue]) -> Iterator[Check]:
        """Put the words that are read beside those that are spoken, and compare text and time."""
        read = [(token, cue) for cue in captions for token in cue.text.split()]
        spoken = [
            (token, word.start_seconds) for word in self._request.words for token in spoken_text(word).split()
        ]
        same = [token for token, _ in read] == [token for token, _ in spoken]
        yield Check(
            name="caption_words",
            passed=same,
            found="every word" if same else _first_difference(read, spoken),
            allowed="every spoken word, in order",
        )
        if same:
            yield _timing(read, spoken)

    def _gaps(self, captions: Sequence[Cue]) -> Check:
        """Find the longest stretch without captions in which somebody speaks."""
        edges = [0.0, *(time for cue in captions for time in (cue.start_seconds, cue.end_seconds))]
        edges.append(self._request.duration_seconds)
        gaps = [(after - before, before) for before, after in zip(edges[::2], edges[1::2], strict=True)]
        longest, at_seconds = max((gap for gap in gaps if self._speaks(gap)), default=(0.0, 0.0))
        most = self._request.thresholds.max_caption_gap_seconds
        return Check(
            name="caption_gaps",
            passed=longest <= most,
            found=f"{longest:.2f} s at the longest",
            allowed=f"at most {most:.2f} s while somebody speaks",
            at_seconds=at_seconds if longest else None,
        )

    def _speaks(self, gap: tuple[float, float]) -> bool:
        """Return whether a word is said in a gap of so many seconds from a time."""
        start, end = gap[1] + _START_TOLERANCE_SECONDS, gap[1] + gap[0] - _START_TOLERANCE_SECONDS
        return any(word.start_seconds < end and word.end_seconds > start for word in self._request.words)

    def _soft_track(self, captions: Sequence[Cue]) -> Check:
        matching = len(captions) == len(self._track) and all(map(_same_cue, captions, self._track))
        return Check(
            name="soft_captions",
            passed=matching,
            found=f"{len(self._track)} captions, {'the same' if matching else 'not the same'}",
            allowed=f"the {len(captions)} of the caption file",
        )


def _first_difference(read: Sequence[tuple[str, Cue]], spoken: Sequence[tuple[str, float]]) -> str:
    for number, ((shown, _), (said, _)) in enumerate(zip(read, spoken, strict=False), start=1):
        if shown != said:
            return f"word {number} reads {shown[:40]!r}, spoken is {said[:40]!r}"
    return f"{len(read)} words are read, {len(spoken)} spoken"


def _timing(read: Sequence[tuple[str, Cue]], spoken: Sequence[tuple[str, float]]) -> Check:
    """Find the word that starts farthest outside its caption."""
    worst, at_seconds = 0.0, None
    for (_, cue), (_, start) in zip(read, spoken, strict=True):
        outside = max(cue.start_seconds - start, start - cue.end_seconds)
        if outside > worst:
            worst, at_seconds = outside, start
    return Check(
        name="caption_timing",
        passed=worst <= _START_TOLERANCE_SECONDS,
        found=f"{worst:.3f} s off at the worst",
        allowed=f"every word starts within {_START_TOLERANCE_SECONDS:.2f} s of its caption",
        at_seconds=at_seconds,
    )


def _same_cue(one: Cue, other: Cue) -> bool:
    off = max(abs(one.start_seconds - other.start_seconds), abs(one.end_seconds - other.end_seconds))
    return one.lines == other.lines and off <= _TRACK_TOLERANCE_SECONDS
