"""Who may buy what: each function the models of the catalogue for its own service, and no others."""

import json
import re
import tomllib
from collections.abc import Callable

import pytest

from infra.catalogue import models_sold_to, providers_of
from infra.functions import FUNCTIONS
from infra.guardrails.grants import flat
from infra.wildcards import wildcards_of
from reelwright.environment.loader import load_environment
from reelwright.environment.moderating import ModerationSettings
from reelwright.environment.schema import EnvironmentSpec, ModelOverride
from reelwright.models.capability import KEYLESS
from reelwright.models.catalogue import load_catalogue
from reelwright.models.schema import Model
from tests.infra.conftest import ROOT, Assembly, listed

HERE = "arn:<AWS::Partition>:bedrock:<AWS::Region>"
ANYWHERE = "arn:<AWS::Partition>:bedrock:"
BUYERS = {"WriteScript": "content", "Narrate": "audio", "Shoot": "video"}
Synthesise = Callable[[EnvironmentSpec], Assembly]


def alive(service: str) -> list[Model]:
    """The paid models of a service that the catalogue does not call retired, as the runtime reads them."""
    return [
        it for it in load_catalogue() if it.service == service and not it.free and it.lifecycle != "retired"
    ]


def behind(assembly: Assembly, name: str, sid: str) -> set[str]:
    return {flat(it) for it in listed(assembly.may(name)[sid]["Resource"])}


def corrected(synthesise: Synthesise, **models: ModelOverride) -> Assembly:
    dev = load_environment("dev")
    catalog = dev.settings.catalog.model_copy(update={"models": models})
    return synthesise(
        dev.model_copy(update={"settings": dev.settings.model_copy(update={"catalog": catalog})})
    )


def test_infra_and_the_runtime_read_the_same_models_from_the_catalogue() -> None:
    read = models_sold_to(load_environment("prod"))
    expected = [it for service in ("content", "audio", "video") for it in alive(service)]
    assert {(it.name, it.provider, it.service, it.vendor_id) for it in read} == {
        (it.name, it.provider, it.service, it.vendor_id) for it in expected
    }
    assert len(read) == len(expected) > 30


def test_a_script_may_be_asked_of_exactly_the_models_of_bedrock_that_write(assembly: Assembly) -> None:
    ids = {it.vendor_id for it in alive("content") if it.provider == "bedrock"}
    profiles = {it for it in ids if it.startswith("global.")}
    assert behind(assembly, "WriteScript", "InvokeModels") == {
        f"{HERE}::foundation-model/{it}" for it in ids - profiles
    }
    assert behind(assembly, "WriteScript", "InvokeGlobalProfiles") == {
        f"{HERE}:<AWS::AccountId>:inference-profile/{it}" for it in profiles
    }
    assert len(profiles) >= 4


def test_what_lies_behind_a_profile_may_be_asked_through_it_only(assembly: Assembly) -> None:
    profiles = behind(assembly, "WriteScript", "InvokeGlobalProfiles")
    statement = assembly.may("WriteScript")["InvokeBehindGlobalProfiles"]
    through = statement["Condition"]["StringEquals"]["bedrock:InferenceProfileArn"]
    assert {flat(it) for it in through} == profiles
    models = {it.rpartition("/global.")[2] for it in profiles}
    assert behind(assembly, "WriteScript", "InvokeBehindGlobalProfiles") == {
        f"{region}::foundation-model/{it}" for region in (HERE, ANYWHERE) for it in models
    }


def test_footage_may_be_ordered_of_luma_and_no_retired_model_is_named(assembly: Assembly) -> None:
    assert behind(assembly, "Shoot", "InvokeModels") == {f"{HERE}::foundation-model/luma.ray-v2:0"}
    assert behind(assembly, "Shoot", "FollowFootage") == {f"{HERE}:<AWS::AccountId>:async-invoke/*"}
    assert listed(assembly.may("Shoot")["FollowFootage"]["Action"]) == ["bedrock:GetAsyncInvoke"]
    assert listed(assembly.may("Shoot")["FindFootage"]["Action"]) == ["bedrock:ListAsyncInvokes"]
    assert "nova-reel" not in json.dumps(assembly.template)


