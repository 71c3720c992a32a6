from pathlib import Path

import av
import numpy as np
import pytest
from pydantic import BaseModel

from reelwright.environment.loader import load_environment
from reelwright.models.schema import ShotRequest
from reelwright.production.schema import StatementVisual
from reelwright.storage.errors import StorageUnwritable
from reelwright.video.assembly import PyAvAssembler
from reelwright.video.engine.render import render
from reelwright.video.errors import CutUnreadable
from reelwright.video.fitting import fit
from reelwright.video.probe import probe
from reelwright.video.review import PyAvReviewer
from reelwright.video.schema import AssemblyRequest, ReviewRequest, SceneGraphics
from tests.simulators.media import make_clip, prompt_hash, read_burned
from tests.unit.video.media import spoken, write_clip, write_sound

PROMPT = "The tide comes in at dusk."


class Nothing(BaseModel):
    """Graphics that nobody draws."""


def shot(folder: Path, **changes: object) -> ShotRequest:
    fields: dict[str, object] = {
        "idempotency_key": "vid_1/shoot/0/abc",
        "seed": 7,
        "prompt": PROMPT,
        "graphics": Nothing(),
        "width": 640,
        "height": 360,
        "fps": 24,
        "frames": 60,
        "work_dir": folder,
    }
    return ShotRequest.model_validate(fields | changes)


def vendor_clip(
    folder: Path, *, size: tuple[int, int] = (688, 384), fps: int = 30, seconds: float = 3
) -> Path:
    path = folder / "vendor.mp4"
    make_clip(path, width=size[0], height=size[1], fps=fps, seconds=seconds, prompt=PROMPT)
    return path


def fitted(footage: Path, request: ShotRequest) -> Path:
    out = request.work_dir / "fitted.mp4"
    fit(footage, request, out)
    return out


