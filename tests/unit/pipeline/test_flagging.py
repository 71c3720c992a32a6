"""Feature flags and a production: asked when it begins, pinned, laid over its settings, told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reelwright import Brief, Studio
from reelwright.clock import VirtualClock
from reelwright.config.request import with_request_overrides
from reelwright.config.schema import Layer, Snapshot
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.errors import GuardrailRefused, InvalidInput, Permanent
from reelwright.flags.answers import FlagAnswers
from reelwright.models.errors import NoModelAvailable
from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done
from reelwright.pipeline.errors import PublishingClosed
from reelwright.pipeline.flagging import Asking, context_of, flagged
from reelwright.pipeline.loading import function_of
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.steps import review
from reelwright.production.schema import FlagRecord, Production
from reelwright.upload.memory import MemoryPlatform
from tests.simulation.flagged import deploying, flags_in, flags_set
from tests.simulation.settings import snapshot_of

LOCAL = load_environment("local").settings
BRIEF = Brief(topic="Tides", duration_seconds=30)
NOW = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
PRODUCTION_ID = "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"


def asking(brief: Brief = BRIEF, production_id: str = PRODUCTION_ID) -> Asking:
    return Asking(production_id, "local", brief, NOW)


def settings_with(table: str, **values: Any) -> Settings:
    return LOCAL.model_copy(update={table: getattr(LOCAL, table).model_copy(update=values)})


def told(
    snapshot: Snapshot | None = None, brief: Brief = BRIEF, **flags: Any
) -> tuple[Snapshot, dict[str, FlagRecord]]:
    """The snapshot that is pinned, and the records by flag."""
    snapshot = snapshot or snapshot_of(LOCAL)
    source = flags_set(VirtualClock(), **flags)(snapshot.settings)
    came = flagged(source, asking(brief), snapshot)
    return came.snapshot, {record.flag: record for record in came.records}


@pytest.fixture
def open_studio(parts: Parts, tmp_path: Path) -> Callable[..., Studio]:
    def opened(**changes: Any) -> Studio:
        now = replace(parts, **changes)
        return Studio("local", lambda: snapshot_of(LOCAL), now, out_dir=tmp_path / "out")

    return opened


@pytest.mark.parametrize(
    ("flags", "key", "value", "effect"),
    [
        ({"captions": False}, "features.captions", "off", "features.captions = off instead of burned"),
        ({"music": False}, "features.music", False, "features.music = false instead of true"),
        (
            {"audio_model": {"enabled": True, "tier": "premium"}},
            "models.audio.tier",
            "premium",
            "models.audio.tier = premium instead of economy",
        ),
        (
            {"picture_style": {"enabled": True, "style": "honey"}},
            "video.style",
            "honey",
            "video.style = honey instead of auto",
        ),
        (
            {"provider_luma": False},
            "providers.luma.enabled",
            False,
            "providers.luma.enabled = false instead of true",
        ),
    ],
)
def test_a_flag_is_laid_over_the_settings_and_the_record_says_so(
    flags: dict[str, Any], key: str, value: object, effect: str
) -> None:
    snapshot, records = told(**flags)
    flag = next(iter(flags)).replace("_", "-")

    assert snapshot.values[key] == value
    assert (snapshot.origins[key].layer, snapshot.origins[key].version) == (Layer.FLAGS, "7")
    assert (records[flag].effect, records[flag].version, records[flag].reason) == (effect, "7", "STATIC")
    assert [source.layer for source in snapshot.sources] == [Layer.FLAGS]
    assert snapshot.sources[0].source == records[flag].origin
    assert "version 7 of flags" in records[flag].origin
    others = {name for name, record in records.items() if record.effect} - {flag}
    assert others == {"publish-folder"}


def test_flags_that_leave_things_alone_leave_settings_alone_but_are_pinned() -> None:
    before = snapshot_of(LOCAL)
    snapshot, records = told(before)
    assert snapshot.settings == before.settings
    assert snapshot.sources == ()
    assert snapshot.fingerprint != before.fingerprint
    assert FlagAnswers.pinned_in(snapshot.documents).names == tuple(records)


def test_what_the_request_asks_for_wins_and_the_record_says_so() -> None:
    asked = with_request_overrides(snapshot_of(LOCAL), {"features": {"captions": "burned"}})
    snapshot, records = told(asked, captions=False, music=False)

    assert (snapshot.settings.features.captions, snapshot.settings.features.music) == ("burned", False)
    assert snapshot.origins["features.captions"].layer is Layer.REQUEST
    assert records["captions"].effect == "none: this request asks for features.captions = burned"
    assert not records["captions"].enabled
    assert [source.layer for source in snapshot.sources] == [Layer.REQUEST, Layer.FLAGS]


def test_a_style_of_the_brief_wins_over_the_flag() -> None:
    style = {"enabled": True, "style": "honey"}
    snapshot, records = told(brief=BRIEF.model_copy(update={"style": "rose"}), picture_style=style)
    assert snapshot.settings.video.style == "auto"
    assert records["picture-style"].effect == "none: the brief asks for the style rose"


def test_a_flag_wins_over_what_operators_set_at_run_time() -> None:
    set_then = settings_with("features", captions="off", music=False)
    snapshot, records = told(snapshot_of(set_then), captions=False)
    assert records["captions"].effect == "none: features.captions is off anyway"
    assert snapshot.settings.features.music is False


def test_a_tier_that_named_models_hide_is_told_as_such() -> None:
    named = LOCAL.models.content.model_copy(update={"models": ("embedded-writer",)})
    snapshot, records = told(
        snapshot_of(settings_with("models", content=named)),
        content_model={"enabled": True, "tier": "premium"},
    )
    assert snapshot.settings.models.content.tier == "premium"
    assert records["content-model"].effect.endswith("; but models.content.models names the models")


def test_a_tier_that_nobody_knows_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    state = deploying({}, {}, 100)
    document = dict(state.new.document)
    document["flags"]["video-model"] = {"name": "m", "attributes": {"tier": {}}}
    document["values"]["video-model"] = {"enabled": True, "tier": "ultra"}
    source = flags_in(state.model_copy(update={"phase": "COMPLETE"}), VirtualClock())(LOCAL)

    came = flagged(source, asking(), snapshot_of(LOCAL))

    record = next(record for record in came.records if record.flag == "video-model")
    assert record.effect.startswith("none: its attribute tier says 'ultra'")
    assert came.snapshot.settings == LOCAL
    assert "The flag video-model has no effect" in caplog.text


def test_an_override_of_settings_counts_as_the_flags_own_answer() -> None:
    settings = Settings.model_validate(
        {
            **LOCAL.model_dump(),
            "flags": {"overrides": {"captions": False, "provider-luma": {"enabled": False}}},
        }
    )
    snapshot, records = told(snapshot_of(settings))
    assert snapshot.settings.features.captions == "off"
    assert not snapshot.settings.providers["luma"].enabled
    assert (records["captions"].reason, records["captions"].enabled) == ("OVERRIDE", False)


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ('(eq $environment "local")', True),
        (f'(eq $id "{PRODUCTION_ID}")', True),
        ('(contains $topic "Tide")', True),
        ('(and (eq $language "en") (eq $aspect "16:9"))', True),
        ("(and (gte $durationSeconds 30) (lt $durationSeconds 31))", True),
        ('(contains $platforms "folder")', True),
        ('(contains $platforms "youtube")', False),
        ("(and (gte $now 2026-11-26T23:30:00Z) (lt $now 2026-11-26T23:30:01Z))", True),
        ("(gte $now 2026-12-01T00:00:00Z)", False),
        ('(eq $weekday "Friday")', True),
        ("(eq $hour 8)", True),
        ("(split pct::100 by::$id)", True),
    ],
)
def test_rules_can_ask_for_what_a_production_is(rule: str, holds: bool) -> None:  # noqa: FBT001 (a column of the table)
    variants = [{"name": "met", "enabled": False, "rule": rule}, {"name": "else", "enabled": True}]
    tokyo = settings_with("budgets", time_zone="Asia/Tokyo")
    _, records = told(snapshot_of(tokyo), captions={"_variants": variants})
    assert records["captions"].variant == ("met" if holds else "else")


def test_the_day_is_that_of_the_zone_of_budgets() -> None:
    here, there = (
        context_of(asking(), settings_with("budgets", time_zone=zone)) for zone in ("UTC", "Asia/Tokyo")
    )
    assert (here["weekday"], here["hour"]) == ("Thursday", 23)
    assert (there["weekday"], there["hour"]) == ("Friday", 8)
    assert here["now"] == there["now"] == NOW
    assert set(here) == {
        *("environment", "id", "topic", "language", "aspect", "durationSeconds"),
        *("platforms", "now", "weekday", "hour"),
    }


def test_the_half_of_productions_that_a_deployment_has_reached_takes_the_new_document() -> None:
    source = flags_in(deploying({}, {"captions": False}, 50), VirtualClock())(LOCAL)
    ids = [f"prod_{number:026d}" for number in range(200)]
    off = sum(
        flagged(source, asking(production_id=each), snapshot_of(LOCAL)).snapshot.settings.features.captions
        == "off"
        for each in ids
    )
    assert 80 < off < 120


def test_a_production_keeps_the_answers_that_it_began_with(open_studio: Callable[..., Studio]) -> None:
    class Refuses(MemoryPlatform):
        def publish(self, *_: object) -> Any:
            raise Permanent("closed for today")

    clock = VirtualClock()
    refusing = {"folder": Refuses(clock)}
    with pytest.raises(Permanent, match="closed for today"):
        open_studio(flags=flags_set(clock, music=False), platforms=refusing).make(BRIEF)
    studio = open_studio(flags=flags_set(clock, version="8", captions=False, publish_folder=False))
    (began,) = studio.productions()

    resumed = studio.resume(began.id)

    assert resumed.status == "completed"
    assert resumed.flags == began.flags
    assert {record.version for record in resumed.flags} == {"7"}
    assert "features.music = false instead of true" in [record.effect for record in resumed.flags]


@pytest.mark.parametrize("there", [("folder",), ("folder", "youtube")])
def test_a_platform_that_a_flag_closes_is_refused_before_anything_is_stored(
    open_studio: Callable[..., Studio], there: tuple[str, ...]
) -> None:
    clock = VirtualClock()
    platforms = {name: MemoryPlatform(clock) for name in ("folder", "youtube")}
    studio = open_studio(
        flags=flags_set(clock, publish_folder=False, publish_youtube=True), platforms=platforms
    )

    with pytest.raises(GuardrailRefused, match=r"folder is closed by the flag publish-folder") as refused:
        studio.make(BRIEF.model_copy(update={"platforms": there}))

    assert "reelwright flags set publish-folder on" in refused.value.next_step
    assert refused.value.context == {"flag": "publish-folder", "platform": "folder", "version": "7"}
    assert studio.productions() == ()
    assert studio.make(BRIEF.model_copy(update={"platforms": ("youtube",)})).status == "completed"


def test_a_platform_that_is_not_there_is_bad_input_whatever_its_flag_says(
    open_studio: Callable[..., Studio],
) -> None:
    with pytest.raises(InvalidInput, match="no platform 'youtube'"):
        open_studio(flags=flags_set(VirtualClock())).make(
            BRIEF.model_copy(update={"platforms": ("youtube",)})
        )


def test_publishing_looks_again_at_what_was_pinned(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio()
    closed = FlagAnswers.pinned_in(told(publish_folder=False)[0].documents)
    step = next(step for step in studio._parts.steps if step.name == "publish")
    context: Any = type("Context", (), {"flags": closed})()
    task: Any = type("Task", (), {"brief": BRIEF, "index": 0})()
    with pytest.raises(PublishingClosed, match="publish-folder"):
        function_of(step)(context, task)


def test_every_step_can_ask_for_any_flag(
    open_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[bool, bool]] = []
    as_it_is: Any = review.review

    def asking_too(context: StepContext, task: Any) -> Done[Any]:
        heard.append((context.flags.is_enabled("new-review"), context.flags.is_enabled("music")))
        done: Done[Any] = as_it_is(context, task)
        return done

    function = f"{review.__name__}:asking_too"
    monkeypatch.setattr(review, "asking_too", asking_too, raising=False)
    studio = open_studio(flags=flags_set(VirtualClock(), new_review=True, music=False))
    steps = tuple(
        replace(step, function=function) if step.name == "review" else step for step in studio._parts.steps
    )
    open_studio(flags=flags_set(VirtualClock(), new_review=True, music=False), steps=steps).make(BRIEF)
    open_studio(steps=steps).make(BRIEF)
    assert heard == [(True, False), (False, False)]


def test_flags_that_leave_no_model_are_told_as_that(open_studio: Callable[..., Studio]) -> None:
    with pytest.raises(NoModelAvailable):
        open_studio(flags=flags_set(VirtualClock(), provider_embedded=False)).make(BRIEF)


def test_a_record_of_an_earlier_version_has_no_flags(open_studio: Callable[..., Studio]) -> None:
    production = open_studio().make(BRIEF)
    stored = production.model_dump(mode="json")
    del stored["flags"]
    assert Production.model_validate(stored).flags == ()
    assert production.flags == ()


def test_the_style_of_settings_is_the_palette_of_a_brief_that_leaves_it_open(
    open_studio: Callable[..., Studio],
) -> None:
    flags = flags_set(VirtualClock(), picture_style={"enabled": True, "style": "honey"})
    styles = [
        decision.chosen
        for brief in (BRIEF, BRIEF.model_copy(update={"style": "rose"}))
        for decision in open_studio(flags=flags).make(brief).step("shoot").decisions
        if decision.subject == "palette of the video"
    ]
    assert styles == ["honey", "rose"]
