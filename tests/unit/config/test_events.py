import logging
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.config.errors import UnknownSetting
from reelwright.config.events import matches
from reelwright.config.manager import ConfigurationManager
from reelwright.config.schema import Change, ConfigurationChanged, Layer
from tests.unit.config.world import World


def change(key: str) -> Change:
    return Change(key, 1, 2, Layer.SSM)


@pytest.mark.parametrize(
    ("pattern", "key", "expected"),
    [
        ("models.content.*", "models.content.tier", True),
        ("models.content.*", "models.video.tier", False),
        ("models.*", "models.content.tier", True),
        ("models.*.tier", "models.content.tier", True),
        ("models.*.tier", "models.content.model", False),
        ("video.fps", "video.fps", True),
        ("video", "video.fps", True),
        ("video.fps", "video.fpss", False),
        ("video.fps.*", "video.fps", False),
        ("*", "anything.at.all", True),
        ("documents.flags", "documents.flags", True),
    ],
)
def test_what_a_pattern_hears(pattern: str, key: str, expected: bool) -> None:  # noqa: FBT001 (a table)
    assert matches(pattern, change(key)) is expected


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=4))
def test_every_key_is_heard_by_its_own_name_and_by_every_table_above(parts: list[str]) -> None:
    key = ".".join(parts)
    assert all(matches(".".join(parts[:count]), change(key)) for count in range(1, len(parts) + 1))


def listening(
    pattern: str,
) -> tuple[World, ConfigurationManager, list[ConfigurationChanged], Callable[[], None]]:
    world = World()
    manager = world.process()
    heard: list[ConfigurationChanged] = []
    return world, manager, heard, manager.subscribe(pattern, heard.append)


def test_a_change_is_told_with_old_new_layer_and_generation() -> None:
    world, manager, heard, _ = listening("video.*")
    world[Layer.SSM].say({"video": {"fps": 60}, "number": 3})
    snapshot = manager.refresh(force=True)
    expected = ConfigurationChanged(snapshot.generation, (Change("video.fps", 24, 60, Layer.SSM),))
    assert heard == [expected]
    world[Layer.SSM].say({})
    manager.refresh(force=True)
    assert heard[1:] == [ConfigurationChanged(3, (Change("video.fps", 60, 24, Layer.DEFAULTS),))]


def test_names_that_come_and_go_are_told_as_such() -> None:
    world, manager, heard, _ = listening("providers.newcomer.enabled")
    world[Layer.SSM].say({"providers": {"newcomer": {"enabled": False}}})
    manager.refresh(force=True)
    world[Layer.SSM].say({})
    manager.refresh(force=True)
    assert [(one.old, one.new) for event in heard for one in event.changes] == [(None, False), (False, None)]


def test_one_generation_with_many_changes_is_told_once() -> None:
    world, manager, heard, _ = listening("*")
    world[Layer.SSM].say({"video": {"fps": 60}, "number": 3})
    world[Layer.RUNTIME].say({"names": ["a"]})
    manager.refresh(force=True)
    assert [[one.key for one in event.changes] for event in heard] == [["names", "number", "video.fps"]]


def test_nothing_is_told_when_nothing_is_different() -> None:
    world, manager, heard, _ = listening("*")
    world[Layer.SSM].say({"video": {"fps": 24}})
    manager.refresh(force=True)
    assert heard == []


def test_who_unsubscribes_is_told_no_more_and_may_do_so_twice() -> None:
    world, manager, heard, unsubscribe = listening("*")
    unsubscribe()
    unsubscribe()
    world[Layer.SSM].say({"number": 1})
    manager.refresh(force=True)
    assert heard == []


def test_a_listener_that_raises_is_logged_and_spoils_nothing(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    manager = world.process()
    heard: list[ConfigurationChanged] = []

    def raising(event: ConfigurationChanged) -> None:
        raise RuntimeError(f"generation {event.generation} is not to my liking")

    manager.subscribe("*", raising)
    manager.subscribe("*", heard.append)
    for number in (1, 2):
        world[Layer.SSM].say({"number": number})
        with caplog.at_level(logging.ERROR):
            manager.refresh(force=True)
    assert [event.generation for event in heard] == [2, 3]
    assert caplog.text.count("is not to my liking") >= 2


def test_a_listener_may_refresh_and_everybody_still_hears_in_order() -> None:
    world = World()
    manager = world.process()
    heard: list[int] = []

    def refreshing(event: ConfigurationChanged) -> None:
        if event.generation == 2:
            world[Layer.SSM].say({"number": 2})
            manager.refresh(force=True)

    manager.subscribe("*", refreshing)
    manager.subscribe("*", lambda event: heard.append(event.generation))
    world[Layer.SSM].say({"number": 1})
    manager.refresh(force=True)
    assert heard == [2, 3]


def test_a_listener_may_subscribe_another_which_hears_only_of_what_comes_later() -> None:
    world = World()
    manager = world.process()
    late: list[int] = []
    manager.subscribe(
        "*", lambda _: manager.subscribe("*", lambda event: late.append(event.generation)) and None
    )
    world[Layer.SSM].say({"number": 1})
    manager.refresh(force=True)
    assert late == []
    world[Layer.SSM].say({"number": 2})
    manager.refresh(force=True)
    assert late == [3]


@pytest.mark.parametrize("pattern", ["vidoe.fps", "video.fsp", "vidoe.*"])
def test_a_pattern_that_can_match_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(UnknownSetting, match="Did you mean"):
        World().process().subscribe(pattern, lambda _: None)


@pytest.mark.parametrize("pattern", ["", ".", "video.", ".fps", "vid*", "video.f*"])
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(UnknownSetting, match="No setting can match"):
        World().process().subscribe(pattern, lambda _: None)


def test_who_subscribes_is_not_told_of_a_generation_that_was_there_already() -> None:
    world = World()
    manager = world.process()
    late: list[int] = []

    def first(event: ConfigurationChanged) -> None:
        if event.generation == 2:
            world[Layer.SSM].say({"number": 2})
            manager.refresh(force=True)  # generation 3 waits to be told
            manager.subscribe("*", lambda later: late.append(later.generation))

    manager.subscribe("*", first)
    for number in (1, 4):
        world[Layer.SSM].say({"number": number})
        manager.refresh(force=True)
    assert late == [4]
