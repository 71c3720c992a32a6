import html
import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.production.schema import Word
from reelwright.video.captions import MAX_LINE_CHARS, Cue, cues, parse_srt, spoken_text, to_srt, to_vtt
from reelwright.video.errors import CaptionsUnreadable

HOSTILE = [
    "<script>alert(1)</script>",
    "-->",
    "--->",
    "1",
    "00:00:01,000",
    "&amp;",
    "{\\an8}",
    "\u202eRTL",
    "a\nb",
    "NOTE",
    "WEBVTT",
    "\x00",
]


def spoken(text: str, seconds_each: float = 0.4, scene_index: int = 0) -> list[Word]:
    """Return the words of a text, said one after the other without a pause."""
    return [
        Word(
            text=word,
            start_seconds=round(number * seconds_each, 4),
            end_seconds=round((number + 1) * seconds_each, 4),
            scene_index=scene_index,
        )
        for number, word in enumerate(text.split())
    ]


@st.composite
def narrations(draw: st.DrawFn) -> list[Word]:
    """Draw words in order without overlap, with pauses, scenes and text that nobody expects."""
    text = st.one_of(
        st.from_regex(r"[a-z]{1,12}[.,!?]?", fullmatch=True), st.sampled_from(HOSTILE), st.text(max_size=60)
    )
    now, scene, words = 0.0, 0, []
    for _ in range(draw(st.integers(0, 60))):
        now += draw(st.sampled_from([0.0, 0.0, 0.05, 0.3, 0.9, 6.0]))
        scene += draw(st.sampled_from([0, 0, 0, 1]))
        end = now + draw(st.sampled_from([0.05, 0.2, 0.4, 1.0, 9.0]))
        words.append(Word(text=draw(text), start_seconds=now, end_seconds=end, scene_index=scene))
        now = end
    return words


@given(words=narrations())
def test_every_word_is_there_once_and_in_order(words: list[Word]) -> None:
    expected = [text for word in words if (text := spoken_text(word))]

    assert " ".join(cue.text for cue in cues(words)).split() == " ".join(expected).split()


@given(words=narrations())
def test_cues_follow_one_another_within_the_time_there_is(words: list[Word]) -> None:
    until = words[-1].end_seconds if words else 0.0
    captions = cues(words, until_seconds=until)

    for before, after in itertools.pairwise(captions):
        assert before.end_seconds <= after.start_seconds
    for cue in captions:
        assert 0 <= cue.start_seconds < cue.end_seconds <= round(until, 3)
        assert cue.end_seconds - cue.start_seconds <= 7.0005


@given(times=st.lists(st.tuples(st.floats(0, 60), st.floats(0, 9), st.integers(0, 3)), max_size=30))
def test_words_out_of_order_or_at_once_still_make_captions_in_order(
    times: list[tuple[float, float, int]],
) -> None:
    words = [
        Word(text="word", start_seconds=start, end_seconds=start + length, scene_index=scene)
        for start, length, scene in times
    ]
    captions = cues(words)

    assert sum(len(cue.text.split()) for cue in captions) == len(words)
    edges = [time for cue in captions for time in (cue.start_seconds, cue.end_seconds)]
    assert edges == sorted(edges)
    assert all(cue.start_seconds < cue.end_seconds for cue in captions)


@given(words=narrations())
def test_a_cue_starts_with_its_first_word(words: list[Word]) -> None:
    starts = {round(word.start_seconds, 3) for word in words}

    assert {cue.start_seconds for cue in cues(words)} <= starts


@given(words=narrations())
def test_lines_keep_to_their_width_unless_one_word_is_wider(words: list[Word]) -> None:
    for cue in cues(words):
        assert 1 <= len(cue.lines) <= 2
        assert all(len(line) <= MAX_LINE_CHARS for line in cue.lines) or len(cue.lines) == 1


@given(words=narrations())
def test_cues_survive_the_file(words: list[Word]) -> None:
    captions = cues(words)

    assert parse_srt(to_srt(captions)) == captions


