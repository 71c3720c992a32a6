"""What is said for what is written; and that no written word is ever lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.audio.engine.text.normalise import normalise, sounds_foreign

SPEAKABLE = re.compile(r"((?:[A-Z]\.)+s?|[A-Za-z']+(?:-[A-Za-z']+)*),?")
TRICKY = st.text(
    alphabet="0123456789.,:;-\u2013—/%$€£°\u00d7²³½¾()[]'\"!?#@&+=~<>≥ abcAIVXMkmGhs\n\t…\u2019“🎉é中π",
    max_size=60,
)


def said(text: str) -> str:
    """Return everything that is spoken, with the stops, as one line."""
    return " ".join(part for word in normalise(text) if (part := " ".join(word.spoken) + word.stop))


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("In 1969 it flew", "In nineteen sixty nine it flew."),
        ("by 2007, then", "by two thousand seven, then."),
        ("more than 1969 people", "more than one thousand nine hundred sixty nine people."),
        ("People in 2022 (billion)", "People in twenty twenty two, billion."),
        ("2022 km", "two thousand twenty two kilometers."),
        ("1,500 people", "one thousand five hundred people."),
        ("2.5 million", "two point five million."),
        ("ages 3\u20135", "ages three to five."),
        ("1939\u201345", "nineteen thirty nine to forty five."),
        ("3\u20135% of", "three to five percent of."),
        ("$1.5 million, then", "one point five million dollars, then."),
        ("£3bn", "three billion pounds."),
        ("$1", "one dollar."),
        ("$0.99", "ninety nine cents."),
        ("€20.50", "twenty euros fifty."),
        ("$20-a-day", "twenty dollars a day."),
        ("5 km/h", "five kilometers per hour."),
        ("\u22125 °C", "minus five degrees Celsius."),
        ("100 m²", "one hundred square meters."),
        ("9.81 m/s²", "nine point eight one meters per second squared."),
        ("1 kg", "one kilogram."),
        ("12:25 p.m.", "twelve twenty five P.M.."),
        ("9:05", "nine oh five."),
        ("16:9", "sixteen to nine."),
        ("2024-06-05", "June fifth twenty twenty four."),
        ("June 5, 2024", "June fifth, twenty twenty four."),
        ("5 June", "the fifth of June."),
        ("the 1960s", "the nineteen sixties."),
        ("21st", "twenty first."),
        ("1/2 or ¾ or 2½", "one half or three quarters or two and a half."),
        ("10⁶", "ten to the sixth."),
        ("24/7", "twenty four seven."),
        ("10x", "ten times."),
        ("007", "zero zero seven."),
        ("555-1234", "five five five one two three four."),
    ],
)
def test_figures(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Dr. Smith met Mr. Jones.", "doctor Smith met mister Jones."),
        ("St. James St. near Mt. Fuji", "saint James street near mount Fuji."),
        ("fruit, e.g. apples", "fruit, for example apples."),
        ("cats, dogs, etc. It ended.", "cats, dogs, et cetera. It ended."),
        ("No. 5 is here. No. He said no.", "number five is here. No. He said no."),
        ("NASA, the USB port, CPUs", "NASA, the USB port, C.P.U.s."),
        ("the US and the U.S. Army", "the U.S. and the U.S. Army."),
        ("She left the U.S. The end.", "She left the U.S.. The end."),
        ("AT&T", "A.T. and T.."),
        ("H2O and CO2", "H. two O. and C.O. two."),
        ("COVID-19", "COVID nineteen."),
        ("World War II and Louis XIV", "World War two and Louis the fourteenth."),
        ("J. R. R. Tolkien wrote", "J. R. R. Tolkien wrote."),
        ("Vitamin A is a thing. A dog.", "Vitamin A. is a thing. A dog."),
        ("v2.0 of C++", "version two point zero of C. plus plus."),
        ("https://www.example.com/docs/a?x=1", "example dot com slash docs slash a."),
        ("a.b@c.org", "a dot b at c dot org."),
        ("A → B; x = 5", "A. to B; x equals five."),
        ("naïve café, Straße", "naive cafe, Strasse."),
        ("GREAT NEWS FOR ALL PEOPLE", "great news for all people."),
    ],
)
def test_short_forms_and_signs(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("wow—really… yes", "wow, really, yes."),
        ("one — two", "one, two."),
        ("wait... What?! Go!", "wait. What? Go!"),
        ("yes (aside) no", "yes, aside, no."),
        ("first line\nsecond", "first line. second."),
        ("🎉 hello 🎉", "hello."),
        ("sooooo good", "soo good."),
    ],
)
def test_pauses(written: str, spoken: str) -> None:
    assert said(written) == spoken


def test_a_figure_of_many_spoken_words_stays_one_written_word() -> None:
    words = normalise("exactly 1,500,000 of them")
    assert [word.text for word in words] == ["exactly", "1,500,000", "of", "them"]
    assert words[1].spoken == ("one", "million", "five", "hundred", "thousand")


def test_a_passage_of_signs_alone_has_them_named() -> None:
    assert said("🎉") == "party popper."
    assert said("...!?") == ""


def test_a_foreign_script_is_told_apart_from_a_foreign_word() -> None:
    assert sounds_foreign(normalise("Привет, как дела?"))
    assert not sounds_foreign(normalise("The word for hello is Привет."))
    assert not sounds_foreign(normalise("12 🎉"))


@given(st.one_of(TRICKY, st.text(max_size=80)))
def test_every_written_word_is_kept_in_order_and_can_be_said(text: str) -> None:
    words = normalise(text)
    assert [word.text for word in words] == text.split()
    for word in words:
        assert all(SPEAKABLE.fullmatch(part) for part in word.spoken)
        assert word.stop in {"", ",", ";", ":", ".", "?", "!"}
        assert word.spoken or not word.stop


@given(TRICKY)
def test_a_passage_with_sound_ends_its_last_sentence(text: str) -> None:
    spoken = [word for word in normalise(text) if word.spoken]
    assert not spoken or spoken[-1].ends_sentence


def test_an_endless_word_is_cut_short() -> None:
    (word,) = normalise("ab" * 500_000)
    assert 0 < len(word.spoken[0]) <= 32
