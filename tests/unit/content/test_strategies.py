import pytest

from reelwright.content.finishing import finished, without_banned_claims
from reelwright.content.limits import MAX_DESCRIPTION_BYTES, MAX_TAGS_CHARS, tags_length
from reelwright.content.pace import Pace
from reelwright.content.quality import Standard
from reelwright.content.strategies import load_strategies, strategy_for
from reelwright.production.schema import Script
from reelwright.prompts.selection import bundled_categories
from tests.unit.content.writing import brief, script


def standard(topic: str, *keywords: str, **changes: object) -> Standard:
    return Standard(brief(topic=topic, **changes), strategy_for(topic), Pace(165), keywords)


def test_every_category_of_topics_has_a_strategy_and_no_strategy_is_for_none() -> None:
    assert set(load_strategies()) == set(bundled_categories().names)


@pytest.mark.parametrize(
    ("topic", "name"),
    [("How index funds work", "investing"), ("Sleep well", "health"), ("Why honey keeps", "general")],
)
def test_a_topic_is_told_by_the_strategy_of_its_category(topic: str, name: str) -> None:
    strategy = strategy_for(topic)
    assert strategy.name == name
    assert strategy.reason
    assert strategy.scene_seconds[0] < strategy.scene_seconds[1]


@pytest.mark.parametrize(
    ("topic", "text", "claims"),
    [
        ("How index funds work", "This fund has guaranteed returns.", True),
        ("How index funds work", "You cannot lose money with it.", True),
        (
            "How index funds work",
            "Guaranteed returns do not exist, and no fund has guaranteed returns.",
            True,
        ),
        ("How index funds work", "There are no guaranteed returns.", False),
        ("How index funds work", "Nobody can promise risk-free returns.", False),
        ("How index funds work", "Der Plan bringt garantierte Rendite.", True),
        ("Sleep well", "This tea cures cancer.", True),
        ("Sleep well", "No tea cures cancer.", False),
        ("Sleep well", "A doctor cures many people of fear.", False),
        ("Sleep well", "It is 100% guaranteed to help.", True),
        ("Why honey keeps", "This tea cures cancer.", False),
    ],
)
def test_a_claim_is_known_in_plain_words_unless_it_is_denied(topic: str, text: str, claims: bool) -> None:  # noqa: FBT001 (a table)
    assert any(claim.made_in(text) for claim in strategy_for(topic).banned) is claims


def test_engines_that_quote_do_not_get_the_claims_of_the_notes() -> None:
    notes = "A fund holds shares. It has guaranteed returns! Costs are low.\n- get rich quick\n- wait long\n"
    left, number = without_banned_claims(notes, standard("How index funds work"))
    assert left == "A fund holds shares. Costs are low.\n\n- wait long\n"
    assert number == 2


def test_notes_without_claims_stay_as_they_are_to_the_letter() -> None:
    notes = "One.  Two!\n\n  three…\tfour 3.5 5.\r\nlast"
    assert without_banned_claims(notes, standard("How index funds work")) == (notes, 0)


def _described(description: str) -> Script:
    given = script()
    return given.model_copy(update={"seo": given.seo.model_copy(update={"description": description})})


@pytest.mark.parametrize(("language", "said"), [("de", "keine ärztliche Beratung"), ("nl", "not medical")])
def test_a_description_says_the_disclaimer_in_its_language_or_in_english(language: str, said: str) -> None:
    assert said in finished(_described("Slaap."), standard("Sleep well", language=language)).seo.description


def test_a_disclaimer_in_other_words_is_one() -> None:
    given = _described("See your doctor if it stays.")
    assert finished(given, standard("Sleep well")).seo.description == given.seo.description


def test_a_disclaimer_fits_into_the_longest_description() -> None:
    given = _described("Schläft " * 550)
    done = finished(given, standard("Sleep well")).seo.description
    assert len(done.encode()) <= MAX_DESCRIPTION_BYTES
    assert done.endswith("not medical advice.")


def test_keywords_go_first_among_the_tags_and_within_their_limit() -> None:
    given = script()
    tags = ("Honey", *(f"a rather long tag number {number}" for number in range(30)))
    given = given.model_copy(update={"seo": given.seo.model_copy(update={"tags": tags})})
    done = finished(given, standard("Why honey keeps", "bee keeping", "honey")).seo.tags
    assert done[:2] == ("bee keeping", "honey")
    assert "Honey" not in done
    assert tags_length(done) <= MAX_TAGS_CHARS


def test_other_titles_are_the_writers_own_first_and_never_the_title() -> None:
    given = script()
    seo = given.seo.model_copy(update={"title_variants": ("Honey <never> spoils", given.seo.title, "x" * 71)})
    variants = finished(given.model_copy(update={"seo": seo}), standard("Why honey keeps")).seo.title_variants
    assert variants[0] == "Honey never spoils"
    assert given.seo.title not in variants
    assert all(len(title) <= 70 for title in variants)
