import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reelwright import Brief, Studio
from reelwright.config.errors import InvalidConfiguration
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.errors import InvalidInput, Permanent
from reelwright.pipeline.errors import ProductionExists, ProductionNotFound
from reelwright.pipeline.parts import Parts
from tests.simulation.settings import snapshot_of

LOCAL = load_environment("local").settings
BRIEF = Brief(topic="Tides", duration_seconds=30)


class Door:
    """A part that notes when it is closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def open_studio(parts: Parts, tmp_path: Path) -> Callable[..., Studio]:
    def opened(settings: Settings = LOCAL, **changes: Any) -> Studio:
        parts_now = replace(parts, **changes)
        return Studio("local", lambda: snapshot_of(settings), parts_now, out_dir=tmp_path / "out")

    return opened


def test_a_brief_becomes_a_production(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = open_studio()
    production = studio.make(BRIEF)
    assert production.status == "completed"
    assert studio.production(production.id) == production
    assert studio.productions() == (production,)
    assert studio.package_dir(production) == tmp_path / "out" / production.id
    assert {charge.service for charge in production.charges} == {"content", "audio", "video"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"language": "de"}, "embedded-voice: does not work in language 'de'"),
        ({"style": "baroque"}, "style 'baroque'"),
        ({"platforms": ("folder", "myspace")}, "myspace"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_stored(
    open_studio: Callable[..., Studio], change: dict[str, Any], named: str
) -> None:
    studio = open_studio()
    with pytest.raises(InvalidInput, match=named):
        studio.make(BRIEF.model_copy(update=change))
    assert studio.productions() == ()


def test_the_seed_comes_from_the_topic_unless_it_is_given(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio()
    again, other, given = (
        studio.make(BRIEF),
        studio.make(Brief(topic="Volcanoes", duration_seconds=30)),
        studio.make(BRIEF, seed=7),
    )
    assert studio.make(BRIEF).seed == again.seed != other.seed
    assert given.seed == 7


def test_a_resumed_production_keeps_the_settings_it_began_with(open_studio: Callable[..., Studio]) -> None:
    class Refuses:
        def publish(self, *_: object) -> None:
            raise Permanent("closed")

        def find(self, *_: object) -> None:
            return None

        name = "folder"

    began, now = (
        LOCAL.model_copy(update={"video": LOCAL.video.model_copy(update={"resolution": resolution})})
        for resolution in ("480p", "1080p")
    )
    with pytest.raises(Permanent):
        open_studio(began, platforms={"folder": Refuses()}).make(BRIEF)
    studio = open_studio(now)
    failed = studio.productions()[0]
    resumed = studio.resume(failed.id)
    assert resumed.status == "completed"
    assert resumed.settings_fingerprint == failed.settings_fingerprint


def test_an_unknown_production_is_an_error(open_studio: Callable[..., Studio]) -> None:
    with pytest.raises(ProductionNotFound):
        open_studio().resume("prod_01ARZ3NDEKTSV4RRFFQ69G5FAV")


def test_leaving_the_studio_closes_what_it_owns(open_studio: Callable[..., Studio]) -> None:
    door = Door()
    with pytest.raises(ZeroDivisionError), open_studio(closeables=(door,)):
        raise ZeroDivisionError
    assert door.closed


def test_the_public_names_are_lazy() -> None:
    import reelwright  # noqa: PLC0415 (the import is what is tested)

    with pytest.raises(AttributeError, match="nothing"):
        _ = reelwright.nothing


def test_the_record_names_layout_and_pictures_of_every_scene_also_from_the_cache(
    open_studio: Callable[..., Studio],
) -> None:
    studio = open_studio()
    for production in (studio.make(BRIEF), studio.make(BRIEF)):
        shoot = production.step("shoot")
        told = [decision for decision in shoot.decisions if decision.reason]
        for number in range(1, shoot.items_total + 1):
            (layout,) = [each for each in told if each.subject == f"layout of scene {number}"]
            pictures = [each for each in told if each.subject == f"pictures of scene {number}"]
            assert layout.chosen
            assert pictures
            for picture in pictures:
                assert picture.chosen == "none" or re.match(r"\d\.\d\d: '", picture.reason)
    assert any(decision.chosen == "scene cache" for decision in shoot.decisions)


def test_settings_of_one_production_lie_over_all_else_and_are_pinned(
    open_studio: Callable[..., Studio], parts: Parts
) -> None:
    studio = open_studio()
    production = studio.make(BRIEF, settings={"video": {"fps": 24}})
    assert parts.store.pinned(production.id).settings.video.fps == 24
    assert parts.store.pinned(studio.make(BRIEF).id).settings.video.fps == LOCAL.video.fps


def test_settings_that_are_no_whole_are_refused_before_anything_is_stored(
    open_studio: Callable[..., Studio],
) -> None:
    studio = open_studio()
    for work in (studio.make, studio.check_brief):
        with pytest.raises(InvalidConfiguration, match=r"video\.fps"):
            work(BRIEF, settings={"video": {"fps": 25}})
    assert studio.productions() == ()


def test_an_id_that_is_given_is_begun_once(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio()
    given = "prod_01ARZ3NDEKTSV4RRFFQ69G5FAV"
    assert studio.make(BRIEF, production_id=given).id == given
    with pytest.raises(ProductionExists):
        studio.make(BRIEF, production_id=given)
    assert len(studio.productions()) == 1
