"""Long sound is encoded in pieces: nobody hears where one begins."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.audio.beside import beside
from reelwright.audio.decoding import Block
from reelwright.audio.engine import coding
from reelwright.audio.engine.coding import RATE, write_aac
from tests.unit.audio.samples import talk

pytestmark = pytest.mark.render
BLOCK = 12 * 1024
SAMPLES = 9 * RATE + 77
PACKET = 1024


@pytest.fixture(scope="module")
def sound() -> NDArray[np.float32]:
    """Return syllables over a chord: nothing is silent, and loud moments begin all the time."""
    time = np.arange(SAMPLES) / RATE
    chord = sum(np.sin(2 * np.pi * pitch * time) for pitch in (110, 165, 277)) / 30
    spoken = np.interp(time, np.arange(10 * 22_050) / 22_050, talk(10.0))
    return np.stack([chord + spoken, chord - 0.5 * spoken]).astype(np.float32) * 0.5


def written(sound: NDArray[np.float32], out: Path) -> list[av.Packet]:
    def stretch(begin: int, end: int) -> Iterator[tuple[int, Block]]:
        for first in range(begin, min(end, SAMPLES), BLOCK):
            yield first, sound[:, first : min(first + BLOCK, SAMPLES)]

    write_aac(stretch, SAMPLES, BLOCK, out)
    with av.open(str(out)) as media:
        return [packet for packet in media.demux(audio=0) if packet.dts is not None]


def errors(sound: NDArray[np.float32], out: Path) -> NDArray[np.float32]:
    """Return how far each packet's stretch of what is heard is from what was written, at most."""
    with av.open(str(out)) as media:
        heard = np.concatenate([frame.to_ndarray() for frame in media.decode(audio=0)], axis=1)
    whole = min(heard.shape[1], SAMPLES) // PACKET * PACKET
    apart = np.abs(heard[:, :whole] - sound[:, :whole]).max(axis=0)
    return apart.reshape(-1, PACKET).max(axis=1)


def test_where_a_piece_begins_nothing_is_heard_of_it(
    sound: NDArray[np.float32], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = written(sound, tmp_path / "whole.m4a")
    monkeypatch.setattr(coding, "_LEAST_PIECE", 2 * RATE)
    pieces = coding._pieces(SAMPLES, BLOCK)
    joined = written(sound, tmp_path / "joined.m4a")
    assert len(pieces) == 4
    assert [(it.pts, it.duration) for it in joined] == [(it.pts, it.duration) for it in whole]
    as_whole, as_joined = (errors(sound, tmp_path / name) for name in ("whole.m4a", "joined.m4a"))
    for begin, _ in pieces[1:]:
        near = slice(begin // PACKET - 3, begin // PACKET + 3)
        assert as_joined[near].max() < 1.2 * as_whole[near].max() + 0.001


def test_the_same_sound_is_the_same_file_however_many_are_encoded_at_once(
    sound: NDArray[np.float32], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coding, "_LEAST_PIECE", 2 * RATE)
    for cores in (1, 3):
        monkeypatch.setattr(coding.os, "cpu_count", lambda cores=cores: cores)
        written(sound, tmp_path / f"{cores}.m4a")
    assert (tmp_path / "1.m4a").read_bytes() == (tmp_path / "3.m4a").read_bytes()


def test_pieces_cover_all_and_short_sound_is_one() -> None:
    for seconds in (1, 59, 119, 120, 600, 3600):
        pieces = coding._pieces(seconds * RATE, 49_152)
        assert len(pieces) == max(1, min(4, seconds // 60))
        assert [begin for begin, _ in pieces] == [0, *(end for _, end in pieces[:-1])]
        assert pieces[-1][1] >= seconds * RATE
        assert all(begin % 49_152 == 0 for begin, _ in pieces)


def test_what_is_done_beside_is_done_in_order_and_before_the_end() -> None:
    done: list[int] = []
    with beside(done.append) as hand:
        for number in range(50):
            hand(number)
    assert done == list(range(50))


def test_what_fails_beside_is_told() -> None:
    def fail(number: int) -> None:
        if number == 3:
            raise ValueError(number)

    def all_of(count: int) -> None:
        with beside(fail) as hand:
            for number in range(count):
                hand(number)

    for count in (4, 20):
        with pytest.raises(ValueError, match="3"):
            all_of(count)
