"""A brand is copied or refused by name, and its logo and colours are in the picture, legible, in one pass."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from reelwright.environment.branding import BrandSettings
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.production.branding import BriefBrand
from reelwright.production.schema import Brief, StatementVisual
from reelwright.storage.memory import MemoryArtifacts
from reelwright.video.brand_keeping import check_brand, house_brand, keep_brand
from reelwright.video.branding import brand_of, colours_of, logo_of
from reelwright.video.engine.colour import contrast
from reelwright.video.engine.encoder import ClipFormat, encode
from reelwright.video.engine.logo import Logo
from reelwright.video.engine.palette import choose_palette
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.stage import Stage
from reelwright.video.errors import BrandUnusable
from reelwright.video.normalising import normalise
from reelwright.video.schema import LogoUse, SceneGraphics
from tests.unit.video.engine.test_palette import surfaces

LOCAL = load_environment("local").settings
SHAPE = '<rect width="40" height="20" fill="#fff"/>'
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">{SHAPE}</svg>'
FRAMES = [(640, 360), (360, 640), (480, 480)]


def branded(**brand: object) -> Settings:
    found = BrandSettings.model_validate(brand)
    return LOCAL.model_copy(
        update={"brands": {"acme": found}, "video": LOCAL.video.model_copy(update={"brand": "acme"})}
    )


def brand_file(folder: Path, text: str) -> Brief:
    (folder / "acme.toml").write_text(text, encoding="utf-8")
    (folder / "logo.svg").write_text(SVG, encoding="utf-8")
    return Brief(topic="T", brand=BriefBrand(file=str(folder / "acme.toml")))


def logo(folder: Path, **changes: object) -> LogoUse:
    path = folder / "logo.svg"
    path.write_text(SVG, encoding="utf-8")
    told = {"path": path, "digest": "d", "svg": True, "corner": "top-left", "size": 0.1, "opacity": 1.0}
    return LogoUse.model_validate({**told, "margin": 0.03, **changes})


def blank(width: int, height: int) -> Frame:
    half = height // 2, width // 2
    return Frame(np.full((height, width), 16, np.uint8), *(np.full(half, 128, np.uint8) for _ in "uv"))


def test_the_brand_of_the_house_is_in_the_store_and_named_by_settings(tmp_path: Path) -> None:
    artifacts = MemoryArtifacts(tmp_path)
    settings = LOCAL.model_copy(update={"video": LOCAL.video.model_copy(update={"brand": "reelwright"})})
    brand = brand_of(house_brand(Brief(topic="T"), settings, artifacts))
    assert brand is not None
    assert brand.logo is not None
    use = logo_of(brand, artifacts)
    assert use is not None
    assert use.svg
    Logo(Stage(640, 360, captions=False), use)


def test_a_brief_may_ask_for_none_and_wins_over_settings(tmp_path: Path) -> None:
    brief = house_brand(Brief(topic="T", brand="none"), branded(title="Acme"), MemoryArtifacts(tmp_path))  # type: ignore[arg-type]
    assert brand_of(brief) is None
    assert brand_of(house_brand(Brief(topic="T"), branded(title="Acme"), MemoryArtifacts(tmp_path)))


def test_an_unknown_brand_is_told_the_nearest() -> None:
    with pytest.raises(BrandUnusable, match="Did you mean 'acme'"):
        house_brand(
            Brief(topic="T", brand=BriefBrand(name="acne")), branded(title="A"), MemoryArtifacts(Path())
        )


def test_a_brand_file_is_copied_and_not_read_again(tmp_path: Path) -> None:
    artifacts = MemoryArtifacts(tmp_path / "store")
    brief = keep_brand(brand_file(tmp_path, 'logo = "logo.svg"\naccent = "#E4002B"\n'), artifacts)
    (tmp_path / "acme.toml").unlink()
    (tmp_path / "logo.svg").unlink()
    brand = brand_of(check_brand(keep_brand(brief, artifacts), artifacts))
    assert brand is not None
    assert (brand.name, colours_of(brand)) == ("acme", "-/-/#e4002b")
    assert house_brand(brief, branded(title="Other"), artifacts) == brief


def test_a_function_reads_no_brand_file(tmp_path: Path) -> None:
    with pytest.raises(BrandUnusable, match="not in the store"):
        check_brand(brand_file(tmp_path, ""), MemoryArtifacts(tmp_path / "store"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('logo = "../logo.svg"', "leads out of the brand's folder"),
        ('logo = "/etc/passwd"', "leads out of the brand's folder"),
        ('logo = "link.svg"', "a link that leads out"),
        ('logo = "missing.png"', "missing.png: no such file"),
        ('logo = "acme.toml"', "acme.toml: it is"),
        ('logo = "tiny.png"', "4 × 4 pixels"),
        ('logo = "script.svg"', "element 'script'"),
        ("size = 3.0", "size: Input should be less"),
        ('colour = "#fff"', "colour: Extra inputs"),
        ('accent = "red"', "accent: String should match"),
        ("= nothing", "it is not TOML"),
    ],
)
def test_what_cannot_be_a_brand_is_refused_by_name(tmp_path: Path, text: str, told: str) -> None:
    folder = tmp_path / "brand"
    folder.mkdir()
    (tmp_path / "logo.svg").write_text(SVG, encoding="utf-8")
    (folder / "link.svg").symlink_to(tmp_path / "logo.svg")
    (folder / "script.svg").write_text(SVG.replace("<rect", "<script/><rect"), encoding="utf-8")
    Image.new("RGBA", (4, 4)).save(folder / "tiny.png")
    with pytest.raises(BrandUnusable) as caught:
        keep_brand(brand_file(folder, text), MemoryArtifacts(tmp_path / "store"))
    assert told in caught.value.message
    assert caught.value.next_step


@pytest.mark.parametrize("size", FRAMES)
@pytest.mark.parametrize("corner", ["top-left", "top-right", "bottom-left", "bottom-right"])
def test_a_logo_stands_in_its_corner_and_nowhere_else(
    tmp_path: Path, size: tuple[int, int], corner: str
) -> None:
    frame = blank(*size)
    Logo(Stage(*size, captions=True), logo(tmp_path, corner=corner)).draw(frame, 0.0)
    rows, columns = np.nonzero(frame.y > 100)
    width, height = size
    assert bool(columns.mean() < width / 2) is corner.endswith("left")
    assert bool(rows.mean() < height / 2) is corner.startswith("top")
    assert min(rows.min(), columns.min(), height - 1 - rows.max(), width - 1 - columns.max()) >= 2
    assert rows.max() - rows.min() <= 0.1 * min(size)


def test_an_opaque_logo_hides_and_a_faint_one_lets_through(tmp_path: Path) -> None:
    levels = []
    for opacity in (1.0, 0.5):
        frame = blank(640, 360)
        Logo(Stage(640, 360, captions=False), logo(tmp_path, opacity=opacity)).draw(frame, 0.0)
        levels.append(int(frame.y.max()))
    assert levels[0] == 235
    assert 115 < levels[1] < 135


def test_footage_of_others_gets_the_logo_in_the_pass_that_fits_it(tmp_path: Path) -> None:
    def grey(frame: Frame, t: float) -> None:  # noqa: ARG001 (a still)
        frame.y[:], frame.u[:], frame.v[:] = 60, 128, 128

    clip = ClipFormat(320, 180, 24, 12)
    encode(tmp_path / "in.mp4", clip, grey)
    over = Logo(Stage(320, 180, captions=False), logo(tmp_path)).draw
    normalise(tmp_path / "in.mp4", clip, tmp_path / "out.mp4", over=over)
    seen: list[np.ndarray] = []

    def look(frame: Frame, t: float) -> None:  # noqa: ARG001 (as it is called)
        seen.append(frame.y.copy())

    normalise(tmp_path / "out.mp4", clip, tmp_path / "again.mp4", over=look)
    assert all(picture[6:20, 8:36].mean() > 180 and picture[90:, 160:].mean() < 70 for picture in seen)
    assert len(seen) == 12


def test_a_scene_shows_the_logo_of_its_request(tmp_path: Path) -> None:
    from reelwright.video.engine.scene import Scene  # noqa: PLC0415 (fonts)

    graphics = SceneGraphics(
        visual=StatementVisual(text="One"),
        words=(),
        aspect="16:9",
        style="-/-/#00ff00",
        theme_seed=1,
        captions=False,
        scene_index=0,
        scene_count=1,
    )
    frames = []
    for use in (None, logo(tmp_path, corner="bottom-right")):
        frame = blank(640, 360)
        Scene(graphics.model_copy(update={"logo": use}), 640, 360, 2.0).draw(frame, 1.0)
        frames.append(frame.y.astype(int))
    changed = np.abs(frames[1] - frames[0]) > 4
    assert changed[300:, 500:].any()
    assert not changed[:200].any()


COLOUR = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@settings(max_examples=25, deadline=None)
@given(st.tuples(*(st.one_of(COLOUR, st.just("-")) for _ in range(3))))
def test_text_reads_in_any_colours_of_a_brand(colours: tuple[str, str, str]) -> None:
    palette, reason = choose_palette("/".join(colours), 3)
    assert reason == "the colours of the brand"
    for shade in (palette.dark, palette.light):
        for ink in (shade.ink, shade.soft, shade.accent):
            assert min(contrast(ink, surface) for surface in surfaces(shade)) >= 4.5
        assert contrast(shade.accent, shade.on_accent) >= 4.5


def test_colours_that_are_legible_are_kept_as_they_are() -> None:
    palette, _ = choose_palette("#0a0f2e/#f3f2ff/#ffd34e", 0)
    assert (palette.dark.bottom, palette.dark.accent) == ((0x0A, 0x0F, 0x2E), (0xFF, 0xD3, 0x4E))
    assert palette.light.bottom == (0xF3, 0xF2, 0xFF)
