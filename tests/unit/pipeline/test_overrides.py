import pytest

from reelwright.environment.loader import load_environment
from reelwright.errors import InvalidInput
from reelwright.pipeline.overrides import Overrides, apply_overrides

SETTINGS = load_environment("local").settings


def test_nothing_asked_for_changes_nothing() -> None:
    assert apply_overrides(SETTINGS, Overrides()) == SETTINGS


def test_each_override_lands_where_it_belongs() -> None:
    changed = apply_overrides(
        SETTINGS,
        Overrides(
            captions="off",
            music=False,
            scene_cache=False,
            resolution="480p",
            fps=60,
            strict_duration=True,
            jobs=3,
        ),
    )
    assert (changed.features.captions, changed.features.music, changed.features.scene_cache) == (
        "off",
        False,
        False,
    )
    assert (changed.video.resolution, changed.video.fps) == ("480p", 60)
    assert (changed.production.strict_duration, changed.production.jobs) == (True, 3)
    assert changed.audio == SETTINGS.audio


def test_what_the_schema_forbids_is_refused_by_key() -> None:
    with pytest.raises(InvalidInput, match=r"video\.fps"):
        apply_overrides(SETTINGS, Overrides(fps=25))