def test_what_bedrock_delivers_goes_where_its_caller_may_write(assembly: Assembly) -> None:
    """Bedrock writes footage in the caller's name, below a prefix of the artifacts bucket."""
    statement = assembly.may("Shoot")["UseArtifacts"]
    assert {"s3:PutObject", "s3:GetObject"} <= set(listed(statement["Action"]))
    assert behind(assembly, "Shoot", "UseArtifacts") == {"<ArtifactsBucket.Arn>/*"}


def test_only_these_functions_reach_bedrock_or_polly(assembly: Assembly) -> None:
    reached: dict[str, set[str]] = {}
    for name in FUNCTIONS:
        actions = {it for statement in assembly.may(name).values() for it in listed(statement["Action"])}
        for action in (it for it in actions if it.startswith(("bedrock:", "polly:"))):
            reached.setdefault(action, set()).add(name)
    assert reached == {
        "bedrock:InvokeModel": {"WriteScript", "Shoot"},
        "bedrock:GetAsyncInvoke": {"Shoot"},
        "bedrock:ListAsyncInvokes": {"Shoot"},
        "polly:SynthesizeSpeech": {"Narrate"},
        "bedrock:ListFoundationModels": {"CheckModelHealth"},
        "bedrock:ListInferenceProfiles": {"CheckModelHealth"},
        "polly:DescribeVoices": {"CheckModelHealth"},
    }


@pytest.mark.parametrize(("name", "service"), BUYERS.items())
def test_a_function_may_read_the_keys_of_its_own_services_providers_only(
    name: str, service: str, assembly: Assembly
) -> None:
    statement = assembly.may(name)["ReadProviderKeys"]
    providers = {it.provider for it in alive(service)} - KEYLESS
    assert statement["Action"] == "secretsmanager:GetSecretValue"
    assert [it["Ref"] for it in listed(statement["Resource"])] == [
        f"Provider{it.title()}Secret" for it in sorted(providers)
    ]


def test_the_look_at_models_may_ask_all_providers_and_buy_of_none(assembly: Assembly) -> None:
    keys = behind(assembly, "CheckModelHealth", "ReadProviderKeys")
    assert keys == {f"<Provider{it}Secret>" for it in ("Anthropic", "Elevenlabs", "Luma", "Openai", "Runway")}
    assert "UseLedger" not in assembly.may("CheckModelHealth")


def test_money_and_health_are_told_to_who_asks_models_and_to_nobody_else(assembly: Assembly) -> None:
    def told(variable: str) -> set[str]:
        return {name for name in FUNCTIONS if variable in assembly.function(name)["Environment"]["Variables"]}

    assert told("REELWRIGHT_LEDGER_TABLE") == {
        *(*BUYERS, "BeginProduction", "CheckSpending"),
        *("FinishBatch", "FailProduction"),  # say what it cost
    }
    users = {*BUYERS, "Publish", "BeginProduction", "CheckModelHealth"}
    collecting = {"CollectOutcomes"}
    """It shares the table, and gets at publications in it only."""
    assert told("REELWRIGHT_MODELS_TABLE") == users | collecting
    for sid, variable in (("UseLedger", "LEDGER"), ("UseModels", "MODELS")):
        allowed = {name for name in FUNCTIONS if sid in assembly.may(name)}
        assert allowed == told(f"REELWRIGHT_{variable}_TABLE") - collecting - {"FailProduction"}
    (reading,) = (grant for sid, grant in assembly.may("FailProduction").items() if sid == "ReadLedger")
    assert not [action for action in reading["Action"] if re.search("Put|Update|Delete|Write", action)]


def test_every_wildcard_of_vendors_is_listed_with_its_reason(assembly: Assembly) -> None:
    reasons = {it.sid: it.reason for it in wildcards_of(assembly.folder, assembly.stack)}
    for sid in ("Speak", "FollowFootage", "FindFootage", "ListBedrock", "ListVoices"):
        assert len(reasons[sid]) > 40, sid


def test_a_policy_fits_into_its_role(assembly: Assembly) -> None:
    """IAM takes 10,240 characters of inline policies, without white space."""
    for name in FUNCTIONS:
        (policy,) = assembly.role_of(name)["Policies"]
        written = flat_text(policy["PolicyDocument"])
        assert len(written) < 9_000, (name, len(written))


