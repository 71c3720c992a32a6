"""The lean way: one ffmpeg process, a filtergraph of gradients, a figure, headlines, karaoke and a bar.

``python peer_ffmpeg.py material.json out.mp4``, with the ffmpeg that imageio-ffmpeg brings (it has drawtext
and libass).
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from imageio_ffmpeg import get_ffmpeg_exe

WORDS_PER_CAPTION = 5
STYLE_FIELDS = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
    "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
    "MarginR, MarginV, Encoding"
)
COLOURS = "&H00FFFFFF,&H00AAAAAA,&H00000000,&H80000000"
HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}

[V4+ Styles]
Format: {fields}
Style: Default,Manrope,{size},{colours},1,0,0,0,100,100,0,0,3,6,0,2,40,40,{margin},1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def main(material_file: str, out: str) -> None:
    material = json.loads(Path(material_file).read_text())
    with TemporaryDirectory() as folder:
        subtitles = Path(folder, "captions.ass")
        subtitles.write_text(karaoke(material))
        graph = Path(folder, "graph.txt")
        graph.write_text(filtergraph(material, Path(folder), subtitles))
        command = [
            *(
                get_ffmpeg_exe(),
                "-v",
                "error",
                "-y",
                "-i",
                material["narration"],
                "-/filter_complex",
                str(graph),
            ),
            *("-map", "[v]", "-map", "0:a", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "21"),
            *("-pix_fmt", "yuv420p", "-c:a", "aac", "-t", str(material["duration"]), out),
        ]
        subprocess.run(command, check=True)


def filtergraph(material: dict[str, Any], folder: Path, subtitles: Path) -> str:
    size, fps = f"{material['width']}x{material['height']}", material["fps"]
    parts, labels = [], []
    for number, scene in enumerate(material["scenes"]):
        text = folder / f"headline{number}.txt"
        text.write_text(scene["headline"])
        length = scene["end"] - scene["start"]
        drawn = (
            f"fontfile={material['font']}:textfile={text}:fontsize={material['height'] // 14}:fontcolor=white"
        )
        moved = "x=(w-text_w)/2:y=(h-text_h)/2+40*exp(-4*t):alpha=min(1\\,t*3)"
        colours = f"c0=0x1c2060:c1=0x0a{number % 10}020:nb_colors=2:speed=0.02"
        parts.append(
            f"gradients=s={size}:r={fps}:d={length:.3f}:{colours},drawtext={drawn}:{moved}[s{number}]"
        )
        labels.append(f"[s{number}]")
    side, fonts = material["height"] // 3, Path(material["font"]).parent
    parts.append(
        f"color=c=0xf0783c:s={side}x{side}:r={fps},format=yuva420p,"
        "geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*lte(hypot(X-W/2,Y-H/2),W/2)',"
        f"trim=end_frame=1,loop=-1:1:0,setpts=N/{fps}/TB[disc]"
    )
    parts.append(f"color=c=0xfac83c:s={material['width']}x6:r={fps}[bar]")
    parts.append(f"{''.join(labels)}concat=n={len(labels)}:v=1:a=0[scenes]")
    parts.append("[scenes][disc]overlay=x=W*0.7:y=H*0.3+10*sin(t):shortest=1[floating]")
    parts.append(
        f"[floating][bar]overlay=x='-W+W*t/{material['duration']}':y=H-6:shortest=1,"
        f"ass={subtitles}:fontsdir={fonts}[v]"
    )
    return ";".join(parts)


def karaoke(material: dict[str, Any]) -> str:
    header = HEADER.format(
        fields=STYLE_FIELDS,
        colours=COLOURS,
        width=material["width"],
        height=material["height"],
        size=material["height"] // 18,
        margin=material["height"] // 12,
    )
    lines, words = [header], material["words"]
    for start in range(0, len(words), WORDS_PER_CAPTION):
        group = words[start : start + WORDS_PER_CAPTION]
        sung = " ".join(
            f"{{\\kf{round((word['end'] - word['start']) * 100)}}}{word['text']}" for word in group
        )
        lines.append(
            f"Dialogue: 0,{clock(group[0]['start'])},{clock(group[-1]['end'])},Default,,0,0,0,,{sung}\n"
        )
    return "".join(lines)


def clock(seconds: float) -> str:
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02}:{seconds % 60:05.2f}"


if __name__ == "__main__":
    main(*sys.argv[1:3])
