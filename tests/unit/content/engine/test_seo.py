from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.seo import make_seo
from reelwright.content.engine.topic import read_topic
from reelwright.content.limits import MAX_DESCRIPTION_BYTES, MAX_TAGS_CHARS, objections_to, tags_length
from reelwright.production.schema import Seo

TOPIC = read_topic("Why honey keeps")


def test_the_description_opens_with_the_lead_and_lists_the_points() -> None:
    seo = make_seo(
        TOPIC, lead=["Honey keeps."], points=["Bees fan it dry"], spoken="Honey keeps. Bees keep honey."
    )
    assert seo.description.startswith("Honey keeps.\n\nIn this video:\n• Bees fan it dry\n\n#")
    assert seo.title == "Why honey keeps"


def test_tags_are_the_title_and_the_words_said_most() -> None:
    seo = make_seo(
        TOPIC, lead=[], points=[], spoken="Nectar dries. Nectar ripens in the hive. The honey bee works."
    )
    assert seo.tags[0] == "honey"
    assert "nectar" in seo.tags
    assert "the" not in seo.tags
    assert len(set(seo.tags)) == len(seo.tags)


@given(st.text(max_size=300), st.text(max_size=9000))
def test_metadata_always_fits_the_platforms(topic: str, spoken: str) -> None:
    seo = make_seo(read_topic(topic or "x"), lead=[spoken], points=[spoken[:50]], spoken=spoken)
    assert objections_to(seo) == []
    assert len(seo.description.encode()) <= MAX_DESCRIPTION_BYTES * 0.8


def test_objections_name_every_limit_that_is_broken() -> None:
    bad = Seo(title="a<b", description="é" * 2501, tags=("x y" * 100, "z" * 200))
    assert tags_length(bad.tags) == 300 + 2 + 1 + 200
    assert tags_length(bad.tags) > MAX_TAGS_CHARS
    assert [found.split(" may")[0] for found in objections_to(bad)] == [
        "the title",
        "the description",
        "the tags",
    ]
