from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reelwright.video.pictures.lexicon import blocklist
from reelwright.video.pictures.matching import Matcher, OwnPicture, words_near
from reelwright.video.pictures.words import denied_in, standing, tokens_of, use_of
from tests.unit.video.pictures.scripts import FACES, Index, Known, installed_pack

INDEX = Index(Known("sousaphone", keywords=("marching", "tubular")), Known("coffin"), Known("bomb"))
MATCHER = Matcher(INDEX)
ANY_TEXT = st.one_of(
    st.text(max_size=300),
    st.text("🦊👩‍👩‍👧🇯🇵 \u202e\u200fשלוםمرحبا'’-°$€.,!?\n abz", max_size=200),  # noqa: RUF001 (letters of other scripts are the point)
    st.lists(
        st.sampled_from(["bank", "river", "the", "bat", "coffee", "$5", "not", "leaves", "rose", ","])
    ).map(" ".join),
)


def shown(text: str) -> list[str]:
    return [hit.picture for hit in MATCHER.hits(text) if hit.score >= 0.5]


@pytest.mark.parametrize(
    ("sentence", "picture"),
    [
        ("The dog began to bark at the postman.", "dog"),
        ("Cork is the bark of a tree.", "wood"),
        ("The bat finds insects by echo.", "bat"),
        ("The batter swung the bat at the ball.", "baseball"),
        ("A seal rests on the ice.", "seal"),
        ("The electric current flows through the wire.", "high-voltage"),
        ("Solar cells turn light into power.", "sun"),
        ("The living cell divides under the microscope.", "microscope"),
        ("Click with the mouse on the screen.", "computer-mouse"),
        ("A mouse ran along the field with its tail up.", "mouse"),
        ("She waters every plant in its pot.", "potted-plant"),
        ("Workers at the plant make steel.", "factory"),
        ("Plant the seeds in spring.", "seedling"),
        ("Trains cross the valley.", "train"),
        ("The rock band sang a song.", "guitar"),
        ("The river burst its bank in the flood.", "national-park"),
        ("The bank lent him money.", "bank"),
        ("It was 40 °C in the shade.", "thermometer"),
        ("The ticket costs $5.", "dollar-banknote"),
        ("It is made of hot-dog sausages.", "hot-dog"),
    ],
)
def test_a_word_of_several_senses_shows_the_one_that_its_context_means(sentence: str, picture: str) -> None:
    assert picture in shown(sentence)


@pytest.mark.parametrize(
    ("sentence", "picture"),
    [
        ("The coach trains the players every day.", "train"),
        ("Visits rose again last year.", "rose"),
        ("She left with a light suitcase.", "light-bulb"),
        ("The rules of the match are simple.", "fire"),
        ("It took place in the first place.", "trophy"),
        ("The elephant in the room is the price.", "elephant"),
        ("He watched the game.", "watch"),
        ("Watch the game.", "watch"),
        ("Can you see a second way?", "stopwatch"),
        ("The crust of the bread is brown.", "globe-showing-europe-africa"),
        ("He punched the card.", "boxing-glove"),
        ("An app that reads bark.", "dog"),
        ("Nobody will seal the envelope.", "seal"),
        ("They fire three employees.", "fire"),
    ],
)
def test_a_word_in_another_sense_shows_nothing_of_it(sentence: str, picture: str) -> None:
    assert picture not in shown(sentence)


def test_a_part_of_a_phrase_is_not_a_word_of_its_own() -> None:
    assert shown("They sell ice cream.") == ["ice-cream"]
    assert shown("A hot dog, please.") == ["hot-dog"]


def test_what_is_spoken_of_weighs_more_than_what_it_is_compared_with() -> None:
    said = {hit.picture: hit.score for hit in MATCHER.hits("A whale is not a fish, it is as big as a bus.")}
    assert said["whale"] > said["bus"]
    assert "fish" not in said
    modifying = {hit.picture: hit.score for hit in MATCHER.hits("The elephant keeper feeds a zebra.")}
    assert modifying["zebra"] > modifying["elephant"]


