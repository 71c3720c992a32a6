import pytest

from reelwright.models.speech.decoding import decode_with_pyav, find_decoder
from reelwright.models.speech.joining import peak_of
from tests.simulators.polly import _encoded
from tests.simulators.speech_audio import speechlike


def test_what_was_compressed_comes_back_where_it_was() -> None:
    pcm, ((start, _),) = speechlike(["hello"], 24_000)
    decoded = decode_with_pyav(_encoded(pcm, 24_000), 16_000)
    assert len(decoded) / 32_000 == pytest.approx(len(pcm) / 48_000, abs=0.05)
    silent, sound = round(start * 16_000 - 80) * 2, round(start * 16_000 + 160) * 2
    assert peak_of(decoded[:silent]) < 300 < peak_of(decoded[:sound])


@pytest.mark.parametrize("content", [b"", b"<html>", bytes(4_000)])
def test_what_is_no_sound_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a sound file"):
        decode_with_pyav(content, 16_000)


def test_here_pyav_is_installed() -> None:
    assert find_decoder() is decode_with_pyav


def test_without_pyav_there_is_no_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reelwright.models.speech.decoding.find_spec", lambda _: None)
    assert find_decoder() is None
