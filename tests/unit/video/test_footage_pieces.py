"""Scenes that are longer than a model's longest shot."""

import base64
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from reelwright.environment.schema import Settings
from reelwright.models.catalogue import load_catalogue
from reelwright.models.errors import OutcomeUnknown
from reelwright.models.schema import ShotRequest
from reelwright.pipeline.declaration import Done, Pending
from reelwright.production.schema import Brief, Span, Word
from reelwright.video.engine.encoder import ClipFormat, encode
from reelwright.video.errors import ClipMismatch
from reelwright.video.footage_joining import join_pieces
from reelwright.video.footage_pieces import Pieces, frame_of, pieces_for, recalled
from reelwright.video.probe import probe
from tests.simulators.access import KEY
from tests.simulators.media import prompt_hash, read_burned
from tests.simulators.runway import RunwaySimulator
from tests.simulators.server import Faults
from tests.unit.video.test_footage import with_budget, with_video
from tests.unit.video.test_manager import LOCAL, Set, by_runway

MODELS = {model.name: model for model in load_catalogue()}
GEN, TURBO, VEO = (MODELS[f"runway-{name}"] for name in ("gen4-5", "gen4-turbo", "veo3-1"))
FPS = 24


@pytest.fixture
def runway() -> Iterator[RunwaySimulator]:
    with RunwaySimulator(keys=[KEY], shrink=2, looks=1) as simulator:
        yield simulator


def a_request(seconds: float, folder: Path = Path("unused")) -> ShotRequest:
    return ShotRequest(
        idempotency_key="prod_1/shoot/0/abc",
        seed=1,
        prompt="Tides",
        graphics=Brief(topic="Tides"),
        width=128,
        height=72,
        fps=FPS,
        frames=round(seconds * FPS),
        work_dir=folder,
    )


def small(simulator: RunwaySimulator, *fallback: str) -> Settings:
    """Settings under which Runway shoots in little."""
    return with_video(by_runway(simulator, *fallback), resolution="480p")


def said(*ends: tuple[str, float]) -> tuple[Word, ...]:
    return tuple(
        Word(text=text, start_seconds=end - 0.4, end_seconds=end - 0.1, scene_index=0) for text, end in ends
    )


def a_long_set(folder: Path, settings: Settings, seconds: float = 11) -> Set:
    studio = Set(folder, settings)
    spans = (Span(start_seconds=0, end_seconds=seconds), Span(start_seconds=seconds, end_seconds=seconds + 3))
    studio.narration = studio.narration.model_copy(update={"scenes": spans})
    return studio


# Where a scene is cut


@pytest.mark.parametrize(("seconds", "count"), [(9.9, 1), (10, 1), (10.1, 2), (20, 2), (20.1, 3), (40, 4)])
def test_a_scene_has_as_few_pieces_as_the_model_lets_it(seconds: float, count: int) -> None:
    cut = pieces_for(a_request(seconds), (), GEN, most=4)
    assert (len(cut.frames) if cut else 1) == count
    if cut:
        assert sum(cut.frames) == round(seconds * FPS)
        assert max(cut.frames) <= 10 * FPS
        assert max(cut.frames) - min(cut.frames) <= 1
        assert cut.join == "first frame"


def test_a_scene_of_too_many_pieces_is_not_cut() -> None:
    assert pieces_for(a_request(41), (), GEN, most=4) is None
    assert pieces_for(a_request(11), (), GEN, most=1) is None


def test_where_no_picture_is_taken_it_is_cut_at_the_end_of_a_sentence() -> None:
    words = said(("One", 2), ("two.", 6), ("Three.", 9), ("four”.", 13))
    cut = pieces_for(a_request(14), words, TURBO, most=4)
    assert cut is not None
    assert cut.join == "sentence"
    assert cut.frames[0] == round((5.9 + 8.6) / 2 * FPS)
    assert sum(cut.frames) == 14 * FPS
    none = pieces_for(a_request(14), said(("One", 2), ("two", 9)), TURBO, most=4)
    assert none is not None
    assert (none.join, none.frames) == ("length", (7 * FPS, 7 * FPS))


@pytest.mark.parametrize("seconds", [10.5, 13.37, 19.99, 27.3, 39.9])
def test_no_piece_is_longer_than_the_model_makes_wherever_sentences_end(seconds: float) -> None:
    words = said(*((f"w{at}.", at * 1.3 + 0.5) for at in range(int(seconds / 1.3))))
    cut = pieces_for(a_request(seconds), words, TURBO, most=9)
    assert cut is not None
    assert sum(cut.frames) == round(seconds * FPS)
    assert min(cut.frames) > 0
    assert max(cut.frames) <= 10 * FPS


# How they are joined