@pytest.mark.parametrize(
    ("sentence", "picture", "denied"),
    [
        ("The trick is not to dig with a shovel but to lift the ships.", "ship", "shovel"),
        ("There is no rain in the desert.", "desert", "cloud-with-rain"),
        ("Unlike a fish, a whale breathes air.", "whale", "fish"),
        ("Use a pencil instead of a pen.", "pencil", "pen"),
        ("It is neither a fish nor a bird but a whale.", "whale", "bird"),
        ("An owl flies without a trumpet, and a whale hears it.", "whale", "trumpet"),
        ("Never eat a mushroom in the desert.", "desert", "mushroom"),
    ],
)
def test_what_is_denied_shows_nothing_and_the_rest_of_the_sentence_does(
    sentence: str, picture: str, denied: str
) -> None:
    assert picture in shown(sentence)
    assert denied not in shown(sentence)
    assert denied in shown(f"A {denied.rsplit('-', maxsplit=1)[-1]} is here.")


@pytest.mark.parametrize(
    "sentence",
    [
        "Not only bees fly.",
        "Not every bee stings.",
        "You cannot have honey without a bee.",
        "It no longer stings, the bee.",
        "No, a bee is small.",
        "It is not rain but a bee.",
    ],
)
def test_a_denial_that_is_none_or_is_denied_itself_hides_nothing(sentence: str) -> None:
    assert "honeybee" in shown(sentence)


NEUTRAL = ("a", "whale", "the", "bread", "in", "of", "sees", "but", ",", ".", "and", "like", "it", "only")
DENYING = ("not", "no", "without", "never", "unlike", "instead of", "neither", "nor", "cannot")


@given(st.lists(st.sampled_from(NEUTRAL + DENYING), max_size=20).map(" ".join))
@example("not without but")
@example("instead of")
def test_a_denial_reaches_forward_and_never_over_a_mark(text: str) -> None:
    tokens = tokens_of(text)
    denied = denied_in(tokens)
    for at in denied:
        before = [tokens[place] for place in range(at)]
        since = next((place for place in range(at - 1, -1, -1) if tokens[place].closes), -1) + 1
        assert {token.text for token in before[since:]} & {word.split()[0] for word in DENYING}, text
    assert not denied_in(tokens_of(" ".join(word for word in text.split() if word in NEUTRAL)))


@pytest.mark.parametrize(
    ("sentence", "pictures"),
    [
        ("Grains of ice rub.", ["ice"]),
        ("Inside are threads of glass.", []),
        ("A thread holds the ice.", ["thread", "ice"]),
        ("The wall of the castle.", ["brick", "castle"]),
        ("A bucket of ice.", ["ice"]),
        ("A bucket of joy.", ["bucket"]),
        ("The harvest of grain.", ["sheaf-of-rice", "sheaf-of-rice"]),
    ],
)
def test_a_measure_of_something_is_not_what_is_spoken_of(sentence: str, pictures: list[str]) -> None:
    assert shown(sentence) == pictures


def test_what_a_grain_consists_of_weighs_as_if_it_stood_alone() -> None:
    assert standing(tokens_of("a grain of ice"), 3, 4) == 1.0
    assert standing(tokens_of("the end of ice"), 3, 4) < 1.0


def test_the_title_bars_a_sense_unless_the_sentence_itself_says_it() -> None:
    def seen(text: str, title: str) -> list[str]:
        about = words_near(tokens_of(title))
        return [hit.picture for hit in MATCHER.hits(text, about, about)]

    assert seen("A bolt is as thin as a thumb.", "Bridges") == ["nut-and-bolt"]
    assert seen("A bolt is as thin as a thumb.", "Lightning: how it strikes") == ["cloud-with-lightning"]
    assert seen("The bat swings at the baseball.", "Baseball")[0] == "baseball"
    assert seen("The bat finds insects by echo.", "Baseball")[0] == "bat"
    assert "bat" not in seen("The bat is made of ash.", "A cave of baseball")


def test_a_word_is_told_from_its_neighbours_to_be_a_noun_or_a_verb() -> None:
    def uses(text: str) -> list[str]:
        tokens = tokens_of(text)
        return [use_of(tokens, at) for at in range(len(tokens))]

    assert uses("They train")[1] == "verb"
    assert uses("the train")[1] == "noun"
    assert uses("Pour the milk")[0] == "verb"
    assert uses("Milk tastes sweet")[0] == ""


