"""Recordings kept for next time: found when whole and alike, otherwise made again."""

from pathlib import Path

import numpy as np
import pytest

from reelwright.audio.engine.shelf import RecordingShelf
from reelwright.cost.schema import Usage
from reelwright.models.schema import SpeechRequest, SpeechResponse, SpokenWord
from tests.unit.audio.samples import request, write_wav


class Speaker:
    def __init__(self, out: Path) -> None:
        self.out = out
        self.times = 0

    def __call__(self) -> SpeechResponse:
        self.times += 1
        write_wav(self.out, np.full(1000, self.times / 10))
        return SpeechResponse(
            audio=self.out,
            duration_seconds=1.0,
            words=(SpokenWord(text="Hi", start_seconds=0.2, end_seconds=0.5, passage_index=0),),
            passage_starts_seconds=(0.2,),
            voice="joe",
            usage=(Usage(unit="characters", quantity=2),),
        )


@pytest.fixture
def speaker(tmp_path: Path) -> Speaker:
    return Speaker(tmp_path / "narration.wav")


@pytest.fixture
def shelf(tmp_path: Path) -> RecordingShelf:
    return RecordingShelf(tmp_path / "shelf")


def fetch(shelf: RecordingShelf, speaker: Speaker, asked: SpeechRequest) -> SpeechResponse:
    return shelf.fetch_or(asked, speaker.out, speaker)


def test_the_same_request_is_spoken_once(shelf: RecordingShelf, speaker: Speaker, tmp_path: Path) -> None:
    first = fetch(shelf, speaker, request(tmp_path))
    sound = speaker.out.read_bytes()
    speaker.out.unlink()
    assert fetch(shelf, speaker, request(tmp_path, idempotency_key="another", seed=9)) == first
    assert speaker.out.read_bytes() == sound
    assert speaker.times == 1


@pytest.mark.parametrize("change", [{"passages": ("Other.",)}, {"voice": "amy"}, {"target_seconds": 9.0}])
def test_another_request_is_spoken_anew(
    shelf: RecordingShelf, speaker: Speaker, tmp_path: Path, change: dict[str, object]
) -> None:
    fetch(shelf, speaker, request(tmp_path))
    fetch(shelf, speaker, request(tmp_path).model_copy(update=change))
    assert speaker.times == 2


@pytest.mark.parametrize(
    "damage", ["truncate sound", "remove sound", "garble record", "empty record", "list record"]
)
def test_what_is_damaged_is_made_again(
    shelf: RecordingShelf, speaker: Speaker, tmp_path: Path, damage: str
) -> None:
    fetch(shelf, speaker, request(tmp_path))
    (record,), (sound,) = ((tmp_path / "shelf").glob(f"*.{kind}") for kind in ("json", "wav"))
    what, where = damage.split()
    target = {"sound": sound, "record": record}[where]
    if what == "remove":
        target.unlink()
    else:
        target.write_bytes({"truncate": b"RIFF", "garble": b"{\xff", "empty": b"{}", "list": b"[]"}[what])
    fetch(shelf, speaker, request(tmp_path))
    assert speaker.times == 2
    fetch(shelf, speaker, request(tmp_path))
    assert speaker.times == 2


def test_the_oldest_recordings_go_when_there_are_many(
    shelf: RecordingShelf, speaker: Speaker, tmp_path: Path
) -> None:
    for number in range(70):
        fetch(shelf, speaker, request(tmp_path, (f"Passage {number}.",)))
    assert (
        len(list((tmp_path / "shelf").glob("*.json"))) == len(list((tmp_path / "shelf").glob("*.wav"))) == 64
    )
    fetch(shelf, speaker, request(tmp_path, ("Passage 69.",)))
    assert speaker.times == 70