def flat_text(document: object) -> str:
    """A policy as IAM counts it, with references about as long as what stands for them."""
    if isinstance(document, dict) and set(document) & {"Ref", "Fn::Join", "Fn::GetAtt", "Fn::Sub"}:
        return f'"{flat(document)}"'
    if isinstance(document, dict):
        return "{" + ",".join(f'"{key}":{flat_text(it)}' for key, it in document.items()) + "}"
    if isinstance(document, list):
        return "[" + ",".join(map(flat_text, document)) + "]"
    return json.dumps(document)


def test_a_correction_in_the_environments_file_is_what_may_be_asked(synthesise: Synthesise) -> None:
    european = ModelOverride(vendor_id="eu.anthropic.claude-sonnet-5-5")
    there = corrected(
        synthesise, **{"bedrock-claude-sonnet-5-5": european, "nova-micro": ModelOverride(enabled=False)}
    )
    assert behind(there, "WriteScript", "InvokeEuProfiles") == {
        f"{HERE}:<AWS::AccountId>:inference-profile/eu.anthropic.claude-sonnet-5-5"
    }
    assert behind(there, "WriteScript", "InvokeBehindEuProfiles") == {
        "arn:<AWS::Partition>:bedrock:*::foundation-model/anthropic.claude-sonnet-5-5"
    }
    assert "nova-micro" not in json.dumps(there.template)
    assert "global.anthropic.claude-sonnet-5-5" not in json.dumps(there.template)


def guarded(synthesise: Synthesise, guardrail_id: str) -> Assembly:
    dev = load_environment("dev")
    moderation = ModerationSettings(guardrail_id=guardrail_id, guardrail_version="1")
    return synthesise(
        dev.model_copy(update={"settings": dev.settings.model_copy(update={"moderation": moderation})})
    )


def test_the_guardrail_of_the_environments_file_may_be_asked_by_who_writes_and_no_other(
    assembly: Assembly, synthesise: Synthesise
) -> None:
    there = guarded(synthesise, "gr1house")
    assert listed(there.may("WriteScript")["ApplyGuardrail"]["Action"]) == ["bedrock:ApplyGuardrail"]
    assert behind(there, "WriteScript", "ApplyGuardrail") == {f"{HERE}:<AWS::AccountId>:guardrail/gr1house"}
    assert json.dumps(there.template).count('"bedrock:ApplyGuardrail"') == 1
    assert "ApplyGuardrail" not in json.dumps(assembly.template)


def test_a_guardrail_named_by_its_arn_may_be_asked_where_it_is(synthesise: Synthesise) -> None:
    arn = "arn:aws:bedrock:eu-west-1:123456789012:guardrail/gr1house"
    assert behind(guarded(synthesise, arn), "WriteScript", "ApplyGuardrail") == {arn}


def test_a_retired_model_may_be_asked_where_the_settings_allow_it() -> None:
    dev = load_environment("dev")
    video = dev.settings.models.video.model_copy(update={"allow_retired": ("nova-reel",)})
    models = dev.settings.models.model_copy(update={"video": video})
    allowing = dev.model_copy(update={"settings": dev.settings.model_copy(update={"models": models})})
    names = {it.name for it in models_sold_to(allowing)} - {it.name for it in models_sold_to(dev)}
    assert names == {"nova-reel"}


def test_a_provider_that_an_environment_does_not_know_sells_it_nothing() -> None:
    dev = load_environment("dev")
    providers = {name: it for name, it in dev.settings.providers.items() if name != "luma"}
    without = dev.model_copy(update={"settings": dev.settings.model_copy(update={"providers": providers})})
    assert providers_of(models_sold_to(without), "video") == ("runway",)


def test_every_entry_of_the_catalogue_has_what_is_read_of_it() -> None:
    text = (ROOT / "environments" / "catalog" / "models.toml").read_text(encoding="utf-8")
    for entry in tomllib.loads(text)["models"]:
        assert {"name", "provider", "service"} <= entry.keys()
        assert entry.get("free") or entry["vendor_id"]
