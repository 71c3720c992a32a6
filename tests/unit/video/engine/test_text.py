import struct
import unicodedata
from pathlib import Path

import font_manrope
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from reelwright.video.engine import fonts
from reelwright.video.engine.bidi import reads_from_right, visual_order
from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.face import face
from reelwright.video.engine.fit import Fitted, TextStyle, drawable, fit
from reelwright.video.engine.planes import Box
from reelwright.video.engine.typefaces import FontFile, characters_of
from reelwright.video.engine.typeset import block_box, place
from reelwright.video.engine.wrap import Token, balance, break_long, first_fit, tokens_of

MANROPE = Path(font_manrope.font_files["ManropeExtraBold"])
STYLE = TextStyle("heavy", 60, 14)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
prose = st.text("abcdefghij ABC, -é", max_size=200)


def lines_of(fitted: Fitted) -> list[str]:
    return [
        "".join((" " if token.spaced and place else "") + token.text for place, token in enumerate(line))
        for line in fitted.lines
    ]


def test_the_bundled_font_is_known_to_draw_what_it_draws() -> None:
    known = characters_of(FontFile(MANROPE))
    assert set(map(ord, "Aß€Жλ“”–…%")) <= known
    assert ord("漢") not in known
    missing = ImageFont.truetype(str(MANROPE), 40).getmask("漢").getbbox()
    assert missing, "the font draws a box for what it lacks, which is why its table is read"


@pytest.mark.parametrize(
    "content", [b"", b"OTTO", b"\x00\x01\x00\x00" + struct.pack(">H", 900), b"ttcf" + b"\xff" * 40]
)
def test_a_file_that_is_no_font_has_no_characters(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(content)
    assert characters_of(FontFile(broken)) == frozenset()


def test_characters_without_any_font_are_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "other_fonts", lambda _: ())
    fonts._font_of.cache_clear()
    try:
        assert drawable("Tea 茶 and 🍵 cake") == "Tea and cake"
        assert fonts.undrawable("Tea 茶 and 🍵🍵") == "茶🍵"
    finally:
        fonts._font_of.cache_clear()


@given(anything)
@settings(max_examples=60)
def test_text_from_anywhere_is_measured_and_drawn(text: str) -> None:
    own = face("heavy", 24)
    shown = drawable(text)
    ink = own.ink(shown)
    assert own.length(shown) >= 0
    assert ink.mask.shape[0] <= 4 * 24
    if any(character.isalnum() and ord(character) < 0x250 for character in shown):
        assert ink.mask.size > 0


def test_invisible_characters_take_no_room() -> None:
    own = face("heavy", 40)
    assert own.length("a\u200bb\u2060c\u00ad") == own.length("abc")
    assert own.ink("a\u200bb").mask.shape == own.ink("ab").mask.shape


@given(prose, st.integers(60, 900), st.integers(40, 500))
@settings(max_examples=80)
def test_text_never_leaves_its_room(text: str, width: int, height: int) -> None:
    fitted = fit(text, width, height, STYLE)
    assert fitted.width <= width + 1
    assert fitted.full_height <= max(height, fitted.face.cap_height + fitted.face.descent)
    assert STYLE.smallest <= fitted.face.size <= STYLE.size


@given(prose, st.integers(120, 900))
@settings(max_examples=60)
def test_nothing_is_lost_or_doubled_unless_it_is_cut(text: str, width: int) -> None:
    fitted = fit(text, width, 4000, STYLE)
    shown = "".join(token.text for line in fitted.lines for token in line)
    assert not fitted.truncated
    assert shown == "".join(drawable(text).split())


@pytest.mark.parametrize(
    "text", ["x" * 80, "Donaudampfschifffahrtsgesellschaft" * 3, "word " * 60, "漢字" * 40, "שלום עולם " * 12]
)
@pytest.mark.parametrize("room", [(640, 300), (200, 120), (90, 60)])
def test_extreme_text_fits(text: str, room: tuple[int, int]) -> None:
    fitted = fit(text, *room, STYLE)
    assert fitted.width <= room[0] + 1


def test_a_long_word_shrinks_before_it_breaks() -> None:
    assert len(fit("Extraordinarily", 330, 300, STYLE).lines) == 1
    assert len(fit("x" * 80, 330, 300, STYLE).lines) > 1


def test_a_text_too_long_for_the_smallest_type_ends_with_an_ellipsis() -> None:
    fitted = fit("many words " * 60, 200, 60, STYLE)
    assert fitted.truncated
    assert lines_of(fitted)[-1].endswith("…")


def test_lines_are_even_and_do_not_end_on_little_words() -> None:
    lines = lines_of(fit("The quick brown fox jumps over the lazy dog", 560, 400, TextStyle("heavy", 60, 60)))
    assert all(line.split()[-1].casefold() not in {"the", "a", "of"} for line in lines[:-1])
    widths = [face("heavy", 60).length(line) for line in lines]
    assert min(widths) > 0.5 * max(widths)