@given(words=narrations())
def test_webvtt_text_is_only_text(words: list[Word]) -> None:
    captions = cues(words)
    header, *blocks = to_vtt(captions).removesuffix("\n").split("\n\n")

    assert header == "WEBVTT"
    assert len(blocks) == len(captions)
    for cue, block in zip(captions, blocks, strict=True):
        timing, *lines = block.split("\n")
        assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}", timing)
        assert not any(set(line) & set("<>\r") for line in lines)
        assert tuple(map(html.unescape, lines)) == tuple(cue.lines) or "&" in cue.text


def test_breaks_fall_at_sentence_ends() -> None:
    words = spoken("The sea rises twice a day. The moon pulls it there and back.")

    assert [cue.text for cue in cues(words)] == [
        "The sea rises twice a day.",
        "The moon pulls it there and back.",
    ]


def test_long_sentences_break_at_their_clauses() -> None:
    words = spoken(
        "When the moon stands high above the quiet harbour of the town, the water climbs up the old stone "
        "stairs and wets the feet of the fishermen."
    )

    assert cues(words)[0].text.endswith("town,")


def test_a_pause_and_a_new_scene_always_break() -> None:
    words = [
        Word(text="one", start_seconds=0, end_seconds=0.5, scene_index=0),
        Word(text="two", start_seconds=1.2, end_seconds=1.7, scene_index=0),
        Word(text="three", start_seconds=1.7, end_seconds=2.2, scene_index=1),
    ]

    assert [cue.text for cue in cues(words)] == ["one", "two", "three"]


def test_short_sentences_share_a_cue_long_enough_to_read() -> None:
    captions = cues(spoken("Stop. Look. Listen. Now you may go.", seconds_each=0.3))

    assert all(cue.end_seconds - cue.start_seconds >= 0.8 for cue in captions)


def test_a_cue_lingers_but_not_into_the_next() -> None:
    lonely = [Word(text="Hi.", start_seconds=1.0, end_seconds=1.2, scene_index=0)]

    assert cues(lonely)[0].end_seconds == 1.8
    assert cues(lonely, until_seconds=1.5)[0].end_seconds == 1.5


def test_two_lines_are_balanced() -> None:
    (cue,) = cues(spoken("Most of the water in the bay will be gone in six hours", seconds_each=0.3))

    assert cue.lines == ("Most of the water in the bay", "will be gone in six hours")


def test_a_word_wider_than_a_line_stands_alone() -> None:
    captions = cues(spoken(f"before {'x' * 60} after"))

    assert ("x" * 60,) in [cue.lines for cue in captions]


def test_no_words_make_empty_files() -> None:
    assert cues([]) == ()
    assert to_srt([]) == ""
    assert to_vtt([]) == "WEBVTT\n"
    assert parse_srt("") == ()


def test_subrip_lines_end_as_its_convention_asks() -> None:
    text = to_srt([Cue(0.0, 1.5, ("Two", "lines")), Cue(3661.001, 3662.0, ("Later",))])

    assert text == (
        "1\r\n00:00:00,000 --> 00:00:01,500\r\nTwo\r\nlines\r\n\r\n"
        "2\r\n01:01:01,001 --> 01:01:02,000\r\nLater\r\n"
    )


def test_webvtt_escapes_markup_and_arrows() -> None:
    text = to_vtt([Cue(0.0, 1.0, ("a < b --> c & d",))])

    assert text == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\na &lt; b --&gt; c &amp; d\n"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_subrip_is_read_with_any_line_end_and_a_byte_order_mark(line_end: str) -> None:
    text = (
        "\ufeff1\n00:00:00.500 --> 00:00:01,000\nHigh\nwater\n\n\n2\n00:00:02,000 --> 00:00:03,000\nLow\n\n"
    )

    assert parse_srt(text.replace("\n", line_end)) == (
        Cue(0.5, 1.0, ("High", "water")),
        Cue(2.0, 3.0, ("Low",)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "1\n00:00:00,000 --> 00:00:01,000",
        "2\n00:00:00,000 --> 00:00:01,000\nstarts at two",
        "1\n00:00:00,000 --> 00:99:01,000\nminutes",
        "1\n00:00:00,000 -> 00:00:01,000\narrow",
        "1\n0:0:0,0 --> 0:0:1,0\nshort",
    ],
)
def test_what_is_not_subrip_is_said_to_be_so(text: str) -> None:
    with pytest.raises(CaptionsUnreadable, match="Caption 1 is not a SubRip block"):
        parse_srt(text)
