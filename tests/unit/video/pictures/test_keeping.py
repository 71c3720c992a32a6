"""A brief's own pictures: what is taken, what is refused and how that is told, what becomes of the copy."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from reelwright.errors import InvalidInput
from reelwright.production.schema import Brief, BriefPicture
from reelwright.storage.local import FolderArtifacts
from reelwright.storage.memory import MemoryArtifacts
from reelwright.storage.schema import Artifact
from reelwright.video.pictures import keeping
from reelwright.video.pictures.errors import PictureUnusable
from reelwright.video.pictures.headers import read_header
from reelwright.video.pictures.keeping import check_kept, keep_pictures
from reelwright.video.pictures.raster import raster_file

NOISE = Image.effect_noise((240, 160), 60).convert("RGB")


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


PNG = encoded(NOISE, "PNG")
JPEG = encoded(NOISE, "JPEG")
FRAMES = [Image.new("RGBA", (40, 40), colour) for colour in ("red", "blue")]


def moving(kind: str) -> bytes:
    return encoded(FRAMES[0], kind, save_all=True, append_images=FRAMES[1:])


def a_brief(*pictures: object) -> Brief:
    return Brief.model_validate({"topic": "Kettles", "pictures": pictures})


@pytest.fixture
def artifacts(tmp_path: Path) -> FolderArtifacts:
    return FolderArtifacts(tmp_path / "artifacts")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"hello", "not a picture"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG"),
        (encoded(NOISE, "GIF"), "a GIF"),
        (encoded(NOISE, "BMP"), "a BMP"),
        (encoded(NOISE, "TIFF"), "a TIFF"),
        (b"%PDF-1.7", "a PDF"),
        (b"\0\0\0\x18ftypheic", "a HEIC"),
        (moving("PNG"), "animated"),
        (moving("WEBP"), "animated"),
        (JPEG[: len(JPEG) // 2], "cut off or damaged"),
        (PNG[: len(PNG) // 2], "cut off or damaged"),
        (PNG[:20], "not a picture"),
        (encoded(Image.new("RGB", (15, 400)), "PNG"), "only 15 × 400"),
        (encoded(Image.new("RGB", (20, 420)), "PNG"), "20 times as long"),
        (encoded(Image.new("RGBA", (40, 40)), "PNG"), "all of it is transparent"),
    ],
)
def test_what_is_no_picture_is_refused_with_field_file_and_next_step(
    tmp_path: Path, artifacts: FolderArtifacts, content: bytes, told: str
) -> None:
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    good.write_bytes(PNG)
    bad.write_bytes(content)
    with pytest.raises(PictureUnusable, match=told) as caught:
        keep_pictures(a_brief(good, bad), artifacts)
    assert str(caught.value).startswith("pictures.1: the picture bad.png cannot be used")
    assert caught.value.next_step
    assert caught.value.context["field"] == "pictures.1"
    assert isinstance(caught.value, InvalidInput)


def _missing(place: Path) -> None:
    assert not place.exists()


def _link_to_itself(place: Path) -> None:
    place.symlink_to(place)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (_missing, "there is no file"),
        (Path.mkdir, "it is a folder"),
        (os.mkfifo, "not a regular file"),
        (_link_to_itself, "too many levels"),
        (lambda place: place.symlink_to("/nowhere/at/all.png"), "there is no file"),
    ],
)
def test_what_is_no_file_is_refused(
    tmp_path: Path, artifacts: FolderArtifacts, make: Callable[[Path], object], told: str
) -> None:
    make(tmp_path / "x.png")
    with pytest.raises(PictureUnusable, match=told) as caught:
        keep_pictures(a_brief(tmp_path / "x.png"), artifacts)
    assert caught.value.next_step


def test_too_large_is_refused_before_it_is_decoded(
    tmp_path: Path, artifacts: FolderArtifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.png"
    file.write_bytes(PNG)
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "MOST_BYTES", 100)
        with pytest.raises(PictureUnusable, match="more than"):
            keep_pictures(a_brief(file), artifacts)
    monkeypatch.setattr(keeping, "MOST_FILE_PIXELS", 100)
    with pytest.raises(PictureUnusable, match="240 × 160 pixels"):
        keep_pictures(a_brief(file), artifacts)


def test_the_same_picture_twice_is_refused_whatever_it_is_called(
    tmp_path: Path, artifacts: FolderArtifacts
) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(PNG)
    with pytest.raises(
        PictureUnusable, match=r"b\.png cannot be used: it is the same picture as pictures\.0"
    ):
        keep_pictures(a_brief(tmp_path / "a.png", tmp_path / "b.png"), artifacts)


def test_the_copy_is_named_by_its_content_and_outlives_the_file(
    tmp_path: Path, artifacts: FolderArtifacts
) -> None:
    file = tmp_path / "kettle.jpg"
    file.write_bytes(JPEG)
    kept = keep_pictures(a_brief(file), artifacts).pictures[0]
    assert (kept.file, kept.look) == ("kettle.jpg", "photograph")
    assert keep_pictures(a_brief(file), artifacts).pictures[0] == kept
    file.write_bytes(encoded(NOISE.rotate(180), "JPEG"))
    changed = keep_pictures(a_brief(file), artifacts).pictures[0]
    assert changed.kept is not None
    assert kept.kept is not None
    assert changed.kept.sha256 != kept.kept.sha256
    file.unlink()
    assert artifacts.read_bytes(kept.kept) == JPEG


@pytest.mark.parametrize(
    ("mode", "kind", "look"),
    [
        ("RGB", "PNG", "photograph"),
        ("L", "PNG", "photograph"),
        ("I;16", "PNG", "photograph"),
        ("P", "PNG", "photograph"),
        ("CMYK", "JPEG", "photograph"),
        ("RGB", "WEBP", "photograph"),
        ("RGBA", "PNG", "cut-out"),
        ("LA", "PNG", "cut-out"),
        ("RGBA", "WEBP", "cut-out"),
    ],
)
def test_every_kind_of_pixels_is_taken_and_drawn(
    tmp_path: Path, artifacts: FolderArtifacts, mode: str, kind: str, look: str
) -> None:
    image = Image.new("RGBA", (64, 64)) if mode in {"RGBA", "LA"} else NOISE.resize((64, 64))
    if mode in {"RGBA", "LA"}:
        image.paste((200, 30, 30, 255), (16, 16, 48, 48))
    image = image.convert("L").convert("I;16") if mode == "I;16" else image.convert(mode)
    file = tmp_path / f"x.{kind.lower()}"
    file.write_bytes(encoded(image, kind))
    assert keep_pictures(a_brief(file), artifacts).pictures[0].look == look
    drawn = raster_file(file, 32)
    assert (drawn.mode, drawn.size) == ("RGBA", (32, 32))


def test_sixteen_bits_of_grey_keep_their_lightness_and_a_camera_held_upright_shows_upright(
    tmp_path: Path,
) -> None:
    grey, turned = tmp_path / "grey.png", tmp_path / "turned.jpg"
    Image.new("I;16", (20, 20), 257 * 128).save(grey)
    assert raster_file(grey, 16).getpixel((8, 8)) == (128, 128, 128, 255)
    exif = Image.Exif()
    exif[0x0112] = 6
    NOISE.save(turned, exif=exif)
    assert raster_file(turned, 240).size == (160, 240)


def in_store(store: MemoryArtifacts, content: bytes, media_type: str, **more: object) -> dict[str, object]:
    return {"file": "k.png", "kept": store.put_bytes(content, media_type).model_dump(), **more}


def test_a_function_takes_what_is_in_the_store_and_reads_no_file(tmp_path: Path) -> None:
    store, file = MemoryArtifacts(tmp_path), tmp_path / "k.png"
    file.write_bytes(PNG)
    with pytest.raises(PictureUnusable, match="no other file is read") as caught:
        check_kept(a_brief(file), store)
    assert caught.value.next_step
    checked = check_kept(a_brief(in_store(store, PNG, "image/png")), store)
    assert checked.pictures[0].look == "photograph"
    clear = encoded(Image.new("RGBA", (40, 40), (9, 9, 9, 9)), "PNG")
    assert check_kept(a_brief(in_store(store, clear, "image/png")), store).pictures[0].look == "cut-out"
    assert check_kept(checked, store) == checked


def test_a_function_refuses_what_is_not_there_or_is_something_else(tmp_path: Path) -> None:
    store = MemoryArtifacts(tmp_path)
    gone = Artifact(sha256="0" * 64, size_bytes=5, media_type="image/png")
    huge = Artifact(sha256="0" * 64, size_bytes=10**12, media_type="image/png")
    cases = [
        ({"file": "k", "kept": gone}, "does not have it"),
        ({"file": "k", "kept": huge}, "more than 32 MB"),
        (in_store(store, b"<svg/>", "image/png"), "an SVG"),
        (in_store(store, JPEG, "image/png"), "named as image/png"),
    ]
    for picture, told in cases:
        with pytest.raises(PictureUnusable, match=told):
            check_kept(a_brief(picture), store)


@pytest.mark.parametrize(
    "content", [PNG, JPEG, encoded(NOISE, "WEBP"), encoded(NOISE, "WEBP", lossless=True)]
)
def test_no_part_of_a_header_is_more_than_none(content: bytes) -> None:
    whole = read_header(content)
    assert whole is not None
    assert (whole.width, whole.height, whole.alpha, whole.animated) == (240, 160, False, False)
    for length in range(min(len(content), 700)):
        header = read_header(content[:length])
        assert header is None or header.width > 0


def test_a_picture_may_be_given_as_a_path_or_a_text() -> None:
    pictures = a_brief("a/b.png", Path("c.jpg"), BriefPicture(file="d.png", words="x, y")).pictures
    assert [picture.name for picture in pictures] == ["b.png", "c.jpg", "d.png"]
    assert pictures[2].words == ("x", "y")
