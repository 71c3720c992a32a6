"""Sounds that many keep and let go of at once: found whole, or made, and never in anybody's way."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random

import pytest

from reelwright.audio.engine.kept_sound import KeptSound
from reelwright.audio.schema import Soundtrack


def kept_in(folder: Path, most: int = 2) -> KeptSound[Soundtrack]:
    return KeptSound(folder, ".m4a", most, Soundtrack)


def made(out: Path, key: str) -> Soundtrack:
    out.write_text(key * 50)
    return Soundtrack(audio=out, duration_seconds=1.0, loudness_lufs=-14.0, true_peak_dbtp=-1.0)


def test_whoever_lets_go_of_sounds_is_in_nobodys_way(tmp_path: Path) -> None:
    def work(number: int) -> None:
        shelf, rng, out = kept_in(tmp_path / "kept"), Random(number), tmp_path / f"{number}.m4a"
        for _ in range(60):
            key = f"sound-{rng.randrange(6)}"
            found = shelf.fetch_or(key, out, partial(made, out, key))
            assert (found.audio, out.read_text()) == (out, key * 50)

    with ThreadPoolExecutor(8) as threads:
        for each in [threads.submit(work, number) for number in range(8)]:
            each.result()


def test_a_sound_that_was_swapped_is_made_again(tmp_path: Path) -> None:
    shelf, out = kept_in(tmp_path / "kept"), tmp_path / "out.m4a"
    shelf.fetch_or("one", out, lambda: made(out, "one"))
    (tmp_path / "kept/one.m4a").write_text("something else")
    shelf.fetch_or("one", out, lambda: made(out, "new"))
    assert out.read_text() == "new" * 50


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_takes_nothing_costs_only_time(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o500)
    shelf, out = kept_in(folder), tmp_path / "out.m4a"
    assert shelf.fetch_or("one", out, lambda: made(out, "one")).audio == out


def test_a_folder_that_cannot_be_one_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file")
    shelf, out = kept_in(tmp_path / "kept"), tmp_path / "out.m4a"
    assert shelf.fetch_or("one", out, lambda: made(out, "one")).audio == out
