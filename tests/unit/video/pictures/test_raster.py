"""Drawings and people's own pictures as pixels, and what keeps them on disk."""

import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import resvg_py
from PIL import Image

from reelwright.video.pictures import raster as raster_module
from reelwright.video.pictures.errors import PictureUnusable
from reelwright.video.pictures.raster import MOST_PIXELS, raster_file, raster_svg
from reelwright.video.pictures.shelf import RasterShelf
from reelwright.video.pictures.svg import whole_svg
from tests.unit.video.pictures.drawings import DISC

SVG = whole_svg(DISC)


def test_a_drawing_has_the_size_asked_for_and_a_clear_ground() -> None:
    image = raster_svg(SVG, 60)
    assert (image.mode, image.size) == ("RGBA", (60, 60))
    assert image.getpixel((0, 0)) == (0, 0, 0, 0)
    assert image.getpixel((30, 30)) == (0xC8, 0x1E, 0x32, 255)


def test_a_drawing_keeps_its_proportions() -> None:
    wide = raster_svg(whole_svg('<path d="M0 0h200v100H0z"/>', 200, 100), 80)
    box = wide.getbbox()
    assert box
    assert (box[2] - box[0]) == 2 * (box[3] - box[1])


@pytest.mark.parametrize("size", [0, -1, MOST_PIXELS + 1])
def test_a_size_that_no_frame_has_is_refused(size: int) -> None:
    with pytest.raises(PictureUnusable):
        raster_svg(SVG, size)


def test_the_renderer_never_gets_to_read_a_file_though_it_would(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (8, 8), (0, 255, 0)).save(secret)
    svg = whole_svg(f'<image href="{secret}" width="128" height="128"/>')
    drawn = Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg, width=8, height=8)))
    assert drawn.getpixel((4, 4)) == (0, 255, 0, 255), "it reads no files any more: the check may be relaxed"
    with pytest.raises(PictureUnusable, match="image"):
        raster_svg(svg, 8)


