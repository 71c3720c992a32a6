"""Lengths in the platforms' own units, and cuts that nobody minds."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.upload.catalogue import TagLimits, TextLimit, load_platforms
from reelwright.upload.limits import clusters, cut, fitting_tags, length, tags_length, without_forbidden

FAMILY = "👩‍👩‍👧‍👦"
SCRIPTS = {
    "latin": "Tide tables are right ",
    "emoji": f"{FAMILY}👍🏽🇩🇪🇯🇵1️⃣🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "cjk": "潮汐表每天兩次的高潮與低潮",
    "rtl": "جداول المد والجزر גאות ושפל ",
    "indic": "ज्वार-भाटा क्षत्रिय ",
    "combining": "e\u0301o\u0308\u0323n\u0303 ",
    "hangul": "조석표 \u1112\u1161\u11ab\u1100\u1173\u11af ",
}
TEXT_LIMITS = [
    pytest.param(limit, id=f"{name}-{field}")
    for name, platform in load_platforms().items()
    for field in ("title", "description", "caption")
    if (limit := getattr(platform, field)) is not None
]
TAG_LIMITS = [
    pytest.param(platform.tags, id=name) for name, platform in load_platforms().items() if platform.tags
]


def _of_length(unit: str, size: int, script: str) -> str:
    """Return a text of exactly this length: of the script as far as it goes, then of letters."""
    whole, text = list(clusters(SCRIPTS[script])), []
    used = 0
    while True:
        cluster = whole[len(text) % len(whole)]
        if used + length(cluster, unit) > size:  # type: ignore[arg-type]
            return "".join(text) + "x" * (size - used)
        text.append(cluster)
        used += length(cluster, unit)  # type: ignore[arg-type]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("limit", TEXT_LIMITS)
def test_a_text_under_and_at_the_limit_stays_and_one_over_is_cut(limit: TextLimit, script: str) -> None:
    for size in (limit.limit - 1, limit.limit):
        text = _of_length(limit.unit, size, script)
        assert length(text, limit.unit) == size
        assert cut(text, limit) == text

    over = _of_length(limit.unit, limit.limit, script) + "x"
    short = cut(over, limit)
    assert limit.limit * 0.5 < length(short, limit.unit) <= limit.limit
    assert short.endswith("…")
    assert over.startswith(short[:-1])


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("limit", TAG_LIMITS)
def test_tags_at_the_limit_stay_and_one_over_loses_the_last(limit: TagLimits, script: str) -> None:
    first = _of_length(limit.unit, 40, script).strip().replace(" ", "_")
    room = limit.limit - tags_length((first, ""), limit)
    for size, kept in ((room - 1, 2), (room, 2), (room + 1, 1)):
        last = _of_length(limit.unit, size, script).replace(" ", "_")
        assert len(fitting_tags((first, last), limit)) == kept


def test_the_quotes_of_a_tag_with_a_space_count_and_so_do_commas() -> None:
    limit = TagLimits(limit=12, unit="characters", between=1, quotes=2, source="a test")
    assert tags_length(("ab", "c d"), limit) == 2 + 1 + 3 + 2
    assert fitting_tags(("abcdef", "gh i"), limit) == ("abcdef",)
    assert fitting_tags(("abcdef", "gh_i"), limit) == ("abcdef", "gh_i")
    assert fitting_tags(("too long for it", "short", "short"), limit) == ("short",)


@pytest.mark.parametrize(
    ("text", "characters", "in_bytes", "utf16"),
    [("abc", 3, 3, 3), ("潮", 1, 3, 1), ("👍", 1, 4, 2), (FAMILY, 7, 25, 11), ("é", 1, 2, 1)],
)
def test_units_count_as_platforms_do(text: str, characters: int, in_bytes: int, utf16: int) -> None:
    assert (length(text, "characters"), length(text, "bytes"), length(text, "utf16")) == (
        characters,
        in_bytes,
        utf16,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"a{FAMILY}b", ["a", FAMILY, "b"]),
        ("🇩🇪🇯🇵x", ["🇩🇪", "🇯🇵", "x"]),
        ("👍🏽👍", ["👍🏽", "👍"]),
        ("1️⃣2", ["1️⃣", "2"]),
        ("e\u0301a", ["e\u0301", "a"]),
        ("क्षक", ["क्ष", "क"]),
        ("\u1112\u1161\u11abx", ["\u1112\u1161\u11ab", "x"]),
        ("a\r\nb", ["a", "\r\n", "b"]),
        ("", []),
    ],
)
def test_what_people_take_for_a_character_is_one(text: str, expected: list[str]) -> None:
    assert list(clusters(text)) == expected


def test_a_cut_falls_between_words_and_closes_no_direction_in_the_middle() -> None:
    limit = TextLimit(limit=20, unit="characters", source="a test")
    assert cut("Twice a day the water comes", limit) == "Twice a day the…"
    assert cut("Twice a day \u2067the water comes\u2069 back", limit) == "Twice a day…"
    assert cut("潮" * 30, limit) == "潮" * 19 + "…"


@given(
    st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60),
    st.integers(1, 60),
    st.sampled_from(["characters", "bytes", "utf16"]),
)
def test_whatever_is_cut_fits_and_is_its_beginning(text: str, size: int, unit: str) -> None:
    limit = TextLimit(limit=size, unit=unit, source="a test")  # type: ignore[arg-type]
    short = cut(text, limit)
    assert length(short, limit.unit) <= size
    if short != text:
        assert text.startswith(short.removesuffix("…"))
        rest = text[len(short.removesuffix("…")) :]
        assert not rest or not short[:-1] or unicodedata.combining(rest[0]) == 0
    assert "".join(clusters(text)) == text


def test_angle_brackets_become_look_alikes_and_others_go() -> None:
    assert without_forbidden('a <b> "c"', '<>"') == "a \u2039b\u203a c"
    assert without_forbidden("a <b>", "") == "a <b>"
