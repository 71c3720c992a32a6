"""The page of `cost report --html` as a document: closed to the outside, and names are text."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from reelwright.cli.cost_page import cost_page
from reelwright.cli.cost_report import Account
from reelwright.cost.report.rows import Entry
from reelwright.cost.schema import format_usd
from tests.unit.pipeline.report.samples import HOSTILE_TEXTS
from tests.unit.pipeline.report.test_markup import Reader

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def entry(number: int, **said: object) -> Entry:
    known = {
        "charge": f"c{number}",
        "day": (NOON + timedelta(number)).date(),
        "service": ("content", "audio", "video")[number % 3],
        "provider": "runway",
        "model": f"model-{number % 4}",
        "video": f"prod_{number}",
        "unit": "video_seconds",
        "quantity": 5,
        "settled": 1_000_000 * number,
    }
    return Entry(**(known | said))  # type: ignore[arg-type]  # whatever a test says


def account(*entries: Entry, topics: dict[str, str] | None = None) -> Account:
    return Account("staging", NOON, NOON + timedelta(30), "Europe/Berlin", entries, topics or {})


def page_of(*entries: Entry, topics: dict[str, str] | None = None) -> str:
    return cost_page(account(*entries, topics=topics)).decode()


def test_everything_of_the_ledger_is_on_it() -> None:
    entries = [entry(1), entry(2, unknown=70), entry(3, reserved=90, failed=1_500_000)]
    text = Reader(page_of(*entries, topics={"prod_2": "Why tides come"})).text
    for known in (
        "Costs of staging",
        "(Europe/Berlin)",
        *(each.model for each in entries),
        *(each.video for each in entries),
        "Why tides come",
        f"${format_usd(6_000_000)}",
        f"${format_usd(70)}",
        f"${format_usd(90)}",
        f"${format_usd(1_500_000)}",
        "2026-11-26",
    ):
        assert known in text


def test_it_loads_nothing_and_needs_no_script() -> None:
    elements = Reader(page_of(*map(entry, range(5)))).elements
    tags = {tag for tag, _ in elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "use", "image"}
    assert not {name for _, attributes in elements for name in attributes} & {
        "href",
        "src",
        "style",
        "srcset",
    }
    policies = [attributes["content"] for tag, attributes in elements if attributes.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_names_are_inert_everywhere(text: str) -> None:
    hostile = entry(1, service=text, model=text, video=text, unit=text, provider=text)
    plain = Reader(page_of(entry(1)))
    page = Reader(page_of(hostile, topics={text: text}))
    assert {tag for tag, _ in page.elements} == {tag for tag, _ in plain.elements}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def test_where_nothing_was_spent_it_says_so() -> None:
    assert "Nothing was spent, and nothing is set aside." in page_of()


def test_many_rows_are_plotted_in_part_and_listed_whole() -> None:
    text = Reader(page_of(*map(entry, range(1, 31)))).text
    assert "and 18 more, in the table" in text
    assert all(f"prod_{number}" in text for number in range(1, 31))


def test_columns_are_as_high_as_the_money() -> None:
    entries = [entry(0, service="video", settled=5_000_000), entry(1, service="video", settled=2_500_000)]
    rects = [
        attributes
        for tag, attributes in Reader(page_of(*entries)).elements
        if tag == "rect" and attributes.get("class") == "video"
    ]
    assert [float(each["height"] or 0) for each in rects] == [300.0, 150.0]


def test_headings_go_down_one_step_at_a_time() -> None:
    levels = [
        int(tag[1]) for tag, _ in Reader(page_of(*map(entry, range(5)))).elements if tag in {"h1", "h2", "h3"}
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_same_charges_give_the_same_page() -> None:
    assert page_of(*map(entry, range(9))) == page_of(*map(entry, range(9)))
