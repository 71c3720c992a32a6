"""What a branded video begins and ends with: coded like its clips, moving, legible, on the timeline."""

from pathlib import Path

import numpy as np
import pytest

from reelwright.production.branding import Brand, BriefBrand
from reelwright.production.schema import Brief, Clip, Narration, Span, Word
from reelwright.storage.memory import MemoryArtifacts
from reelwright.video import own_clips
from reelwright.video.brand_keeping import check_brand, keep_brand
from reelwright.video.ends import EndMaker
from reelwright.video.engine.card import Card
from reelwright.video.engine.encoder import ClipFormat, encode
from reelwright.video.engine.planes import Frame
from reelwright.video.errors import BrandUnusable
from reelwright.video.manager import scene_frames
from reelwright.video.own_clips import boxed_seconds
from reelwright.video.probe import probe
from reelwright.video.schema import LogoUse
from reelwright.video.timeline import with_ends
from tests.unit.video.test_branding import SVG, blank, logo

FRAMES = [(640, 360), (360, 640), (480, 480)]
TITLES = ["Acme", "A name that is nearly as long as a name on a card may be, sixty"]


def clip(frames: int = 24, artifacts: MemoryArtifacts | None = None) -> Clip:
    store = artifacts or MemoryArtifacts(Path())
    return Clip(
        scene_index=0,
        media=store.put_bytes(b"clip", "video/mp4"),
        frames=frames,
        fps=24,
        width=320,
        height=180,
    )


def maker(folder: Path, artifacts: MemoryArtifacts, brand: Brand) -> EndMaker:
    folder.mkdir(exist_ok=True)
    return EndMaker(brand, clip(artifacts=artifacts), 4, 3, "midnight", artifacts, folder)


def moving(path: Path, seconds: float) -> Path:
    def draw(frame: Frame, t: float) -> None:
        frame.y[:], frame.u[:], frame.v[:] = 60 + int(40 * (t % 1)), 128, 128

    encode(path, ClipFormat(200, 120, 30, round(seconds * 30)), draw)
    return path


@pytest.mark.parametrize("size", FRAMES)
@pytest.mark.parametrize("title", TITLES)
def test_a_card_shows_logo_and_name_inside_the_frame(
    tmp_path: Path, size: tuple[int, int], title: str
) -> None:
    frames = []
    for name, use in (("", None), (title, logo(tmp_path))):
        frame = blank(*size)
        Card(size, name, use, place=0, seed=3, style="midnight").draw(frame, 1.5)
        frames.append(frame.y.astype(int))
    rows, columns = np.nonzero(np.abs(frames[1] - frames[0]) > 40)
    width, height = size
    assert columns.min() > 0.05 * width
    assert columns.max() < 0.95 * width
    assert abs(columns.min() + columns.max() - width) < 0.04 * width
    assert 0.25 * height < rows.mean() < 0.75 * height


def test_a_card_moves_from_its_first_moment_to_its_last() -> None:
    card = Card((320, 180), "Acme", None, place=0, seed=3, style="auto")
    pictures = []
    for t in (0.0, 0.5, 1.2, 1.9):
        frame = blank(320, 180)
        card.draw(frame, t)
        pictures.append(frame.y.astype(int))
    assert all((pictures[at] != pictures[at + 1]).any() for at in range(3))


def test_ends_are_coded_like_other_clips(tmp_path: Path) -> None:
    artifacts = MemoryArtifacts(tmp_path / "store")
    own = artifacts.put_file(moving(tmp_path / "own.mp4", 1.5), "video/mp4")
    brand = Brand(name="acme", title="Acme", intro_card=True, outro=own, card_seconds=1.0)
    made = maker(tmp_path / "work", artifacts, brand)
    intro, outro = made.make("intro"), made.make("outro")
    assert intro is not None
    assert outro is not None
    tracks = [probe(artifacts.local_path(end.clip.media)).video[0] for end in (intro, outro)]
    assert [(track.width, track.height, track.frames) for track in tracks] == [(320, 180, 24), (320, 180, 36)]
    assert tracks[0].setup == tracks[1].setup
    assert (intro.told, outro.told[:33]) == ("intro: a card of 1 s", "outro: its own clip of 1.5 s")


