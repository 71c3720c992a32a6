"""AppConfig's agent: beside the one function that asks flags, in environments that name its layer."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from infra.app import check_agent
from infra.constructs.functions import VARIABLES
from infra.functions import FUNCTIONS
from infra.guardrails.grants import flat
from infra.guardrails.nag import idle_acknowledgements
from reelwright.environment.errors import InvalidEnvironment
from reelwright.environment.flagging import FlagSettings
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import DeploySpec, EnvironmentSpec
from tests.infra.conftest import Assembly

LAYER = "arn:aws:lambda:eu-central-1:111122223333:layer:AWS-AppConfig-Extension:207"


def with_agent(layer: str | None = LAYER) -> EnvironmentSpec:
    dev = load_environment("dev")
    deploy = dev.deploy.model_copy(update={"appconfig_agent_layer_arn": layer})
    settings = dev.settings.model_copy(update={"flags": FlagSettings(source="agent")})
    return dev.model_copy(update={"deploy": deploy, "settings": settings})


@pytest.fixture(scope="module")
def with_layer(synthesise: Callable[[EnvironmentSpec], Assembly]) -> Assembly:
    return synthesise(with_agent())


def test_nobody_has_an_agent_unless_the_environment_names_its_layer(assembly: Assembly) -> None:
    for name in FUNCTIONS:
        assert "Layers" not in assembly.function(name)
        assert "FetchFlags" not in assembly.may(name)


def test_only_the_function_that_asks_flags_has_the_agent(with_layer: Assembly) -> None:
    layers = {name: with_layer.function(name).get("Layers") for name in FUNCTIONS}
    assert {name: it for name, it in layers.items() if it} == {"BeginProduction": [LAYER]}
    assert [name for name in FUNCTIONS if "FetchFlags" in with_layer.may(name)] == ["BeginProduction"]
    assert idle_acknowledgements(with_layer.folder) == []


def test_the_agent_may_fetch_the_flags_of_this_environment_and_nothing_else(with_layer: Assembly) -> None:
    may = with_layer.may("BeginProduction")["FetchFlags"]
    assert may["Action"] == ["appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession"]
    assert flat(may["Resource"]).endswith(
        ":application/<ConfigurationApplication>/environment/<ConfigurationFlags>"
        "/configuration/<FlagsProfile>"
    )


def test_the_function_is_told_by_which_ids_to_ask_and_the_agent_what_to_have_ready(
    with_layer: Assembly,
) -> None:
    told = with_layer.function("BeginProduction")["Environment"]["Variables"]
    expected = {f"REELWRIGHT_{name}" for name in VARIABLES["BeginProduction"]}
    assert told.keys() - expected - {"REELWRIGHT_ENV"} == {
        "REELWRIGHT_FLAGS_ENVIRONMENT",
        "REELWRIGHT_FLAGS_PROFILE",
        "AWS_APPCONFIG_EXTENSION_PREFETCH_LIST",
    }
    assert flat(told["REELWRIGHT_FLAGS_ENVIRONMENT"]) == "<ConfigurationFlags>"
    assert flat(told["REELWRIGHT_FLAGS_PROFILE"]) == "<FlagsProfile>"
    assert flat(told["AWS_APPCONFIG_EXTENSION_PREFETCH_LIST"]) == (
        "/applications/<ConfigurationApplication>/environments/<ConfigurationFlags>"
        "/configurations/<FlagsProfile>"
    )


def test_flags_from_an_agent_that_is_not_there_are_refused_before_anything_is_deployed() -> None:
    with pytest.raises(InvalidEnvironment, match="there is no agent") as refused:
        check_agent(with_agent(layer=None))
    assert "deploy.appconfig_agent_layer_arn" in refused.value.next_step
    check_agent(with_agent())


@pytest.mark.parametrize("arn", ["", "AWS-AppConfig-Extension", LAYER.rpartition(":")[0], f"{LAYER}\n"])
def test_what_is_no_version_of_a_layer_is_refused(arn: str) -> None:
    deploy = load_environment("dev").deploy.model_dump()
    with pytest.raises(ValidationError, match="appconfig_agent_layer_arn"):
        DeploySpec.model_validate(deploy | {"appconfig_agent_layer_arn": arn})
