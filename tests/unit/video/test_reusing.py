"""Footage of a video shown again in another language: as long as its scene is there, and bought of nobody."""

from pathlib import Path

import pytest

from reelwright.models.schema import ShotRequest
from reelwright.production.schema import Translation
from reelwright.production.translation import ReusedFootage
from reelwright.storage.local import FolderArtifacts
from reelwright.storage.ports import ArtifactStore
from reelwright.video.engine.encoder import ClipFormat, encode
from reelwright.video.engine.planes import Frame
from reelwright.video.probe import probe
from reelwright.video.reusing import reused_footage

pytestmark = pytest.mark.render

WIDTH, HEIGHT, FPS, FRAMES = 64, 36, 30, 30


def brighter(onto: Frame, seconds: float) -> None:
    """Paint a picture that says how late it is."""
    onto.y[:] = 40 + int(150 * seconds)
    onto.u[:] = onto.v[:] = 128


def told(artifacts: ArtifactStore, folder: Path) -> Translation:
    clip = folder / "clip.mp4"
    encode(clip, ClipFormat(WIDTH, HEIGHT, FPS, FRAMES), brighter)
    media = artifacts.put_file(clip, "video/mp4")
    footage = ReusedFootage(scene_index=2, media=media, frames=FRAMES, fps=FPS, width=WIDTH, height=HEIGHT)
    return Translation(
        original="prod_01K8ZZZZZZZZZZZZZZZZZZZZZZ", language="en", script=media, footage=(footage,)
    )


def asked(frames: int, folder: Path) -> ShotRequest:
    return ShotRequest(
        idempotency_key="k",
        seed=1,
        language="de",
        prompt="p",
        graphics={},
        width=WIDTH,
        height=HEIGHT,
        fps=FPS,
        frames=frames,
        work_dir=folder,
    )


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        (30, "it is as it was"),
        (20, "it was shot for the original, and is not paid for again"),
        (36, "it is played at 83% of its speed"),
        (90, "it is played at 66% of its speed; it is played 2 times over"),
    ],
)
def test_it_is_as_long_as_its_scene_is_now(tmp_path: Path, frames: int, said: str) -> None:
    artifacts = FolderArtifacts(tmp_path / "artifacts")
    translation = told(artifacts, tmp_path)
    footage = reused_footage(translation, asked(frames, tmp_path), 2, artifacts, burned=True)
    assert footage is not None
    assert (footage.clip.frames, footage.clip.scene_index, footage.clip.trace) == (frames, 2, None)
    (track,) = probe(artifacts.local_path(footage.clip.media)).video
    assert (track.frames, track.width, track.height) == (frames, WIDTH, HEIGHT)
    assert footage.charges == ()
    first, captions = footage.decisions
    assert first.reason.endswith(said)
    assert captions.chosen == "soft captions only"


def test_a_scene_that_we_drew_is_not_shown_again(tmp_path: Path) -> None:
    artifacts = FolderArtifacts(tmp_path / "artifacts")
    assert reused_footage(told(artifacts, tmp_path), asked(30, tmp_path), 1, artifacts, burned=True) is None
