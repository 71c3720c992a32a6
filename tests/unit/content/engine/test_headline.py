import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.clauses import first_verb, tokens_of
from reelwright.content.engine.cuts import LONG_WORDS
from reelwright.content.engine.headline import emphasis_of, headline_of, headlines_in, noun_phrase_of


def _headline(sentence: str) -> str:
    headline = headline_of(sentence, {})
    return headline.text if headline else ""


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Sleep is not lost time.", "Sleep is not lost time"),
        ("However, growth is slowing down.", "Growth is slowing down"),
        ("On 20 July 1969, two people landed on the Moon.", "Two people landed on the Moon"),
        (
            "In October 1957 the Soviet Union launched Sputnik, the first satellite.",
            "The Soviet Union launched Sputnik",
        ),
        (
            "The Earth turns beneath it once a day, and so most coasts meet two high tides.",
            "Most coasts meet two high tides",
        ),
        (
            "The United States was losing a race that the whole world could watch.",
            "The United States was losing a race",
        ),
        ("Go outside in the morning: daylight sets your inner clock.", "Go outside in the morning"),
        (
            "Ground coffee loses much of its smell within minutes, because it opens.",
            "Ground coffee loses much of its smell",
        ),
        ("That's why a purr sounds continuous.", "A purr sounds continuous"),
        ("The Sun is far heavier than the Moon, but it is farther away.", "The Sun is heavier than the Moon"),
        ("Use 60 grams of coffee for each litre of water.", "Use 60 grams of coffee"),
        ("Wait 30 seconds while the coffee swells and gives off gas.", "Wait 30 seconds"),
        ("Edward Jenner gave the first vaccine in 1796 to an eight-year-old boy.", "Edward Jenner"),
        ("Beavers build dams so that the water stays deep.", "Beavers build dams"),
        ("Ants grow fungus in caves and feed it with leaves.", "Ants grow fungus in caves"),
        ("A woman named Ada Bell painted the bridge in spring.", "A woman named Ada Bell painted the bridge"),
        ("Although the winter was hard, the pear trees survived.", "The pear trees survived"),
        ("The ink dries at once, a brush needs a whole day.", "The ink dries at once"),
        ("At noon it turns in the tower and the old bell rings twice.", "The old bell rings twice"),
        ("An owl that hunts flies home and sleeps all day.", "An owl that hunts flies home"),
        (
            "Otters have broken shells, stolen bait and opened gates at many farms.",
            "Otters have broken shells",
        ),
        ("When the key falls, the lever throws a hammer of felt.", "A hammer of felt"),
        ("Older maps have been found since.", "Older maps have been found since"),
        ("So carry your own cup.", "Carry your own cup"),
    ],
)
def test_the_main_clause_is_the_headline(sentence: str, text: str) -> None:
    assert _headline(sentence) == text


@pytest.mark.parametrize(
    ("sentence", "never"),
    [
        ("No video card works in this old machine for long.", "No video card works"),
        ("All the dogs bark in this street every night now.", "All the dogs bark"),
        ("India is the largest country in southern Asia by far.", "India is the largest country"),
        ("If the cup tastes weak, add coffee before you change anything.", "Add coffee"),
        ("Most scientists think that the Moon was born from a great crash.", "Most scientists think"),
        ("The tower is made of eighteen thousand pieces of good iron.", "The tower is made"),
        ("Throughput rose from 210 in spring to 940 in autumn that year.", "Throughput rose from 210"),
        ("The men had to stay in quarantine for three whole weeks.", "The men had to stay"),
        ("They think it is true.", "They think it is true"),
        ("Sharks have bitten cables, but storms and nets do most damage.", "Nets do most damage"),
        ("A shark loses thousands of teeth in life, an elephant only six sets.", "An elephant only six sets"),
        ("The factory fills a million bottles every minute.", "The factory fills a million bottles"),
        ("The longer the bee shakes, the farther away the food is.", "The longer the bee shakes"),
        ("Experts took the lumps for a sign of careless work.", "Experts took the lumps"),
        ("There are more games than atoms in the whole universe.", "There are more games than atoms"),
        ("Pour the water before it boils if the tea is green.", "Pour the water"),
        ("The lorry runs from Rome to Turin in one night.", "The lorry runs from Rome"),
        ("Before lifts, the poorest tenants lived at the top.", "The poorest tenants lived at the top"),
        ("The wings are not only light.", "The wings are not only"),
    ],
)
def test_nothing_is_cut_that_would_make_it_false_or_hanging(sentence: str, never: str) -> None:
    assert _headline(sentence) != never


@given(
    st.lists(
        st.sampled_from(
            [
                "the",
                "a",
                "Moon",
                "sea",
                "pulls",
                "rises",
                "it",
                "they",
                "of",
                "in",
                "with",
                "on",
                "and",
                "but",
                "because",
                "not",
                "very",
                "12",
                "2,000",
                "never",
                "is",
                "was",
                "go",
                "Paris",
            ]
        ),
        min_size=1,
        max_size=16,
    ),
    st.sampled_from([".", "!", "?", ",", ""]),
)
def test_a_headline_is_short_starts_large_and_ends_whole(words: list[str], end: str) -> None:
    headline = headline_of(" ".join(words) + end, {})
    if headline:
        last = headline.text.split()[-1].lower()
        assert len(headline.text.split()) <= LONG_WORDS
        assert not headline.text[0].islower()
        assert last not in {"the", "a", "of", "in", "with", "on", "and", "but", "because", "is", "was"}
        assert emphasis_of(headline.text, {}) in headline.text


