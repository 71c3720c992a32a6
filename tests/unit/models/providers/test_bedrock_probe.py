"""What Bedrock says it offers, and until when."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from reelwright.clock import VirtualClock
from reelwright.models.errors import ProviderFailed, ProviderMisconfigured
from reelwright.models.providers.bedrock_probe import BedrockProbe, ModelLifecycle
from reelwright.models.schema import Model
from tests.simulators.access import call_to
from tests.simulators.bedrock import BedrockSimulator
from tests.simulators.bedrock_clients import aws_calls_to
from tests.simulators.bedrock_offers import OFFERS
from tests.simulators.server import Faults, json_answer
from tests.unit.models.providers.bedrock_samples import LITE, LUMA, REEL, SONNET

PRO = LITE.model_copy(update={"name": "nova-pro", "vendor_id": "amazon.nova-pro-v1:0"})


class RealTimeElsewhere(VirtualClock):
    """A clock whose date is set, and that runs, as connections need it."""

    def monotonic(self) -> float:
        return datetime.now(UTC).timestamp()


def _on(*day: int) -> RealTimeElsewhere:
    return RealTimeElsewhere(datetime(*day, 12, tzinfo=UTC))


@pytest.fixture
def clock() -> RealTimeElsewhere:
    return _on(2026, 11, 25)


@pytest.fixture
def bedrock(clock: VirtualClock) -> Iterator[BedrockSimulator]:
    with BedrockSimulator(clock=clock) as simulator:
        yield simulator
        assert simulator.objections == []
        assert simulator.accepted == []


@pytest.fixture
def probe(bedrock: BedrockSimulator) -> BedrockProbe:
    return BedrockProbe(aws_calls_to(bedrock))


def test_what_is_offered_has_nothing_wrong_and_what_is_ended_says_since_when(
    probe: BedrockProbe, clock: RealTimeElsewhere
) -> None:
    assert probe.probe((SONNET, LITE, LUMA, REEL), call_to(clock=clock)) == (
        (SONNET.name, ""),
        (LITE.name, ""),
        (LUMA.name, ""),
        (REEL.name, "ended since 2026-09-30"),
    )


@pytest.mark.parametrize(
    ("day", "warning"),
    [
        ((2026, 3, 29), ""),
        ((2026, 3, 30), "legacy since 2026-03-30; ends on 2026-09-30, in 184 days"),
        ((2026, 9, 29), "legacy since 2026-03-30; ends on 2026-09-30, in 1 days"),
        ((2026, 9, 30), "ended since 2026-09-30"),
    ],
)
def test_the_end_of_nova_reel_is_told_before_it_comes(
    bedrock: BedrockSimulator, probe: BedrockProbe, day: tuple[int, int, int], warning: str
) -> None:
    bedrock.clock = _on(*day)
    assert probe.probe((REEL,), call_to(clock=bedrock.clock)) == ((REEL.name, warning),)


def test_an_end_that_is_set_is_told_of_a_model_that_is_not_legacy_yet() -> None:
    life = ModelLifecycle("active", None, date(2026, 12, 31))
    assert life.warning(date(2026, 10, 1)) == ""
    assert life.warning(date(2026, 10, 2)) == "ends on 2026-12-31, in 90 days"


def test_a_legacy_model_without_dates_says_so() -> None:
    assert ModelLifecycle("legacy").warning(date(2026, 1, 1)) == "legacy; its end has no date yet"


def test_a_model_that_is_not_offered_where_it_should_run_is_wrong(
    probe: BedrockProbe, clock: RealTimeElsewhere
) -> None:
    elsewhere = LUMA.model_copy(update={"region": "eu-west-1"})
    gone = LITE.model_copy(update={"name": "gone", "vendor_id": "amazon.gone-v1:0"})
    assert probe.probe((elsewhere, gone), call_to(clock=clock)) == (
        (elsewhere.name, "luma.ray-v2:0 is not offered in eu-west-1"),
        ("gone", "amazon.gone-v1:0 is not offered in the own region"),
    )


def test_profiles_are_read_over_pages_and_tell_the_life_of_the_model_behind(
    bedrock: BedrockSimulator, probe: BedrockProbe, clock: RealTimeElsewhere
) -> None:
    behind = "anthropic.claude-sonnet-5-5"
    ending = replace(OFFERS[behind], ends=datetime(2026, 12, 5, tzinfo=UTC))
    bedrock.offers, bedrock.page = {**OFFERS, behind: ending}, 2
    assert probe.probe((SONNET,), call_to(clock=clock)) == ((SONNET.name, "ends on 2026-12-05, in 10 days"),)
    assert len([one for one in bedrock.received if one.path == "/inference-profiles"]) > 3


def test_a_profile_to_a_model_of_other_regions_only_has_nothing_wrong(
    bedrock: BedrockSimulator, probe: BedrockProbe, clock: RealTimeElsewhere
) -> None:
    behind = "anthropic.claude-sonnet-5-5"
    bedrock.offers = {**OFFERS, behind: replace(OFFERS[behind], regions=("us-east-1",))}
    assert probe.probe((SONNET,), call_to(clock=clock)) == ((SONNET.name, ""),)


def test_profiles_are_asked_for_only_when_needed(
    bedrock: BedrockSimulator, probe: BedrockProbe, clock: RealTimeElsewhere
) -> None:
    probe.probe((LITE, PRO), call_to(clock=clock))
    assert [one.path for one in bedrock.received] == ["/foundation-models"]


def test_one_region_that_does_not_answer_is_wrong_and_the_others_are_told(
    bedrock: BedrockSimulator, probe: BedrockProbe, clock: RealTimeElsewhere
) -> None:
    bedrock.faults = Faults.script(["unauthorised"])
    (_, wrong), luma = probe.probe((LITE, LUMA), call_to(clock=clock))
    assert "not authorized" in wrong
    assert luma == (LUMA.name, "")


@pytest.mark.parametrize("models", [(LITE,), (LITE, LUMA)])
def test_if_nobody_answers_it_is_a_failure(
    bedrock: BedrockSimulator, probe: BedrockProbe, clock: RealTimeElsewhere, models: tuple[Model, ...]
) -> None:
    bedrock.faults = Faults.random(0, 1.0, ["unauthorised"])
    with pytest.raises(ProviderMisconfigured):
        probe.probe(models, call_to(clock=clock))


@pytest.mark.parametrize("data", [{}, {"modelSummaries": None}, []])
def test_a_list_that_cannot_be_read_is_a_failure(
    bedrock: BedrockSimulator, probe: BedrockProbe, clock: RealTimeElsewhere, data: object
) -> None:
    bedrock.next_answers = [json_answer(data)]
    with pytest.raises(ProviderFailed):
        probe.probe((LITE,), call_to(clock=clock))


def test_lives_are_told_as_dates(probe: BedrockProbe, clock: RealTimeElsewhere) -> None:
    missing: Model = LITE.model_copy(update={"name": "gone", "vendor_id": "amazon.gone-v1:0"})
    assert probe.lifecycles((REEL, LITE, missing), call_to(clock=clock)) == {
        REEL.name: ModelLifecycle("retired", date(2026, 3, 30), date(2026, 9, 30)),
        LITE.name: ModelLifecycle("active"),
    }
