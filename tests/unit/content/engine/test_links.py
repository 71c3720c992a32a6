import pytest

from reelwright.content.engine.links import link_of


@pytest.mark.parametrize(
    "sentence",
    [
        "The Moon pulls the sea.",
        "Africa is young, and it will grow the most.",
        "It takes eight minutes for light to reach us.",
        "It is important to rest.",
        "There is no wind on the Moon.",
        "Scientists say that the tower grows.",
        "Change one thing at a time, and write down what you did.",
        "Marie Curie won two prizes, and she shared one of them.",
        "People who sleep badly know that they are tired.",
        "The goal of the plan was simple.",
        "So many people came that the doors were closed.",
        "Still water is deep.",
        "Grown cats purr when they are content.",
        '"We came in peace," said Tom.',
    ],
)
def test_sentences_that_stand_alone(sentence: str) -> None:
    link = link_of(sentence)
    assert (link.kind, link.bare) == ("none", sentence)


@pytest.mark.parametrize(
    ("sentence", "bare"),
    [
        ("However, the tide turns.", "The tide turns."),
        ("But the tide turns.", "The tide turns."),
        ("So growth is slowing down.", "Growth is slowing down."),
        ("In addition, salt helps.", "Salt helps."),
        ("Of course, salt helps.", "Salt helps."),
    ],
)
def test_opening_links_can_be_dropped(sentence: str, bare: str) -> None:
    link = link_of(sentence)
    assert (link.kind, link.bare) == ("soft", bare)


@pytest.mark.parametrize(
    "sentence",
    [
        "It was heavy.",
        "They left at dawn.",
        "Nobody pushes it.",
        "But it was too late.",
        "This makes bread rise.",
        "Those rocks changed what we know.",
        "With full tanks it weighed almost 3,000 tonnes.",
        "In 1887 they signed a letter.",
        "He took the controls.",
        "If it runs through faster, grind finer.",
        "A coast needs more time to catch up with it.",
        '"We came in peace," it reads.',
        "The team expects to save half of that by moving data.",
        "Doctors told him to rest.",
    ],
)
def test_pronouns_without_their_noun_need_the_sentence_before(sentence: str) -> None:
    assert link_of(sentence).kind == "hard"


@pytest.mark.parametrize(
    "sentence",
    [
        "Then Armstrong looked out.",
        "For example, tea is cheap.",
        "As a result, prices fell.",
        "Two hours later, the ship sank.",
        "The second pushed upwards.",
        "The reason is simple.",
        "The contract said that it could be torn down.",
        "Both are heavy.",
        "Others doubt the result.",
        "The engine fired again.",
    ],
)
def test_sentences_that_go_on_may_only_open_a_section(sentence: str) -> None:
    assert link_of(sentence).kind == "loose"


def test_a_text_without_words_leans_on_nothing() -> None:
    assert link_of("…").kind == "none"
