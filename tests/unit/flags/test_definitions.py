"""The flags that code defines."""

from pathlib import Path

import pytest

from reelwright.config.definitions import merge_definitions
from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment
from reelwright.flags.definitions import PROFILES, FlagProfile, flag_definitions
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
