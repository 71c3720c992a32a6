"""Systems of writing: what is chosen, shaped, ordered, broken, mirrored, and told where there is no font."""

import unicodedata
from collections.abc import Iterator

import numpy as np
import pytest

from reelwright.production.schema import ListVisual, StatementVisual, TitleVisual, Word
from reelwright.video.engine import fonts, typefaces
from reelwright.video.engine.bidi import in_order, levels, on_line
from reelwright.video.engine.captions_overlay import CaptionsOverlay
from reelwright.video.engine.face import face
from reelwright.video.engine.fit import TextStyle, fit
from reelwright.video.engine.mirror import mirroring
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.scene import Scene
from reelwright.video.engine.scripts import check_drawable, drawing_fonts, missing_in
from reelwright.video.engine.shaping import shape
from reelwright.video.engine.stage import Stage
from reelwright.video.engine.typefaces import FontFile
from reelwright.video.engine.typeset import block_box, place
from reelwright.video.engine.wrap import tokens_of
from reelwright.video.errors import TextUndrawable
from tests.unit.video.engine.scenes import graphics

STYLE = TextStyle("heavy", 60, 14)
PACKED = ("Arabic", "Hebrew", "Devanagari", "Bengali", "Tamil", "Thai", "Armenian", "Georgian", "Cyrillic")
needs_pack = pytest.mark.skipif(
    not typefaces._packed(), reason="the pack with the fonts was not fetched at set-up"
)


