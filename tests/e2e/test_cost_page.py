"""The page of `cost report --html` in a real Chromium, at desktop and phone width, opened from a file."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelwright.cli import cost_page
from tests.e2e.chromium import Connection, Page, browser, executable
from tests.e2e.test_report_page import PROBE, WIDTHS, assert_fits, assert_quiet
from tests.unit.cli.test_cost_page import account, entry
from tests.unit.pipeline.report.samples import HOSTILE_TEXTS

pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium on this machine")

HOSTILE = " ".join(HOSTILE_TEXTS) + "x" * 300


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    hostile = entry(7, model=HOSTILE, video=HOSTILE, unit=HOSTILE, unknown=40_000, reserved=900_000)
    entries = [*map(entry, range(1, 7)), hostile]
    written = tmp_path_factory.mktemp("costs") / "costs.html"
    written.write_bytes(cost_page.cost_page(account(*entries, topics={"prod_1": HOSTILE})))
    return written


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_opens_quietly_fits_and_can_be_read(
    connection: Connection, file: Path, width: int, *, dark: bool
) -> None:
    page = Page(connection, width, dark=dark)
    page.open(file)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert_fits(page)
    page.evaluate(PROBE)
    assert page.evaluate("probe.faint()") == []
    assert page.evaluate("document.scripts.length + document.images.length") == 0
    assert_quiet(page, file)


def test_plots_have_a_size(connection: Connection, file: Path) -> None:
    page = Page(connection, WIDTHS[0])
    page.open(file)
    boxes = "[...document.querySelectorAll('svg')].map(each => each.getBoundingClientRect())"
    sizes = page.evaluate(f"{boxes}.map(box => [box.width, box.height])")
    assert len(sizes) > 10
    assert all(width > 100 and height > 5 for width, height in sizes)


def test_colours_of_the_dark_are_those_of_the_light() -> None:
    css = (Path(cost_page.__file__).parent / "cost_page.css").read_text(encoding="utf-8")
    light, dark = (set(re.findall(r"(--\w+): #", block)) for block in css.split("@media", 2)[:2])
    assert light == dark
