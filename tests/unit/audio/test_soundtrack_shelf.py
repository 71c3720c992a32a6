"""Soundtracks kept for next time: found when whole and of the same request, otherwise made again."""

from pathlib import Path
from typing import Any

import pytest

from reelwright.audio.engine.soundtrack_shelf import SoundtrackShelf
from reelwright.audio.schema import Soundtrack, SoundtrackRequest
from reelwright.production.schema import Span
from tests.unit.audio.samples import AUDIO


class Desk:
    def __init__(self) -> None:
        self.times = 0

    def make(self, request: SoundtrackRequest) -> Soundtrack:
        self.times += 1
        out = request.work_dir / "soundtrack.m4a"
        out.write_text(f"sound {self.times}")
        return Soundtrack(audio=out, duration_seconds=12.0, loudness_lufs=-14.0, true_peak_dbtp=-1.0)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def shelf(tmp_path: Path, desk: Desk) -> SoundtrackShelf:
    return SoundtrackShelf(desk, tmp_path / "shelf")


def request(tmp_path: Path, place: str = "one", **changes: Any) -> SoundtrackRequest:
    """Return a request whose files and folder are of a place; what is in the files is the same."""
    folder = tmp_path / place
    folder.mkdir(exist_ok=True)
    for name in ("speech.wav", "music.mp3"):
        (folder / name).write_text(name)
    fields: dict[str, Any] = {
        "narration": folder / "speech.wav",
        "own_music": folder / "music.mp3",
        "speech": (Span(start_seconds=0.3, end_seconds=5.0),),
        "duration_seconds": 12.0,
        "music": True,
        "seed": 4,
        "settings": AUDIO,
        "work_dir": folder,
    }
    return SoundtrackRequest.model_validate(fields | changes)


def test_the_same_sound_is_mastered_once_wherever_it_lies(
    shelf: SoundtrackShelf, desk: Desk, tmp_path: Path
) -> None:
    first = shelf.make(request(tmp_path))
    again = shelf.make(request(tmp_path, "two"))
    assert desk.times == 1
    assert again.audio == tmp_path / "two" / "soundtrack.m4a"
    assert again.audio.read_text() == first.audio.read_text() == "sound 1"
    assert again.model_copy(update={"audio": first.audio}) == first


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 5},
        {"music": False},
        {"own_music": None},
        {"lead_seconds": 1.0},
        {"duration_seconds": 12.5},
        {"speech": ()},
        {"settings": AUDIO.model_copy(update={"duck_db": -3.0})},
    ],
)
def test_another_sound_is_mastered_anew(
    shelf: SoundtrackShelf, desk: Desk, tmp_path: Path, change: dict[str, Any]
) -> None:
    shelf.make(request(tmp_path))
    shelf.make(request(tmp_path, **change))
    assert desk.times == 2


@pytest.mark.parametrize("name", ["speech.wav", "music.mp3"])
def test_other_files_of_the_same_name_sound_different(
    shelf: SoundtrackShelf, desk: Desk, tmp_path: Path, name: str
) -> None:
    shelf.make(request(tmp_path))
    other = request(tmp_path)
    (tmp_path / "one" / name).write_text("another")
    shelf.make(other)
    assert desk.times == 2


@pytest.mark.parametrize("kind", ["json", "m4a"])
def test_what_is_damaged_is_made_again(shelf: SoundtrackShelf, desk: Desk, tmp_path: Path, kind: str) -> None:
    shelf.make(request(tmp_path))
    (kept,) = (tmp_path / "shelf").glob(f"*.{kind}")
    kept.write_text("damaged")
    assert shelf.make(request(tmp_path)).audio.read_text() == "sound 2"
    assert shelf.make(request(tmp_path)).audio.read_text() == "sound 2"
    assert desk.times == 2


def test_the_oldest_goes_when_there_are_many(shelf: SoundtrackShelf, desk: Desk, tmp_path: Path) -> None:
    for seed in range(18):
        shelf.make(request(tmp_path, seed=seed))
    assert len(list((tmp_path / "shelf").glob("*.m4a"))) == 16
    shelf.make(request(tmp_path, seed=17))
    assert desk.times == 18