def drawn(folder: Path, name: str, frames: int, first: int, size: tuple[int, int] = (128, 72)) -> Path:
    """A clip of ours whose every frame is of another grey."""
    path = folder / name

    def paint(onto: Any, seconds: float) -> None:
        onto.y[:] = 16 + 4 * (first + round(seconds * FPS))
        onto.u[:] = onto.v[:] = 128

    encode(path, ClipFormat(*size, FPS, frames), paint)
    return path


def greys(path: Path) -> list[int]:
    with av.open(str(path)) as media:
        return [
            round((int(np.median(frame.to_ndarray(format="gray"))) - 0) / 1)
            for frame in media.decode(video=0)
        ]


def test_pieces_are_joined_to_the_frame(tmp_path: Path) -> None:
    pieces = [
        drawn(tmp_path, "a.mp4", 7, 0),
        drawn(tmp_path, "b.mp4", 11, 7),
        drawn(tmp_path, "c.mp4", 1, 18),
    ]
    join_pieces(pieces, tmp_path / "joined.mp4")
    (track,) = probe(tmp_path / "joined.mp4").video
    assert (track.frames, track.rate) == (19, Fraction(24))
    joined = greys(tmp_path / "joined.mp4")
    assert joined == [level for piece in pieces for level in greys(piece)]
    assert joined == sorted(joined)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "b.mp4", "c.mp4", "joined.mp4"]


def test_pieces_of_another_size_are_not_joined(tmp_path: Path) -> None:
    pieces = [drawn(tmp_path, "a.mp4", 2, 0), drawn(tmp_path, "b.mp4", 2, 0, (64, 36))]
    with pytest.raises(ClipMismatch):
        join_pieces(pieces, tmp_path / "joined.mp4")
    assert not (tmp_path / "joined.mp4").exists()


def test_a_frame_is_the_one_that_is_shown_then(tmp_path: Path) -> None:
    clip = drawn(tmp_path, "a.mp4", 12, 0)
    levels = [
        int(np.median(np.asarray(Image.open(BytesIO(frame_of(clip, at, FPS))).convert("L"))))
        for at in range(12)
    ]
    assert levels == sorted(set(levels))


# How they are ordered


def test_a_long_scene_is_shot_in_pieces_that_follow_each_other(
    tmp_path: Path, runway: RunwaySimulator
) -> None:
    studio = a_long_set(tmp_path, small(runway))
    done = studio.made()
    orders = [request for request in runway.received if request.method == "POST"]
    assert [order.path for order in orders] == ["/v1/text_to_video", "/v1/image_to_video"]
    assert [order.json["duration"] for order in orders] == [6, 6]
    assert sum(line.micro_usd for line in done.charges) == runway.bill_micro_usd == 2 * 720_000
    media = studio.artifacts.local_path(done.output.media)
    (track,) = probe(media).video
    assert (track.frames, track.rate, track.width) == (11 * FPS, 24, 854)
    assert done.output.frames == 11 * FPS
    assert read_burned(media) == prompt_hash("One")
    told = {each.subject: each for each in done.decisions}
    assert told["pieces of scene 1"].chosen == "5.5 s, 5.5 s"
    assert "last frame" in told["pieces of scene 1"].reason
    assert told["video model"].chosen == "runway-gen4-5"
    assert not done.warnings
    assert not done.output.stands_in
    assert runway.objections == []


def test_the_second_piece_begins_with_the_last_frame_of_the_first(
    tmp_path: Path, runway: RunwaySimulator
) -> None:
    studio = a_long_set(tmp_path, small(runway))
    done = studio.made()
    given = next(one.json["promptImage"] for one in runway.received if "image" in one.path)
    picture = Image.open(BytesIO(base64.b64decode(given.partition(",")[2]))).convert("L")
    with av.open(str(studio.artifacts.local_path(done.output.media))) as media:
        frames = [frame.to_ndarray(format="gray") for frame in media.decode(video=0)]
    assert picture.size == (640, 360)  # as it was delivered: what is fitted may show a logo
    shown = np.asarray(picture.resize((854, 480)), float)
    apart = [float(np.mean(np.abs(shown - frame))) for frame in frames[120:140]]
    assert np.argmin(apart) == 11 * FPS // 2 - 1 - 120


def test_a_crash_between_pieces_pays_nothing_twice(tmp_path: Path, runway: RunwaySimulator) -> None:
    """Every run is a process of its own, and what it was told last is forgotten."""
    settings = small(runway)
    studio = a_long_set(tmp_path, settings)
    outcome: Any = studio.step()
    for _ in range(12):
        if isinstance(outcome, Done):
            break
        outcome = studio.under(settings).step()
    assert isinstance(outcome, Done)
    assert len(runway.accepted) == 2
    assert sum(line.micro_usd for line in outcome.charges) == runway.bill_micro_usd
    again = studio.step()
    assert isinstance(again, Done)
    assert again.output == outcome.output
    assert len(runway.accepted) == 2


