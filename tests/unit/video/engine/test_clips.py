"""Real clips, decoded by a real demuxer."""

from pathlib import Path

import av
import numpy as np
import pytest

from reelwright.errors import InvalidInput, Permanent
from reelwright.models.schema import ContentRequest, ShotRequest
from reelwright.video.engine.render import render
from reelwright.video.schema import SceneGraphics, frame_size
from tests.unit.video.engine.scenes import ASPECTS, SPEECH, graphics, spoken, still

pytestmark = pytest.mark.render


def shot(
    folder: Path,
    scene: SceneGraphics,
    *,
    frames: int = 14,
    fps: int = 24,
    size: tuple[int, int] | None = None,
) -> ShotRequest:
    width, height = size or frame_size(scene.aspect, "480p")
    return ShotRequest(
        idempotency_key="key",
        seed=1,
        prompt="",
        graphics=scene,
        width=width,
        height=height,
        fps=fps,
        frames=frames,
        work_dir=folder,
    )


def decoded(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [
            frame.to_ndarray(format="yuv420p")[: frame.height, : frame.width]
            for frame in container.decode(video=0)
        ]


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("fps", [24, 30, 60])
def test_a_clip_has_exactly_the_asked_frames_size_and_rate(tmp_path: Path, aspect: str, fps: int) -> None:
    scene = graphics("statement", aspect=aspect, words=spoken(SPEECH), captions=True)
    request = shot(tmp_path, scene, fps=fps, frames=17)
    response = render(request)
    with av.open(str(response.media)) as container:
        (stream,) = container.streams
        assert stream.type == "video"
        frames = list(container.decode(stream))
        assert (stream.width, stream.height) == (request.width, request.height)
        assert stream.average_rate == fps
        assert stream.duration * stream.time_base == pytest.approx(17 / fps)
    assert response.frames == len(frames) == 17
    assert [frame.time for frame in frames] == pytest.approx([index / fps for index in range(17)])


def test_a_clip_is_tagged_for_what_it_is(tmp_path: Path) -> None:
    response = render(shot(tmp_path, graphics("title")))
    with av.open(str(response.media)) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (
            1,
            1,
            1,
            1,
        )
        assert context.has_b_frames == 0
        assert "creation_time" not in container.metadata


def test_the_same_request_gives_the_same_bytes(tmp_path: Path) -> None:
    scene = graphics("list", words=spoken(SPEECH), captions=True, scene_count=2)
    made = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        made.append(render(shot(tmp_path / name, scene)).media.read_bytes())
    assert made[0] == made[1]


def test_clips_of_one_video_join_by_stream_copy(tmp_path: Path) -> None:
    kinds = ["title", "number", "bars"]
    clips = [
        render(shot(tmp_path, graphics(kind, scene_index=index, scene_count=3))).media
        for index, kind in enumerate(kinds)
    ]
    setups = []
    for clip in clips:
        with av.open(str(clip)) as container:
            setups.append(container.streams.video[0].codec_context.extradata)
    assert len(set(setups)) == 1
    assert len({clip.name for clip in clips}) == 3


def test_the_encoded_picture_is_the_drawn_one(tmp_path: Path) -> None:
    scene = graphics("title")
    frames = decoded(render(shot(tmp_path, scene, frames=48)).media)
    drawn = still(scene, 47 / 24, 2.0).y
    assert np.abs(frames[-1].astype(int) - drawn.astype(int)).mean() < 1.5


def test_graphics_of_another_kind_are_refused(tmp_path: Path) -> None:
    other = ContentRequest(idempotency_key="k", seed=0, task="t", variables={}, output_schema={})
    request = shot(tmp_path, graphics("title")).model_copy(update={"graphics": other})
    with pytest.raises(InvalidInput, match="SceneGraphics"):
        render(request)


@pytest.mark.parametrize(
    "change", [{"width": 641}, {"height": 10}, {"width": 90_000, "height": 90_000}, {"fps": 0}, {"fps": 999}]
)
def test_sizes_and_rates_that_cannot_be_are_refused(tmp_path: Path, change: dict[str, int]) -> None:
    with pytest.raises(InvalidInput, match="cannot be made"):
        render(shot(tmp_path, graphics("title")).model_copy(update=change))


def test_a_folder_that_is_not_there_is_a_typed_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="could not be written"):
        render(shot(tmp_path / "missing", graphics("title")))
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_style_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="neon"):
        render(shot(tmp_path, graphics("title", style="neon")))
    assert list(tmp_path.iterdir()) == []


def test_usage_counts_seconds_begun(tmp_path: Path) -> None:
    (usage,) = render(shot(tmp_path, graphics("title"), frames=25)).usage
    assert (usage.unit, usage.quantity) == ("video_seconds", 2)