def test_what_the_renderer_cannot_draw_is_told() -> None:
    with pytest.raises(PictureUnusable, match="cannot be drawn"):
        raster_svg('<g xmlns="http://www.w3.org/2000/svg"/>', 10)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_somebodys_picture_is_fitted_and_never_enlarged(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "picture"
    Image.new("RGB", (400, 200), (200, 30, 50)).save(file, kind)
    image = raster_file(file, 100)
    assert (image.mode, image.size) == ("RGBA", (100, 50))
    assert np.abs(np.array(image.getpixel((50, 25))) - (200, 30, 50, 255)).max() <= 3
    assert raster_file(file, 1000).size == (400, 200)


def test_a_photograph_taken_sideways_stands_upright(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    photo = Image.new("RGB", (40, 20))
    exif = photo.getexif()
    exif[0x0112] = 6
    photo.save(file, exif=exif)
    assert raster_file(file, 40).size == (20, 40)


UNUSABLE = {
    "empty": b"",
    "text": b"no picture",
    "a page": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "half a PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
}


@pytest.mark.parametrize("content", UNUSABLE.values(), ids=UNUSABLE)
def test_what_is_no_picture_is_refused_by_its_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mine.png"
    file.write_bytes(content)
    with pytest.raises(PictureUnusable, match=r"mine\.png"):
        raster_file(file, 100)


def test_other_formats_are_not_decoded_at_all(tmp_path: Path) -> None:
    file = tmp_path / "mine.png"
    Image.new("RGB", (4, 4)).save(file, "TIFF")
    with pytest.raises(PictureUnusable):
        raster_file(file, 100)


def test_a_cut_off_picture_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.jpg"
    Image.effect_noise((200, 200), 90).save(file, "JPEG")
    file.write_bytes(file.read_bytes()[:3000])
    with pytest.raises(PictureUnusable):
        raster_file(file, 100)


def test_pictures_that_are_too_large_are_refused_before_they_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.png"
    Image.new("1", (8000, 8000)).save(file)
    with pytest.raises(PictureUnusable, match="8000 × 8000"):
        raster_file(file, 100)
    Image.new("1", (20_000, 20_000)).save(file)
    with pytest.raises(PictureUnusable, match="pixels"):
        raster_file(file, 100)
    monkeypatch.setattr(raster_module, "MOST_BYTES", 100)
    with pytest.raises(PictureUnusable, match="MB"):
        raster_file(file, 100)


def test_a_picture_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PictureUnusable, match="No such file"):
        raster_file(tmp_path / "gone.png", 100)
    with pytest.raises(PictureUnusable):
        raster_file(tmp_path, 100)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The sizes of what was really drawn."""
    sizes: list[int] = []
    draw = raster_module._drawn
    monkeypatch.setattr(raster_module, "_drawn", lambda svg, size: sizes.append(size) or draw(svg, size))
    return iter([sizes]).__next__()


def test_what_was_drawn_once_comes_from_disk_the_same(tmp_path: Path, drawn: list[int]) -> None:
    first = raster_svg(SVG, 50, RasterShelf(tmp_path / "shelf"))
    again = raster_svg(SVG, 50, RasterShelf(tmp_path / "shelf"))
    assert first.tobytes() == again.tobytes()
    assert drawn == [50]
    raster_svg(SVG, 51, RasterShelf(tmp_path / "shelf"))
    raster_svg(whole_svg(DISC + DISC), 50, RasterShelf(tmp_path / "shelf"))
    assert drawn == [50, 51, 50]


def test_without_a_folder_nothing_is_kept(drawn: list[int]) -> None:
    raster_svg(SVG, 50, RasterShelf(None))
    raster_svg(SVG, 50, RasterShelf(None))
    assert drawn == [50, 50]


def test_somebodys_picture_that_changed_under_its_name_is_read_anew(tmp_path: Path) -> None:
    shelf, file = RasterShelf(tmp_path / "shelf"), tmp_path / "mine.png"
    Image.new("RGB", (4, 4), (255, 0, 0)).save(file)
    assert raster_file(file, 4, shelf).getpixel((0, 0)) == (255, 0, 0, 255)
    Image.new("RGB", (4, 4), (0, 0, 255)).save(file)
    assert raster_file(file, 4, shelf).getpixel((0, 0)) == (0, 0, 255, 255)


@pytest.mark.parametrize("content", [b"", b"\x89PNG", b"anything"])
def test_what_is_damaged_on_disk_is_drawn_anew(tmp_path: Path, drawn: list[int], content: bytes) -> None:
    expected = raster_svg(SVG, 50, RasterShelf(tmp_path)).tobytes()
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(content)
    assert raster_svg(SVG, 50, RasterShelf(tmp_path)).tobytes() == expected
    assert raster_svg(SVG, 50, RasterShelf(tmp_path)).tobytes() == expected
    assert drawn == [50, 50]


def test_a_picture_cut_short_on_disk_is_drawn_anew(tmp_path: Path) -> None:
    expected = raster_svg(SVG, 50, RasterShelf(tmp_path)).tobytes()
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-40])
    assert raster_svg(SVG, 50, RasterShelf(tmp_path)).tobytes() == expected


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert raster_svg(SVG, 50, RasterShelf(tmp_path / "file" / "below")).size == (50, 50)


def taken(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_a_full_shelf_lets_go_of_what_lay_longest_unread(tmp_path: Path) -> None:
    age_of = {}
    for age in range(10):
        before = {*tmp_path.iterdir()}
        raster_svg(SVG, 40 + age, RasterShelf(tmp_path))
        (new,) = {*tmp_path.iterdir()} - before
        os.utime(new, (age, age))
        age_of[new] = age
    raster_svg(SVG, 40, RasterShelf(tmp_path))
    full = taken(tmp_path)
    raster_svg(SVG, 50, RasterShelf(tmp_path, full_bytes=full))
    left = sorted(age for path, age in age_of.items() if path.exists())
    assert left[0] == 0, "it was read just now"
    assert left[1:] == [*range(10 - len(left) + 1, 10)]
    assert 3 <= len(left) <= 8
    assert taken(tmp_path) <= full * 0.8


def test_the_shelf_stays_within_its_bounds(tmp_path: Path) -> None:
    full = 12 * len(resvg_py.svg_to_bytes(svg_string=SVG, width=60, height=60))
    shelf = RasterShelf(tmp_path, full_bytes=full)
    for more in range(60):
        raster_svg(SVG, 30 + more, shelf)
        assert taken(tmp_path) <= full * 1.1


def test_many_may_draw_the_same_at_once(tmp_path: Path) -> None:
    shelves = [RasterShelf(tmp_path, full_bytes=3000) for _ in range(4)]
    wrong: list[int] = []
    expected = {size: raster_svg(SVG, size).tobytes() for size in range(30, 40)}

    def draw(shelf: RasterShelf) -> None:
        wrong.extend(
            size for size in [*expected] * 5 if raster_svg(SVG, size, shelf).tobytes() != expected[size]
        )

    threads = [threading.Thread(target=draw, args=(shelf,)) for shelf in shelves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert [path for path in tmp_path.iterdir() if path.suffix != ".png"] == []


def test_what_a_killed_process_had_begun_goes_in_time(tmp_path: Path) -> None:
    old, new = tmp_path / "a.partial", tmp_path / "b.partial"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    raster_svg(SVG, 50, RasterShelf(tmp_path))
    assert (old.exists(), new.exists()) == (False, True)


def test_files_of_every_kind_count_and_go(tmp_path: Path) -> None:
    shelf = RasterShelf(tmp_path, full_bytes=1000)
    for number in range(20):
        shelf.fetch_or((number,), bytes, lambda: b"0" * 100, "raw")
        assert taken(tmp_path) <= 1100
    assert shelf.fetch_or((19,), bytes, lambda: b"made anew", "raw") == b"0" * 100