def test_a_cut_that_was_begun_stays_whatever_the_models_are_now(
    tmp_path: Path, runway: RunwaySimulator
) -> None:
    studio = a_long_set(tmp_path, small(runway), 16.5)
    assert isinstance(studio.step(), Pending)
    begun = recalled(studio.artifacts, "prod_1/shoot/0/abc")
    assert begun is not None
    assert len(begun.frames) == 2
    later = small(runway)
    video = later.models.video.model_copy(update={"models": (VEO.name, GEN.name)})
    later = later.model_copy(update={"models": later.models.model_copy(update={"video": video})})
    assert isinstance(studio.under(later).step(), Pending)
    assert recalled(studio.artifacts, "prod_1/shoot/0/abc") == begun
    assert len(runway.accepted) == 1
    anew = pieces_for(a_request(16.5), (), VEO, most=4)
    assert anew is not None
    assert len(anew.frames) == 3


def test_an_unknown_piece_stops_the_scene(tmp_path: Path, runway: RunwaySimulator) -> None:
    runway.faults = Faults.script([None, "lost_answer"], on=lambda one: one.method == "POST")
    studio = a_long_set(tmp_path, small(runway))
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            studio.made()
    assert len(runway.accepted) == 2


def test_a_piece_that_fails_leaves_the_scene_to_be_drawn_with_its_bill(
    tmp_path: Path, runway: RunwaySimulator
) -> None:
    runway.faults = Faults.script([None, *["exhausted"] * 9], on=lambda one: one.method == "POST")
    for models in ((), ("embedded-motion-graphics",)):
        key = f"prod_{len(models)}/shoot/0/abc"
        before = runway.bill_micro_usd
        runway.faults = Faults.script([None, *["exhausted"] * 9], on=lambda one: one.method == "POST")
        done = a_long_set(tmp_path, small(runway, *models)).made(key)
        assert "credits" in done.output.stands_in
        assert done.output.frames == 11 * FPS
        assert sum(line.micro_usd for line in done.charges) == runway.bill_micro_usd - before == 720_000
        assert len(done.warnings) == 1


def test_a_mixed_video_is_drawn_where_the_money_ends_between_pieces(
    tmp_path: Path, runway: RunwaySimulator
) -> None:
    settings = with_video(with_budget(small(runway), "1.00"), footage="mixed")
    done = a_long_set(tmp_path, settings).made()
    assert not done.output.stands_in
    assert sum(line.micro_usd for line in done.charges) == runway.bill_micro_usd == 720_000
    assert [each.chosen for each in done.decisions if each.subject == "source of scene 1"] == [
        "provider",
        "graphics",
    ]


def test_a_scene_in_pieces_can_be_switched_off(tmp_path: Path, runway: RunwaySimulator) -> None:
    settings = with_video(small(runway, "embedded-motion-graphics"), most_pieces=1)
    done = a_long_set(tmp_path, settings).made()
    assert not runway.accepted
    assert not done.output.stands_in


def test_nothing_is_looked_up_where_nobody_is_paid(tmp_path: Path) -> None:
    studio = a_long_set(tmp_path, LOCAL)
    studio.artifacts.recall = pytest.fail  # type: ignore[method-assign]
    studio.under(
        LOCAL.model_copy(update={"features": LOCAL.features.model_copy(update={"scene_cache": False})})
    )
    assert studio.shoot(0).is_ours


def test_what_the_settings_say_of_all_footage_reaches_the_models_that_take_it(
    tmp_path: Path, runway: RunwaySimulator
) -> None:
    settings = with_video(small(runway), look="Film grain.", negative_prompt="text")
    done = Set(tmp_path, settings).made()
    (order,) = (one.json for one in runway.received if one.method == "POST")
    assert order["promptText"] == "One Film grain."
    assert "negativePrompt" not in order
    told = {each.subject: each for each in done.decisions}
    assert told["parameters of scene 1"].chosen == "no negative prompt"
    veo = settings.models.video.model_copy(update={"models": ("runway-veo3-1",)})
    settings = settings.model_copy(update={"models": settings.models.model_copy(update={"video": veo})})
    done = Set(tmp_path, settings).made("prod_2/shoot/0/abc")
    order = [one.json for one in runway.received if one.method == "POST"][-1]
    assert order["negativePrompt"] == "text"
    assert not [each for each in done.decisions if each.subject.startswith("parameters")]
    assert runway.objections == []


def test_pieces_are_read_as_they_were_written() -> None:
    cut = pieces_for(a_request(14), (), GEN, most=4)
    assert cut is not None
    assert Pieces.model_validate_json(cut.model_dump_json()) == cut
