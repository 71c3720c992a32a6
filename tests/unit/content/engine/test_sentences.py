import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.sentences import split_sentences


@pytest.mark.parametrize(
    ("passage", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Smith met Mrs. Jones on St. John's Road.", ["Dr. Smith met Mrs. Jones on St. John's Road."]),
        (
            "It helps, e.g. with tea, i.e. a drink. So try.",
            ["It helps, e.g. with tea, i.e. a drink.", "So try."],
        ),
        ("She is from the U.S. It is far.", ["She is from the U.S.", "It is far."]),
        ("The U.S. Army left.", ["The U.S. Army left."]),
        ("Pens, ink, etc. The rest is easy.", ["Pens, ink, etc.", "The rest is easy."]),
        ("It weighs 3.5 kg. That is a lot.", ["It weighs 3.5 kg.", "That is a lot."]),
        ("We met J. R. R. Tolkien there. He spoke.", ["We met J. R. R. Tolkien there.", "He spoke."]),
        ("It has vitamin C. It helps.", ["It has vitamin C.", "It helps."]),
        ("You and I. We go.", ["You and I.", "We go."]),
        ("Well... he said. Then he left…", ["Well... he said.", "Then he left…"]),
        ("No. 5 is best. That is a no. Next.", ["No. 5 is best.", "That is a no.", "Next."]),
        ("See fig. 3 on p. 7. Good.", ["See fig. 3 on p. 7.", "Good."]),
        ('"Go home. It is late," she said. He went.', ['"Go home. It is late," she said.', "He went."]),
        ("“Go home. It is late.” He went.", ["“Go home. It is late.”", "He went."]),
        ("He asked why? and left.", ["He asked why? and left."]),
        ("Visit example.com today. Version 2.0 is out.", ["Visit example.com today.", "Version 2.0 is out."]),
        ("今日は晴れ。明日は雨！", ["今日は晴れ。", "明日は雨！"]),
        ("It ended in Aug. 1945. Peace came.", ["It ended in Aug. 1945.", "Peace came."]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(passage: str, sentences: list[str]) -> None:
    assert split_sentences(passage) == sentences


def test_a_quotation_that_never_closes_does_not_swallow_the_rest() -> None:
    assert len(split_sentences('"Open. One. Two. Three.')) == 4


@given(st.text(alphabet="aB. !?…\"'“”)(。1", max_size=200))
def test_nothing_is_lost_but_spaces(passage: str) -> None:
    assert "".join(split_sentences(passage)).replace(" ", "") == passage.replace(" ", "")