def test_what_the_lexicon_does_not_know_is_found_by_its_name_and_doubtfully_by_a_keyword() -> None:
    (by_name,), (by_keyword,) = MATCHER.hits("The sousaphone gleams."), MATCHER.hits("It is tubular.")
    assert (by_name.source, by_name.weight) == ("name", 0.8)
    assert (by_keyword.source, by_keyword.picture) == ("keyword", "sousaphone")
    assert by_keyword.score < 0.5


def test_keywords_of_pictures_that_are_left_out_find_nothing_until_their_kind_is_allowed() -> None:
    index = Index(Known("grinning-face", "face", ("cheerfully",)))
    assert Matcher(index).hits("They look cheerfully.") == ()
    (hit,) = Matcher(index, allow=["face"]).hits("They look cheerfully.")
    assert hit.picture == "grinning-face"


def test_the_configuration_wins_over_the_lexicon_and_over_pictures_of_the_brief() -> None:
    own = OwnPicture(Path("volcano.png"), "", "0")
    text = "The volcano sleeps, acme corp does not."
    first = Matcher(INDEX, own=[own]).hits(text)[0]
    assert (first.picture, first.source) == ("volcano.png", "brief")
    set_by_us = {"volcano": "fire", "Acme Corp": "rocket"}
    hits = Matcher(INDEX, own=[own], overrides=set_by_us).hits(text)
    assert [(hit.picture, hit.score) for hit in hits if hit.source == "configuration"] == [
        ("fire", 1.0),
        ("rocket", 1.0),
    ]


@pytest.mark.parametrize("nothing", ["none", "no-such-picture"])
def test_a_word_can_be_configured_to_show_nothing(nothing: str) -> None:
    assert "volcano" not in {
        hit.picture for hit in Matcher(INDEX, overrides={"volcano": nothing}).hits("A volcano.")
    }


def test_a_picture_of_the_brief_is_found_by_its_file_name_and_its_caption() -> None:
    own = OwnPicture(Path("/in/our_new-office.jpg"), "Grandma's workshop", "0")
    matcher = Matcher(INDEX, own=[own])
    for text in ("We moved into our new office.", "This is grandma's workshop."):
        assert any(hit.picture == "/in/our_new-office.jpg" for hit in matcher.hits(text)), text
    assert matcher.hits("The office is new.")[0].word == "office"
    assert all(hit.source != "brief" for hit in matcher.hits("It is new."))


def test_other_languages_have_only_what_is_configured_or_brought() -> None:
    matcher = Matcher(INDEX, english=False, overrides={"hund": "dog"})
    assert [hit.picture for hit in matcher.hits("Der Hund gab seine Hand, die Bank war rot.")] == ["dog"]


def test_another_opinion_moves_a_score_and_never_out_of_bounds() -> None:
    def score(opinion: float) -> float:
        return Matcher(INDEX, scorer=lambda *_: opinion).hits("A volcano.")[0].score

    assert score(0.0) < MATCHER.hits("A volcano.")[0].score
    assert score(-5) == score(0.0) < score(1.0) == score(5) <= 1


@given(ANY_TEXT)
@example("€/")
def test_text_of_strangers_gives_hits_in_order_or_none(text: str) -> None:
    hits = MATCHER.hits(text)
    block = blocklist()
    for hit in hits:
        assert 0 <= hit.score <= 1
        assert hit.picture not in FACES
        assert hit.picture not in block.kinds or hit.picture in block.named
        assert repr(hit.word) in hit.why
    assert hits == MATCHER.hits(text)


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "🦊" * 10_000, "coffee " * 10_000, "a" * 10_000, "שלום " * 3000]
)
def test_no_length_and_no_script_is_too_much(text: str) -> None:
    assert len(MATCHER.hits(text)) <= 1000


def test_no_keyword_of_the_real_pack_shows_what_is_blocked() -> None:
    pack = installed_pack()
    matcher, block = Matcher(pack), blocklist()
    text = " ".join(word for picture in pack.pictures for word in (picture.label, *picture.keywords))
    for start in range(0, len(text), 3000):
        for hit in matcher.hits(text[start : start + 3000]):
            picture = pack.get(hit.picture)
            assert picture is not None
            assert hit.picture in block.named or (picture.kind == "thing" and hit.picture not in block.kinds)