def levels(path: Path) -> list[float]:
    """The middle pixel's brightness of each frame."""
    with av.open(str(path)) as media:
        frames = (frame.to_ndarray(format="gray") for frame in media.decode(video=0))
        return [float(np.mean(each[each.shape[0] // 2 - 4 :][:8])) for each in frames]


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (480, 480), (854, 480)])
@pytest.mark.parametrize("fps", [24, 25, 30])
def test_a_fitted_clip_is_what_was_asked_for_to_the_frame(
    tmp_path: Path, size: tuple[int, int], fps: int
) -> None:
    request = shot(tmp_path, width=size[0], height=size[1], fps=fps, frames=41)
    (track,) = probe(fitted(vendor_clip(tmp_path), request)).video
    assert (track.codec, track.pixel_format) == ("h264", "yuv420p")
    assert (track.width, track.height, track.rate, track.frames) == (*size, fps, 41)


@pytest.mark.parametrize(
    ("size", "asked"), [((1376, 768), (1280, 720)), ((688, 384), (1280, 720)), ((960, 540), (854, 480))]
)
def test_the_marks_of_a_prompt_survive(tmp_path: Path, size: tuple[int, int], asked: tuple[int, int]) -> None:
    request = shot(tmp_path, width=asked[0], height=asked[1])
    assert read_burned(fitted(vendor_clip(tmp_path, size=size), request)) == prompt_hash(PROMPT)


def test_equal_footage_makes_equal_bytes(tmp_path: Path) -> None:
    clip = vendor_clip(tmp_path)
    first = fitted(clip, shot(tmp_path)).read_bytes()
    assert fitted(clip, shot(tmp_path)).read_bytes() == first


@pytest.mark.parametrize(("rate", "asked"), [(30, 24), (24, 30), (60, 24), (24, 24), (25, 24)])
def test_each_frame_is_the_one_nearest_in_time(tmp_path: Path, rate: int, asked: int) -> None:
    def stairs(seconds: float) -> np.ndarray:
        """A brightness for each frame, far from that of its neighbours."""
        return np.full((360, 640), 20 + 4 * (37 * round(seconds * rate) % 50), np.uint8)

    clip = write_clip(tmp_path / "stairs.mp4", 45 / rate, stairs, size=(640, 360), fps=rate, crf="4")
    frames = int(44 / rate * asked)
    found = levels(fitted(clip, shot(tmp_path, fps=asked, frames=frames)))
    before = levels(clip)
    for number, level in enumerate(found):
        nearest = number / asked * rate
        choices = {int(nearest), int(nearest) + 1} if nearest % 1 == 0.5 else {round(nearest)}
        assert min(abs(level - before[choice]) for choice in choices) < 12


def test_too_much_is_cut_off_and_too_little_is_held(tmp_path: Path) -> None:
    clip = vendor_clip(tmp_path, seconds=1)
    assert len(levels(fitted(clip, shot(tmp_path, frames=12)))) == 12
    assert len(levels(fitted(clip, shot(tmp_path, frames=26)))) == 26


def test_the_picture_is_cropped_around_its_middle_and_not_squeezed(tmp_path: Path) -> None:
    def ring(seconds: float) -> np.ndarray:
        y, x = np.mgrid[0:384, 0:688]
        return np.where((x - 344) ** 2 + (y - 192) ** 2 < 100**2, 220, 30 + int(seconds)).astype(np.uint8)

    clip = write_clip(tmp_path / "ring.mp4", 1, ring, size=(688, 384))
    out = fitted(clip, shot(tmp_path, width=480, height=480, frames=20))
    with av.open(str(out)) as media:
        bright = next(media.decode(video=0)).to_ndarray(format="gray") > 125
    across, down = np.flatnonzero(bright.any(axis=0)), np.flatnonzero(bright.any(axis=1))
    assert abs(len(across) - 250) <= 4  # the circle's 200 pixels, enlarged by 480/384
    assert abs(len(down) - 250) <= 4
    assert abs(across.mean() - 240) <= 2
    assert abs(down.mean() - 240) <= 2


def test_colours_of_an_older_coding_keep_their_looks(tmp_path: Path) -> None:
    path = tmp_path / "red.mp4"
    with av.open(str(path), "w") as media:
        stream = media.add_stream("libx264", rate=24, options={"crf": "4"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        red = np.zeros((360, 640, 3), np.uint8)
        red[:] = (200, 40, 40)
        for number in range(30):
            picture = av.VideoFrame.from_ndarray(red, "rgb24").reformat(
                format="yuv420p", dst_colorspace="ITU601"
            )
            picture.pts = number
            media.mux(stream.encode(picture))
        media.mux(stream.encode(None))
    with av.open(str(fitted(path, shot(tmp_path, frames=20)))) as media:
        frame = next(media.decode(video=0)).reformat(format="rgb24", src_colorspace="ITU709")
    assert np.abs(frame.to_ndarray().mean(axis=(0, 1)) - (200, 40, 40)).max() < 6


def test_a_fitted_clip_joins_with_one_of_ours_and_passes_review(tmp_path: Path) -> None:
    graphics = SceneGraphics(
        visual=StatementVisual(text="The moon pulls the sea"),
        words=(),
        aspect="16:9",
        style="auto",
        theme_seed=1,
        captions=False,
        scene_index=0,
        scene_count=2,
    )
    ours = render(shot(tmp_path, graphics=graphics, frames=72)).media
    theirs = fitted(vendor_clip(tmp_path, seconds=3), shot(tmp_path, frames=72))
    settings, words = load_environment("local").settings, spoken(8.8)
    cut = PyAvAssembler().assemble(
        AssemblyRequest(
            clips=(theirs, ours, theirs),
            soundtrack=write_sound(tmp_path / "sound.m4a", 9.0),
            words=words,
            title="Tides",
            description="",
            language="en",
            chapters=(),
            work_dir=tmp_path,
        )
    )
    assert read_burned(cut.video) == prompt_hash(PROMPT)
    review = PyAvReviewer().review(
        ReviewRequest(
            video=cut.video,
            captions_srt=cut.captions_srt,
            duration_seconds=9.0,
            width=640,
            height=360,
            fps=24,
            words=words,
            audio=settings.audio,
            thresholds=settings.review,
        )
    )
    assert [check for check in review.checks if not check.passed] == []


def test_what_is_no_video_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "page.mp4").write_text("<html>")
    write_sound(tmp_path / "sound.mp4", 3)
    for name in ("page.mp4", "sound.mp4", "missing.mp4"):
        with pytest.raises(CutUnreadable, match=name):
            fitted(tmp_path / name, shot(tmp_path))
    assert not list(tmp_path.glob("*.part"))
    assert not (tmp_path / "fitted.mp4").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageUnwritable, match="nowhere"):
        fit(vendor_clip(tmp_path), shot(tmp_path), tmp_path / "nowhere" / "out.mp4")


def test_nothing_is_left_of_a_clip_that_cannot_be_put_in_place(tmp_path: Path) -> None:
    clip = vendor_clip(tmp_path)
    (tmp_path / "fitted.mp4" / "in the way").mkdir(parents=True)
    with pytest.raises(StorageUnwritable, match=r"fitted\.mp4"):
        fitted(clip, shot(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fitted.mp4", "vendor.mp4"]