@pytest.mark.parametrize(
    ("headline", "emphasis"),
    [
        ("The tower now reaches 330 metres", "330"),
        ("Apollo 11 left Florida", "Florida"),
        ("Neil Armstrong and Buzz Aldrin stepped out", "Buzz Aldrin"),
        ("What it is", ""),
    ],
)
def test_emphasis_falls_on_a_figure_a_whole_name_or_the_weightiest_word(headline: str, emphasis: str) -> None:
    assert emphasis_of(headline, {"buzz": 1.0, "florida": 1.0}) == emphasis


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("The rubbing of the water slows the Earth down.", "The rubbing of the water"),
        ("Keep them in a jar.", ""),
        ("They left.", ""),
        ("In Canada, rock squeezes the water.", ""),
    ],
)
def test_the_subject_is_a_phrase_of_its_own_or_nothing(sentence: str, phrase: str) -> None:
    assert noun_phrase_of(sentence) == phrase


def test_other_languages_are_their_own_headline_where_short() -> None:
    short = headline_of("Le pain est bon.", {}, english=False)
    assert short is not None
    assert short.text == "Le pain est bon"
    assert headline_of("Le pain " * 20, {}, english=False) is None


SUBJECTS = (
    "The bridge",
    "A storm",
    "Sea birds",
    "The old town of Bern",
    "Merchants from Venice",
    "Most farms",
)
VERBS = ("carries salt", "crossed the lake", "need water", "was rebuilt", "sleeps", "sold a map that lied")
PLACES = ("", " in the north", " for the winter", " with iron hooks", " on two days")
LIMITS = (
    "only",
    "if the wind is low",
    "unless it rains",
    "when the sun sets",
    "except on Sundays",
    "in name only",
)
OPENERS = ("If it rains,", "Without salt,", "When the sun sets,", "Unless it snows,", "Unlike most rivers,")
REPORTS = ("Some people believe that", "Legend says that", "Nobody claimed that", "The mayor hopes that")


def _is_clause(headline: str) -> bool:
    return first_verb(tokens_of(headline)) is not None


@given(*map(st.sampled_from, (SUBJECTS, VERBS, PLACES, LIMITS)))
def test_what_limits_a_clause_from_behind_is_kept_or_no_clause_is_shown(
    subject: str, verb: str, place: str, limit: str
) -> None:
    sentence = f"{subject} {verb}{place} {limit}."
    for found in headlines_in(sentence, {}, leaning=True):
        assert limit in found.text or not _is_clause(found.text)


@given(*map(st.sampled_from, (OPENERS, SUBJECTS, VERBS, PLACES)))
def test_what_limits_a_clause_from_its_opening_is_kept(
    opener: str, subject: str, verb: str, place: str
) -> None:
    sentence = f"{opener} {subject[:1].lower()}{subject[1:]} {verb}{place}."
    for found in headlines_in(sentence, {}, leaning=True):
        assert found.text.startswith(opener) or not _is_clause(found.text)


@given(*map(st.sampled_from, (REPORTS, SUBJECTS, VERBS, PLACES)))
def test_what_is_only_reported_is_not_stated(report: str, subject: str, verb: str, place: str) -> None:
    sentence = f"{report} {subject[:1].lower()}{subject[1:]} {verb}{place}, and the rest followed."
    for found in headlines_in(sentence, {}, leaning=True):
        assert found.text.startswith(report) or not _is_clause(found.text)


@given(*map(st.sampled_from, (SUBJECTS, ("does not carry", "never saw", "hardly needs"), PLACES, PLACES)))
def test_a_denial_is_never_cut_and_what_is_denied_is_never_named(
    subject: str, denial: str, place: str, more: str
) -> None:
    sentence = f"{subject} {denial} a broken boat of wood{place}{more}."
    for found in headlines_in(sentence, {}, leaning=True):
        assert found.text == sentence.rstrip(".") or found.text in subject or "of wood" not in found.text


def test_what_leans_on_the_sentence_before_is_found_only_where_that_is_wanted() -> None:
    sentence = "Nobody has died of it since 1978."
    assert headlines_in(sentence, {}) == []
    (found,) = headlines_in(sentence, {}, leaning=True)
    assert found.text == "Nobody has died of it since 1978"
    assert found.score < 1


def test_a_question_is_no_headline() -> None:
    assert headlines_in("Where does the water go?", {}, leaning=True) == []


def test_a_second_verb_takes_the_subject_along() -> None:
    found = [one.text for one in headlines_in("A bottle is made in a second and lasts for 450 years.", {})]
    assert "A bottle lasts for 450 years" in found
