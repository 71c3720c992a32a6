"""Drawings of others: shapes and paint come through, and nothing that reaches out of the document."""

import pytest

from reelwright.video.pictures.errors import PictureUnusable
from reelwright.video.pictures.svg import check_svg, whole_svg
from tests.unit.video.pictures.drawings import DISC, FLAG

REFUSED = {
    "script": "<script>alert(1)</script>",
    "handler": '<path onload="x()"/>',
    "image": '<image href="picture.png"/>',
    "image by an older name": '<image xlink:href="file:///etc/passwd"/>',
    "filter's image": '<filter id="f"><feImage href="picture.png"/></filter>',
    "foreign": "<foreignObject/>",
    "style sheet": "<style>@import url(x.css);</style>",
    "text, whose look depends on fonts": "<text>word</text>",
    "use of another file": '<use href="other.svg#shape"/>',
    "use of a web address": '<use xlink:href="https://example.org/a.svg#b"/>',
    "paint of another file": '<path fill="url(other.svg#a)"/>',
    "paint in quotes": """<path style="fill:url( 'https://example.org/a' )"/>""",
    "import in a style": '<path style="@import x"/>',
    "data": '<path fill="url(data:image/png;base64,AAAA)"/>',
    "entity": "<!DOCTYPE svg [<!ENTITY a 'b'>]><g/>",
    "instruction": "<?xml-stylesheet href='a'?>",
    "another language": '<g xmlns="http://www.w3.org/1999/xhtml"/>',
    "not well-formed": "<g>",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_a_drawing_has_no_need_of_is_refused(body: str) -> None:
    with pytest.raises(PictureUnusable):
        check_svg(whole_svg(body))


@pytest.mark.parametrize(
    "body",
    [
        DISC,
        FLAG,
        '<use xlink:href="#a"/><use href="#a"/>',
        """<path fill="url('#a')" clip-path="url( #b )"/>""",
        '<filter id="f"><feGaussianBlur stdDeviation="2"/></filter>',
    ],
)
def test_shapes_and_paint_come_through(body: str) -> None:
    check_svg(whole_svg(body))


def test_a_drawing_too_long_to_be_one_is_not_even_parsed() -> None:
    with pytest.raises(PictureUnusable, match="characters"):
        check_svg("<" * 2_000_001)
