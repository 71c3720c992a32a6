"""Whatever goes into an element comes out of an HTML parser as the same text, and as nothing else."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.pipeline.report.markup import Html, element, join, timecode, visible


class Reader(HTMLParser):
    """Collects the text, and every element with its attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(st.characters()))
def test_text_stays_text(text: str) -> None:
    read = Reader(element("p", text))
    assert read.elements == [("p", {})]
    assert read.text == visible(text)


@given(st.text(st.characters()))
def test_an_attribute_stays_one_attribute(text: str) -> None:
    read = Reader(element("img", alt=text))
    assert [tag for tag, _ in read.elements] == ["img"]
    assert set(read.elements[0][1]) == {"alt"}
    assert (read.elements[0][1]["alt"] or "") == visible(text)


@given(st.text(st.characters()))
def test_what_is_shown_can_be_encoded_and_read_in_its_direction(text: str) -> None:
    shown = visible(text)
    assert shown.encode().decode() == shown
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\x00\x1b\r"
    )
    assert visible(shown) == shown


def test_children_may_be_nothing_numbers_markup_and_iterables_of_them() -> None:
    inner = element("b", "bold")
    assert element("p", None, 1, " & ", [inner, (each for each in "ab")]) == "<p>1 &amp; <b>bold</b>ab</p>"
    assert join("<", inner) == "&lt;<b>bold</b>"
    assert isinstance(join(), Html)


def test_attributes_follow_python_names() -> None:
    made = element("video", class_="a b", data_start="1", controls=True, loop=False, poster=None, hidden="")
    assert made == '<video class="a b" data-start="1" controls hidden=""></video>'


def test_elements_without_content_have_no_end() -> None:
    assert element("img", src="data:,") == '<img src="data:,">'


def test_what_is_neither_text_nor_markup_is_refused() -> None:
    with pytest.raises(TypeError, match="object is neither"):
        element("p", object())


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (9.99, "0:09"), (61, "1:01"), (3599.5, "59:59"), (3661, "1:01:01")]
)
def test_timecodes(seconds: float, shown: str) -> None:
    assert timecode(seconds) == shown
