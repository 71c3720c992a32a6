"""A whole production whose only camera has no credit left: it is drawn, and says so."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from reelwright.clock import VirtualClock
from reelwright.production.schema import Brief
from tests.e2e.vendors.workroom import brief_about, studio_at
from tests.simulators.house import House

pytestmark = pytest.mark.render

OURS = {"MODELS__CONTENT__MODELS": '["embedded-writer"]', "MODELS__AUDIO__MODELS": '["embedded-voice"]'}
ONE_CAMERA = {"MODELS__VIDEO__MODELS": '["runway-gen4-5"]', "VIDEO__FPS": 24}


def test_scenes_that_nobody_shoots_are_drawn_and_those_of_the_brief_are_not_asked_for(tmp_path: Path) -> None:
    said = {**brief_about("Why honey keeps").model_dump(), "duration_seconds": 6, "scenes": ["1=graphics"]}
    brief = Brief.model_validate(said)
    clock = VirtualClock(datetime.now(UTC))
    with House() as house, studio_at(tmp_path, house, clock, **OURS, **ONE_CAMERA) as studio:
        house.runway.refused_with = "exhausted"
        production = studio.make(brief)
        decisions = production.step("shoot").decisions
        drawn = [each.subject for each in decisions if each.subject.startswith("failed scene")]
        count = production.step("shoot").items_total
        assert drawn == [f"failed scene {number}" for number in range(2, count + 1)]
        told = [each for each in production.warnings if "was drawn because it could not be shot" in each]
        assert len(told) == len(drawn) > 0
        assert [each.chosen for each in decisions if each.subject == "source of scene 1"] == ["graphics"]
        assert house.bill_micro_usd == 0