@pytest.fixture
def only_packed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No font of this machine is there."""
    monkeypatch.setattr(fonts, "other_fonts", lambda _: ())
    fonts._font_of.cache_clear()
    yield
    fonts._font_of.cache_clear()


def seen(text: str, *, from_right: bool) -> str:
    return "".join(text[place] for place in in_order(levels(text, from_right=from_right)))


@needs_pack
@pytest.mark.usefixtures("only_packed")
@pytest.mark.parametrize("script", PACKED)
def test_the_pack_draws_its_scripts_without_any_font_of_the_machine(script: str) -> None:
    assert "noto-sans" in drawing_fonts()[script]


@needs_pack
@pytest.mark.usefixtures("only_packed")
@pytest.mark.parametrize(("joined", "letters"), [("ببب", "ب"), ("क्ष", "क"), ("स्त्रि", "स")])
def test_letters_join(joined: str, letters: str) -> None:
    font = fonts.font_of(letters, "heavy")
    assert font is not None
    own = shape(font, joined, "", from_right=unicodedata.bidirectional(joined[0]) == "AL")
    alone = [shape(font, letter, "", from_right=False).glyphs[0].number for letter in joined]
    assert [glyph.number for glyph in own.glyphs] != alone


@pytest.mark.parametrize(
    ("text", "from_right", "shown"),
    [
        ("abc אבג 123 def", False, "abc 123 גבא def"),
        ("אבג abc (12) דהו", True, "והד abc (12) גבא"),
        ("אבג (abc) דהו", True, "והד )abc( גבא"),
        ("the (אבג) end", False, "the (גבא) end"),
        ("سعر 50% اليوم", True, "مويلا %50 رعس"),
        ("אבג 3-4, 5%", True, "5% ,3-4 גבא"),
        ("אבג 12–15", True, "15–12 גבא"),
    ],
)
def test_lines_that_run_both_ways_are_ordered_as_unicode_says(
    text: str,
    from_right: bool,  # noqa: FBT001 (a table)
    shown: str,
) -> None:
    assert seen(text, from_right=from_right) == shown


@pytest.mark.parametrize(
    "line", ["אני אוהב Rock, and Roll! (12) מאוד", "he said שלום, (עולם) twice", "(בשנת 12)"]
)
def test_a_word_alone_comes_out_as_on_its_line(line: str) -> None:
    from_right = unicodedata.bidirectional(line.strip("(")[0]) == "R"
    words = line.split()
    pieces = on_line(words, [True] * len(words), from_right=from_right)
    alone = " ".join(seen(piece.text, from_right=from_right) for piece in pieces)
    assert "".join(it for it in alone if unicodedata.category(it) != "Cf") == seen(
        line, from_right=from_right
    )


def test_text_of_one_direction_carries_no_marks() -> None:
    words = ["one", "(two)", "three!"]
    assert [piece.text for piece in on_line(words, [True] * 3, from_right=False)] == words


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("海は「二つ」の、ちょっと。", ["海", "は", "「二", "つ」", "の、", "ちょっ", "と。"]),
        ("2024年10,5％", ["2024", "年", "10,5％"]),  # noqa: RUF001 (full-width punctuation is meant)
        ("น้ำเกิด", ["น้ำ", "เกิ", "ด"]),
        ("क्षत्रिय", ["क्षत्रिय"]),
        ("한국어 말", ["한국어", "말"]),
    ],
)
def test_lines_break_where_a_script_allows(text: str, pieces: list[str]) -> None:
    assert [token.text for token in tokens_of(text)] == pieces


def test_decomposed_letters_are_drawn_as_composed_ones() -> None:
    text = unicodedata.normalize("NFD", "Việt Ä")
    assert fonts.undrawable(text) == ""
    assert face("heavy", 40).length(text) == face("heavy", 40).length("Việt Ä")


@needs_pack
@pytest.mark.parametrize(
    "text", ["ทำไมน้ำทะเลขึ้นวันละสองครั้งที่นี่", "ऊँचाई किससे तय होती है र्क्षै", "Ẩ Ệ Ở Ẵ ĐẠI DƯƠNG Ấn Độ"]
)
def test_marks_stay_in_the_box_and_lines_apart(text: str) -> None:
    box = Box(0, 0, 300, 400)
    fitted = fit(text, box.width, box.height, STYLE)
    placed = place(fitted, box, "left", "top")
    assert block_box(fitted, placed).bottom <= box.bottom
    bottoms: dict[int, int] = {}
    tops: dict[int, int] = {}
    for piece in placed:
        ink = fitted.face.ink(piece.token.text)
        top, bottom = piece.baseline + ink.top, piece.baseline + ink.bottom
        assert piece.window.top <= top
        assert bottom <= piece.window.bottom
        assert top >= box.top - 1
        tops[piece.line] = min(top, tops.get(piece.line, top))
        bottoms[piece.line] = max(bottom, bottoms.get(piece.line, bottom))
    assert all(bottoms[line] <= tops[line + 1] for line in range(len(tops) - 1))


@needs_pack
def test_a_list_that_reads_from_the_right_has_its_numbers_there() -> None:
    items = ("القمر", "الشمس", "الساحل")
    frames = []
    for language, texts in (("ar", items), ("en", ("Moon", "Sun", "Coast"))):
        scene = Scene(graphics(ListVisual(heading=texts[0], items=texts)), 854, 480, 8.0, language=language)
        frame = Frame.blank(854, 480)
        scene.draw(frame, 7.5)
        frames.append(frame.y.astype(int))
    arabic, english = frames
    band = slice(130, 400)
    near_right = np.abs(arabic[band, ::-1][:, 60:120] - english[band, 60:120]).mean()
    assert near_right < np.abs(arabic[band, 60:120] - english[band, 60:120]).mean()


def test_ink_for_a_mirrored_frame_is_mirrored_about_its_own_room() -> None:
    own = face("heavy", 40)
    plain = own.ink("Fog")
    with mirroring(on=True):
        turned = own.ink("Fog")
    assert np.array_equal(turned.mask, plain.mask[:, ::-1])
    assert turned.left == round(own.length("Fog")) - plain.right


def test_captions_of_a_script_without_spaces_are_lit_piece_by_piece() -> None:
    word = Word(text="月の引力は、海を。", start_seconds=1.0, end_seconds=2.8, scene_index=0)
    overlay = CaptionsOverlay(Stage(1280, 720, captions=True), [word], (255, 200, 0))
    shown = [piece for chunk in overlay._chunks for piece in chunk.words]
    if not shown:
        pytest.skip("no font for Japanese on this machine")
    assert "".join(piece.text for piece in shown) == word.text
    starts = [piece.start_seconds for piece in shown]
    assert starts == sorted(starts)
    assert (starts[0], shown[-1].end_seconds) == (1.0, pytest.approx(2.8))


@pytest.mark.usefixtures("only_packed")
def test_what_cannot_be_drawn_is_named_with_what_to_install() -> None:
    (missing,) = missing_in("Tea 茶と")[:1]
    assert missing.told == "Han (茶)"
    assert missing.next_step
    scene = Scene(graphics(StatementVisual(text="All the tea in China is 茶")), 480, 480, 4.0)
    (told,) = [reason for chosen, reason in scene.choices if chosen.startswith("left out Han U+8336")]
    assert "茶" in told


@pytest.mark.usefixtures("only_packed")
def test_a_title_that_cannot_be_drawn_is_an_error_and_no_empty_frame() -> None:
    with pytest.raises(TextUndrawable) as caught:
        Scene(graphics(TitleVisual(title="海はなぜ満ちるのか", kicker="Sea")), 480, 480, 4.0)
    assert "Han" in caught.value.message
    assert caught.value.next_step
    check_drawable("half 海海海")
    check_drawable("🍵🍵🍵 … !")


def test_han_is_drawn_as_the_language_writes_it() -> None:
    assert fonts.language_of("海の", "en") == "ja"
    assert fonts.language_of("바다", "en") == "ko"
    assert fonts.language_of("海洋", "zh-TW") == "zh-TW"
    assert fonts.language_of("sea", "en") == "en"
    file = fonts.font_of("海", "heavy")
    if file is None or not file.name.startswith("NotoSansCJK"):
        pytest.skip("Noto Sans CJK is not installed")
    indices = set()
    for tag in ("ja", "ko", "zh", "zh-TW"):
        with fonts.writing(tag):
            found = fonts.font_of("海", "heavy")
            assert isinstance(found, FontFile)
            indices.add(found.index)
    assert indices == {0, 1, 2, 3}
