"""A guardrail over briefs and scripts, against a simulated Bedrock through route, ledger and answers."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest

from reelwright.clock import VirtualClock
from reelwright.content.engine.provider import EmbeddedWriter
from reelwright.content.errors import ContentRefused
from reelwright.content.guardrail import BedrockGuard, NoGuard, guard_for
from reelwright.content.manager import ContentGenerationManager, WrittenScript
from reelwright.environment.loader import load_environment
from reelwright.environment.moderating import ModerationSettings
from reelwright.environment.schema import BudgetSettings, ProviderSettings, Settings
from reelwright.errors import BudgetExceeded
from reelwright.models.errors import ProviderMisconfigured, ProviderStopped, ProviderThrottled
from reelwright.models.guarding import GUARDRAIL, MAX_CHARACTERS
from reelwright.models.manager import Providers
from reelwright.models.parts import ModelParts, in_memory
from reelwright.models.providers.bedrock_guardrail import BedrockGuardrail
from reelwright.models.spending import whole_bill
from reelwright.production.schema import Brief
from reelwright.storage.memory import MemoryArtifacts
from tests.simulators.bedrock import BedrockSimulator
from tests.simulators.bedrock_clients import aws_calls_to
from tests.simulators.bedrock_guardrail import SimulatedGuardrail
from tests.simulators.server import Fault, Faults, json_answer
from tests.unit.content.writing import NOTES, brief, script

KEY = "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF/write_script"
HOUSE = SimulatedGuardrail(
    denied={"buy shares": "Investment advice"},
    masked={"ada@example.com": "EMAIL"},
    noticed={"sting": "VIOLENCE"},
)
ARN = "arn:aws:bedrock:eu-west-1:123456789012:guardrail/gr1house"


class Film:
    """Stands where Bedrock's footage is ordered: whatever comes here was no question to a guardrail."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} of the camera was asked")


@dataclass
class World:
    """One simulated Bedrock and everything that a call to it passes on its way."""

    bedrock: BedrockSimulator
    parts: ModelParts

    def settings(self, **moderation: Any) -> Settings:
        local = load_environment("local").settings
        told = {"guardrail_id": "gr1house", "guardrail_version": "3", **moderation}
        return local.model_copy(
            update={
                "moderation": ModerationSettings.model_validate(told),
                "providers": {**local.providers, "bedrock": ProviderSettings(endpoints=(self.bedrock.url,))},
            }
        )

    def write(self, asked: Brief, settings: Settings | None = None, key: str = KEY) -> WrittenScript:
        settings = settings or self.settings()
        manager = ContentGenerationManager(
            self.parts.manager_for(settings), settings.content, guard_for(self.parts, settings)
        )
        return manager.write_script(asked, words_per_minute=165, seed=1, idempotency_key=key)

    @property
    def spent(self) -> int:
        return sum(charge.settled_micro_usd for charge in self.parts.ledger.charges())

    @property
    def sources(self) -> list[str]:
        return [received.json["source"] for received in self.bedrock.received]


@pytest.fixture
def world() -> Iterator[World]:
    clock = VirtualClock()
    with BedrockSimulator() as bedrock:
        bedrock.guardrails["gr1house"] = HOUSE
        parts = in_memory(
            providers=Providers(
                content={
                    "embedded": EmbeddedWriter(),
                    GUARDRAIL: BedrockGuardrail(aws_calls_to(bedrock)),
                },
                audio={},
                video={},
                footage={"bedrock": Film()},
            ),
            artifacts=MemoryArtifacts(clock),
            clock=clock,
            rng=Random(1),
        )
        yield World(bedrock, parts)
        assert bedrock.objections == []


def test_without_a_guardrail_nobody_is_asked(world: World) -> None:
    settings = world.settings(guardrail_id=None)
    assert isinstance(guard_for(world.parts, settings), NoGuard)
    world.write(brief(), settings)
    assert world.bedrock.received == []


