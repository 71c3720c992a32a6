"""Who shoots a scene, and what stands in for one that nobody shot."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reelwright.environment.schema import Settings
from reelwright.errors import BudgetExceeded
from reelwright.models.errors import OutcomeUnknown, ProviderFailed, RouteFailed
from reelwright.pipeline.declaration import Done
from reelwright.production.pictures import BriefMedia
from reelwright.production.scenes import SceneChoice
from reelwright.production.schema import Brief, Translation
from reelwright.production.translation import ReusedFootage
from reelwright.storage.memory import MemoryArtifacts
from reelwright.storage.schema import Artifact
from reelwright.video.errors import MediaRefused, SceneFailed
from reelwright.video.footage_failed import FailedScenes
from reelwright.video.footage_sources import shots_of, source_of, sources_told
from tests.simulators.access import KEY
from tests.simulators.runway import RunwaySimulator
from tests.simulators.server import Faults
from tests.unit.video.test_manager import LOCAL, Set, by_runway

OURS = "embedded-motion-graphics"
OF_ORDERS: Any = {"on": lambda one: one.method == "POST"}


@pytest.fixture
def runway() -> Iterator[RunwaySimulator]:
    with RunwaySimulator(keys=[KEY], shrink=2) as simulator:
        yield simulator


def with_video(settings: Settings, **video: Any) -> Settings:
    return settings.model_copy(update={"video": settings.video.model_copy(update=video)})


def with_budget(settings: Settings, usd: str) -> Settings:
    budgets = type(settings.budgets).model_validate({**settings.budgets.model_dump(), "per_video_usd": usd})
    return settings.model_copy(update={"budgets": budgets})


def told(done: Done[Any]) -> dict[str, str]:
    return {each.subject: each.chosen for each in done.decisions}


# Whose turn it is


@pytest.mark.parametrize(
    ("rule", "sources"),
    [
        ("auto", ["auto"] * 7),
        ("graphics", ["graphics"] * 7),
        ("provider", ["provider"] * 7),
        ("mixed", ["provider", "graphics", "graphics"] * 2 + ["provider"]),
    ],
)
def test_a_rule_says_who_shoots(rule: str, sources: list[str]) -> None:
    video = with_video(LOCAL, footage=rule).video
    found = [source_of(Brief(topic="Tides"), video, index) for index in range(7)]
    assert [each.source for each in found] == sources
    assert all(each.while_budget_lasts == (rule == "mixed" and each.source == "provider") for each in found)
    assert all(bool(each.told(0)) == (rule != "auto") for each in found)


def test_the_brief_goes_before_settings_and_these_before_the_rule() -> None:
    video = with_video(
        LOCAL, footage="mixed", scenes={"1": "graphics", "2": "provider", "9": "graphics"}
    ).video
    brief = Brief.model_validate(
        {"topic": "Tides", "scenes": ["2=graphics", {"scene": 8, "source": "provider"}]}
    )
    assert [source_of(brief, video, index).source for index in range(4)] == [
        "graphics",
        "graphics",
        "graphics",
        "provider",
    ]
    assert sources_told(brief, video, 7) == (
        "the brief says who shoots scene 8, and there are 7.",
        "video.scenes says who shoots scene 9, and there are 7.",
    )


def test_for_how_many_scenes_the_route_is_asked_is_known_before_there_is_a_script() -> None:
    mixed = with_video(LOCAL, footage="mixed", scenes={"1": "graphics", "2": "provider"}).video
    assert [shots_of(Brief(topic="Tides"), LOCAL.video)(count) for count in (1, 7)] == [1, 7]
    assert [shots_of(Brief(topic="Tides"), mixed)(count) for count in (1, 2, 3, 7)] == [0, 1, 1, 3]
    brief = Brief.model_validate(
        {"topic": "Tides", "scenes": ["3=graphics"], "media": [{"file": "a.mp4", "scene": 2}, "b.mp4"]}
    )
    assert [shots_of(brief, LOCAL.video)(count) for count in (1, 2, 3, 7)] == [0, 0, 0, 4]


def test_footage_that_a_translation_shows_again_is_asked_of_nobody() -> None:
    clip = Artifact(sha256="0" * 64, size_bytes=1, media_type="video/mp4")
    shown = [
        ReusedFootage(scene_index=index, media=clip, frames=30, fps=30, width=64, height=36)
        for index in (0, 2)
    ]
    again = Translation(
        original="prod_01K8ZZZZZZZZZZZZZZZZZZZZZZ", language="en", script=clip, footage=tuple(shown)
    )
    brief = Brief(topic="Tides", language="de", translation=again)
    assert [shots_of(brief, LOCAL.video)(count) for count in (1, 2, 3, 4)] == [0, 1, 1, 2]


@pytest.mark.parametrize("text", ["graphics", "0=graphics", "x=provider", "3=", "3=clip.mp4", "241=graphics"])
def test_what_says_nothing_of_a_scene_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"scene|source"):
        SceneChoice.model_validate(text)


def test_a_scene_that_is_to_be_drawn_is_not_ordered(tmp_path: Path, runway: RunwaySimulator) -> None:
    studio = Set(tmp_path, with_video(by_runway(runway), scenes={"1": "graphics"}))
    done = studio.made()
    assert told(done)["source of scene 1"] == "graphics"
    assert told(done)["video model"] == OURS
    assert not runway.accepted
    assert not done.output.stands_in
    assert not done.warnings


# What failed


def test_a_scene_that_nobody_shot_is_drawn_and_everybody_is_told(
    tmp_path: Path, runway: RunwaySimulator
) -> None:
    runway.refused_with = "exhausted"
    done = Set(tmp_path, by_runway(runway)).made()
    assert told(done)["failed scene 1"] == "drawn by an engine of ours"
    assert told(done)["video model"] == OURS
    assert "credits" in done.output.stands_in
    (warning,) = done.warnings
    assert warning.startswith("Scene 1 was drawn because it could not be shot: ")


def test_what_was_paid_for_a_failed_scene_stays_on_its_bill(tmp_path: Path, runway: RunwaySimulator) -> None:
    runway.faults = Faults.script(["truncated"] * 9, **OF_ORDERS)
    done = Set(tmp_path, by_runway(runway)).made()
    assert done.output.stands_in
    assert sum(line.micro_usd for line in done.charges) == runway.bill_micro_usd > 0


def test_a_route_that_ends_with_ours_is_a_failed_scene_too(tmp_path: Path, runway: RunwaySimulator) -> None:
    runway.refused_with = "exhausted"
    done = Set(tmp_path, by_runway(runway, OURS)).made()
    assert "credits" in done.output.stands_in
    assert len(done.warnings) == 1


def test_a_production_ends_where_the_settings_say_so(tmp_path: Path, runway: RunwaySimulator) -> None:
    runway.refused_with = "exhausted"
    with pytest.raises(ProviderFailed):
        Set(tmp_path, with_video(by_runway(runway), on_failed_scene="fail")).made()
    with pytest.raises(SceneFailed, match=r"video\.on_failed_scene is 'fail'"):
        Set(tmp_path, with_video(by_runway(runway, OURS), on_failed_scene="fail")).made("prod_2/shoot/0/abc")


def test_a_provider_that_was_asked_for_and_is_not_there_is_told(tmp_path: Path) -> None:
    done = Set(tmp_path, with_video(LOCAL, footage="provider")).made()
    assert done.output.stands_in == "no paid model could be asked"
    with pytest.raises(SceneFailed):
        Set(tmp_path, with_video(LOCAL, footage="provider", on_failed_scene="fail")).made()


def test_an_order_of_which_nobody_knows_is_no_failed_scene(tmp_path: Path, runway: RunwaySimulator) -> None:
    runway.faults = Faults.script(["lost_answer"])
    with pytest.raises(OutcomeUnknown):
        Set(tmp_path, by_runway(runway)).made()
    assert len(runway.accepted) == 1


def test_a_mixed_video_is_drawn_where_the_money_ends(tmp_path: Path, runway: RunwaySimulator) -> None:
    poor = with_budget(by_runway(runway), "0.01")
    done = Set(tmp_path, with_video(poor, footage="mixed")).made()
    assert [each.chosen for each in done.decisions if each.subject == "source of scene 1"] == [
        "provider",
        "graphics",
    ]
    assert not runway.accepted
    assert not done.output.stands_in
    with pytest.raises(BudgetExceeded):
        Set(tmp_path, with_video(poor, footage="provider")).made("prod_2/shoot/0/abc")


@pytest.mark.parametrize("kept", ["gone", "page"])
def test_footage_of_the_briefs_own_that_breaks_is_drawn_instead(tmp_path: Path, kept: str) -> None:
    studio = Set(tmp_path)
    page = studio.artifacts.put_bytes(b"<html>", "video/mp4")
    gone = Artifact(sha256="0" * 64, size_bytes=5, media_type="video/mp4")
    media = BriefMedia(file="a.mp4", scene=1, kept={"gone": gone, "page": page}[kept])
    brief = Brief(topic="Tides", media=(media,))
    footage = studio.shoot(0, brief=brief)
    assert footage.clip.stands_in.startswith("the brief's own footage: ")
    assert footage.is_ours
    if kept == "page":
        with pytest.raises(MediaRefused):
            studio.under(with_video(LOCAL, on_failed_scene="fail")).shoot(0, brief=brief)


# How many


@pytest.mark.parametrize(
    ("share", "count", "most"), [(0.0, 9, 0), (0.34, 9, 3), (0.34, 2, 1), (1.0, 9, 9), (0.1, 1, 1)]
)
def test_a_share_of_the_scenes_may_be_drawn(tmp_path: Path, share: float, count: int, most: int) -> None:
    video = with_video(LOCAL, max_failed_scenes_share=share).video
    scenes = FailedScenes(MemoryArtifacts(tmp_path), video, "prod_1", count)
    assert scenes.most == most
    drawn = [scenes.may_be_drawn(index) for index in range(count)]
    assert drawn == [True] * most + [False] * (count - most)
    assert [scenes.may_be_drawn(index) for index in range(count)] == drawn
    others = FailedScenes(scenes.artifacts, video, "prod_2", count)
    assert others.may_be_drawn(count - 1) == bool(most)


def test_two_at_a_time_never_draw_more_than_may_be(tmp_path: Path) -> None:
    """Whoever looks last sees all others: the counts are taken after the marks."""
    video = with_video(LOCAL, max_failed_scenes_share=0.5).video
    scenes = FailedScenes(MemoryArtifacts(tmp_path), video, "prod_1", 3)
    scenes._mark(0, b"drawn because it failed")  # another worker's, which has not counted yet
    assert not scenes.may_be_drawn(1)
    assert scenes.may_be_drawn(0)


class Interrupted(MemoryArtifacts):
    """Artifacts of a worker that is kept waiting once, between its mark and its count."""

    meanwhile: Callable[[], object] | None = None

    def recall(self, key: str) -> Artifact | None:
        happens = self.meanwhile
        if happens and key in self._remembered:
            self.meanwhile = None
            happens()
        return super().recall(key)


def test_who_wakes_up_late_counts_its_own_scene_though_another_worker_gave_it_up(tmp_path: Path) -> None:
    artifacts = Interrupted(tmp_path)
    video = with_video(LOCAL, max_failed_scenes_share=0.5).video
    scenes = FailedScenes(artifacts, video, "prod_1", 3)
    assert scenes.may_be_drawn(0)
    said: list[bool] = []
    artifacts.meanwhile = lambda: said.append(scenes.may_be_drawn(1))
    said.append(scenes.may_be_drawn(1))
    assert said == [False, False]


def test_who_gives_a_scene_up_leaves_the_word_of_another_worker_for_it(tmp_path: Path) -> None:
    artifacts = MemoryArtifacts(tmp_path)
    video = with_video(LOCAL, max_failed_scenes_share=0.5).video
    scenes = FailedScenes(artifacts, video, "prod_1", 3)
    assert scenes.may_be_drawn(1)  # who may draw it is at it, for long
    scenes._mark(2, b"drawn because it failed")  # a third one has not counted yet
    assert not scenes.may_be_drawn(1), "another life of the same scene"
    assert not scenes.may_be_drawn(2)


def test_a_scene_above_the_share_gives_its_own_error(tmp_path: Path, runway: RunwaySimulator) -> None:
    runway.refused_with = "overloaded"
    studio = Set(tmp_path, with_video(by_runway(runway), max_failed_scenes_share=0.0))
    with pytest.raises((RouteFailed, ProviderFailed)):
        studio.made()
