"""The odd clips by name: how each is made, and what must become of it."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame

from tests.odd_media.filming import Film, write

FILM = Film()
_PQ, _HLG, _BT2020 = 16, 18, 9
_TEN = FILM.but(codec="libx265", pixels="yuv420p10le", options={"x265-params": "log-level=none"})


@dataclass(frozen=True, slots=True)
class Odd:
    """One clip. ``trait`` is told of it when it is taken; ``refused`` is why it is not."""

    make: Callable[[Path], object]
    file: str = "a.mp4"
    trait: str = ""
    refused: str = ""
    marked: bool = True
    """Whether the hash is in what is made of it: not where the top is cropped off."""


def film(file: str = "a.mp4", trait: str = "", *, marked: bool = True, **changes: object) -> Odd:
    return Odd(lambda path: write(path, FILM.but(**changes)), file, trait, marked=marked)


def _hdr(transfer: int, trait: str) -> Odd:
    coded = _TEN.but(transfer=transfer, primaries=_BT2020, matrix=_BT2020)
    return Odd(lambda path: write(path, coded), trait=trait)


def bad(refused: str, make: Callable[[Path], object], file: str = "a.mp4") -> Odd:
    return Odd(make, file, refused=refused)


def _part(share: float, **options: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        write(path, FILM.but(seconds=3, options=options))
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    return make


def _damaged(path: Path) -> None:
    data = bytearray(write(path, FILM.but(seconds=3)).read_bytes())
    place = data.index(b"mdat") + len(data) // 3
    data[place : place + 3_000] = bytes(3_000)
    path.write_bytes(data)


def _vast(side: int) -> Callable[[Path], None]:
    """A picture of one colour: a few kilobytes for gigabytes of pixels."""

    def make(path: Path) -> None:
        with av.open(str(path), "w") as media:
            stream = media.add_stream("png", rate=24)
            stream.width, stream.height, stream.pix_fmt = side, side, "gray"
            media.mux(stream.encode(VideoFrame(side, side, "gray")))
            media.mux(stream.encode(None))

    return make


def _lying(path: Path) -> None:
    """A film whose pictures are small, and whose header says 4095x4095."""
    data = write(path, FILM.but(codec="mpeg2video", options={"g": "1"})).read_bytes()
    place = data.index(b"\x00\x00\x01\xb3") + 4
    path.write_bytes(data.replace(data[place : place + 3], b"\xff\xff\xff"))


def _many(path: Path) -> None:
    """Hours in kilobytes: the same black picture again and again, a thousand a second."""
    with av.open(str(path), "w") as media:
        stream = media.add_stream("libx264", rate=1000, options={"preset": "ultrafast", "g": "100000"})
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
        black = VideoFrame(16, 16, "yuv420p")
        for number in range(100_500):
            black.pts, black.time_base = number, Fraction(1, 1000)
            media.mux(stream.encode(black))
        media.mux(stream.encode(None))


def _empty_track(path: Path) -> None:
    """A track of pictures that holds none: its index comes before them, and they never did."""
    with av.open(str(path), "w", options={"movflags": "frag_keyframe+empty_moov"}) as media:
        stream = media.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        media.start_encoding()


def _sound_only(path: Path) -> None:
    from tests.unit.video.media import write_sound  # noqa: PLC0415 (as a track of a film)

    write_sound(path, 2)


def _text(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text)


_VARIED = tuple(0.02 * n + (0.4 if n > 20 else 0) + (0.013 if n % 7 == 3 else 0) for n in range(40))

CLIPS: dict[str, Odd] = {
    "as ours": film(),
    "variable frame rate": film("a.mp4", "variable frame rate", times=_VARIED),
    "variable rate in Matroska": film("a.mkv", "variable frame rate", times=_VARIED),
    "23.976 a second": film(rate=Fraction(24_000, 1_001)),
    "120 a second": film(rate=Fraction(120), seconds=1),
    "5 a second": film(rate=Fraction(5), seconds=2),
    "turned by 90": film(trait="turned by 270°", turned=90, size=(360, 640)),
    "turned by 180": film(trait="turned by 180°", turned=180),
    "turned by 270": film(trait="turned by 90°", turned=270, size=(360, 640)),
    "10 bits": Odd(lambda path: write(path, _TEN), trait="10 bits"),
    "10 bits H.264 4:2:2": film(trait="10 bits", pixels="yuv422p10le"),
    "12 bits 4:4:4": Odd(lambda path: write(path, _TEN.but(pixels="yuv444p12le")), trait="12 bits"),
    "HDR, PQ": _hdr(_PQ, "HDR (PQ)"),
    "HDR, HLG": _hdr(_HLG, "HDR (HLG)"),
    "full range": film(full_range=True, pixels="yuv420p"),
    "no sound": film(),
    "mono": film(trait="with sound", sound="mono"),
    "stereo": film(trait="with sound", sound="stereo"),
    "5.1": film(trait="with sound", sound="5.1"),
    "odd size": film("a.mkv", size=(333, 187), codec="ffv1", pixels="yuv444p"),
    "tiny": film(size=(160, 90)),
    "ultra HD": film(size=(3840, 2160), seconds=0.25, options={"preset": "ultrafast"}),
    "upright": film(size=(360, 640), marked=False),
    "square": film(size=(480, 480), marked=False),
    "wide pixels": film(trait="pixels 1.33", size=(480, 360), pixel_aspect=Fraction(4, 3)),
    "interlaced": film("a.mkv", "interlaced", options={"flags": "+ildct+ilme", "x264-params": "tff=1"}),
    "VP9 in WebM": film("a.webm", codec="libvpx-vp9", options={"cpu-used": "8", "deadline": "realtime"}),
    "AV1": film("a.mp4", codec="libsvtav1", options={"preset": "12"}),
    "MPEG-4 in AVI": film("a.avi", codec="mpeg4"),
    "MPEG-2 in a transport stream": film("a.ts", codec="mpeg2video", rate=Fraction(25)),
    "ProRes with opacity": film("a.mov", "bits", codec="prores_ks", pixels="yuva444p10le"),
    "Motion JPEG": film("a.avi", codec="mjpeg", pixels="yuvj420p"),
    "GIF": film("a.gif", codec="gif", pixels="rgb8", rate=Fraction(10)),
    "one picture": film("a.mp4", "the last picture stays", times=(0.0,)),
    "broken off, index in front": bad("truncated", _part(0.6, movflags="+faststart")),
    "broken off, no index": bad("truncated", _part(0.6)),
    "broken off, Matroska": bad("truncated", _part(0.4), "a.mkv"),
    "damaged": bad("damaged", _damaged),
    "no pictures in the track": bad("no_frames", _empty_track),
    "sound alone": bad("no_picture", _sound_only),
    "vast": bad("too_large", _vast(9_000), "a.mov"),
    "a header that lies": bad("damaged", _lying, "a.mpg"),
    "specks": bad("too_small", lambda path: write(path, FILM.but(size=(8, 8), codec="ffv1")), "a.mkv"),
    "a strip": bad("too_narrow", lambda path: write(path, FILM.but(size=(1600, 32)))),
    "a bomb of pictures": bad("too_much", _many),
    "a page": bad("not_a_video", _text("<html><body>expired</body></html>")),
    "a playlist": bad("not_a_video", _text("#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n")),
    "a list of files": bad("not_a_video", _text("ffconcat version 1.0\nfile /etc/hostname\n"), "a.ffconcat"),
    "a zip": bad("not_a_video", lambda path: path.write_bytes(b"PK\x03\x04" + bytes(2_000))),
    "nothing": bad("not_a_video", lambda path: path.write_bytes(b"")),
    "a folder": bad("not_a_video", lambda path: path.mkdir()),
    "missing": bad("missing", lambda _path: None),
}
