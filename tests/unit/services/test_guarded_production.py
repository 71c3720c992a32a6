"""A guardrail in the functions of the pipeline: asked through the ledger in the cloud, and on the record."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from reelwright.content.errors import ContentRefused
from reelwright.models.guarding import GUARDRAIL
from reelwright.models.providers.bedrock_guardrail import BedrockGuardrail
from reelwright.pipeline.report.record import ProductionRecord
from tests.simulators.bedrock import BedrockSimulator
from tests.simulators.bedrock_clients import aws_calls_to
from tests.simulators.bedrock_guardrail import SimulatedGuardrail
from tests.unit.pipeline.cloud import PRODUCTION_ID, Cloud, make_resources


@pytest.fixture
def bedrock() -> Iterator[BedrockSimulator]:
    with BedrockSimulator() as simulator:
        simulator.guardrails["gr1house"] = SimulatedGuardrail(denied={"buy shares": "Investment advice"})
        yield simulator
        assert simulator.objections == []


@pytest.fixture
def cloud(tmp_path: Path, bedrock: BedrockSimulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        make_resources()
        made = Cloud(tmp_path / "room")
        told = made._engines.providers
        content = {**told.content, GUARDRAIL: BedrockGuardrail(aws_calls_to(bedrock))}
        made._engines = replace(made._engines, providers=replace(told, content=content))
        yield made


def asked(bedrock: BedrockSimulator, **brief: Any) -> dict[str, Any]:
    return {
        "brief": {"topic": "Tides", "duration_seconds": 30, **brief},
        "overrides": {
            "moderation": {"guardrail_id": "gr1house", "guardrail_version": "3"},
            "providers": {"bedrock": {"endpoints": [bedrock.url]}},
        },
    }


def test_a_production_is_looked_at_twice_and_its_record_and_bill_say_so(
    cloud: Cloud, bedrock: BedrockSimulator
) -> None:
    cloud.execute(times=2, **asked(bedrock))
    assert [each.json["source"] for each in bedrock.received] == ["INPUT", "OUTPUT"]
    record = ProductionRecord.model_validate_json(cloud.package(PRODUCTION_ID)["production.json"]).production
    told = [each for step in record.steps for each in step.decisions if each.subject.startswith("guardrail")]
    assert [each.chosen for each in told] == ["passed", "passed"]
    of_it = [line.micro_usd for line in record.charges if line.model == GUARDRAIL]
    assert sum(of_it) == bedrock.bill_micro_usd > 0


def test_a_stopped_brief_ends_the_production_and_nothing_else_was_asked(
    cloud: Cloud, bedrock: BedrockSimulator
) -> None:
    production_id = cloud.begin(**asked(bedrock, notes="You should buy shares of the sea."))
    cloud.open(production_id, "write_script")
    with pytest.raises(ContentRefused, match="Investment advice"):
        cloud.run(production_id, "write_script", 0)
    assert [each.json["source"] for each in bedrock.received] == ["INPUT"]
