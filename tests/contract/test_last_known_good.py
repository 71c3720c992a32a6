"""One suite for every LastKnownGood."""

import json
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from reelwright.config.aws_memory import DynamoLastKnownGood
from reelwright.config.errors import SourceUnreachable
from reelwright.config.local import FileLastKnownGood
from reelwright.config.memory import MemoryLastKnownGood
from reelwright.config.ports import Fetched, LastKnownGood, Remembered
from reelwright.config.remembering import remembered_from_json, remembered_to_json
from tests.contract.aws_places import OneAtATime

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def remembered(number: int, at: datetime = NOON) -> Remembered:
    end = NOON + timedelta(days=number)
    return Remembered(
        Fetched(
            version=f"v{number}",
            settings={"video": {"fps": number}, "nothing": None, "list": [1, "two"]},
            documents={"flags": {"a": number}},
            expires={"video.fps": end},
            notes={"video.fps": "ann: to see"},
        ),
        at,
    )


@pytest.fixture(params=["memory", "file", "dynamodb"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], LastKnownGood]]:
    """Return a way to open the same memory as another process would."""
    if request.param == "memory":
        one = MemoryLastKnownGood()
        yield lambda: one
    elif request.param == "file":
        yield lambda: FileLastKnownGood(tmp_path / "deep" / "last-known-good.json")
    else:
        with mock_aws():
            client: Any = OneAtATime(boto3.client("dynamodb", region_name="us-east-1"))
            names = ("pk", "sk")
            client.create_table(
                TableName="control",
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
                KeySchema=[
                    {"AttributeName": name, "KeyType": kind}
                    for name, kind in zip(names, ("HASH", "RANGE"), strict=True)
                ],
            )
            yield lambda: DynamoLastKnownGood(client, "control")


def test_at_first_nothing_is_remembered(reopen: Callable[[], LastKnownGood]) -> None:
    assert dict(reopen().load()) == {}


def test_what_each_source_said_is_remembered_by_another_process(reopen: Callable[[], LastKnownGood]) -> None:
    memory = reopen()
    memory.save("ssm", remembered(1))
    memory.save("runtime", remembered(2))
    assert dict(reopen().load()) == {"ssm": remembered(1), "runtime": remembered(2)}


def test_an_older_answer_never_replaces_a_newer_one(reopen: Callable[[], LastKnownGood]) -> None:
    memory = reopen()
    memory.save("ssm", remembered(2, NOON + timedelta(seconds=1)))
    memory.save("ssm", remembered(1, NOON))
    assert memory.load()["ssm"].fetched.version == "v2"
    memory.save("ssm", remembered(3, NOON + timedelta(seconds=2)))
    assert memory.load()["ssm"].fetched.version == "v3"


def test_that_a_source_holds_nothing_is_remembered(reopen: Callable[[], LastKnownGood]) -> None:
    memory = reopen()
    memory.save("s3", Remembered(Fetched(version=""), NOON))
    assert memory.load()["s3"] == Remembered(Fetched(version=""), NOON)


def test_many_may_save_at_once_and_nothing_is_lost(reopen: Callable[[], LastKnownGood]) -> None:
    threads = [
        threading.Thread(target=reopen().save, args=(f"source{number}", remembered(number)))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dict(reopen().load()) == {f"source{number}": remembered(number) for number in range(8)}


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "last-known-good.json"
    FileLastKnownGood(path).save("ssm", remembered(1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.glob("*.partial")) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"sources": []}', b'{"sources": {"ssm": {}}}', b"\xff", b'{"sources": {"ssm": 1}}'],
)
def test_a_file_that_is_damaged_cannot_be_read_and_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "last-known-good.json"
    path.write_bytes(content)
    memory = FileLastKnownGood(path)
    with pytest.raises(SourceUnreachable, match="cannot be read or is damaged"):
        memory.load()
    memory.save("ssm", remembered(1))
    assert dict(memory.load()) == {"ssm": remembered(1)}


def test_a_file_in_the_way_of_its_folder_is_survivable(tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(b"")
    memory = FileLastKnownGood(tmp_path / "config" / "last-known-good.json")
    with pytest.raises(SourceUnreachable):
        memory.load()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.text(), st.dictionaries(st.text(), JSON, max_size=3), st.datetimes(timezones=st.just(UTC)))
def test_what_is_remembered_survives_json(version: str, settings: dict[str, Any], at: datetime) -> None:
    one = Remembered(Fetched(version, settings, settings, {"a.b": at}, {"a": version}), at)
    assert remembered_from_json(json.loads(json.dumps(remembered_to_json(one)))) == one
