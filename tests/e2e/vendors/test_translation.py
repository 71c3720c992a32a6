"""A video of vendors' told again in another language: its footage is not paid for twice."""

import json
from pathlib import Path

import pytest

from tests.e2e.vendors.place import Place, all_decisions, record_of
from tests.simulators.house import House

pytestmark = pytest.mark.render

ONLY = {
    "MODELS__CONTENT__MODELS": ["claude-sonnet-5-5"],
    "MODELS__AUDIO__MODELS": ["polly-generative"],
    "MODELS__VIDEO__MODELS": ["runway-gen4-5"],
    "VIDEO__RESOLUTION": "480p",
}


def test_the_footage_of_a_video_is_shown_again_in_another_language_and_not_paid_for_again(
    tmp_path: Path,
) -> None:
    with House() as house:
        place = Place(tmp_path, house, ONLY)
        english = record_of(place.run(*place.making("Why honey keeps")))
        original, paid = english["production"]["id"], dict(house.bills)
        again = ("productions", "translate", original, "--language", "de", "--voice", "vicki", "--json")
        german = record_of(place.run(*again))
        assert house.objections == []
        assert house.bills["runway"] == paid["runway"]
        assert house.bills["anthropic"] > paid["anthropic"]
        assert house.bills["polly"] > paid["polly"]
        shown = place.run("productions", "show", german["production"]["id"])
        refused = place.run("productions", "translate", original, "--language", "en", "--json")
    assert german["production"]["brief"]["translation"]["original"] == original
    assert german["script"]["language"] == "de"
    assert german["narration"]["voice"] == "vicki"
    assert len(german["script"]["scenes"]) == len(english["script"]["scenes"])
    assert german["script"]["scenes"][0]["narration"] != english["script"]["scenes"][0]["narration"]
    assert all(check["passed"] for check in german["review"]["checks"])
    (footage,) = all_decisions(german, "footage of scene 1")
    assert footage["chosen"] == f"that of {original}"
    (prompt,) = german["production"]["prompts"]
    assert prompt["name"] == "translate"
    assert f"told again after {original}, with 1 of its clips shown again" in shown.stdout
    assert "already" in json.loads(refused.stdout)["error"]["message"]
    assert refused.returncode == 2