def test_brief_and_script_are_looked_at_paid_and_told(world: World) -> None:
    written = world.write(brief())
    assert world.sources == ["INPUT", "OUTPUT"]
    told = {each.subject: each for each in written.decisions if each.subject.startswith("guardrail")}
    assert {subject: each.chosen for subject, each in told.items()} == {
        "guardrail of the brief": "passed",
        "guardrail of the script": "passed",
    }
    assert "gr1house version 3" in told["guardrail of the brief"].reason
    of_it = [line for line in written.charges if line.model == GUARDRAIL]
    assert {line.unit for line in of_it} == {
        "topic_policy_units",
        "sensitive_policy_units",
        "content_policy_units",
    }
    assert sum(line.micro_usd for line in of_it) == world.spent == world.bedrock.bill_micro_usd > 0


def test_what_was_set_aside_was_no_less_than_any_bill(world: World) -> None:
    world.write(brief(NOTES * 30))
    for charge in world.parts.ledger.charges():
        assert 0 < charge.settled_micro_usd <= charge.reserved_micro_usd


def test_a_stopped_brief_is_refused_by_the_policys_name_before_anything_is_written(world: World) -> None:
    with pytest.raises(ContentRefused, match="stops the brief: denied topic 'Investment advice'") as caught:
        world.write(brief(f"{NOTES}\nYou should buy shares of it."))
    assert caught.value.context["guardrail"] == "gr1house version 3"
    assert world.sources == ["INPUT"]
    assert world.spent == world.bedrock.bill_micro_usd > 0


def test_a_stopped_script_is_refused(world: World) -> None:
    guard = guard_for(world.parts, world.settings())
    with pytest.raises(ContentRefused, match="stops the script: denied topic"):
        guard.script(script().model_copy(update={"title": "Why to buy shares of honey"}), KEY)
    assert world.sources == ["OUTPUT"]


def test_what_was_masked_is_told_nowhere(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="reelwright")
    with pytest.raises(ContentRefused, match="personal data 'EMAIL'") as caught:
        world.write(brief(f"{NOTES}\nAsk ada@example.com about it."))
    kept = [charge.model_dump_json() for charge in world.parts.ledger.charges()]
    for told in (str(caught.value), str(caught.value.context), caplog.text, *kept):
        assert "ada@" not in told
        assert "{EMAIL}" not in told


def test_what_it_notices_and_lets_pass_is_a_finding(world: World) -> None:
    written = world.write(brief(f"{NOTES}\nBees can sting whoever comes too near to the hive."))
    assert written.script.assessment is not None
    found = [each.what for each in written.script.assessment.findings if each.kind == "moderation"]
    assert any("content filter 'VIOLENCE' in the brief" in what for what in found)


def test_a_repeated_step_is_told_the_same_and_pays_nothing(world: World) -> None:
    first = world.write(brief())
    again = world.write(brief())
    assert len(world.bedrock.received) == 2
    assert again.charges == first.charges


def test_a_refusal_stays_one_when_the_step_is_repeated(world: World) -> None:
    for _ in range(2):
        with pytest.raises(ContentRefused):
            world.write(brief(f"{NOTES}\nYou should buy shares of it."))
    assert len(world.bedrock.received) == 1


def test_long_notes_are_looked_at_in_pieces_to_the_last_letter(world: World) -> None:
    notes = "\n".join(f"Line {number} tells of honey and of nothing else." for number in range(1_300))
    world.write(brief(notes))
    texts = [each.json["content"][0]["text"]["text"] for each in world.bedrock.received]
    of_brief = [text for text, source in zip(texts, world.sources, strict=True) if source == "INPUT"]
    assert len(of_brief) == 3
    assert all(len(text) <= MAX_CHARACTERS for text in of_brief)
    assert "".join(of_brief) == f"Why honey keeps\ngeneral\n{notes}"


