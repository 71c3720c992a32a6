import pytest

from reelwright.video.pictures.lexicon import NOTHING, Phrase, blocklist, lexicon, parse_lexicon
from reelwright.video.pictures.words import base_forms, tokens_of
from tests.unit.video.pictures.scripts import installed_pack


def test_the_lexicon_knows_more_than_two_thousand_words() -> None:
    telling = [it for it in lexicon().phrases() if it.entries[0].picture != NOTHING]
    assert len(telling) >= 2000
    assert sum(len(phrase.words) == 1 for phrase in telling) >= 1200


def test_every_picture_of_the_lexicon_is_in_the_pack_and_may_be_shown_where_it_is_named() -> None:
    pack, block = installed_pack(), blocklist()
    for name in {entry.picture for phrase in lexicon().phrases() for entry in phrase.entries} - {NOTHING}:
        picture = pack.get(name)
        assert picture is not None, name
        assert name in block.named or (picture.kind == "thing" and name not in block.kinds), name


def test_every_blocked_picture_is_in_the_pack() -> None:
    pack = installed_pack()
    assert [name for name in blocklist().kinds if pack.get(name) is None] == []


def test_every_phrase_is_written_as_texts_are_read() -> None:
    """Otherwise no text could ever match it."""
    for phrase in lexicon().phrases():
        assert tuple(token.text for token in tokens_of(" ".join(phrase.words))) == phrase.words


@pytest.mark.parametrize(
    "line", ["sun\t2\tsun", "sun\t0.5\tsun\tadverb", "sun\tmuch\tsun", "sun", "sun\t1\t"]
)
def test_a_line_that_is_none_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 of the lexicon"):
        parse_lexicon(f"moon\t0.9\tmoon\n{line}\n")


def test_the_longest_phrase_counts_and_none_reaches_across_punctuation() -> None:
    known = parse_lexicon("hot-dog\t1\thot dog\nthermometer\t1\thot\ndog\t1\tdog\n")
    assert _words(known.at(tokens_of("hot dogs"), 0)) == ("hot", "dog")
    assert _words(known.at(tokens_of("hot, dogs"), 0)) == ("hot",)
    assert _words(known.at(tokens_of("cold dogs"), 0)) is None


def _words(phrase: Phrase | None) -> tuple[str, ...] | None:
    return phrase.words if phrase else None


@pytest.mark.parametrize(
    ("word", "base"),
    [
        *(("boxes", "box"), ("leaves", "leaf"), ("berries", "berry"), ("planning", "plan")),
        *(("baked", "bake"), ("frozen", "freeze"), ("mice", "mouse"), ("carried", "carry")),
        *(("waves", "wave"), ("glasses", "glass"), ("mixing", "mix"), ("teeth", "tooth")),
    ],
)
def test_a_form_leads_to_its_base(word: str, base: str) -> None:
    assert base in base_forms(word)


@pytest.mark.parametrize(
    ("word", "other"), [("feed", "fee"), ("bus", "bu"), ("glass", "glas"), ("sing", "s"), ("this", "thi")]
)
def test_what_only_looks_like_a_form_leads_nowhere(word: str, other: str) -> None:
    assert other not in base_forms(word)


def test_a_dropped_e_is_likelier_than_a_consonant_that_was_not_doubled() -> None:
    forms = base_forms("fired")
    assert forms.index("fire") < forms.index("fir")
