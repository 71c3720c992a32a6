import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.models.speech.joining import Take, join, peak_of, sound_ends, trim, write_wav
from reelwright.storage.errors import StorageUnwritable
from tests.simulators.speech_audio import speechlike

RATE = 16_000
WORDS = ("Hello", "there,", "friend.", "Bye.")


def spoken(words: tuple[str, ...] = WORDS, *, lead: float = 0.3) -> Take:
    pcm, times = speechlike(words, RATE, lead=lead)
    return Take(pcm, RATE, tuple((round(start * RATE), round(end * RATE)) for start, end in times))


def heard(take: Take, index: int) -> bytes:
    start, end = take.words[index]
    return take.pcm[2 * start : 2 * end]


def test_trimming_leaves_the_sound_and_a_breath_around_it() -> None:
    take = spoken()
    trimmed = trim(take)
    assert [heard(trimmed, it) for it in range(4)] == [heard(take, it) for it in range(4)]
    assert trimmed.words[0][0] == pytest.approx(0.02 * RATE, abs=RATE * 0.005)
    assert trimmed.samples - trimmed.words[-1][1] == pytest.approx(0.02 * RATE, abs=RATE * 0.005)


def test_trimming_cuts_off_nothing_that_is_said_to_be_a_word() -> None:
    take = Take(spoken().pcm, RATE, ((10, 20), (30, spoken().samples)))
    assert trim(take) == Take(take.pcm[20:], RATE, ((0, 10), (20, take.samples - 10)))


def test_silence_is_not_trimmed() -> None:
    take = Take(bytes(3200), RATE, ())
    assert trim(take) == take
    assert peak_of(take.pcm) == peak_of(b"") == 0


def test_the_sound_of_a_word_ends_at_the_silence_before_the_next() -> None:
    take = spoken()
    ends = sound_ends(take.pcm, RATE, [start for start, _ in take.words])
    assert ends == pytest.approx([end for _, end in take.words], abs=RATE * 0.006)


def test_a_word_without_sound_ends_where_it_starts() -> None:
    take = spoken()
    silent = take.words[-1][1] + 50
    assert sound_ends(take.pcm, RATE, [take.words[-1][0], silent])[1] == silent
    assert sound_ends(b"", RATE, [0]) == (0,)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), st.floats(0, 1), st.floats(0, 2))
def test_joined_words_are_heard_where_they_are_said_to_be(
    words: list[str], lead: float, pause: float
) -> None:
    takes = [spoken((word,)) for word in words]
    joined = join(takes, [pause] * len(takes), lead)
    for index, take in enumerate(takes):
        assert heard(joined.take, index) == heard(take, 0)
    assert joined.starts[0] == round(lead * RATE)
    assert joined.take.samples == round(lead * RATE) + sum(it.samples + round(pause * RATE) for it in takes)


def test_the_recording_is_mono_16_bit(tmp_path: Path) -> None:
    take = spoken()
    write_wav(take, tmp_path / "out.wav")
    with wave.open(str(tmp_path / "out.wav"), "rb") as file:
        assert file.getparams()[:4] == (1, 2, RATE, take.samples)
        assert file.readframes(take.samples) == take.pcm


def test_where_nothing_can_be_written_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageUnwritable, match=r"out\.wav"):
        write_wav(spoken(), tmp_path / "missing" / "out.wav")
