from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.config.errors import InvalidConfiguration
from reelwright.config.local import EnvironmentVariablesSource, default_sources
from reelwright.config.manager import ConfigurationManager
from reelwright.config.variables import read_setting, settings_from_variables
from tests.unit.config.world import Wide


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("video.fps", "30", 30),
        ("production.jobs", "8", 8),
        ("audio.loudness_lufs", "-16", -16),
        ("audio.loudness_lufs", "-16.5", -16.5),
        ("audio.voice", "30", "30"),
        ("audio.voice", '"joe"', '"joe"'),
        ("features.music", "false", False),
        ("features.captions", "off", "off"),
        ("video.resolution", "480p", "480p"),
        ("budgets.per_video_usd", "2.00", "2.00"),
        ("budgets.per_video_usd", "null", None),
        ("providers.runway.credential", "secret://providers/runway", "secret://providers/runway"),
        ("names", '["a", "b"]', ["a", "b"]),
        ("video", '{"fps": 30}', {"fps": 30}),
        ("video", "{fps = 30}", {"fps": 30}),
        ("keys", "{}", {}),
    ],
)
def test_text_is_read_by_the_type_of_its_field(key: str, text: str, value: Any) -> None:
    read = read_setting(key, text, Wide)
    assert (read, type(read)) == (value, type(value))


@given(st.text())
def test_any_text_is_read_as_something(text: str) -> None:
    for key in ("video.fps", "audio.voice", "video", "names", "budgets.per_video_usd", "no.such"):
        read_setting(key, text, Wide)


@given(st.text())
def test_text_for_a_field_of_text_is_taken_as_it_is(text: str) -> None:
    assert read_setting("audio.voice", text) == text


def test_only_names_with_two_underscores_are_settings_and_longer_names_lie_over_shorter() -> None:
    variables = {
        "REELWRIGHT_ENV": "dev",
        "REELWRIGHT_CONFIG_BUCKET": "b",
        "PATH": "/bin",
        "reelwright__video__fps": "60",
        "REELWRIGHT__VIDEO__FPS": "60",
        "REELWRIGHT__VIDEO": '{"fps": 30, "resolution": "480p"}',
        "REELWRIGHT__PROVIDERS__RUNWAY__ENABLED": "false",
    }
    assert settings_from_variables(variables) == {
        "video": {"fps": 60, "resolution": "480p"},
        "providers": {"runway": {"enabled": False}},
    }


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("REELWRIGHT__VIDEO__FSP", "30", "video.fsp is not a key. Did you mean 'fps'?"),
        ("REELWRIGHT__VIDEO__FPS", "25", "video.fps = 25 is refused: it must be 24, 30 or 60."),
        ("REELWRIGHT__VIDEO__FPS", "many", 'video.fps = "many" is refused: it must be 24, 30 or 60.'),
        ("REELWRIGHT__FEATURES__MUSIC", "yes", 'features.music = "yes" is refused'),
        ("REELWRIGHT____FPS", "25", "'' is not a key"),
        ("REELWRIGHT__A.B", "25", "a is not a key"),
        ("REELWRIGHT__PROVIDERS__RUNWAY__CREDENTIAL", "sk-live-canary", "credential = <hidden> is refused"),
    ],
)
def test_a_mistake_in_a_variable_is_told(name: str, text: str, said: str) -> None:
    sources = [*default_sources("dev"), EnvironmentVariablesSource({name: text})]
    with pytest.raises(InvalidConfiguration) as caught:
        ConfigurationManager("dev", sources).get("video.fps")
    assert caught.value.message.startswith("environment (environment variables): ")
    assert said in caught.value.message
    assert "canary" not in caught.value.message


def test_the_version_is_the_hash_of_what_they_say() -> None:
    variables = {"REELWRIGHT__VIDEO__FPS": "30", "OTHER": "1"}
    first = EnvironmentVariablesSource(variables).fetch(None)
    assert first is not None
    assert EnvironmentVariablesSource(variables | {"OTHER": "2"}).fetch(first.version) is None
    assert EnvironmentVariablesSource(variables | {"REELWRIGHT__VIDEO__FPS": "60"}).fetch(first.version)
