import tomllib
from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest

from reelwright.assets import locate
from reelwright.cost.price_book import PriceBook
from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment
from reelwright.environment.schema import CatalogSettings, ModelOverride, Settings
from reelwright.models.capability import objection
from reelwright.models.catalogue import (
    PROVIDERS,
    check_catalogue,
    load_catalogue,
    parse_catalogue,
    price_region,
)
from reelwright.models.errors import CatalogueInvalid
from reelwright.models.guarding import GUARDRAIL
from reelwright.models.schema import Model, Requirements
from reelwright.models.voices import load_voices
from tests.simulators import bedrock_offers, luma, runway

TODAY = date(2026, 11, 25)
BOOK = PriceBook.bundled(on=TODAY)


def by_name(*, overrides: CatalogSettings | None = None) -> dict[str, Model]:
    return {model.name: model for model in load_catalogue(overrides)}


def corrected(name: str, **fields: object) -> CatalogSettings:
    return CatalogSettings(models={name: ModelOverride.model_validate(fields)})


def a_model(**fields: object) -> Model:
    said = {"name": "a", "provider": "openai", "service": "content", "vendor_id": "a", "tiers": ["economy"]}
    return Model.model_validate({**said, "content": {}, **fields})


def test_every_tier_of_every_service_ends_with_an_engine_of_ours() -> None:
    for service in ("content", "audio", "video"):
        of_service = [model for model in load_catalogue() if model.service == service]
        assert of_service[-1].free
        assert set(of_service[-1].tiers) == {"economy", "standard", "premium"}
        assert of_service[-1].quality < min(model.quality for model in of_service[:-1])
        assert sum(model.free for model in of_service) == 1


def test_every_vendor_with_an_adapter_has_models_and_every_model_says_its_source() -> None:
    assert {model.provider for model in load_catalogue()} == set(PROVIDERS)
    assert all(model.source for model in load_catalogue())


def test_models_that_do_not_exist_any_more_are_dated() -> None:
    models = by_name()
    ends = {model.name: model.retired_on for model in models.values() if model.retired_on}
    assert ends == {
        "claude-sonnet-4-5": date(2026, 11, 30),
        "nova-reel": date(2026, 9, 30),
        "nova-reel-v1-1": date(2026, 9, 30),
    }
    assert models["nova-reel"].lifecycle_on(TODAY) == "retired"
    states = [models["claude-sonnet-4-5"].lifecycle_on(date(2026, 11, day)) for day in (29, 30)]
    assert states == ["legacy", "retired"]


def test_temperature_is_only_for_models_that_take_one() -> None:
    takes = {model.name for model in load_catalogue() if model.content and model.content.temperature}
    assert takes == {
        "bedrock-claude-haiku-4-5",
        "gpt-4-1-mini",
        "nova-2-lite",
        "nova-lite",
        "nova-micro",
        "nova-pro",
    }


def test_every_unit_that_a_model_is_billed_by_has_a_price() -> None:
    needed = {"content": {"input_tokens", "output_tokens"}, "audio": {"characters"}}
    for model in load_catalogue():
        units = {price.unit for price in BOOK.prices_of(model.name)}
        if model.free:
            assert units == set()
        elif model.video is None:
            assert needed[model.service] <= units, model.name
        elif units != {"video_seconds"}:
            assert {f"video_seconds_{each}" for each in model.video.resolutions} <= units, model.name


def test_no_price_is_of_a_model_that_is_not_there() -> None:
    assert {price.model for price in BOOK.prices} <= by_name().keys() | {GUARDRAIL}


FIRST = {
    ("dev", "content"): "claude-haiku-5-5",
    ("dev", "audio"): "polly-standard",
    ("dev", "video"): "runway-hailuo3",
    ("staging", "content"): "claude-sonnet-5-5",
    ("staging", "audio"): "polly-neural",
    ("staging", "video"): "runway-gen4-5",
    ("prod", "content"): "claude-opus-5-5",
    ("prod", "audio"): "polly-generative",
    ("prod", "video"): "runway-veo3-1",
}


@pytest.mark.parametrize(("environment", "service"), FIRST)
def test_environments_ask_the_models_that_they_are_for(environment: str, service: str) -> None:
    able = _able(load_environment(environment).settings, service)
    assert able[0] == FIRST[environment, service]
    assert by_name()[able[-1]].free


@pytest.mark.parametrize("service", ["content", "audio", "video"])
def test_one_machine_without_keys_uses_engines_of_ours(service: str) -> None:
    (only,) = _able(load_environment("local").settings, service, keys=lambda _: False)
    assert by_name()[only].free


@pytest.mark.parametrize("environment", ENVIRONMENT_NAMES)
def test_the_end_of_nova_reel_is_why_it_is_not_asked(environment: str) -> None:
    settings = load_environment(environment).settings
    needed = Requirements(seconds=6, aspect="16:9", resolution=settings.video.resolution)
    for name in ("nova-reel", "nova-reel-v1-1"):
        against = objection(by_name()[name], settings, needed, on=TODAY, has_credential=lambda _: True)
        assert against is not None
        assert against.because == "lifecycle"
        assert against.reason == "retired by its provider on 2026-09-30; use runway-gen4-5"


def _able(settings: Settings, service: str, keys: Callable[[str], bool] = lambda _: True) -> list[str]:
    needed = Requirements(
        seconds=8 if service == "video" else None, aspect="16:9", resolution=settings.video.resolution
    )
    able = [
        model
        for model in load_catalogue()
        if model.service == service
        and objection(model, settings, needed, on=TODAY, has_credential=keys) is None
    ]
    return [model.name for model in sorted(able, key=lambda model: -model.quality)]


