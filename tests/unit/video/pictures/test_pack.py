"""The picture pack: what the packer takes and what it leaves, and what the reader gives back."""

import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import ZipFile

import pytest

import pack_pictures
from reelwright.video.pictures import pack as pack_module
from reelwright.video.pictures.errors import PackDamaged, PictureUnusable
from reelwright.video.pictures.pack import KINDS, USUAL_KINDS, PicturePack, installed_at
from reelwright.video.pictures.svg import svg_digest, whole_svg
from tests.unit.video.pictures.drawings import DISC, FLAG, FONT, ROOT, node_modules


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    target = folder / "share" / "pictures.zip"
    pack_pictures.main(str(node_modules(folder / "modules", brain=FLAG)), str(target))
    return target


@pytest.fixture
def pack(file: Path) -> PicturePack:
    return PicturePack(file)


def test_a_picture_has_the_keywords_of_both_sources_each_once(pack: PicturePack) -> None:
    volcano = pack.get("volcano")
    assert volcano
    assert volcano.label == "volcano"
    assert volcano.keywords == ("eruption", "mountain", "photo", "two words")
    assert (volcano.group, volcano.subgroup, volcano.character) == ("travel-places", "place-geographic", "🌋")
    man = pack.get("man")
    assert man
    assert man.keywords == ()


def test_what_is_drawn_under_another_name_is_there_too(pack: PicturePack) -> None:
    coffee = pack.get("hot-beverage")
    assert coffee
    assert coffee.keywords == ("coffee", "espresso")
    assert pack.svg("hot-beverage") == pack.svg("volcano")


def test_letters_and_parts_of_characters_are_no_pictures(pack: PicturePack) -> None:
    assert pack.get("letter-a") is pack.get("keycap-10") is None


def test_kinds_tell_what_is_drawn_without_being_asked_for(pack: PicturePack) -> None:
    kinds = {it.name: it.kind for it in pack.pictures}
    assert kinds == {
        "brain": "thing",
        "hot-beverage": "thing",
        "man": "person",
        "one-oclock": "clock",
        "volcano": "thing",
        "white-flag": "flag",
        "yen-banknote": "currency",
    }
    assert {*kinds.values()} < {*KINDS}
    assert {*USUAL_KINDS} < {*KINDS}
    assert len(pack) == 7


def test_every_drawing_comes_back_whole_and_bears_its_digest(pack: PicturePack) -> None:
    assert pack.svg("volcano") == whole_svg(DISC)
    assert pack.svg("brain") == whole_svg(FLAG)
    for picture in pack.pictures:
        assert svg_digest(pack.svg(picture.name)) == picture.digest
    with pytest.raises(KeyError):
        pack.svg("dragon")


def test_threads_read_side_by_side(pack: PicturePack) -> None:
    names = [picture.name for picture in pack.pictures] * 50
    expected = [pack.svg(name) for name in names]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(pack.svg, names)) == expected


def test_outlines_of_the_world_come_as_they_are(pack: PicturePack) -> None:
    assert pack.world("50m") == b'{"type": "Topology", "scale": 50}'
    assert pack.world("110m") == b'{"type": "Topology", "scale": 110}'


def test_it_carries_the_licence_of_every_source_and_says_what_it_was_made_from(pack: PicturePack) -> None:
    licences = pack.licences()
    assert {*licences} == {"noto-emoji", "emojibase-data", "emojilib", "world-atlas", *pack_pictures.FONTS}
    assert licences["emojilib"] == "The licence of emojilib"
    assert "Noto Emoji, by Google Inc" in licences["noto-emoji"]
    assert "Apache License" in licences["noto-emoji"]
    assert dict(pack.made_from) == {
        "@iconify-json/noto": "1.2.9",
        "emojibase-data": "17.0.0",
        "emojilib": "4.0.3",
        "world-atlas": "2.0.2",
        **{f"@fontsource/{family}": "5.3.0" for family in pack_pictures.FONTS},
    }


