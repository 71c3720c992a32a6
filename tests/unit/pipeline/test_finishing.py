"""What a production does is what its chain says; its record tells each step, done or left out, and why."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reelwright.audio.schema import Soundtrack, SoundtrackRequest
from reelwright.environment.finishing import CHAIN
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.studio import Studio
from reelwright.production.branding import BriefBrand
from reelwright.production.music import BriefMusic
from reelwright.production.schema import Brief, Cut, Production
from reelwright.storage.files import write_whole
from reelwright.video import stills
from reelwright.video.schema import ThumbnailDraft, ThumbnailRequest
from tests.simulation.engines import Designer, SoundDesk
from tests.simulation.settings import snapshot_of

LOCAL = load_environment("local").settings
TIDES = Brief(topic="Tides", duration_seconds=20)


class Room:
    """Studios whose sound desk and designer remember what they were asked for."""

    def __init__(self, parts: Parts, folder: Path) -> None:
        self.mixed: list[SoundtrackRequest] = []
        self.designed: list[ThumbnailRequest] = []
        self.cuts: list[Cut] = []
        self._folder, self.artifacts = folder, parts.artifacts
        self._parts = replace(parts, soundtrack=self, thumbnails=Drawing(self.designed), finish=self._finish)

    def make(self, request: SoundtrackRequest) -> Soundtrack:
        self.mixed.append(request)
        return SoundDesk().make(request)

    def produce(self, chain: Sequence[str] = CHAIN, brief: Brief = TIDES, **features: Any) -> Production:
        settings = Settings.model_validate(
            {
                **LOCAL.model_dump(),
                "video": {**LOCAL.video.model_dump(), "chain": list(chain)},
                "features": {**LOCAL.features.model_dump(), **features},
            }
        )
        studio = Studio("local", lambda: snapshot_of(settings), self._parts, out_dir=self._folder / "out")
        return studio.make(brief)

    def _finish(self, production: object, values: dict[str, Any]) -> None:
        self.cuts.append(values["cut"])


class Drawing:
    """A designer."""

    def __init__(self, asked: list[ThumbnailRequest]) -> None:
        self._asked = asked

    def make(self, request: ThumbnailRequest) -> tuple[ThumbnailDraft, ...]:
        self._asked.append(request)
        return Designer().make(request)


@pytest.fixture
def room(parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(stills, "still_of", lambda video, seconds, out: write_whole(out, b"a frame"))  # noqa: ARG005 (no video here has frames)
    return Room(parts, tmp_path)


def told(production: Production) -> dict[str, str]:
    decisions = production.step("assemble").decisions
    return {
        each.subject.removeprefix("chain: "): each.chosen
        for each in decisions
        if each.subject.startswith("chain: ")
    }


def why(production: Production, step: str) -> str:
    (found,) = (
        each.reason
        for each in production.step("assemble").decisions
        if each.subject == f"chain: {step}" and each.chosen == "left out"
    )
    return found


def test_the_record_tells_every_step_in_its_order(room: Room) -> None:
    production = room.produce(CHAIN, brief=TIDES.model_copy(update={"brand": BriefBrand(name="reelwright")}))
    assert tuple(told(production)) == CHAIN
    assert "left out" not in told(production).values()
    assert told(production)["brand"] == "reelwright"


def test_a_brief_without_a_brand_is_told_so(room: Room) -> None:
    assert why(room.produce(), "brand") == "neither the brief nor video.brand names one"


def test_a_chain_without_music_has_none_whatever_the_switch_says(room: Room) -> None:
    production = room.produce([step for step in CHAIN if step != "music"], music=True)
    assert [request.music for request in room.mixed] == [False]
    assert why(production, "music") == "video.chain does without it"


def test_a_switch_leaves_its_step_out(room: Room) -> None:
    production = room.produce(CHAIN, music=False, captions="off")
    assert [request.music for request in room.mixed] == [False]
    assert why(production, "music") == "features.music is off"
    assert why(production, "caption").startswith("features.captions is off")


@pytest.mark.parametrize("chain", [CHAIN[:-1], (*CHAIN[:-1], "thumbnail:frame")])
def test_a_frame_stands_for_a_video_for_which_no_still_is_designed(
    room: Room, chain: tuple[str, ...]
) -> None:
    production = room.produce(chain)
    (cut,) = room.cuts
    assert not room.designed
    assert (cut.thumbnails, cut.thumbnail.size_bytes) == ((), len(b"a frame"))
    decisions = [each for each in production.step("assemble").decisions if "thumbnail" in each.subject]
    assert [each.chosen for each in decisions] == [
        "a frame" if chain[-1] == "thumbnail:frame" else "left out"
    ]


def test_two_orders_make_the_same(room: Room) -> None:
    room.produce(CHAIN)
    room.produce(["shoot", "music", "normalise", "brand", "loudness", "caption", "encode", "thumbnail"])
    assert [request.music for request in room.mixed] == [True, True]
    assert len(room.cuts) == 2


def with_music(room: Room, credit: str) -> Brief:
    music = BriefMusic(file="song.mp3", credit=credit, kept=room.artifacts.put_bytes(b"song", "audio/mpeg"))
    return Brief(topic="Tides", duration_seconds=20, music=music)


def test_the_brief_s_own_music_is_mixed_and_credited(room: Room) -> None:
    production = room.produce(brief=with_music(room, "Song by A, CC BY 4.0"))
    (request,), (cut,) = room.mixed, room.cuts
    assert request.own_music is not None
    assert request.own_music.read_bytes() == b"song"
    assert told(production)["music"] == "song.mp3"
    assert "Music: Song by A, CC BY 4.0" in cut.description.splitlines()


def test_music_without_a_credit_is_warned_of(room: Room) -> None:
    production = room.produce(brief=with_music(room, ""))
    assert "Nothing says whose music song.mp3 is" in " ".join(production.warnings)


def test_music_that_is_switched_off_is_told_to_whoever_brought_it(room: Room) -> None:
    production = room.produce(brief=with_music(room, "A"), music=False)
    assert "The music song.mp3 is not heard: features.music is off." in production.warnings
    assert "Music" not in room.cuts[0].description