def test_an_operator_corrects_an_entry() -> None:
    said = corrected(
        "claude-opus-5-5", vendor_id="claude-opus-5-6", tiers=["economy"], quality=1, retired_on="2027-01-31"
    )
    model = by_name(overrides=said)["claude-opus-5-5"]
    assert (model.vendor_id, model.tiers, model.quality) == ("claude-opus-5-6", ("economy",), 1)
    assert model.retired_on == date(2027, 1, 31)
    assert model.content == by_name()["claude-opus-5-5"].content
    assert not by_name(overrides=corrected("nova-lite", enabled=False))["nova-lite"].enabled


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (corrected("nobody", quality=1), r"catalog\.models\.nobody corrects a model that is not"),
        (corrected("nova-lite", retired_on="soon"), r"catalog\.models\.nova-lite\.retired_on is no day"),
        (corrected("nova-lite", vendor_id=""), r"catalog\.models\.nova-lite\.vendor_id is empty"),
        (corrected("nova-lite", tiers=[]), r"catalog\.models\.nova-lite\.tiers is empty"),
    ],
)
def test_a_correction_that_makes_no_sense_is_named_by_its_key(overrides: CatalogSettings, said: str) -> None:
    with pytest.raises(CatalogueInvalid, match=said):
        load_catalogue(overrides)


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ([a_model(), a_model()], "'a' stands in it 2 times"),
        ([a_model(provider="nobody")], "'a' has the unknown provider 'nobody'"),
        ([a_model(free=True)], "'a' is free and not ours"),
        ([a_model(provider="embedded")], "ours and not free"),
        ([a_model(vendor_id="")], "'a' has no vendor_id"),
        ([a_model(content=None)], "'a' does not say what it can do"),
        ([a_model(tiers=[])], "'a' serves no tier"),
        ([a_model(replaced_by="b")], "'a' is replaced by 'b'"),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(models: list[Model], said: str) -> None:
    with pytest.raises(CatalogueInvalid, match=said):
        check_catalogue(models)


def test_a_paid_model_without_a_price_is_refused() -> None:
    with pytest.raises(CatalogueInvalid, match=r"'a' has no price in environments/catalog/prices\.toml"):
        check_catalogue([a_model()], unpriced={"a"})


@pytest.mark.parametrize("text", ["[[models", '[[models]]\nname = "a"', '[[models]]\nname = "a.b"'])
def test_a_file_that_is_no_catalogue_is_refused(text: str) -> None:
    with pytest.raises(CatalogueInvalid, match="cannot be read"):
        parse_catalogue(text)


@pytest.mark.parametrize(
    ("provider", "vendor_id", "region"),
    [
        ("bedrock", "global.anthropic.claude-sonnet-5-5", "global"),
        ("bedrock", "eu.anthropic.claude-haiku-4-5-20251001-v1:0", "eu"),
        ("bedrock", "amazon.nova-lite-v1:0", "us-east-2"),
        ("bedrock", "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.amazon.nova-2-lite-v1:0", "eu"),
        ("openai", "gpt-6.2-sol", "us-east-2"),
    ],
)
def test_the_region_of_a_price_is_the_profile_if_there_is_one(
    provider: str, vendor_id: str, region: str
) -> None:
    model = a_model(provider=provider, vendor_id=vendor_id, region="us-east-2")
    assert price_region(model) == region


def test_another_profile_has_its_own_price() -> None:
    said = corrected("bedrock-claude-sonnet-5-5", vendor_id="eu.anthropic.claude-sonnet-5-5")
    model = by_name(overrides=said)["bedrock-claude-sonnet-5-5"]
    assert BOOK.price(model.name, "input_tokens", price_region(model)).micro_usd == 2_200_000


def test_names_have_no_dots_and_the_file_has_what_is_loaded() -> None:
    text = locate("environments").joinpath("catalog", "models.toml").read_text("utf-8")
    assert [entry["name"] for entry in tomllib.loads(text)["models"]] == list(by_name())
    assert all("." not in name for name in by_name())


WRITTEN_OTHERWISE = {"cmn": {"zh"}, "yue": {"zh"}, "arb": {"ar"}, "nb": {"nb", "no"}}
"""As Polly writes languages, and as briefs do."""


@pytest.mark.parametrize("engine", ["standard", "neural", "long-form", "generative"])
def test_a_way_of_speaking_knows_the_languages_that_it_has_voices_for(engine: str) -> None:
    tags = {tag for voice in load_voices() if engine in voice.engines for tag in voice.languages}
    languages = {tag.partition("-")[0] for tag in tags}
    said = by_name()[f"polly-{engine}"].languages
    assert set(said) == set().union(*(WRITTEN_OTHERWISE.get(each, {each}) for each in languages))


def test_simulated_vendors_bill_by_the_prices_of_the_book() -> None:
    compared = 0
    for bills in (runway.PRICES, luma.PRICES, bedrock_offers.PRICES):
        for vendor_id, units in bills.items():
            for unit, micro_usd in units.items():
                for model in load_catalogue():
                    if model.vendor_id == vendor_id and unit in {p.unit for p in BOOK.prices_of(model.name)}:
                        price = BOOK.price(model.name, unit, price_region(model))
                        assert Fraction(price.micro_usd, price.per) == micro_usd, (vendor_id, unit)
                        compared += 1
    assert compared >= 14
