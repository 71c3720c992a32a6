"""The piece of the settings is copied when a production begins, unless a brief brings its own; or refused."""

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reelwright.audio import music_keeping
from reelwright.audio.errors import MusicUnusable
from reelwright.audio.music_keeping import house_music, keep_music
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.production.music import BriefMusic
from reelwright.production.schema import Brief
from reelwright.storage.memory import MemoryArtifacts

LOCAL = load_environment("local").settings
TIDES = Brief(topic="Tides")


def song(path: Path, seconds: float = 4.0, loudness: float = 8_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        tone = loudness * np.sin(np.arange(round(8_000 * seconds)) / 4)
        file.writeframes(tone.astype("<i2").tobytes())
    return path


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(music_keeping, "locate", lambda _: tmp_path / "environments")
    song(tmp_path / "environments" / "music" / "themes" / "house.wav")
    return tmp_path / "environments" / "music"


def told(**changes: Any) -> Settings:
    tree = LOCAL.model_dump()
    for key, value in {"audio.music_file": "themes/house.wav", **changes}.items():
        section, name = key.split(".")
        tree[section][name] = value
    return Settings.model_validate(tree)


def test_a_brief_without_music_has_the_piece_of_the_house(house: Path, tmp_path: Path) -> None:
    store = MemoryArtifacts(tmp_path / "store")
    music = house_music(TIDES, told(**{"audio.music_credit": "By A"}), store).music
    assert music is not None
    assert (music.file, music.credit, music.house, music.seconds) == ("house.wav", "By A", True, 4.0)
    assert music.kept is not None
    assert store.read_bytes(music.kept) == (house / "themes" / "house.wav").read_bytes()


def test_the_music_of_a_brief_wins(house: Path, tmp_path: Path) -> None:  # noqa: ARG001 (there is a house)
    store = MemoryArtifacts(tmp_path / "store")
    own = TIDES.model_copy(update={"music": BriefMusic(file=str(song(tmp_path / "own.wav", 5)))})
    kept = keep_music(own, store)
    assert house_music(kept, told(), store) == kept


@pytest.mark.parametrize(
    "changes",
    [{"audio.music_file": ""}, {"features.music": False}, {"video.chain": ()}],
    ids=["none", "switched off", "left out"],
)
def test_where_no_bed_is_heard_none_is_copied(house: Path, tmp_path: Path, changes: dict[str, Any]) -> None:  # noqa: ARG001 (as above)
    if "video.chain" in changes:
        changes = {"video.chain": [step for step in LOCAL.video.chain if step != "music"]}
    assert house_music(TIDES, told(**changes), MemoryArtifacts(tmp_path / "store")) == TIDES


def test_a_function_without_a_decoder_copies_it_unplayed(
    house: Path,  # noqa: ARG001 (as above)
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(music_keeping, "find_spec", lambda _: None)
    music = house_music(TIDES, told(), MemoryArtifacts(tmp_path / "store")).music
    assert music is not None
    assert (music.kept is not None, music.seconds) == (True, 0.0)


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        ("../base.toml", "leads out of environments/music"),
        ("/etc/hostname", "leads out of environments/music"),
        ("missing.wav", "environments/music: no such file"),
        ("short.wav", r"it lasts 1\.0 s"),
        ("silent.wav", "it is silent"),
        ("large.wav", "more than 20 MB"),
    ],
)
def test_what_cannot_be_heard_is_refused_by_name(
    house: Path, tmp_path: Path, file: str, problem: str
) -> None:
    song(house / "short.wav", 1)
    song(house / "silent.wav", loudness=0)
    (house / "large.wav").write_bytes(bytes(20_000_001))
    with pytest.raises(MusicUnusable, match=problem) as caught:
        house_music(TIDES, told(**{"audio.music_file": file}), MemoryArtifacts(tmp_path / "store"))
    assert caught.value.next_step
    assert caught.value.context["field"] == "music"
