from reelwright.pipeline.overrides import Overrides


def test_nothing_asked_for_is_an_empty_layer() -> None:
    assert Overrides().tree() == {}


def test_each_override_lands_where_it_belongs() -> None:
    asked = Overrides(
        captions="off",
        music=False,
        scene_cache=False,
        footage="mixed",
        resolution="480p",
        fps=60,
        strict_duration=True,
        jobs=3,
    )
    assert asked.tree() == {
        "features": {"captions": "off", "music": False, "scene_cache": False},
        "video": {"footage": "mixed", "resolution": "480p", "fps": 60},
        "production": {"strict_duration": True, "jobs": 3},
    }


def test_only_what_is_asked_for_is_said() -> None:
    assert Overrides(music=False).tree() == {"features": {"music": False}}
