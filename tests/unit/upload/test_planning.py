"""What is sent to platforms: within every limit of the catalogue, and told."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwright.environment.schema import PlatformSettings
from reelwright.production.schema import Seo
from reelwright.upload.catalogue import (
    PlatformCatalogueInvalid,
    PlatformLimits,
    load_platforms,
    parse_platforms,
)
from reelwright.upload.errors import PackageIncomplete, PlanRefused
from reelwright.upload.limits import length, tags_length
from reelwright.upload.planning import Occasion, marker_of, plan_publication
from reelwright.upload.schema import Package, PublicationPlan
from tests.unit.upload.packages import PRODUCTION_ID, package
from tests.unit.upload.test_limits import SCRIPTS

PLATFORMS = load_platforms()
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def occasion(platform: str, environment: str = "prod", **told: Any) -> Occasion:
    told.setdefault("privacy", PLATFORMS[platform].privacies[0])
    return Occasion(
        platform=platform,
        environment=environment,  # type: ignore[arg-type]
        settings=PlatformSettings(enabled=True, **told),
        limits=PLATFORMS[platform],
        made_at=NOON,
    )


def measured(folder: Path, seo: Seo | None = None, description: str = "The sea.", **facts: Any) -> Package:
    made = package(folder)
    facts = {"duration_seconds": 30.0, "width": 1280, "height": 720, "fps": 24.0} | facts
    script = made.script if seo is None else made.script.model_copy(update={"seo": seo})
    return made.model_copy(update={"script": script, "description": description, **facts})


def assert_within(plan: PublicationPlan, limits: PlatformLimits) -> None:
    if limits.title:
        assert 1 <= length(plan.title, limits.title.unit) <= limits.title.limit
        assert not set(plan.title) & set(limits.title.forbidden)
    if limits.description:
        assert length(plan.description, limits.description.unit) <= limits.description.limit
        assert not set(plan.description) & set(limits.description.forbidden)
    if limits.caption:
        assert length(plan.description, limits.caption.unit) <= limits.caption.limit
    if limits.tags:
        assert tags_length(plan.tags, limits.tags) <= limits.tags.limit
    if limits.hashtags:
        assert plan.description.count("#") <= limits.hashtags.limit
    if limits.mentions:
        assert sum(word.startswith("@") for word in plan.description.split()) <= limits.mentions.limit


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_text_of_any_length_and_script_fits_and_bears_the_marker(
    tmp_path: Path, platform: str, script: str
) -> None:
    for times in (1, 40, 400):
        seo = Seo(title=(SCRIPTS[script] * 20)[:100], description="", tags=tuple(SCRIPTS[script].split()) * 3)
        plan = plan_publication(measured(tmp_path, seo, SCRIPTS[script] * times), occasion(platform))
        assert_within(plan, PLATFORMS[platform])
        assert plan.marker in plan.tags
        assert plan.marker in plan.description or PLATFORMS[platform].marker == "tag"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    title=st.text(min_size=1, max_size=100).filter(str.strip),
    description=st.text(max_size=3000),
    tags=st.lists(st.text(max_size=80), max_size=40),
    platform=st.sampled_from(sorted(PLATFORMS)),
)
def test_whatever_a_script_says_the_plan_is_within_the_limits(
    tmp_path: Path, title: str, description: str, tags: list[str], platform: str
) -> None:
    seo = Seo(title=title, description="", tags=tuple(tags))
    plan = plan_publication(measured(tmp_path, seo, description), occasion(platform))
    assert_within(plan, PLATFORMS[platform])


def test_a_title_that_shows_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanRefused, match="title"):
        plan_publication(measured(tmp_path, Seo(title=" ", description="")), occasion("youtube"))


VIDEO_LIMITS = [
    (name, "duration_seconds", limits.video.min_seconds, limits.video.max_seconds)
    for name, limits in PLATFORMS.items()
] + [(name, "fps", limits.video.min_fps, limits.video.max_fps) for name, limits in PLATFORMS.items()]


@pytest.mark.parametrize(("platform", "fact", "least", "most"), VIDEO_LIMITS)
def test_a_video_at_a_limit_is_taken_and_one_beyond_it_is_refused(
    tmp_path: Path, platform: str, fact: str, least: float, most: float
) -> None:
    for value in (least, most):
        plan_publication(measured(tmp_path, **{fact: value}), occasion(platform))
    for value in (least - 0.5, most + 0.5):
        with pytest.raises(PlanRefused, match=f"{platform} does not take the video"):
            plan_publication(measured(tmp_path, **{fact: value}), occasion(platform))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_size_width_and_shape_are_refused_beyond_their_limits(tmp_path: Path, platform: str) -> None:
    limits = PLATFORMS[platform].video
    plan_publication(measured(tmp_path, width=limits.max_width, height=limits.max_width), occasion(platform))
    with pytest.raises(PlanRefused, match="width"):
        plan_publication(
            measured(tmp_path, width=limits.max_width + 2, height=limits.max_width), occasion(platform)
        )
    for width, height in ((1, 1000), (7000, 100)):
        with pytest.raises(PlanRefused):
            plan_publication(measured(tmp_path, width=width, height=height), occasion(platform))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_file_of_the_largest_size_is_taken_and_a_byte_more_is_refused(
    tmp_path: Path, platform: str
) -> None:
    limits = PLATFORMS[platform]
    small = limits.model_copy(update={"video": limits.video.model_copy(update={"max_bytes": 14})})
    told = occasion(platform)
    at = Occasion(told.platform, told.environment, told.settings, small, NOON)
    made = measured(tmp_path)
    assert made.video.stat().st_size == 14
    plan_publication(made, at)
    made.video.write_bytes(b"moving picture!")
    with pytest.raises(PlanRefused, match="size in bytes is 15, and 1 to 14 is allowed"):
        plan_publication(made, at)


def test_a_bit_rate_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    made = measured(tmp_path, duration_seconds=3.0)
    with made.video.open("wb") as file:
        file.truncate(9_375_000)
    plan_publication(made, occasion("instagram"))
    with made.video.open("wb") as file:
        file.truncate(9_375_001)
    with pytest.raises(PlanRefused, match="bits a second"):
        plan_publication(made, occasion("instagram"))


def test_files_beside_the_video_go_along_up_to_their_limit_and_are_left_out_beyond(tmp_path: Path) -> None:
    limits = PLATFORMS["youtube"]
    assert limits.thumbnail
    assert limits.captions
    made = measured(tmp_path)
    for path, flag, most in (
        (made.thumbnail, "send_thumbnail", limits.thumbnail.max_bytes),
        (made.captions_srt, "send_captions", limits.captions.max_bytes),
    ):
        for size, sent in ((most, True), (most + 1, False)):
            with path.open("wb") as file:
                file.truncate(size)
            plan = plan_publication(made, occasion("youtube"))
            assert getattr(plan, flag) is sent
            assert any(str(most) in sentence for sentence in plan.told) is not sent
        path.write_bytes(b"small")


def test_chapters_survive_the_cut_of_a_long_description(tmp_path: Path) -> None:
    chapters = "0:00 High water\n0:12 Low water\n1:02:03 The moon"
    plan = plan_publication(measured(tmp_path, None, f"{'潮' * 3000}\n\n{chapters}"), occasion("youtube"))
    assert plan.description.endswith(f"…\n\n{chapters}")
    assert len(plan.description.encode()) <= 5000
    assert any("description was cut" in sentence for sentence in plan.told)


def test_hashtags_and_mentions_stay_within_what_is_allowed(tmp_path: Path) -> None:
    seo = Seo(title="Tides", description="", tags=tuple(f"tag {number}" for number in range(50)))
    told = " ".join(f"@friend{number}" for number in range(30))
    for platform, hashtags in (("tiktok", 5), ("instagram", 30)):
        plan = plan_publication(measured(tmp_path, seo, f"{told} #own"), occasion(platform))
        assert plan.description.count("#") == hashtags
        assert plan.description.count(f"#{plan.marker}") == 1
        assert any("hashtags" in sentence for sentence in plan.told)
    assert plan.description.count("@") == 20


@pytest.mark.parametrize(
    "title",
    ["Tides", "Why tides turn " * 6, "潮" * 100, "🌊" * 70],
    ids=["short", "long", "wide", "emoji"],
)
@pytest.mark.parametrize("prose", ["", "Short.", "Twice a day. " * 10, "Twice a day. " * 400], ids=len)
@pytest.mark.parametrize("tags", [(), ("tides", "the moon", "x" * 100)], ids=len)
def test_our_marker_is_in_what_a_list_tells_of_a_caption(
    tmp_path: Path, title: str, prose: str, tags: tuple[str, ...]
) -> None:
    seo = Seo(title=title, description=prose, tags=tags)
    plan = plan_publication(measured(tmp_path, seo, prose), occasion("tiktok"))
    units = plan.description.encode("utf-16-le")
    assert len(units) // 2 <= 2200
    seen = units[: 150 * 2].decode("utf-16-le", "ignore")
    assert re.findall(r"#(rw[0-9a-f]{16})(?![0-9a-z])", seen) == [plan.marker]
    assert plan.description.count("#") == 1 + len(tags)
    elsewhere = plan_publication(measured(tmp_path, seo, prose), occasion("instagram"))
    assert elsewhere.description.endswith(f"#{elsewhere.marker}")


@pytest.mark.parametrize("platform", ["tiktok", "instagram"])
def test_a_line_of_hashtags_alone_does_not_become_a_line_of_words(tmp_path: Path, platform: str) -> None:
    text = "The sea #today.\n\n#tides #moon\n\nHigh water.\n#sea"
    plan = plan_publication(measured(tmp_path, description=text), occasion(platform))
    assert plan.description.split("\n\n")[1:-1] == ["The sea today.", "High water."]


def test_nothing_is_public_outside_prod_unless_the_account_is_for_tries(tmp_path: Path) -> None:
    for environment in ("local", "dev", "staging"):
        with pytest.raises(PlanRefused, match="Nothing becomes public"):
            plan_publication(measured(tmp_path), occasion("youtube", environment, privacy="public"))
        plan = plan_publication(
            measured(tmp_path), occasion("youtube", environment, privacy="public", test_account=True)
        )
        assert plan.privacy == "public"
    assert plan_publication(measured(tmp_path), occasion("youtube", "dev")).privacy == "private"
    assert PlatformSettings().privacy == "private"


def test_a_privacy_that_the_platform_has_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanRefused, match="instagram knows no private videos, only public"):
        plan_publication(measured(tmp_path), occasion("instagram", privacy="private"))


def test_schedule_kids_and_disclosure_are_told_or_said_to_be_left_out(tmp_path: Path) -> None:
    plan = plan_publication(
        measured(tmp_path),
        occasion("youtube", privacy="public", publish_after_minutes=90, made_for_kids=True, playlist="PL1"),
    )
    assert (plan.publish_at, plan.made_for_kids, plan.synthetic_media, plan.playlist) == (
        NOON + timedelta(minutes=90),
        True,
        True,
        "PL1",
    )
    other = plan_publication(
        measured(tmp_path),
        occasion("tiktok", privacy="public", publish_after_minutes=90, made_for_kids=True),
    )
    assert other.made_for_kids is False
    assert other.synthetic_media is True
    assert (
        len([sentence for sentence in other.told if "made for kids" in sentence or "time" in sentence]) == 2
    )


def test_a_cover_is_a_moment_of_the_video_where_the_platform_takes_one(tmp_path: Path) -> None:
    def cover(platform: str, seconds: float, **told: Any) -> float | None:
        made = measured(tmp_path).model_copy(update={"duration_seconds": seconds})
        return plan_publication(made, occasion(platform, **told)).cover_seconds

    assert cover("tiktok", 30.0) == 1.0
    assert cover("tiktok", 30.0, cover_seconds=12.5) == 12.5
    assert cover("tiktok", 4.0, cover_seconds=12.5) == 2.0
    assert cover("tiktok", 30.0, cover_seconds=None) is None
    assert cover("youtube", 30.0) is None


def test_what_viewers_may_do_is_told_where_it_is_asked(tmp_path: Path) -> None:
    plan = plan_publication(measured(tmp_path), occasion("tiktok", interactions=("comments",)))
    assert plan.interactions == ("comments",)
    assert not any("duets" in sentence for sentence in plan.told)
    plan = plan_publication(measured(tmp_path), occasion("youtube", interactions=("comments",)))
    assert "youtube is not told that there are to be no duets, stitches: it does not ask." in plan.told
    plan = plan_publication(measured(tmp_path), occasion("youtube"))
    assert not any("does not ask" in sentence for sentence in plan.told)


def test_the_same_package_makes_the_same_plan_and_accounts_have_markers_of_their_own(tmp_path: Path) -> None:
    first = plan_publication(measured(tmp_path), occasion("youtube"))
    assert plan_publication(measured(tmp_path), occasion("youtube")) == first
    assert PublicationPlan.model_validate(json.loads(first.model_dump_json())) == first
    markers = {marker_of(PRODUCTION_ID, "youtube", account) for account in ("main", "attic")}
    assert len(markers | {marker_of(PRODUCTION_ID, "tiktok", "main")}) == 3


def test_a_missing_video_is_named(tmp_path: Path) -> None:
    made = measured(tmp_path)
    made.video.unlink()
    with pytest.raises(PackageIncomplete, match="no video"):
        plan_publication(made, occasion("youtube"))


def test_a_broken_catalogue_is_said_to_be_one() -> None:
    with pytest.raises(PlatformCatalogueInvalid, match=r"platforms\.toml"):
        parse_platforms("[youtube]\ncolour = 1")


def test_every_platform_and_limit_says_when_and_where_it_was_read() -> None:
    for limits in PLATFORMS.values():
        assert limits.checked_on.year >= 2026
        for name, value in limits:
            if hasattr(value, "source"):
                assert value.source, name
        for cost in limits.quota.calls.values():
            assert cost.bucket in limits.quota.buckets
