"""The typeface of a brand: read, kept, in headlines and nowhere else, measured by itself, others after it."""

from contextlib import suppress
from pathlib import Path
from typing import Final

import font_manrope
import numpy as np
import pytest
from PIL import Image

from reelwright.production.branding import Brand, BriefBrand
from reelwright.production.schema import Brief, Scene, Script, Seo, StatementVisual
from reelwright.storage.memory import MemoryArtifacts
from reelwright.video.brand_keeping import check_brand, keep_brand
from reelwright.video.branding import brand_of, font_of
from reelwright.video.engine.card import Card
from reelwright.video.engine.face import face
from reelwright.video.engine.fonts import font_of as font_for
from reelwright.video.engine.fonts import own_font, runs, writing
from reelwright.video.engine.makings import makings
from reelwright.video.engine.scene import Scene as DrawnScene
from reelwright.video.engine.thumbnails.maker import EmbeddedThumbnail
from reelwright.video.engine.typefaces import characters_of, opened
from reelwright.video.errors import BrandUnusable
from reelwright.video.font_file import FontUnreadable, read_font
from reelwright.video.headlines import headlines_told
from reelwright.video.schema import FontUse, SceneGraphics, ThumbnailRequest
from tests.unit.video.test_branding import blank

THIN: Final = Path(font_manrope.font_files["ManropeExtraLight"])
VARIABLE: Final = THIN.with_name("Manrope-VariableFont_wght.ttf")
OWN: Final = FontUse(path=THIN, digest="thin", family="Manrope")
GRAPHICS: Final = SceneGraphics(
    visual=StatementVisual(text="One thing at a time"),
    words=(),
    aspect="16:9",
    style="midnight",
    theme_seed=1,
    captions=False,
    scene_index=0,
    scene_count=1,
)


def brand_file(folder: Path, font: str) -> Brief:
    (folder / "acme.toml").write_text(f'title = "Acme"\nfont = "{font}"\n', encoding="utf-8")
    return Brief(topic="T", brand=BriefBrand(file=str(folder / "acme.toml")))


def script(text: str) -> Script:
    scene = Scene(narration="One.", visual_prompt="One", visual=StatementVisual(text=text))
    return Script(
        title="A title",
        hook="One.",
        scenes=(scene,),
        call_to_action="Go.",
        seo=Seo(title="A", description="B"),
    )


@pytest.mark.parametrize("path", sorted(map(Path, font_manrope.font_files.values())))
def test_a_file_is_read_as_a_shaper_reads_it(path: Path) -> None:
    facts = read_font(path.read_bytes())
    file = own_font(FontUse(path=path))
    assert file is not None
    assert facts.characters == characters_of(file)
    assert (facts.family, facts.media_type) == ("Manrope", "font/ttf")


def test_a_file_is_copied_and_drawn_from_the_store(tmp_path: Path) -> None:
    store = MemoryArtifacts(tmp_path / "store")
    (tmp_path / "own.ttf").write_bytes(THIN.read_bytes())
    brief = keep_brand(brand_file(tmp_path, "own.ttf"), store)
    (tmp_path / "own.ttf").unlink()
    brand = brand_of(check_brand(brief, store))
    assert brand is not None
    use = font_of(brand, store)
    assert use is not None
    assert use.path is not None
    assert (use.path.read_bytes(), use.family) == (THIN.read_bytes(), "Manrope")


