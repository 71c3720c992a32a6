"""The page as a document: whole, closed to the outside, and never anything but text where text was given."""

import base64
import hashlib
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwright.pipeline.report import render
from reelwright.pipeline.report.markup import visible
from tests.unit.pipeline.report.samples import HOSTILE_TEXTS, Sample, make_sample
from tests.unit.pipeline.report.test_markup import Reader


def page_of(sample: Sample) -> str:
    page = render.render_report(
        sample.production,
        sample.script,
        sample.cut,
        sample.review,
        sample.narration,
        sample.publications,
        video=sample.video,
        thumbnail=sample.thumbnail,
    )
    return page.decode("utf-8")


@pytest.fixture(scope="session")
def page(sample: Sample) -> str:
    return page_of(sample)


def elements(page: str, name: str) -> list[dict[str, str | None]]:
    return [attributes for tag, attributes in Reader(page).elements if tag == name]


def test_it_tells_everything_that_the_record_knows(page: str, sample: Sample) -> None:
    text = Reader(page).text
    for known in (
        sample.script.title,
        sample.production.id,
        sample.production.settings_fingerprint[:12],
        "−14.1 LUFS",  # noqa: RUF001 (a minus)
        "16:9 at 24 fps",
        "$0.000000",
        *(scene.narration for scene in sample.script.scenes),
        *(check.found for check in sample.review.checks),
        *sample.production.warnings,
        *sample.script.seo.tags,
        "1 of 5 failed",
        "passed over ",
        "bedrock/nova-lite",
        "Write script",
        "6.02 s",
        "1 repeat",
    ):
        assert known in text, known


def test_media_are_inside_and_nothing_is_loaded_from_anywhere(page: str, sample: Sample) -> None:
    sources = [
        value
        for _, attributes in Reader(page).elements
        for name, value in attributes.items()
        if name in {"src", "href", "poster", "srcset", "action", "data", "formaction"}
    ]
    assert len(sources) == 3 + len(sample.script.scenes)
    assert all(source and source.startswith("data:") for source in sources)
    assert not re.search(r"url\(|@import|https?://", page)
    video = next(source for source in sources if source and source.startswith("data:video/mp4"))
    assert base64.b64decode(video.partition(",")[2]) == sample.video.read_bytes()


def test_the_policy_allows_the_one_script_and_nothing_else(page: str) -> None:
    policy = next(
        attributes["content"] or ""
        for attributes in elements(page, "meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules == {
        "default-src": "'none'",
        "img-src": "data:",
        "media-src": "data: 'self'",
        "style-src": "'unsafe-inline'",
        "script-src": f"'sha256-{digest}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert page.index("Content-Security-Policy") < page.index("<title>")


def test_a_large_video_stays_beside_the_page(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "EMBED_LIMIT_BYTES", sample.video.stat().st_size - 1)
    page = page_of(sample)
    assert elements(page, "video")[0]["src"] == "video.mp4"
    assert "too large to embed" in Reader(page).text
    monkeypatch.setattr(render, "EMBED_LIMIT_BYTES", sample.video.stat().st_size)
    assert "too large to embed" not in Reader(page_of(sample)).text


def test_the_same_production_gives_the_same_page(page: str, sample: Sample) -> None:
    assert page_of(sample) == page


def test_captions_are_those_of_the_video(page: str) -> None:
    (track,) = elements(page, "track")
    captions = base64.b64decode((track["src"] or "").partition(",")[2]).decode()
    assert captions.startswith("WEBVTT\n")
    assert "Why do the tides come twice a day?" in captions.replace("\n", " ")


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_text_is_inert_everywhere(text: str, page: str, tmp_path: Path) -> None:
    hostile = page_of(make_sample(tmp_path, width=64, height=36, change=lambda _: text))
    read = Reader(hostile)
    assert {tag for tag, _ in read.elements} <= {tag for tag, _ in Reader(page).elements}
    assert not [name for _, attributes in read.elements for name in attributes if name.startswith("on")]
    assert visible(text) in read.text
    assert len(re.findall(r"<script>", hostile)) == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60))
def test_any_text_may_stand_in_script_and_decisions(text: str, sample: Sample) -> None:
    step = sample.production.steps[0]
    decision = step.decisions[0].model_copy(update={"chosen": text, "reason": text})
    steps = (
        step.model_copy(update={"decisions": (decision,), "warnings": (text,)}),
        *sample.production.steps[1:],
    )
    changed = Sample(
        **{
            **vars(sample),
            "production": sample.production.model_copy(update={"steps": steps}),
            "script": sample.script.model_copy(update={"title": text}),
        }
    )
    read = Reader(page_of(changed))
    shapes = {tag for tag, _ in read.elements}
    assert shapes <= {tag for tag, _ in Reader(page_of(sample)).elements}
    assert read.text.count(visible(text)) >= 4


def test_headings_go_down_one_step_at_a_time(page: str) -> None:
    levels = [int(tag[1]) for tag, _ in Reader(page).elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_everything_that_is_named_by_an_id_is_there_once(page: str) -> None:
    read = Reader(page)
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    named = [
        attributes["aria-labelledby"] for _, attributes in read.elements if "aria-labelledby" in attributes
    ]
    assert len(ids) == len(set(ids))
    assert set(named) <= set(ids)
    buttons = [attributes for tag, attributes in read.elements if tag == "button"]
    assert all(button.get("aria-label") for button in buttons)
    assert all("alt" in attributes for tag, attributes in read.elements if tag == "img")


SCHEMES = {"light": r":root \{(.*?)\}", "dark": r"dark\) \{\s*:root \{(.*?)\}"}
PAIRS = [
    ("--ink", "--paper"),
    ("--ink", "--card"),
    ("--soft", "--paper"),
    ("--soft", "--card"),
    ("--accent", "--paper"),
    ("--accent", "--card"),
    ("--good", "--card"),
    ("--good", "--paper"),
    ("--bad", "--card"),
    ("--bad", "--paper"),
    ("--notice-ink", "--notice"),
]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_stands_out_from_its_ground(scheme: str) -> None:
    css = (Path(render.__file__).parent / "page.css").read_text(encoding="utf-8")
    block = re.search(SCHEMES[scheme], css, re.DOTALL)
    assert block
    colours = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", block[1]))
    for ink, ground in PAIRS:
        assert _contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
