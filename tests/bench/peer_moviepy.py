"""The usual way, as generators of short videos do it: MoviePy composes RGB frames and pipes them to ffmpeg.

Runs in an environment of its own: ``python peer_moviepy.py material.json out.mp4``. The material is what
the embedded engine was given: scenes with a headline, the spoken words with their times, the narration.
It draws the same kinds of things: a moving ground, a floating figure, a headline, karaoke captions, a bar.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from moviepy import AudioFileClip, CompositeVideoClip, ImageClip, TextClip, VideoClip
from moviepy.video.fx import CrossFadeIn
from PIL import Image, ImageDraw, ImageFont

WORDS_PER_CAPTION = 5
Layer = VideoClip


def main(material_file: str, out: str) -> None:
    material = json.loads(Path(material_file).read_text())
    size = (material["width"], material["height"])
    layers: list[Layer] = []
    for number, scene in enumerate(material["scenes"]):
        length = scene["end"] - scene["start"]
        pieces = [background(size, number, length), ornament(size, length)]
        pieces.append(headline(scene["headline"], size, material["font"], length))
        layers.extend(piece.with_start(scene["start"]) for piece in pieces)
    layers.extend(captions(material["words"], size, material["font"]))
    layers.append(progress_bar(size, material["duration"]))
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


def background(size: tuple[int, int], number: int, length: float) -> Layer:
    """A gradient that drifts slowly."""
    width, height = size
    top, bottom = np.array([20 + 30 * (number % 4), 30, 90.0]), np.array([10, 10 + 20 * (number % 3), 40.0])
    ramp = np.linspace(0, 1, height + 40)[:, None, None]
    tall = np.broadcast_to(top * (1 - ramp) + bottom * ramp, (height + 40, width, 3)).astype(np.uint8)

    def frame(at: float) -> np.ndarray:
        offset = min(40, int(40 * at / max(length, 0.1)))
        return tall[offset : offset + height]

    return VideoClip(frame, duration=length)


def ornament(size: tuple[int, int], length: float) -> Layer:
    """A disc that floats, as big as the embedded engine's figures."""
    side = size[1] // 3
    picture = Image.new("RGBA", (side, side))
    ImageDraw.Draw(picture).ellipse((0, 0, side - 1, side - 1), fill=(240, 120, 60, 255))
    still = ImageClip(np.asarray(picture), duration=length)
    return still.with_position(lambda at: (int(size[0] * 0.7), int(size[1] * 0.3 + 10 * np.sin(at))))


def headline(text: str, size: tuple[int, int], font: str, length: float) -> Layer:
    clip = TextClip(
        font=font,
        text=text,
        font_size=size[1] // 11,
        color="white",
        size=(int(size[0] * 0.6), None),
        method="caption",
        duration=length,
    )
    return clip.with_position(("left", "center")).with_effects([CrossFadeIn(0.4)])


def captions(words: list[dict[str, Any]], size: tuple[int, int], font: str) -> list[Layer]:
    """One picture for each spoken word: the caption in its pill, with that word in colour."""
    face = ImageFont.truetype(font, size[1] // 24)
    clips: list[Layer] = []
    for start in range(0, len(words), WORDS_PER_CAPTION):
        group = words[start : start + WORDS_PER_CAPTION]
        for place, word in enumerate(group):
            until = group[place + 1]["start"] if place + 1 < len(group) else word["end"]
            if until <= word["start"]:
                continue
            still = ImageClip(np.asarray(pill(group, place, face)), duration=until - word["start"])
            clips.append(still.with_start(word["start"]).with_position(("center", int(size[1] * 0.84))))
    return clips


def pill(group: list[dict[str, Any]], spoken: int, face: ImageFont.FreeTypeFont) -> Image.Image:
    texts = [f"{word['text']} " for word in group]
    width, height = int(sum(face.getlength(text) for text in texts)) + 40, int(face.size * 1.8)
    picture = Image.new("RGBA", (width, height))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=height // 3, fill=(15, 15, 30, 230))
    pen = 20.0
    for place, text in enumerate(texts):
        colour = "yellow" if place == spoken else "white" if place < spoken else "gray"
        draw.text((pen, height * 0.2), text, font=face, fill=colour)
        pen += face.getlength(text)
    return picture


def progress_bar(size: tuple[int, int], duration: float) -> Layer:
    def frame(at: float) -> np.ndarray:
        bar = np.zeros((6, size[0], 3), np.uint8)
        bar[:, : int(size[0] * at / duration)] = (250, 200, 60)
        return bar

    return VideoClip(frame, duration=duration).with_position(("left", "bottom"))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
