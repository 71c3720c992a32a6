"""Where each runtime reads its flags."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from reelwright.clock import SystemClock, VirtualClock
from reelwright.config.local import LocalPlace
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.errors import GuardrailRefused
from reelwright.flags.aws import DynamoFlagStates
from reelwright.flags.evaluation import Reason
from reelwright.models.errors import NoModelAvailable
from reelwright.observability.metrics import Metric
from reelwright.pipeline.flag_places import cloud_flags, local_flags
from reelwright.pipeline.workbench import local_parts
from reelwright.storage.schema import Author
from tests.contract.aws_places import TABLE, a_table
from tests.simulation.flagged import deploying, document_with, flags_set
from tests.simulators.agent import Agent
from tests.unit.pipeline.cloud import DEPLOYMENT, PRODUCTION_ID, Cloud, make_resources

DEV = load_environment("dev").settings
IN_TABLE = DEPLOYMENT.model_copy(update={"control_table": TABLE})
BRIEF = {"topic": "Tides", "duration_seconds": 30}


def settings_with(**flags: Any) -> Settings:
    return Settings.model_validate({**DEV.model_dump(), "flags": flags})


def write(root: Path, environment: str, **values: Any) -> None:
    store = LocalPlace(environment, root, SystemClock()).runtime()
    content = json.dumps(document_with(values)).encode()
    store.put("flags", content, expect=None, author=Author(actor="ada", reason="to see"))


@pytest.fixture
def table() -> Iterator[Any]:
    with mock_aws():
        yield a_table()


def test_on_one_machine_they_are_a_document_of_the_environment(tmp_path: Path) -> None:
    clock = VirtualClock()
    flags, other = local_flags(tmp_path, "dev", clock), local_flags(tmp_path, "staging", clock)
    assert flags(DEV).evaluator_for("prod_1").evaluate("captions").enabled
    write(tmp_path, "dev", captions=False)
    clock.advance(5.0)
    assert not flags(DEV).evaluator_for("prod_1").evaluate("captions").enabled
    assert other(DEV).evaluator_for("prod_1").evaluate("captions").enabled


def test_the_parts_of_one_machine_have_them(tmp_path: Path) -> None:
    write(tmp_path, "dev", captions=False)
    parts = local_parts(tmp_path, 1, "dev")
    try:
        evaluator = parts.flags(DEV).evaluator_for("prod_1")
        assert not evaluator.evaluate("captions").enabled
        assert "version" in evaluator.origin
    finally:
        for part in parts.closeables:
            part.close()


def test_the_next_process_remembers_what_this_one_read(tmp_path: Path) -> None:
    write(tmp_path, "dev", captions=False)
    assert (
        not local_flags(tmp_path, "dev", VirtualClock())(DEV).evaluator_for("p").evaluate("captions").enabled
    )
    for content in (tmp_path / "config" / "dev" / "runtime").rglob("*"):
        if content.is_file():
            content.chmod(0o600)
            content.write_bytes(b"damaged")
    evaluator = local_flags(tmp_path, "dev", VirtualClock())(DEV).evaluator_for("p")
    assert not evaluator.evaluate("captions").enabled
    assert "remembered" in evaluator.origin


def test_overrides_are_those_of_the_settings_that_ask(tmp_path: Path) -> None:
    flags = local_flags(tmp_path, "dev", VirtualClock())
    overriding = flags(settings_with(overrides={"captions": False})).evaluator_for("prod_1")
    assert overriding.evaluate("captions").reason is Reason.OVERRIDE
    assert flags(DEV).evaluator_for("prod_1").evaluate("captions").reason is Reason.STATIC


def test_the_agent_is_asked_where_settings_say_so_and_always_the_same_one(tmp_path: Path) -> None:
    with Agent("reelwright-dev") as agent:
        agent.deploy(document_with({"captions": False}))
        flags = local_flags(tmp_path, "dev", VirtualClock())
        asked = settings_with(source="agent", agent_url=agent.url, overrides={"music": False})
        answers = [flags(asked).evaluator_for("prod_1").evaluate("captions", {"id": "prod_1"}) for _ in "ab"]
        assert [answer.enabled for answer in answers] == [False, False]
        assert not flags(asked).evaluator_for("prod_1").evaluate("music", {"id": "prod_1"}).enabled
        assert len(agent.received) == 1
        assert agent.objections == []


def test_on_aws_the_agent_is_asked_by_the_ids_that_permissions_name(table: Any) -> None:
    named = IN_TABLE.model_copy(
        update={"configuration_application": "app1", "flags_environment": "env1", "flags_profile": "pro1"}
    )
    with Agent("app1") as agent:
        asked = settings_with(source="agent", agent_url=agent.url)
        evaluator = cloud_flags(named, table, VirtualClock())(asked).evaluator_for("prod_1")
        assert evaluator.evaluate("captions").enabled
        assert [one.path for one in agent.received] == [
            "/applications/app1/environments/env1/configurations/pro1"
        ]


def test_on_aws_they_are_in_the_control_table(table: Any) -> None:
    clock = VirtualClock()
    flags = cloud_flags(IN_TABLE, table, clock)
    assert flags(DEV).evaluator_for("prod_1").evaluate("captions").enabled
    state = deploying({}, {"captions": False}, 100).model_copy(update={"phase": "COMPLETE"})
    assert DynamoFlagStates(table, TABLE).save(state)
    clock.advance(5.0)
    evaluator = flags(DEV).evaluator_for("prod_1")
    assert (evaluator.evaluate("captions").enabled, evaluator.evaluate("captions").version) == (False, "2")


def test_what_was_read_stays_with_the_process_while_the_table_is_away(table: Any) -> None:
    state = deploying({}, {"captions": False}, 100).model_copy(update={"phase": "COMPLETE"})
    assert DynamoFlagStates(table, TABLE).save(state)
    assert (
        not cloud_flags(IN_TABLE, table, SystemClock())(DEV).evaluator_for("p").evaluate("captions").enabled
    )
    table.delete_table(TableName=TABLE)
    assert (
        not cloud_flags(IN_TABLE, table, SystemClock())(DEV).evaluator_for("p").evaluate("captions").enabled
    )


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with mock_aws():
        make_resources()
        yield Cloud(tmp_path)


def test_a_deployed_production_pins_what_flags_say(cloud: Cloud) -> None:
    cloud.changes = {"flags": flags_set(cloud.clock, music=False)}
    production_id = cloud.execute(brief=BRIEF)
    production = cloud.parts.store.load(production_id)
    effects = {record.flag: record.effect for record in production.flags if record.effect}
    assert effects == {
        "music": "features.music = false instead of true",
        "publish-folder": "publishes on folder",
    }
    assert not cloud.parts.store.pinned(production_id).settings.features.music
    assert b'id="flags"' in cloud.package(production_id)["report.html"]


def test_what_an_execution_asks_for_wins_over_flags_also_of_flags(cloud: Cloud) -> None:
    cloud.changes = {"flags": flags_set(cloud.clock, music=False)}
    asked = {"features": {"music": True}, "flags": {"overrides": {"captions": False}}}
    production = cloud.parts.store.load(cloud.begin(brief=BRIEF, overrides=asked))
    told = {record.flag: record for record in production.flags}
    assert told["music"].effect == "none: this request asks for features.music = true"
    assert told["captions"].reason == "OVERRIDE"
    assert cloud.parts.store.pinned(production.id).settings.features.captions == "off"


def test_a_call_that_is_repeated_after_flags_changed_finds_what_it_began(cloud: Cloud) -> None:
    cloud.changes = {"flags": flags_set(cloud.clock, music=False)}
    began = cloud.parts.store.load(cloud.begin(brief=BRIEF))
    cloud.changes = {"flags": flags_set(cloud.clock, version="8")}
    assert cloud.parts.store.load(cloud.begin(brief=BRIEF)) == began


def test_flags_that_let_no_production_begin_count_as_failures(cloud: Cloud) -> None:
    off = {f"provider-{name}": False for name in DEV.providers}
    cloud.changes = {"flags": flags_set(cloud.clock, **off)}
    with pytest.raises(NoModelAvailable):
        cloud.begin(brief=BRIEF)
    assert cloud.metrics.of(Metric.PRODUCTIONS_FAILED) == [1]


def test_a_brief_that_nobody_could_make_is_no_failure_of_flags(cloud: Cloud) -> None:
    cloud.changes = {"flags": flags_set(cloud.clock, music=False)}
    with pytest.raises(NoModelAvailable):
        cloud.begin(brief={**BRIEF, "language": "zu"})
    assert cloud.metrics.of(Metric.PRODUCTIONS_FAILED) == []


def test_a_platform_that_a_flag_closes_takes_back_no_change_of_flags(cloud: Cloud) -> None:
    cloud.changes = {"flags": flags_set(cloud.clock, publish_folder=False)}
    with pytest.raises(GuardrailRefused, match=r"flags set publish-folder on .* --env dev"):
        cloud.begin(brief=BRIEF)
    assert cloud.metrics.of(Metric.PRODUCTIONS_FAILED) == []
    assert cloud.metrics.of(Metric.PRODUCTIONS_STOPPED) == [1]


def test_an_environment_whose_table_cannot_be_read_goes_by_what_code_defines(cloud: Cloud) -> None:
    parts = cloud.parts
    assert replace(parts, flags=parts.flags).flags(DEV).evaluator_for(PRODUCTION_ID).names
    production = cloud.parts.store.load(cloud.begin(brief=BRIEF))
    assert {record.version for record in production.flags} == {"bundled"}
    assert "what code defines" in production.flags[0].origin
