"""A file looked at in pieces is judged as one that is played through."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwright.production.schema import Review
from reelwright.video.errors import CutUnreadable
from reelwright.video.review import PyAvReviewer, pieces, reviewer
from reelwright.video.review.drawn import drawn_scenes
from tests.unit.video.drawn import Film, film, in_order
from tests.unit.video.engine.scenes import graphics, spoken

WORDS = spoken("The Moon pulls the ocean into two bulges.")
SCENES = [
    graphics("statement", words=WORDS, captions=True, style="forest"),
    graphics("statement", words=WORDS, captions=True, style="forest"),
    graphics("title", words=WORDS, captions=True),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Film:
    return film(tmp_path_factory.mktemp("pieces"), in_order(SCENES), seconds=1.5)


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_LEAST_SECONDS", 0.5)


def judged(film: Film, jobs: int) -> Review | str:
    try:
        return PyAvReviewer(jobs).review(film.request())
    except CutUnreadable as error:
        return str(error)


def never(*_: object) -> None:
    raise AssertionError


def test_a_whole_file_is_judged_in_pieces_as_it_is_at_once(
    whole: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    serial = judged(whole, jobs=1)
    monkeypatch.setattr(reviewer, "watched_through", never)

    assert judged(whole, jobs=2) == serial
    assert judged(whole, jobs=5) == serial
    assert isinstance(serial, Review)
    assert len(pieces._pieces(drawn_scenes(whole.request()), 24)) == 3


def test_scenes_that_are_elsewhere_or_not_known_make_it_play_through(whole: Film) -> None:
    moved = [whole.scenes[0].model_copy(update={"frames": whole.scenes[0].frames - 3}), *whole.scenes[1:]]
    fewer = [whole.scenes[0], whole.scenes[1].model_copy(update={"frames": whole.scenes[1].frames - 1})]
    for scenes in (moved, fewer, whole.scenes[:2], [*whole.scenes, whole.scenes[0]]):
        other = replace(whole, scenes=tuple(scenes))
        assert judged(other, jobs=2) == judged(other, jobs=1)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    spoilt=st.integers(0, 40),
    part=st.sampled_from([(0.0, 1.0), (0.2, 1.0), (0.5, 1.0), (0.9, 1.0), (0.4, 0.7)]),
)
def test_a_damaged_file_is_judged_alike(
    whole: Film, tmp_path: Path, seed: int, spoilt: int, part: tuple[float, float]
) -> None:
    rng, data = Random(seed), bytearray(whole.video.read_bytes())
    for _ in range(spoilt):
        data[rng.randrange(int(part[0] * len(data)), len(data))] = rng.randrange(256)
    video = tmp_path / "damaged.mp4"
    video.write_bytes(data[: round(len(data) * part[1])])
    damaged = replace(whole, video=video)

    assert judged(damaged, jobs=2) == judged(damaged, jobs=1)