def test_a_figure_stays_with_its_unit() -> None:
    lines = lines_of(fit("The rope is about 200 metres long", 420, 400, TextStyle("heavy", 48, 48)))
    assert any("200 metres" in line for line in lines)


widths = st.lists(st.integers(1, 40), min_size=1, max_size=25)


@given(widths, st.integers(40, 120))
def test_balancing_needs_no_more_lines_than_filling_and_keeps_the_order(sizes: list[int], width: int) -> None:
    tokens = [Token("x" * size, place, spaced=True) for place, size in enumerate(sizes)]
    lines = balance(tokens, len, 1.0, width)
    assert [token for line in lines for token in line] == tokens
    assert len(lines) == first_fit(sizes, [1.0] * len(sizes), width)
    assert all(sum(len(token.text) for token in line) + len(line) - 1 <= width for line in lines)


@given(st.text("abc", min_size=1, max_size=60), st.integers(1, 20))
def test_broken_words_keep_their_letters(word: str, width: int) -> None:
    pieces = break_long(tokens_of(word), width, len)
    assert "".join(piece.text for piece in pieces) == word
    assert all(len(piece.text) <= width for piece in pieces)
    assert {piece.word for piece in pieces} == {0}


def test_scripts_without_spaces_break_between_characters_but_not_before_a_stop() -> None:
    assert [token.text for token in tokens_of("東京は、大きい。")] == ["東", "京", "は、", "大", "き", "い。"]


def test_compounds_break_after_their_hyphens() -> None:
    assert [token.text for token in tokens_of("Mont-Saint-Michel e-mail")] == [
        "Mont-",
        "Saint-",
        "Michel",
        "e-mail",
    ]


def test_combining_marks_stay_with_their_letters() -> None:
    text = unicodedata.normalize("NFD", "Ärger")
    assert next(iter(fonts.clusters(text))) == "Ä"
    assert next(iter(fonts.clusters("q\u0308y"))) == "q\u0308"


@pytest.mark.parametrize(
    ("line", "from_right", "shown"),
    [
        ("one two three", False, "one two three"),
        ("שלום עולם", True, "עולם שלום"),
        ("אני אוהב Rock and Roll מאוד", True, "מאוד Rock and Roll אוהב אני"),
        ("he said שלום עולם twice", False, "he said עולם שלום twice"),
        ("בשנת 1984 12 קרה", True, "קרה 12 1984 בשנת"),
    ],
)
def test_words_stand_in_reading_order(line: str, from_right: bool, shown: str) -> None:  # noqa: FBT001 (a table)
    words = line.split()
    assert reads_from_right(line) is from_right
    assert [words[place] for place in visual_order(words, from_right=from_right)] == shown.split()


def test_text_from_the_right_is_set_flush_right() -> None:
    box = Box(0, 0, 800, 300)
    fitted = fit("שלום עולם", box.width, box.height, STYLE)
    if not fitted.lines:
        pytest.skip("no font for Hebrew on this machine")
    placed = place(fitted, box, "left", "middle")
    assert block_box(fitted, placed).right == pytest.approx(box.right, abs=2)
    assert placed[0].x > placed[-1].x


@given(
    prose.filter(str.strip),
    st.sampled_from(["left", "centre", "right"]),
    st.sampled_from(["top", "middle", "bottom"]),
)
@settings(max_examples=60)
def test_placed_text_stays_in_its_box(text: str, across: str, down: str) -> None:
    box = Box(30, 40, 630, 440)
    fitted = fit(text, box.width, box.height, STYLE)
    placed = place(fitted, box, across, down)  # type: ignore[arg-type]
    if placed:
        around = block_box(fitted, placed)
        assert around.left >= box.left - 1
        assert around.right <= box.right + 2
        assert around.top >= box.top - 1
        assert around.bottom <= box.bottom + 1


@pytest.mark.parametrize(
    ("headline", "phrase", "accented"),
    [
        ("The Moon pulls the ocean into two bulges", "two bulges", "two bulges"),
        ("The Moon pulls the ocean into two bulges", "Two Bulges!", "two bulges"),
        ("Why the sea rises twice a day", "", "twice a day"),
        ("It took 12 years to build", "", "12"),
        ("The Earth turns beneath them", "not in it", "beneath them"),
        ("Tides", "", ""),
        ("ऊँचाई किससे तय होती है", "", "किससे"),
    ],
)
def test_the_accent_falls_on_the_phrase_or_on_the_word_that_says_most(
    headline: str, phrase: str, accented: str
) -> None:
    words = headline.split()
    found = " ".join(words[place] for place in sorted(emphasised(words, phrase)))
    assert found == accented