def damaged(content: bytes, how: str) -> bytes:
    return {
        "cut": content[: len(content) // 2],
        "web": b"wOF2" + content[4:],
        "none": b"no font at all",
        "mapless": content.replace(b"cmap", b"cmop", 1),
    }[how]


@pytest.mark.parametrize(
    ("how", "told"),
    [("cut", "cut off"), ("web", "a WOFF2"), ("none", "no font"), ("mapless", "lacks tables")],
)
def test_what_is_no_font_is_refused_by_name(tmp_path: Path, how: str, told: str) -> None:
    (tmp_path / "own.otf").write_bytes(damaged(THIN.read_bytes(), how))
    with pytest.raises(BrandUnusable, match=f"own.otf: it .*{told}"):
        keep_brand(brand_file(tmp_path, "own.otf"), MemoryArtifacts(tmp_path / "store"))


def test_a_font_of_a_request_is_looked_at_in_the_store(tmp_path: Path) -> None:
    store = MemoryArtifacts(tmp_path)
    sent = Brand(name="acme", font=store.put_bytes(b"no font", "font/ttf"), font_family="Acme")
    with pytest.raises(BrandUnusable, match="its typeface: it is no font"):
        check_brand(Brief(topic="T", brand=BriefBrand(name="acme", kept=sent)), store)


def test_any_bytes_in_the_tables_are_read_or_refused() -> None:
    content, rng = THIN.read_bytes(), np.random.default_rng(5)
    for _ in range(60):
        spoilt = bytearray(content)
        for at in rng.integers(0, 4_000, 12):
            spoilt[at] = int(rng.integers(0, 256))
        with suppress(FontUnreadable):
            read_font(bytes(spoilt))


def test_heavy_type_is_in_it_and_measured_by_it_and_other_type_is_not() -> None:
    usual = {weight: face(weight, 60).length("Headline") for weight in ("heavy", "bold")}
    with writing("en", own_font(OWN)):
        heavy, bold = face("heavy", 60), face("bold", 60)
        assert heavy.length("Headline") < 0.95 * usual["heavy"]
        assert bold.length("Headline") == usual["bold"]
        assert [run.font.path for run in runs("Headline", "heavy")] == [THIN]
        assert heavy.cap_height > 0
    assert heavy.length("Headline") < 0.95 * face("heavy", 60).length("Headline") == 0.95 * usual["heavy"]


def test_letters_that_it_lacks_are_drawn_by_others() -> None:
    with writing("en", own_font(OWN)):
        for letter in "→𝄞":
            font = font_for(letter, "heavy")
            assert font is None or font.path != THIN or ord(letter) in characters_of(font)


def test_a_variable_font_is_drawn_as_bold_as_headlines_are() -> None:
    sizes = []
    for path in (VARIABLE, Path(font_manrope.font_files["ManropeExtraBold"])):
        with writing("en", own_font(FontUse(path=path))):
            sizes.append(int((face("heavy", 80).ink("Acme").mask > 128).sum()))
    assert opened(own_font(FontUse(path=VARIABLE))).axis_infos  # type: ignore[arg-type]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.03)


def test_scenes_cards_and_thumbnails_show_it(tmp_path: Path) -> None:
    lit = []
    for font in (None, OWN):
        scene, card = blank(640, 360), blank(640, 360)
        graphics = GRAPHICS.model_copy(update={"font": font})
        DrawnScene(graphics, 640, 360, 2.0).draw(scene, 1.0)
        Card((640, 360), "Acme", None, place=0, seed=3, style="midnight", font=font).draw(card, 1.5)
        request = ThumbnailRequest(
            title="One thing at a time",
            aspect="16:9",
            style="midnight",
            theme_seed=1,
            width=320,
            height=180,
            out=tmp_path / "still.png",
            font=font,
        )
        EmbeddedThumbnail().make(request)
        still = np.asarray(Image.open(tmp_path / "still.png").convert("L"))
        lit.append([int((picture > 200).sum()) for picture in (scene.y, card.y)] + [still.tobytes()])
    assert lit[1][0] < 0.8 * lit[0][0]
    assert lit[1][1] < 0.8 * lit[0][1]
    assert lit[1][2] != lit[0][2]


def test_a_family_that_is_here_is_drawn_from_its_boldest_file_and_is_in_the_key() -> None:
    found = own_font(FontUse(family="DejaVu Sans"))
    if found is not None:
        assert found.name == "DejaVuSans-Bold.ttf"
    assert own_font(FontUse(family="No Such Family")) is None
    named = makings(GRAPHICS.model_copy(update={"font": FontUse(family="No Such Family")}))
    assert "family none" in named


def test_the_record_says_what_of_it_is_seen(tmp_path: Path) -> None:
    store = MemoryArtifacts(tmp_path)
    brand = Brand(name="acme", font=store.put_bytes(THIN.read_bytes(), "font/ttf"), font_family="Thin")
    told = headlines_told(brand, script("All of it"), store)
    assert told.told.startswith("its typeface Thin in headlines, SHA-256")
    assert told.warning == ""
    assert "(漢 字)" in headlines_told(brand, script("So 漢字"), store).warning
    away = headlines_told(Brand(name="acme", font_family="No Such Family"), script("One"), store)
    assert "is not installed here" in away.warning
    assert headlines_told(Brand(name="acme"), script("One"), store) == ("", "")
