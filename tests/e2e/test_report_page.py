"""The report in a real Chromium, at desktop and phone width, opened from a file."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelwright.pipeline.report import render
from tests.e2e.chromium import Connection, Page, browser, executable
from tests.unit.pipeline.report.samples import HOSTILE_TEXTS, Sample, make_sample

pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium on this machine")

DESKTOP, PHONE = 1280, 390
WIDTHS = [DESKTOP, PHONE]
SHAPES = {"landscape": (320, 180), "portrait": (180, 320), "square": (240, 240)}
HOSTILE = " ".join(HOSTILE_TEXTS) + " averylongwordwithoutanyspace" * 3 + "x" * 300

PROBE = (Path(__file__).parent / "page_probe.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module", params=SHAPES)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    width, height = SHAPES[request.param]
    return write_report(tmp_path_factory.mktemp(request.param), width=width, height=height)


@pytest.fixture(scope="module")
def hostile_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(tmp_path_factory.mktemp("hostile"), width=320, height=180, text=HOSTILE)


def write_report(folder: Path, *, width: int, height: int, text: str | None = None) -> Path:
    change = (lambda _: text) if text else (lambda given: given)
    sample = make_sample(folder, width=width, height=height, change=change)
    file = folder / "report.html"
    file.write_bytes(page_of(sample))
    return file


def page_of(sample: Sample) -> bytes:
    return render.render_report(
        sample.production,
        sample.script,
        sample.cut,
        sample.review,
        sample.narration,
        sample.publications,
        video=sample.video,
        thumbnail=sample.thumbnail,
    )


def opened(connection: Connection, file: Path, width: int, *, dark: bool = False) -> Page:
    page = Page(connection, width, dark=dark)
    page.open(file)
    page.evaluate(PROBE)
    page.evaluate("probe.ready()")
    return page


def assert_quiet(page: Page, file: Path) -> None:
    """Nothing in the console, nothing popped up, nothing asked for but the page and what is in it."""
    assert page.complaints == []
    assert page.dialogs == []
    assert {address for address in page.requests if not address.startswith("data:")} == {file.as_uri()}


def assert_fits(page: Page) -> None:
    width, seen = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert width <= seen
    page.evaluate("window.scrollTo(1000, 0)")
    assert page.evaluate("window.scrollX") == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_it_opens_quietly_and_fits(connection: Connection, report: Path, width: int) -> None:
    page = opened(connection, report, width)
    assert_quiet(page, report)
    assert_fits(page)
    assert page.evaluate("document.querySelector('video').duration") > 30
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


@pytest.mark.parametrize("width", WIDTHS)
def test_unfolded_it_still_fits(connection: Connection, report: Path, width: int) -> None:
    page = opened(connection, report, width)
    page.evaluate("probe.unfold()")
    assert_fits(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_text_does_nothing(connection: Connection, hostile_report: Path, width: int) -> None:
    page = opened(connection, hostile_report, width)
    page.evaluate("probe.unfold()")
    page.evaluate("document.querySelectorAll('button, summary, li').forEach(each => each.click())")
    assert page.evaluate("probe.injected()") == 0
    assert page.evaluate("document.images.length") == 7
    assert "<script>alert(1)</script>" in page.evaluate("document.querySelector('h1').textContent")
    assert_quiet(page, hostile_report)
    assert_fits(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground(connection: Connection, report: Path, *, dark: bool) -> None:
    page = opened(connection, report, DESKTOP, dark=dark)
    page.evaluate("probe.unfold()")
    assert page.evaluate("probe.faint()") == []


@pytest.mark.parametrize("selector", [".strip button", ".script .jump", ".script .spoken"])
def test_a_scene_leads_to_its_place_in_the_video(connection: Connection, report: Path, selector: str) -> None:
    page = opened(connection, report, DESKTOP)
    start = page.evaluate("Number(document.querySelectorAll('.scene')[3].dataset.start)")
    reached = page.evaluate(f"probe.seeked(() => document.querySelectorAll('{selector}')[3].click())")
    assert reached == pytest.approx(start, abs=0.05)
    current = "[...document.querySelectorAll('.current')].map(each => each.dataset.start)"
    assert set(map(float, page.evaluate(current))) == {start}


def test_the_keyboard_reaches_a_scene(connection: Connection, report: Path) -> None:
    page = opened(connection, report, DESKTOP)
    page.evaluate("document.querySelectorAll('.script .jump')[2].focus()")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Go to scene 3 at ")
    page.evaluate("window.reached = probe.seeked(() => {}), null")
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    page.call("Input.dispatchKeyEvent", type="keyDown", text="\r", **enter)
    page.call("Input.dispatchKeyEvent", type="keyUp", **enter)
    start = page.evaluate("Number(document.querySelectorAll('.scene')[2].dataset.start)")
    assert page.evaluate("window.reached") == pytest.approx(start, abs=0.05)


def test_captions_are_read_from_the_page(connection: Connection, report: Path) -> None:
    page = opened(connection, report, DESKTOP)
    assert page.evaluate("probe.cues()") >= 7
    assert_quiet(page, report)


def test_it_prints(connection: Connection, report: Path) -> None:
    page = opened(connection, report, DESKTOP)
    pdf = base64.b64decode(page.call("Page.printToPDF", printBackground=False)["data"])
    assert pdf.startswith(b"%PDF")
    assert page.complaints == []


def test_a_large_video_plays_from_the_folder(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "EMBED_LIMIT_BYTES", 1000)
    file = write_report(tmp_path, width=320, height=180)
    page = opened(connection, file, PHONE)
    assert page.evaluate("document.querySelector('video').duration") > 30
    assert page.complaints == []
    beside = {address for address in page.requests if not address.startswith("data:")}
    assert beside == {file.as_uri(), (tmp_path / "video.mp4").as_uri()}