def test_a_brand_without_ends_has_none(tmp_path: Path) -> None:
    made = maker(tmp_path / "work", MemoryArtifacts(tmp_path / "store"), Brand(name="acme"))
    assert (made.make("intro"), made.make("outro")) == (None, None)


def test_a_clip_that_is_a_film_is_refused(tmp_path: Path) -> None:
    artifacts = MemoryArtifacts(tmp_path / "store")
    own = artifacts.put_file(moving(tmp_path / "own.mp4", 16), "video/mp4")
    with pytest.raises(BrandUnusable, match="its intro lasts 16 s"):
        maker(tmp_path / "work", artifacts, Brand(name="acme", intro=own)).make("intro")


def test_the_timeline_has_both_ends_and_no_gap() -> None:
    told = Narration(
        audio=MemoryArtifacts(Path()).put_bytes(b"wav", "audio/wav"),
        words=(
            Word(text="One", start_seconds=0.2, end_seconds=0.6, scene_index=0),
            Word(text="Two", start_seconds=2.3, end_seconds=2.7, scene_index=1),
        ),
        scenes=(Span(start_seconds=0, end_seconds=2), Span(start_seconds=2, end_seconds=5.01)),
        voice="joe",
    )
    longer = with_ends(told, clip(36), clip(12))
    assert [(span.start_seconds, round(span.end_seconds, 4)) for span in longer.scenes] == [
        (0, 3.5),
        (3.5, 7.01),
    ]
    assert [word.start_seconds for word in longer.words] == [1.7, 3.8]
    assert sum(scene_frames(longer, 24)) == sum(scene_frames(told, 24)) + 48
    assert with_ends(told, None, None) is told
    assert with_ends(told, None, clip(12)).scenes[0] == told.scenes[0]


def test_a_logo_with_clear_edges_is_shown_without_them(tmp_path: Path) -> None:
    path = tmp_path / "wide.svg"
    path.write_text(SVG.replace('viewBox="0 0 40 20"', 'viewBox="-100 -100 240 220"'), encoding="utf-8")
    sizes = []
    for use in (logo(tmp_path), LogoUse.model_validate({**logo(tmp_path).model_dump(), "path": path})):
        frame = blank(640, 360)
        Card((640, 360), "", use, place=0, seed=1, style="midnight").draw(frame, 2.0)
        sizes.append(int((frame.y > 225).sum()))
    assert sizes[1] == pytest.approx(sizes[0], rel=0.1)


def branded_with(folder: Path, intro: Path) -> Brief:
    (folder / "acme.toml").write_text(f'intro = "{intro.name}"\n', encoding="utf-8")
    return Brief(topic="T", brand=BriefBrand(file=str(folder / "acme.toml")))


@pytest.mark.parametrize("played", [True, False])
@pytest.mark.parametrize("fault", ["it lasts 16.0 s", "", "cut off"])
def test_a_clip_that_cannot_be_joined_is_refused_when_a_production_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, *, played: bool
) -> None:
    path = moving(tmp_path / "own.mp4", 16 if fault.startswith("it lasts") else 2)
    if fault == "cut off":
        path.write_bytes(path.read_bytes()[:-300])
    if not played:
        monkeypatch.setattr(own_clips, "find_spec", lambda _: None)
    store = MemoryArtifacts(tmp_path / "store")
    brief = branded_with(tmp_path, path)
    if not fault:
        kept = keep_brand(brief, store)
        assert check_brand(kept, store) == kept
        return
    with pytest.raises(BrandUnusable, match=fault if not played or "lasts" in fault else "own.mp4"):
        keep_brand(brief, store)


def test_a_clip_of_a_request_is_looked_at_in_the_store(tmp_path: Path) -> None:
    store = MemoryArtifacts(tmp_path / "store")
    sent = Brand(name="acme", outro=store.put_file(moving(tmp_path / "own.mp4", 16), "video/mp4"))
    with pytest.raises(BrandUnusable, match=r"lasts 16\.0 s"):
        check_brand(Brief(topic="T", brand=BriefBrand(name="acme", kept=sent)), store)


def test_boxes_tell_what_playing_does(tmp_path: Path) -> None:
    content = moving(tmp_path / "own.mp4", 2).read_bytes()
    assert boxed_seconds(content) == pytest.approx(2, abs=0.05)
    assert [boxed_seconds(content[:cut]) for cut in (-1, 40, 2000)] == [None] * 3
    assert boxed_seconds(b"GIF89a") == 0
