import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.markdown import LINK, Heading, ListBlock, Paragraph, Table, parse_notes


def _text(notes: str) -> str:
    (block,) = parse_notes(notes)
    assert isinstance(block, Paragraph)
    return " / ".join(block.passages)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("A **bold** and *thin* and __loud__ and _soft_ word.", "A bold and thin and loud and soft word."),
        ("Run `make` ~~now~~.", "Run make now."),
        ("See [the tide](https://a.b/c_d) here.", "See the tide here."),
        ("See [the tide][1] here.", "See the tide here."),
        ("A picture ![of a cat](cat.png) here.", "A picture here."),
        ("<b>Bold</b> is <a href='x'>text</a>.", "Bold is text."),
        ("5 < 7 and 9 > 3, a<b.", "5 < 7 and 9 > 3, a<b."),
        ("Salt &amp; pepper &lt;b&gt;.", "Salt & pepper <b>."),
        ("A fact[1] with notes[^x] [citation needed].", "A fact with notes."),
        ("It is here (see https://a.b/c).", "It is here."),
        ("Read https://a.b/c today.", f"Read {LINK} today."),
        (r"Not \*thin\* at all.", "Not *thin* at all."),
        ("2 * 3 * 4 and snake_case_name stay.", "2 * 3 * 4 and snake_case_name stay."),
        ("A<script>alert('x')</script> B <!-- no --> C", "A B C"),
        ("A <script>never closed", "A never closed"),
        ("> Quoted text\n> goes on.", "Quoted text goes on."),
        ("Open the .env file .", "Open the .env file."),
    ],
)
def test_markup_goes_and_words_stay(written: str, plain: str) -> None:
    assert _text(written) == plain


def test_blocks_come_in_order() -> None:
    lists = "- a\n- b\n\n1. c\n2. d\n\n"
    notes = f"# One\ntext\n\nTwo\n---\n{lists}| x | y |\n|---|--:|\n| p | 1 |\n| q |\n\n***\nend"
    assert parse_notes(notes) == (
        Heading("One"),
        Paragraph(("text",)),
        Heading("Two"),
        ListBlock(("a", "b"), ordered=False),
        ListBlock(("c", "d"), ordered=True),
        Table(("x", "y"), (("p", "1"),)),
        Paragraph(("end",)),
    )


def test_code_and_link_definitions_are_left_out() -> None:
    assert parse_notes("before\n```py\nx = 1\n```\n[1]: http://a.b\nafter") == (
        Paragraph(("before",)),
        Paragraph(("after",)),
    )


def test_wrapped_lines_are_joined() -> None:
    long = "The Moon pulls harder on the side of the Earth that faces it than"
    wrapped = f"{long}\non the side that faces away. The\nEarth turns."
    assert "faces it than on the side" in _text(wrapped)


def test_short_lines_without_marks_are_sentences_of_their_own() -> None:
    assert _text("We open at six\nThe bread takes two days\nCome by") == (
        "We open at six / The bread takes two days / Come by"
    )
    assert _text(
        "we open at six\nthe bread takes two days and it is made by hand with flour from the mill\ncome by"
    ) == (
        "we open at six / the bread takes two days and it is made by hand with flour from the mill / come by"
    )


def test_wrapped_items_and_gaps_belong_to_the_list() -> None:
    notes = "- first point\n  that goes on\n\n- [x] second **point**\n\nAfter."
    assert parse_notes(notes) == (
        ListBlock(("first point that goes on", "second point"), ordered=False),
        Paragraph(("After.",)),
    )


@given(st.text(alphabet="ab *_`[]()<>!#|-+>\n\\&;:/.1", max_size=300))
def test_any_text_becomes_blocks(notes: str) -> None:
    for block in parse_notes(notes):
        assert isinstance(block, (Heading, ListBlock, Paragraph, Table))
