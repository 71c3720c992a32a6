"""The flags that code defines."""

import re
from pathlib import Path

import pytest

from reelwright.config.definitions import merge_definitions
from reelwright.environment.basics import EnvironmentName
from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment
from reelwright.flags.definitions import PROFILES, FlagProfile, bundled_version, flag_definitions
from reelwright.flags.errors import InvalidFlags
from reelwright.flags.schema import parse_flags

PLATFORMS = ("folder", "youtube", "tiktok", "instagram", "facebook", "linkedin", "x")


def written(folder: Path, text: str) -> Path:
    (folder / "flags").mkdir()
    (folder / "flags" / "flags.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("profile", PROFILES)
def test_every_flag_says_what_it_is_and_arrives_with_a_value(profile: FlagProfile) -> None:
    document = flag_definitions(profile)

    assert document.flags.keys() == document.values.keys()
    assert all(definition.name and definition.description for definition in document.flags.values())


def test_there_is_a_kill_switch_for_every_provider_and_platform_and_none_is_pulled() -> None:
    switches = flag_definitions("kill-switches")
    providers = {name for one in ENVIRONMENT_NAMES for name in load_environment(one).settings.providers}

    wanted = {f"stop-provider-{name}" for name in providers} | {f"stop-platform-{name}" for name in PLATFORMS}
    assert set(switches.flags) == wanted
    assert not any(value.enabled for value in switches.values.values())


def test_flags_are_about_features_models_and_platforms() -> None:
    flags = flag_definitions("flags")
    services = [name.removesuffix("-model") for name in flags.flags if name.endswith("-model")]

    assert services == ["content", "video", "audio"]
    assert {f"publish-{name}" for name in PLATFORMS} <= set(flags.flags)
    assert flags.values["captions"].enabled
    assert flags.values["video-model"].attributes == {"tier": "economy"}


@pytest.mark.parametrize("profile", PROFILES)
def test_what_code_defines_merges_into_nothing_as_itself(profile: FlagProfile) -> None:
    new = flag_definitions(profile).as_json()

    assert merge_definitions({}, {}, new) == new
    assert parse_flags(new).as_json() == new


ENVIRONMENTS = """
[flags.a]
name = "A"
description = "d"
enabled = false
attributes.tier = { type = "string", enum = ["x", "y"], required = true, value = "x" }
attributes.size = { type = "number", value = 1 }
[flags.a.environments]
dev = { enabled = true }
staging.attributes.tier = "y"
prod = { enabled = true, attributes = { tier = "y", size = 2 } }
[kill-switches.stop-it]
name = "Stop"
description = "d"
environments.staging.enabled = true
"""


@pytest.mark.parametrize(
    ("environment", "value", "stopped"),
    [
        (None, {"enabled": False, "tier": "x", "size": 1}, False),
        ("local", {"enabled": False, "tier": "x", "size": 1}, False),
        ("dev", {"enabled": True, "tier": "x", "size": 1}, False),
        ("staging", {"enabled": False, "tier": "y", "size": 1}, True),
        ("prod", {"enabled": True, "tier": "y", "size": 2}, False),
    ],
)
def test_a_flag_may_arrive_with_another_value_in_one_environment(
    tmp_path: Path, environment: EnvironmentName | None, value: dict[str, object], *, stopped: bool
) -> None:
    folder = written(tmp_path, ENVIRONMENTS)
    flags = flag_definitions("flags", environment=environment, folder=folder)
    switches = flag_definitions("kill-switches", environment=environment, folder=folder)

    assert flags.as_json()["values"] == {"a": value}
    assert flags.flags == flag_definitions("flags", folder=folder).flags
    assert switches.as_json()["values"] == {"stop-it": {"enabled": stopped}}
    assert bundled_version("flags", environment=environment, folder=folder).document == flags.as_json()


def test_what_an_environment_gives_counts_once_and_never_over_an_operators_value(tmp_path: Path) -> None:
    folder = written(tmp_path, ENVIRONMENTS)
    new = flag_definitions("flags", environment="prod", folder=folder).as_json()
    arrived = merge_definitions({}, {}, new)
    operators = {**arrived, "values": {"a": {"enabled": False, "tier": "x", "size": 9}}}

    assert arrived["values"] == {"a": {"enabled": True, "tier": "y", "size": 2}}
    assert merge_definitions(new, operators, new)["values"] == operators["values"]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("prod.attributes.tier = 'z'", "values.a.tier is refused"),
        ("prod.attributes.tire = 'x'", "values.a.tire has no definition"),
        ("prod.enabled = 'yes'", "flags.a.environments.prod.enabled"),
        ("prod.enabeld = true", "flags.a.environments.prod.enabeld"),
        ("production.enabled = true", "flags.a.environments.production"),
        ("prod.attributes.enabled = true", "enabled is no attribute"),
    ],
)
def test_a_fault_in_one_environment_is_found_in_all(tmp_path: Path, fault: str, told: str) -> None:
    folder = written(tmp_path, re.sub("prod = .*", fault, ENVIRONMENTS))

    for environment in (None, *ENVIRONMENT_NAMES):
        with pytest.raises(InvalidFlags) as caught:
            flag_definitions("flags", environment=environment, folder=folder)
        assert told in caught.value.message


GOOD = '[flags.a]\nname = "A"\ndescription = "d"\n[kill-switches]\n'


def test_a_folder_can_be_named(tmp_path: Path) -> None:
    document = flag_definitions("flags", folder=written(tmp_path, GOOD))

    assert document.as_json() == {
        "version": "1",
        "flags": {"a": {"name": "A", "description": "d"}},
        "values": {"a": {"enabled": False}},
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[flags", "flags.toml"),
        ("[flags]", "kill-switches"),
        (GOOD.replace('name = "A"', "name = 3"), "flags.a.name"),
        (GOOD.replace("description", "descripton"), "flags.a.descripton"),
        (GOOD.replace("flags.a]", "flags.A]"), "flags.A"),
        (
            GOOD.replace("[kill", 'attributes.t = { type = "string", enum = ["x"], value = "y" }\n[kill'),
            "values.a.t is refused",
        ),
        (GOOD.replace("[kill", 'attributes.t = { type = "string" }\n[kill'), "flags.a.attributes.t.value"),
    ],
)
def test_a_fault_in_the_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidFlags) as caught:
        flag_definitions("flags", folder=written(tmp_path, text))
    assert told in caught.value.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidFlags, match=r"flags/flags\.toml"):
        flag_definitions("flags", folder=tmp_path)
