"""The usual way, as generators of short videos do it: MoviePy composes RGB frames and pipes them to ffmpeg.

Runs in an environment of its own: ``python peer_moviepy.py material.json out.mp4``. The material is what
the embedded engine was given: scenes with a headline, the spoken words with their times, the narration.
"""

import json
import sys
from pathlib import Path

import numpy as np
from moviepy import AudioFileClip, CompositeVideoClip, TextClip, VideoClip
from moviepy.video.fx import CrossFadeIn

WORDS_PER_CAPTION = 5


def main(material_file: str, out: str) -> None:
    material = json.loads(Path(material_file).read_text())
    size = (material["width"], material["height"])
    layers = []
    for number, scene in enumerate(material["scenes"]):
        length = scene["end"] - scene["start"]
        layers.append(background(size, number, length).with_start(scene["start"]))
        layers.append(headline(scene["headline"], size, material["font"], length).with_start(scene["start"]))
    layers.extend(captions(material["words"], size, material["font"]))
    video = CompositeVideoClip(layers, size=size).with_duration(material["duration"])
    video.with_audio(AudioFileClip(material["narration"])).write_videofile(
        out,
        fps=material["fps"],
        codec="libx264",
        preset="ultrafast",
        audio_codec="aac",
        threads=2,
        logger=None,
    )


def background(size: tuple[int, int], number: int, length: float) -> VideoClip:
    """A gradient that drifts slowly."""
    width, height = size
    top, bottom = np.array([20 + 30 * (number % 4), 30, 90.0]), np.array([10, 10 + 20 * (number % 3), 40.0])
    ramp = np.linspace(0, 1, height + 40)[:, None, None]
    tall = np.broadcast_to(top * (1 - ramp) + bottom * ramp, (height + 40, width, 3)).astype(np.uint8)

    def frame(at: float) -> np.ndarray:
        offset = int(40 * at / max(length, 0.1))
        return tall[min(offset, 40) : min(offset, 40) + height]

    return VideoClip(frame, duration=length)


def headline(text: str, size: tuple[int, int], font: str, length: float) -> TextClip:
    clip = TextClip(
        font=font,
        text=text,
        font_size=size[1] // 11,
        color="white",
        size=(int(size[0] * 0.8), None),
        method="caption",
        duration=length,
    )
    return clip.with_position("center").with_effects([CrossFadeIn(0.4)])


def captions(words: list[dict[str, object]], size: tuple[int, int], font: str) -> list[TextClip]:
    """One clip for each spoken word: the whole caption, with that word in colour drawn over it."""
    clips = []
    for start in range(0, len(words), WORDS_PER_CAPTION):
        group = words[start : start + WORDS_PER_CAPTION]
        text = " ".join(str(word["text"]) for word in group)
        begin, end = float(str(group[0]["start"])), float(str(group[-1]["end"]))
        clip = TextClip(
            font=font,
            text=text,
            font_size=size[1] // 20,
            color="white",
            stroke_color="black",
            stroke_width=2,
            size=(int(size[0] * 0.9), None),
            method="caption",
            duration=end - begin,
        )
        clips.append(clip.with_start(begin).with_position(("center", int(size[1] * 0.82))))
    return clips


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
