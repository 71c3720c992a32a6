"""One suite for every place that flags are read from, through the reader that productions ask."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.config.local import LocalPlace
from reelwright.flags.aws import DynamoFlagStates
from reelwright.flags.definitions import flag_definitions
from reelwright.flags.deployments import FlagState, FlagVersion
from reelwright.flags.local import DocumentFlagStates
from reelwright.flags.memory import MemoryFlagStates
from reelwright.flags.ports import FlagStates, ReadableFlagStates
from reelwright.flags.reading import FlagReader
from reelwright.storage.schema import Author

AUTHOR = Author(actor="jo", reason="test")


@dataclass
class World:
    """One place: how a document gets there, how it breaks, and who reads it."""

    states: ReadableFlagStates
    deploy: Callable[[str, Mapping[str, Any]], object]
    break_: Callable[[], object]


def deploying(states: FlagStates) -> Callable[[str, Mapping[str, Any]], object]:
    count = iter(range(1, 100))

    def deploy(profile: str, document: Mapping[str, Any]) -> object:
        number = next(count)
        new = FlagVersion(version=str(number), document=dict(document))
        return states.save(
            FlagState(profile=profile, number=number, phase="COMPLETE", percentage=100.0, old=None, new=new)
        )

    return deploy


class _Away(MemoryFlagStates):
    away = False

    def load(self) -> Mapping[str, FlagState]:
        if self.away:
            raise SourceUnreachable("away.")
        return super().load()

    def go(self) -> None:
        self.away = True


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(params=["memory", "dynamo", "documents"])
def world(request: pytest.FixtureRequest, tmp_path: Path, clock: VirtualClock) -> Iterator[World]:
    if request.param == "memory":
        memory = _Away()
        yield World(memory, deploying(memory), memory.go)
    elif request.param == "documents":
        yield documents(tmp_path, clock)
    else:
        with mock_aws():
            yield table()


def documents(folder: Path, clock: VirtualClock) -> World:
    place = LocalPlace("dev", folder, clock)
    store = place.runtime()

    def deploy(profile: str, document: Mapping[str, Any]) -> object:
        return store.put(profile, json.dumps(document).encode(), expect=None, author=AUTHOR)

    def damage() -> None:
        for record in place.folder.rglob("*.json"):
            record.chmod(0o644)
            record.write_text("{}")

    return World(DocumentFlagStates(store), deploy, damage)


def table() -> World:
    dynamodb = boto3.client("dynamodb", region_name="us-east-1")
    dynamodb.create_table(
        TableName="control",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    states = DynamoFlagStates(dynamodb, "control")
    return World(states, deploying(states), lambda: dynamodb.delete_table(TableName="control"))


def says(enabled: bool) -> dict[str, Any]:  # noqa: FBT001 (it reads as what it says)
    return {"version": "1", "flags": {"captions": {}}, "values": {"captions": {"enabled": enabled}}}


def captions(reader: FlagReader) -> bool:
    return reader.evaluator_for("prod_1").evaluate("captions").enabled


def test_what_is_deployed_is_what_productions_are_told(world: World, clock: VirtualClock) -> None:
    reader = FlagReader(world.states, clock=clock)
    assert captions(reader)

    for enabled in (False, True, False):
        world.deploy("flags", says(enabled))
        clock.advance(6)
        assert captions(reader) is enabled


def test_profiles_are_read_apart(world: World, clock: VirtualClock) -> None:
    pulled = {**flag_definitions("kill-switches").as_json()}
    pulled["values"] = {**pulled["values"], "stop-provider-runway": {"enabled": True}}
    world.deploy("flags", says(enabled=False))
    world.deploy("kill-switches", pulled)

    assert not captions(FlagReader(world.states, clock=clock))
    switches = FlagReader(world.states, clock=clock, profile="kill-switches").evaluator_for("")
    assert switches.evaluate("stop-provider-runway").enabled
    assert not switches.evaluate("stop-provider-luma").enabled


def test_a_place_that_fails_says_so_and_what_was_read_goes_on(world: World, clock: VirtualClock) -> None:
    reader = FlagReader(world.states, clock=clock)
    world.deploy("flags", says(enabled=False))
    assert not captions(reader)
    world.break_()
    clock.advance(6)

    with pytest.raises((SourceUnreachable, SourceFailed)):
        world.states.load()
    assert not captions(reader)
    assert "; " in reader.evaluator_for("prod_1").origin


@pytest.mark.parametrize("bad", [{"version": "1", "flags": 3}, {}, {"version": "2"}])
def test_a_bad_document_of_one_profile_leaves_it_the_last_good_one_and_others_alone(
    world: World, clock: VirtualClock, bad: Mapping[str, Any]
) -> None:
    flags = FlagReader(world.states, clock=clock)
    switches = FlagReader(world.states, clock=clock, profile="kill-switches")
    world.deploy("flags", says(enabled=False))
    world.deploy("kill-switches", flag_definitions("kill-switches").as_json())
    assert not captions(flags)
    world.deploy("flags", bad)
    clock.advance(6)

    assert not captions(flags)
    assert "cannot be evaluated" in flags.evaluator_for("prod_1").origin
    assert "cannot" not in switches.evaluator_for("prod_1").origin


# --- Documents of one machine ------------------------------------------------------------------------------


def test_a_stored_document_gets_what_code_defines_beside_it(tmp_path: Path, clock: VirtualClock) -> None:
    world = documents(tmp_path, clock)
    world.deploy("flags", says(enabled=False))
    evaluator = FlagReader(world.states, clock=clock).evaluator_for("prod_1")

    assert set(evaluator.names) == set(flag_definitions("flags").values)
    assert evaluator.evaluate("music").enabled
    assert not evaluator.evaluate("captions").enabled


def test_an_attribute_that_code_adds_arrives_in_what_is_stored(tmp_path: Path, clock: VirtualClock) -> None:
    world = documents(tmp_path, clock)
    stored = {"version": "1", "flags": {"video-model": {}}, "values": {"video-model": {"enabled": True}}}
    world.deploy("flags", stored)
    said = FlagReader(world.states, clock=clock).evaluator_for("prod_1").evaluate("video-model")

    assert (said.enabled, said.attributes["tier"]) == (True, "economy")


@pytest.mark.parametrize(
    "content", [b"", b"[1]", b"null", b"{", b"\xff", b'{"flags": {"a": 1}}', b"[" * 9999]
)
def test_what_is_no_document_is_refused_by_who_compiles_it(
    tmp_path: Path, clock: VirtualClock, content: bytes
) -> None:
    place = LocalPlace("dev", tmp_path, clock)
    place.runtime().put("flags", content, expect=None, author=AUTHOR)
    evaluator = FlagReader(DocumentFlagStates(place.runtime()), clock=clock).evaluator_for("prod_1")

    assert evaluator.evaluate("captions").version == "bundled"
    assert evaluator.origin.startswith("what code defines; version 00000001-")


def test_environments_do_not_read_each_others_documents(tmp_path: Path, clock: VirtualClock) -> None:
    dev, staging = (LocalPlace(name, tmp_path, clock).runtime() for name in ("dev", "staging"))
    dev.put("flags", json.dumps(says(enabled=False)).encode(), expect=None, author=AUTHOR)

    assert not captions(FlagReader(DocumentFlagStates(dev), clock=clock))
    assert captions(FlagReader(DocumentFlagStates(staging), clock=clock))
