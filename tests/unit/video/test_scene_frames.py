from hypothesis import given
from hypothesis import strategies as st

from reelwright.production.schema import Narration, Span
from reelwright.storage.schema import Artifact
from reelwright.video.manager import scene_frames

AUDIO = Artifact(sha256="0" * 64, size_bytes=1, media_type="audio/wav")


def a_narration(lengths: list[float]) -> Narration:
    spans, start = [], 0.0
    for length in lengths:
        spans.append(Span(start_seconds=start, end_seconds=start + length))
        start += length
    return Narration(audio=AUDIO, words=(), scenes=tuple(spans), voice="joe")


@given(lengths=st.lists(st.floats(0.2, 30), min_size=1, max_size=60), fps=st.sampled_from([24, 30, 60]))
def test_the_picture_never_drifts_from_the_sound_by_more_than_half_a_frame(
    lengths: list[float], fps: int
) -> None:
    narration = a_narration(lengths)
    frames = scene_frames(narration, fps)
    assert len(frames) == len(lengths)
    assert min(frames) >= 1
    shown = 0
    for count, scene in zip(frames, narration.scenes, strict=True):
        assert abs(shown / fps - scene.start_seconds) <= 0.5 / fps + 1e-6
        shown += count
    assert abs(shown / fps - narration.duration_seconds) <= 0.5 / fps + 1e-6
