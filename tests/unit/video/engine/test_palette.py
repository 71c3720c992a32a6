import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import InvalidInput
from reelwright.video.engine.colour import Rgb, contrast, mix, rgb, to_yuv
from reelwright.video.engine.palette import CAPTION_COLOURS, PALETTES, Shade, choose_palette, shade_for
from reelwright.video.engine.styles import AUTO, STYLES

ENOUGH = 4.5
SHADES = [
    pytest.param(shade, id=f"{palette.name}-{shade.tone}")
    for palette in PALETTES.values()
    for shade in (palette.dark, palette.light)
]
colours = st.builds(Rgb, *[st.integers(0, 255)] * 3)


@given(colours, colours)
def test_contrast_does_not_depend_on_order_and_stays_in_range(first: Rgb, second: Rgb) -> None:
    assert contrast(first, second) == contrast(second, first)
    assert 1 <= contrast(first, second) <= 21.0001


def test_contrast_agrees_with_the_examples_of_wcag() -> None:
    assert contrast(rgb("#000000"), rgb("#FFFFFF")) == pytest.approx(21)
    assert contrast(rgb("#767676"), rgb("#FFFFFF")) == pytest.approx(4.54, abs=0.01)


def test_yuv_spans_the_limited_range() -> None:
    assert to_yuv(rgb("#000000")) == (16, 128, 128)
    assert to_yuv(rgb("#FFFFFF")) == (235, 128, 128)
    assert to_yuv(rgb("#0000FF")).u == 240
    assert to_yuv(rgb("#FF0000")).v == 240


def surfaces(shade: Shade) -> list[Rgb]:
    """Everything that text may stand on, faint plates over light ground included."""
    ground = [shade.top, shade.bottom, shade.glow, *shade.tints]
    return [
        *ground,
        shade.card,
        *(mix(colour, shade.card, opacity) for colour in ground for opacity in (0.4, 0.72)),
    ]


@pytest.mark.parametrize("shade", SHADES)
def test_text_reads_on_every_surface(shade: Shade) -> None:
    for ink in (shade.ink, shade.soft, shade.accent):
        assert min(contrast(ink, surface) for surface in surfaces(shade)) >= ENOUGH
    assert contrast(shade.accent, shade.on_accent) >= ENOUGH


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
def test_captions_read_whatever_shines_through_the_pill(palette: object) -> None:
    assert palette in PALETTES.values()
    for below in (Rgb(255, 255, 255), Rgb(0, 0, 0)):
        pill = mix(below, CAPTION_COLOURS.pill, CAPTION_COLOURS.pill_opacity)
        for ink in (CAPTION_COLOURS.said, CAPTION_COLOURS.coming, palette.dark.accent):  # type: ignore[attr-defined]
            assert contrast(ink, pill) >= ENOUGH


def test_styles_name_the_palettes_and_auto() -> None:
    assert (AUTO, *PALETTES) == STYLES


def test_auto_takes_every_palette_for_some_seed() -> None:
    chosen = {choose_palette(AUTO, seed)[0].name for seed in range(len(PALETTES))}
    assert chosen == set(PALETTES)


def test_a_palette_is_taken_by_name_whatever_the_seed() -> None:
    assert {choose_palette("forest", seed)[0].name for seed in (0, 1, 2**31)} == {"forest"}


def test_an_unknown_style_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(InvalidInput, match=r"'neon'.*ember") as caught:
        choose_palette("neon", 0)
    assert caught.value.context["field"] == "style"


@given(st.integers(-5, 2**40), st.integers(0, 60))
def test_neighbouring_scenes_take_the_two_shades_in_turn(seed: int, index: int) -> None:
    palette = PALETTES["lagoon"]
    assert shade_for(palette, index, seed) is not shade_for(palette, index + 1, seed)
