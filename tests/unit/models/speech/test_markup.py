import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.models.speech.markup import (
    Prosody,
    Sentence,
    Substitution,
    Text,
    at_rate,
    markup_of,
    said,
    written,
    written_words,
)
from reelwright.models.speech.sentences import sentences_of

from .samples import texts


def sentences(text: str) -> list[str]:
    return [written(sentence.parts) for sentence in markup_of(text, {}).sentences]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Smith met Mrs. Jones. They spoke.", ["Dr. Smith met Mrs. Jones.", "They spoke."]),
        ("It cost $3.50 in all. No more.", ["It cost $3.50 in all.", "No more."]),
        ("Pi is 3.14159. Fine.", ["Pi is 3.14159.", "Fine."]),
        ("J. R. R. Tolkien wrote. Who else?", ["J. R. R. Tolkien wrote.", "Who else?"]),
        ("On Jan. 5 it snowed. It was in Jan. Then it melted.", 3),
        ("See no. 7 and fig. 2. The answer is no. Then go.", 3),
        ("“Stop. Look.” So he said. Nobody heard.", ["“Stop. Look.”", "So he said.", "Nobody heard."]),
        ('"I came. I saw." It was over.', ['"I came. I saw."', "It was over."]),
        ("Wait… what? yes, that. Good.", ["Wait… what? yes, that.", "Good."]),
        ("He asked why (nobody knew.) Then left.", ["He asked why (nobody knew.)", "Then left."]),
        ("今日は晴れ。明日は雨！そう。", ["今日は晴れ。", "明日は雨！", "そう。"]),
        ("   \n ", []),
    ],
)
def test_sentences_end_where_speakers_breathe(text: str, expected: list[str] | int) -> None:
    found = sentences(text)
    assert (len(found) if isinstance(expected, int) else found) == expected


@given(st.lists(texts.filter(lambda text: text.strip())))
def test_every_word_is_in_one_sentence(words: list[str]) -> None:
    tidy = [word.split()[0] for word in words]
    assert [word for sentence in sentences_of(tidy) for word in sentence] == tidy


@given(texts, st.dictionaries(texts, texts, max_size=4))
def test_markup_keeps_every_written_word(text: str, pronunciations: dict[str, str]) -> None:
    passage = markup_of(text, pronunciations)
    words = [word for sentence in passage.sentences for word in written(sentence.parts).split()]
    assert tuple(words) == written_words(text)


def test_words_are_pronounced_whole_longest_first() -> None:
    said_as = {"SQL": "sequel", "SQL server": "sequel surfer", "C++": "see plus plus"}
    (sentence,) = markup_of("SQL servers, SQL server and MySQL in C++.", said_as).sentences
    assert said(sentence.parts) == "sequel servers, sequel surfer and MySQL in see plus plus."


def test_small_letters_count_in_any_case_and_capitals_only_as_they_stand() -> None:
    (sentence,) = markup_of("Gif and us and US", {"gif": "jif", "US": "the States"}).sentences
    assert said(sentence.parts) == "jif and us and the States"


def test_a_blank_pronunciation_is_none() -> None:
    (sentence,) = markup_of("one two", {"": "x", " ": "y", "two": " \n"}).sentences
    assert sentence.parts == (Text("one two"),)


def test_a_letter_that_passes_for_another_is_left_alone() -> None:
    (sentence,) = markup_of("\u017fee see", {"see": "C"}).sentences
    assert said(sentence.parts) == "\u017fee C"


def test_a_pronunciation_keeps_the_marks_around_the_word() -> None:
    (sentence,) = markup_of("(SQL's)", {"SQL": "sequel"}).sentences
    assert sentence.parts == (Text("("), Substitution("SQL", "sequel"), Text("'s)"))


def test_another_pace_wraps_whole_sentences() -> None:
    passage = markup_of("One. Two.", {})
    assert at_rate(passage, 1.0) == passage
    assert at_rate(passage, 0.9).sentences[1] == Sentence((Prosody((Text("Two."),), rate=0.9),))