@pytest.mark.parametrize(
    ("faults", "failed"),
    [(["throttled"], 1), (["server_error", "reset"], 2), (["lost_answer"], 1), (["malformed"], 1)],
)
def test_what_passes_is_tried_again_and_stands_on_the_record(
    world: World, faults: list[Fault], failed: int
) -> None:
    world.bedrock.faults = Faults.script(faults)
    written = world.write(brief())
    (told,) = [each for each in written.decisions if each.subject == "guardrail of the brief"]
    assert (told.chosen, len(told.rejected)) == ("passed", failed)


def test_while_it_cannot_be_asked_nothing_is_made(world: World) -> None:
    world.bedrock.faults = Faults.script(["throttled"] * 20)
    with pytest.raises(ProviderThrottled):
        world.write(brief())
    assert world.spent == 0


def test_by_the_settings_it_goes_on_and_says_that_nobody_looked(world: World) -> None:
    world.bedrock.faults = Faults.script(["throttled"] * 20)
    written = world.write(brief(), world.settings(on_unavailable="warn"))
    assert any(warning.startswith("No guardrail has looked at the brief") for warning in written.warnings)
    (told,) = [each for each in written.decisions if each.subject == "guardrail of the brief"]
    assert told.chosen == "not asked"


def test_what_may_have_been_billed_is_on_the_bill_of_a_script_that_nobody_looked_at(world: World) -> None:
    world.bedrock.faults = Faults.script(["lost_answer"] * 20)
    written = world.write(brief(), world.settings(on_unavailable="warn"))
    bill = whole_bill(world.parts.ledger, KEY, written.charges)
    assert any(line.state == "unknown" and line.model == GUARDRAIL for line in bill)


@pytest.mark.parametrize("policy", ["refuse", "warn"])
def test_no_policy_lets_pass_what_it_stops(world: World, policy: str) -> None:
    with pytest.raises(ContentRefused):
        world.write(brief(f"{NOTES}\nYou should buy shares of it."), world.settings(on_unavailable=policy))


def test_a_guardrail_that_is_not_there_is_the_operators_affair(world: World) -> None:
    with pytest.raises(ProviderMisconfigured, match=r"the guardrail nosuch.*Set moderation\.guardrail_id"):
        world.write(brief(), world.settings(guardrail_id="nosuch"))
    world.bedrock.faults = Faults.script(["unauthorised"])
    with pytest.raises(ProviderMisconfigured):
        world.write(brief(), key=f"{KEY}-2")


def test_a_budget_that_is_used_up_stops_it_too(world: World) -> None:
    settings = world.settings().model_copy(
        update={"budgets": BudgetSettings.model_validate({"per_video_usd": "0.000100"})}
    )
    with pytest.raises(BudgetExceeded):
        world.write(brief(), settings)
    assert world.bedrock.received == []


def test_an_operators_switch_of_its_provider_stops_it(world: World) -> None:
    world.parts = replace(world.parts, switched_off=lambda name: "stopped" if name == "bedrock" else "")
    with pytest.raises(ProviderStopped):
        world.write(brief())


def test_an_answer_that_is_none_is_no_leave_to_go_on(world: World) -> None:
    world.bedrock.next_answers = [json_answer({"hello": "a proxy"}) for _ in range(20)]
    with pytest.raises(Exception, match="cannot be read"):
        world.write(brief())


def test_a_guardrail_named_by_its_arn_is_asked_in_its_own_region(world: World) -> None:
    world.write(brief(), world.settings(guardrail_id=ARN, guardrail_version="DRAFT"))
    assert all("/eu-west-1/bedrock/" in each.headers["authorization"] for each in world.bedrock.received)


def test_its_calls_share_the_ledger_and_health_of_all_others(world: World) -> None:
    guard = guard_for(world.parts, world.settings())
    assert isinstance(guard, BedrockGuard)
    guard.brief(brief(), KEY)
    (charge,) = world.parts.ledger.charges(budget="video:prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF")
    assert charge.subject["model"] == GUARDRAIL
