"""What answers of flags say of settings."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.config.tree import leaves
from reelwright.environment.basics import Style, Tier
from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment
from reelwright.flags.answers import FlagAnswers
from reelwright.flags.definitions import flag_definitions
from reelwright.flags.effects import closed, effects_of, tree_of
from reelwright.flags.evaluation import Evaluation, Reason
from reelwright.video.engine.styles import STYLES

PROVIDERS = tuple(load_environment("local").settings.providers)
PAID = tuple(name for name in PROVIDERS if name != "embedded")


def answering(**told: Any) -> FlagAnswers:
    """Answers; True, False, or the attributes of a flag that is on."""
    return FlagAnswers(
        Evaluation(
            flag.replace("_", "-"),
            told is not False,
            None,
            told if isinstance(told, dict) else {},
            Reason.STATIC,
            "1",
        )
        for flag, told in told.items()
    )


def said(**told: Any) -> dict[str, Any]:
    return dict(leaves(tree_of(effects_of(answering(**told), PROVIDERS))))


@pytest.mark.parametrize(
    ("told", "settings"),
    [
        ({}, {}),
        ({"captions": True, "music": True, "provider_luma": True}, {}),
        ({"captions": False}, {"features.captions": "off"}),
        ({"music": False}, {"features.music": False}),
        ({"content_model": {"tier": "premium"}}, {"models.content.tier": "premium"}),
        ({"audio_model": {"tier": "economy"}}, {"models.audio.tier": "economy"}),
        ({"video_model": {"tier": "standard"}}, {"models.video.tier": "standard"}),
        ({"content_model": False, "picture_style": False}, {}),
        ({"picture_style": {"style": "honey"}}, {"video.style": "honey"}),
        ({"provider_luma": False}, {"providers.luma.enabled": False}),
        (
            {"provider_luma": False, "provider_polly": False},
            {"providers.luma.enabled": False, "providers.polly.enabled": False},
        ),
    ],
)
def test_a_flag_says_its_setting(told: dict[str, Any], settings: dict[str, Any]) -> None:
    assert said(**told) == settings


@pytest.mark.parametrize(
    ("flag", "attributes", "told"),
    [
        ("content_model", {"tier": "ultra"}, "its attribute tier says 'ultra'; it can be economy"),
        ("content_model", {"tier": ("premium",)}, "says ('premium',)"),
        ("video_model", {}, "its attribute tier says nothing"),
        ("picture_style", {"style": 7}, "its attribute style says 7; it can be auto, ember"),
    ],
)
def test_what_no_setting_can_be_has_no_effect_and_says_so(
    flag: str, attributes: dict[str, Any], told: str
) -> None:
    (effect,) = effects_of(answering(**{flag: attributes}), PROVIDERS)
    assert told in effect.refused
    assert tree_of([effect]) == {}


def test_a_provider_that_nobody_knows_is_none() -> None:
    assert said(provider_Nobody_else=False, provider_none=False) == {}


def test_a_platform_is_closed_by_its_flag_alone() -> None:
    answers = answering(publish_folder=False, publish_youtube=True)
    assert closed(answers, ("youtube", "folder", "gallery")) == ("folder",)


ATTRIBUTE = (
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([*get_args(Tier), *STYLES])
)
NAMES = ("captions", "music", "content_model", "audio_model", "video_model", "picture_style", "provider_luma")


@given(
    st.dictionaries(
        st.sampled_from(NAMES),
        st.booleans() | st.fixed_dictionaries({}, optional={"tier": ATTRIBUTE, "style": ATTRIBUTE}),
    )
)
def test_whatever_flags_hold_settings_stay_whole(told: dict[str, Any]) -> None:
    settings = load_environment("dev").settings
    tree = tree_of(effects_of(answering(**told), PROVIDERS))
    for key, value in leaves(tree):
        table: Any = settings
        *path, name = key.split(".")
        for part in path:
            table = table[part] if isinstance(table, dict) else getattr(table, part)
        type(table).model_validate({**table.model_dump(), name: value})


def test_the_styles_of_settings_are_those_that_can_be_drawn() -> None:
    assert get_args(Style) == STYLES


def test_each_flag_that_has_an_effect_is_defined_and_leaves_things_alone_when_it_arrives() -> None:
    defined = flag_definitions("flags")
    assert {f"provider-{name}" for name in PAID} == {
        name for name in defined.flags if name.startswith("provider-")
    }
    style = defined.flags["picture-style"].attributes["style"].constraints
    assert style is not None
    assert tuple(getattr(style, "enum", ())) == STYLES[1:]
    first = FlagAnswers(
        Evaluation(flag, bool(value.enabled), None, {}, Reason.STATIC, "")
        for flag, value in defined.values.items()
    )
    assert (
        effects_of(
            first, {name for one in ENVIRONMENT_NAMES for name in load_environment(one).settings.providers}
        )
        == ()
    )
    assert closed(first, ["folder"]) == ()