def test_fonts_come_out_of_their_containers_as_they_went_in(file: Path) -> None:
    with ZipFile(file) as zipped:
        names = [name for name in zipped.namelist() if name.startswith("fonts/")]
        contents = {zipped.read(name) for name in names}
    assert len(names) == sum(len(parts) * len(pack_pictures.CUTS) for parts in pack_pictures.FONTS.values())
    assert contents == {FONT}


def test_the_same_packages_give_the_same_bytes_and_others_another_digest(tmp_path: Path, file: Path) -> None:
    pack_pictures.main(str(node_modules(tmp_path / "again", brain=FLAG)), str(tmp_path / "again.zip"))
    assert (tmp_path / "again.zip").read_bytes() == file.read_bytes()
    pack_pictures.main(str(node_modules(tmp_path / "other")), str(tmp_path / "other.zip"))
    assert PicturePack(tmp_path / "other.zip").digest != PicturePack(file).digest


def test_a_drawing_that_reaches_outside_is_not_packed_and_nothing_else_is(tmp_path: Path) -> None:
    modules = node_modules(tmp_path / "modules", volcano='<image href="/etc/hostname"/>')
    with pytest.raises(PictureUnusable, match="image"):
        pack_pictures.main(str(modules), str(tmp_path / "pictures.zip"))
    assert [path.name for path in tmp_path.iterdir()] == ["modules"]


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all" * 100])
def test_what_is_no_pack_is_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pictures.zip").write_bytes(content)
    with pytest.raises(PackDamaged, match="set up again"):
        PicturePack(tmp_path / "pictures.zip")


def test_a_pack_of_another_format_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "pictures.zip", "w") as zipped:
        zipped.writestr("index.tsv", "reelwright pictures\t999\n\n")
    with pytest.raises(PackDamaged, match="999"):
        PicturePack(tmp_path / "pictures.zip")


def test_a_drawing_that_was_damaged_is_told(tmp_path: Path, file: Path) -> None:
    content = bytearray(file.read_bytes())
    begin = content.index(b"drawings.bin") + len(b"drawings.bin")
    content[begin : begin + 60] = os.urandom(60)
    (tmp_path / "pictures.zip").write_bytes(content)
    with pytest.raises(PackDamaged):
        PicturePack(tmp_path / "pictures.zip").svg("brain")


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
    found = tmp_path / "bundled.zip", tmp_path / "share.zip"
    monkeypatch.setattr(pack_module, "installed_at", lambda: found)
    yield found
    pack_module._opened.cache_clear()


@pytest.mark.usefixtures("places")
def test_no_pack_is_no_error() -> None:
    assert PicturePack.installed() is None


def test_the_pack_beside_the_code_wins_over_that_of_the_environment(
    places: tuple[Path, Path], file: Path
) -> None:
    bundled, shared = places
    shared.write_bytes(file.read_bytes())
    found = PicturePack.installed()
    assert found
    assert found.path == shared
    assert PicturePack.installed() is found
    bundled.write_bytes(file.read_bytes())
    found = PicturePack.installed()
    assert found
    assert found.path == bundled


def test_a_pack_is_looked_for_in_the_zip_of_a_function_and_in_the_environment() -> None:
    bundled, shared = (path.as_posix() for path in installed_at())
    assert bundled.endswith("reelwright/_data/pictures.zip")
    assert shared == (Path(sys.prefix) / "share/reelwright/pictures.zip").as_posix()


@pytest.fixture
def installed() -> PicturePack:
    found = PicturePack.installed()
    if found is None:
        pytest.skip("the pictures are not installed: make setup")
    return found


def test_the_installed_pack_has_what_layouts_count_on(installed: PicturePack) -> None:
    things = [picture for picture in installed.pictures if picture.kind in USUAL_KINDS]
    assert len(things) > 800
    assert all(picture.keywords for picture in things)
    assert {"volcano", "hot-beverage", "sailboat", "brain", "red-heart"} <= {it.name for it in things}
    assert b'"Topology"' in installed.world("110m")[:40]
    assert len(installed.world("50m")) > 700_000


def test_every_source_is_named_in_the_notice(installed: PicturePack) -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert [name for name in installed.made_from if not re.search(rf"^{name} ", notice, re.MULTILINE)] == []
