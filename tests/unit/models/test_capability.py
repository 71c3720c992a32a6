from datetime import date
from typing import Any

import pytest

from reelwright.environment.loader import load_environment
from reelwright.environment.schema import ServiceSettings, Settings
from reelwright.models.capability import allowed_resolution, objection, objection_to, tier_of, unroutable
from reelwright.models.schema import Model, Requirements

TODAY = date(2026, 11, 25)
BASE = load_environment("dev").settings


def a_model(service: str = "content", **fields: Any) -> Model:
    said = {"name": "a", "provider": "openai", "vendor_id": "a", "tiers": ["economy"], "service": service}
    can = {"content": {}, "audio": {}, "video": {"durations_seconds": [5, 10], "max_seconds": 10}}[service]
    return Model.model_validate({**said, service: can, **fields})


def footage(**can: Any) -> Model:
    return a_model("video", video={"max_seconds": 10, **can})


def settings(service: str = "content", **fields: Any) -> Settings:
    wanted = ServiceSettings.model_validate({"tier": "economy", **fields})
    return BASE.model_copy(update={"models": BASE.models.model_copy(update={service: wanted})})


def against(
    model: Model, said: Settings | None = None, *, key: bool = True, on: date = TODAY, **needed: Any
) -> tuple[str, str] | None:
    found = objection(model, said or settings(), Requirements(**needed), on=on, has_credential=lambda _: key)
    return None if found is None else (found.because, found.reason)


def test_a_model_that_can_is_not_objected_to() -> None:
    assert against(a_model(), input_tokens=5_000, output_tokens=8_000) is None
    assert against(a_model("audio"), characters=10_000) is None
    assert against(footage(), seconds=10, aspect="1:1", resolution="1080p") is None


@pytest.mark.parametrize(
    ("model", "needed", "reason"),
    [
        (
            a_model(languages=["fr", "de"]),
            {"language": "en-GB"},
            "does not work in language 'en-GB', only in fr, de",
        ),
        (a_model(), {"input_tokens": 100_001}, "takes at most 100,000 tokens, up to 100,001 are needed"),
        (a_model(), {"output_tokens": 8_001}, "writes at most 8,000 tokens, 8,001 are needed"),
        (
            a_model("audio"),
            {"characters": 150_001},
            "speaks at most 50 times 3,000 characters, 150,001 are needed",
        ),
        (footage(), {"seconds": 14.2}, "makes at most 10 s, 14.2 s are needed"),
        (footage(durations_seconds=[4, 6, 8]), {"seconds": 8.01}, "makes at most 8 s, 8.0 s are needed"),
        (footage(aspects=["16:9", "9:16"]), {"aspect": "1:1"}, "makes 16:9, 9:16, not 1:1"),
        (
            footage(resolutions=["480p", "720p"]),
            {"resolution": "1080p"},
            "makes at most 720p, 1080p is needed",
        ),
        (footage(needs_image=True), {}, "only sets a picture in motion that it is given, and there is none"),
    ],
)
def test_what_a_model_cannot_do_is_said(model: Model, needed: dict[str, Any], reason: str) -> None:
    said = settings(model.service)
    assert against(model, said, **needed) == ("capability", reason)


def test_a_region_of_a_language_is_that_language_and_a_picture_can_be_given() -> None:
    assert against(a_model(languages=["en"]), language="en-GB") is None
    assert against(footage(needs_image=True), settings("video"), allow_image=True) is None


def test_a_higher_resolution_is_fine_and_a_lower_one_is_for_whoever_names_the_model() -> None:
    assert against(footage(resolutions=["1080p"]), settings("video"), resolution="480p") is None
    low = footage(resolutions=["720p"])
    assert against(low, settings("video", models=["a"]), resolution="1080p") is None
    assert allowed_resolution(footage(resolutions=["1080p", "720p"]), "480p") == "720p"
    assert allowed_resolution(low, "1080p") is None
    assert allowed_resolution(footage(), "480p") == "480p"


def test_tiers_do_not_matter_for_models_that_are_named() -> None:
    premium = a_model(tiers=["premium"])
    assert against(premium) == ("tier", "does not serve tier economy")
    assert against(premium, settings(models=["b", "a"])) is None
    assert against(a_model(), settings(models=["b", "c"])) == (
        "configuration",
        "not among models.content.models (b, c)",
    )


def test_what_an_operator_switched_off_is_named_by_its_key() -> None:
    assert against(a_model(enabled=False)) == (
        "configuration",
        "switched off in catalog.models.a.enabled",
    )
    providers = {**BASE.providers, "openai": BASE.providers["openai"].model_copy(update={"enabled": False})}
    off = BASE.model_copy(update={"providers": providers})
    assert against(a_model(), off) == (
        "configuration",
        "provider 'openai' is switched off in providers.openai.enabled",
    )


def test_retired_models_are_asked_only_by_name() -> None:
    model = a_model(retired_on="2026-11-25", replaced_by="b")
    said = ("lifecycle", "retired by its provider on 2026-11-25; use b")
    assert against(model) == said
    assert against(model, settings(models=["a"])) == said
    assert against(model, settings(allow_retired=["b"])) == said
    assert against(model, settings(allow_retired=["a"])) is None
    assert against(model, on=date(2026, 11, 24)) is None
    assert against(a_model(lifecycle="retired")) == ("lifecycle", "retired by its provider")


def test_a_missing_credential_says_how_to_set_it_and_some_need_none() -> None:
    assert against(a_model(), key=False) == (
        "credential",
        "no credential: reelwright secrets set providers/openai",
    )
    for provider in ("bedrock", "polly", "embedded"):
        assert against(a_model(provider=provider), key=False) is None


def test_the_most_lasting_reason_comes_first() -> None:
    reasons = []
    model = a_model(lifecycle="retired", enabled=False, tiers=["premium"], languages=["fr"])
    for mended in (
        {},
        {"lifecycle": "active"},
        {"enabled": True},
        {"tiers": ("economy",)},
        {"languages": ()},
    ):
        model = model.model_copy(update=mended)
        found = against(model, key=False)
        assert found is not None
        reasons.append(found[0])
    assert reasons == ["lifecycle", "configuration", "tier", "capability", "credential"]


def test_what_is_remembered_is_only_of_these_settings_this_day_and_this_model() -> None:
    first, other = settings(), settings(models=["b"])
    ending = a_model(retired_on="2026-11-26")
    assert against(ending, first) is None
    assert against(ending, other) == ("configuration", "not among models.content.models (b)")
    assert against(ending, first) is None
    assert against(ending, first, on=date(2026, 11, 26)) is not None
    assert against(ending, first) is None
    assert against(ending.model_copy(update={"enabled": False}), first) is not None


def test_settings_without_any_model_are_found_before_they_are_used() -> None:
    assert list(unroutable(BASE)) == []
    (line,) = unroutable(settings(models=["nova-reel"]))
    assert line.startswith(
        "no content model for tier economy (claude-opus-5-5: not among models.content.models"
    )
    wrong = BASE.model_copy(
        update={"catalog": BASE.catalog.model_validate({"models": {"nobody": {"quality": 1}}})}
    )
    (line,) = unroutable(wrong)
    assert "catalog.models.nobody" in line


def test_the_short_forms() -> None:
    assert tier_of(load_environment("prod").settings, "video") == "premium"
    assert objection_to(a_model(lifecycle="retired"), "economy", BASE) == "retired by its provider"
    assert objection_to(a_model(), "premium", BASE) == "does not serve tier premium"
    assert objection_to(a_model(), "economy", BASE) == ""
