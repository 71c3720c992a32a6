"""What only DynamoDB can do to the audit trail."""

from collections.abc import Iterator
from random import Random

import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.storage.aws import DynamoAuditLog
from reelwright.storage.errors import AuditTrailBroken, StorageUnavailable, StorageUnwritable
from reelwright.storage.schema import AuditEntry
from tests.contract.aws_places import TABLE, Meddling, a_table, raising, refusal

LOST = ReadTimeoutError(endpoint_url="http://127.0.0.1")


@pytest.fixture
def client() -> Iterator[Meddling]:
    with mock_aws():
        yield Meddling(a_table())


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def log(client: Meddling, clock: VirtualClock) -> DynamoAuditLog:
    return DynamoAuditLog(client, TABLE, clock=clock, rng=Random(1))


@pytest.fixture
def other(client: Meddling) -> DynamoAuditLog:
    """Another writer at the same moment, with nothing to tell the two apart."""
    return DynamoAuditLog(client.client, TABLE, clock=VirtualClock(), rng=Random(2))


def note(log: DynamoAuditLog, once: str | None = None) -> AuditEntry:
    return log.append(actor="ann", action="a", subject="s", reason="r", details={}, once=once)


def test_an_append_costs_a_read_and_a_transaction(log: DynamoAuditLog, client: Meddling) -> None:
    note(log)
    client.calls.clear()
    note(log)

    assert client.calls == ["get_item", "transact_write_items"]


def test_who_loses_the_race_chains_on_to_the_winner(
    log: DynamoAuditLog, other: DynamoAuditLog, client: Meddling, clock: VirtualClock
) -> None:
    client.before["transact_write_items"] = [lambda: note(other), lambda: note(other)]

    assert note(log).sequence == 3
    assert log.verify() == ()
    assert clock.monotonic() > 0


def test_two_entries_that_look_the_same_are_two(
    log: DynamoAuditLog, other: DynamoAuditLog, client: Meddling
) -> None:
    """The other's entry has the very digest that ours would have had; it is not ours for that."""
    client.before["transact_write_items"] = [lambda: note(other)]

    note(log)

    assert len(log.entries()) == 2


@pytest.mark.parametrize("once", [None, "event"])
@pytest.mark.parametrize("others", [0, 2])
def test_an_answer_that_was_lost_is_not_written_twice(
    log: DynamoAuditLog, other: DynamoAuditLog, client: Meddling, once: str | None, others: int
) -> None:
    def lose() -> None:
        for _ in range(others):
            note(other)
        raise LOST

    client.after["transact_write_items"] = [lose]

    assert note(log, once).sequence == 1
    assert len(log.entries()) == 1 + others
    assert log.verify() == ()


def test_a_request_that_was_lost_is_sent_again(log: DynamoAuditLog, client: Meddling) -> None:
    client.before["transact_write_items"] = [raising(LOST), raising(refusal("ThrottlingException"))]
    client.before["get_item"] = [raising(refusal("InternalServerError", 500))]

    assert note(log).sequence == 1
    assert len(log.entries()) == 1


def test_a_table_that_stays_away_is_given_up(
    log: DynamoAuditLog, client: Meddling, clock: VirtualClock
) -> None:
    client.before["get_item"] = [raising(LOST)] * 1000

    with pytest.raises(StorageUnavailable, match="cannot be reached"):
        note(log)
    assert client.calls.count("get_item") == 24
    assert 0 < clock.monotonic() < 20


def test_a_trail_that_stays_busy_is_given_up(
    log: DynamoAuditLog, other: DynamoAuditLog, client: Meddling
) -> None:
    client.before["transact_write_items"] = [lambda: note(other)] * 1000

    with pytest.raises(StorageUnavailable, match="busy"):
        note(log)
    assert client.calls.count("transact_write_items") == 24
    assert log.verify() == ()


def test_no_access_is_said_at_once(log: DynamoAuditLog, client: Meddling) -> None:
    client.before["get_item"] = [raising(refusal("AccessDeniedException", 400, "GetItem"))]

    with pytest.raises(StorageUnwritable, match="Allow GetItem on The table control"):
        note(log)
    assert len(client.calls) == 1


def test_verifying_while_others_write_raises_no_alarm(
    log: DynamoAuditLog, other: DynamoAuditLog, client: Meddling
) -> None:
    note(log)
    client.before["query"] = [lambda: note(other)]
    client.after["query"] = [lambda: note(other)]

    assert log.verify() == ()


def test_long_trails_come_in_pages(log: DynamoAuditLog, client: Meddling) -> None:
    for _ in range(5):
        note(log)
    query = client.client.query
    client.client.query = lambda **named: query(**{**named, "Limit": 2})

    assert [it.sequence for it in log.entries()] == [5, 4, 3, 2, 1]
    assert log.verify() == ()
    client.calls.clear()
    assert len(log.entries(limit=2)) == 2
    assert client.calls.count("query") <= 2


def test_what_is_remembered_once_expires_and_entries_do_not(log: DynamoAuditLog, client: Meddling) -> None:
    note(log, "event")

    items = {it["sk"]["S"].partition("#")[0]: it for it in client.client.scan(TableName=TABLE)["Items"]}
    days = (int(items["once"]["expires_at"]["N"]) - VirtualClock().now().timestamp()) / 86400
    assert days == 35
    assert "expires_at" not in items["entry"]
    assert "expires_at" not in items["head"]


def test_a_table_that_answers_slowly_is_given_up_in_time(
    log: DynamoAuditLog, client: Meddling, clock: VirtualClock
) -> None:
    def stall() -> None:
        clock.advance(9.0)
        raise LOST

    client.before["get_item"] = [stall] * 1000

    with pytest.raises(StorageUnavailable):
        note(log)
    assert clock.monotonic() < 30


def test_the_wait_that_the_table_asks_for_is_kept(
    log: DynamoAuditLog, client: Meddling, clock: VirtualClock
) -> None:
    asked = refusal("ThrottlingException", headers={"retry-after": "6"})
    client.before["get_item"] = [raising(asked)]

    note(log)
    assert clock.monotonic() >= 6


def test_something_noted_once_whose_entry_is_gone_is_a_broken_trail(
    log: DynamoAuditLog, client: Meddling
) -> None:
    note(log, "event")
    key = {"pk": {"S": "audit"}, "sk": {"S": f"entry#{1:020d}"}}
    client.client.delete_item(TableName=TABLE, Key=key)

    with pytest.raises(AuditTrailBroken, match="is gone or altered"):
        note(log, "event")


def test_an_entry_that_is_the_first_just_now_is_no_broken_trail(
    log: DynamoAuditLog, other: DynamoAuditLog, client: Meddling
) -> None:
    """No head was there when we looked, and then the other's head and entry came together."""
    client.after["get_item"] = [lambda: note(other)]

    assert note(log).sequence == 2
    assert log.verify() == ()


def test_a_head_that_is_none_is_a_broken_trail(log: DynamoAuditLog, client: Meddling) -> None:
    note(log)
    item = {"pk": {"S": "audit"}, "sk": {"S": "head"}, "head": {"S": "{}"}}
    client.client.put_item(TableName=TABLE, Item=item)

    with pytest.raises(AuditTrailBroken, match="head"):
        note(log)
    assert "missing or unreadable" in log.verify()[0]


def test_verifying_while_the_first_entry_comes_raises_no_alarm(
    log: DynamoAuditLog, other: DynamoAuditLog, client: Meddling
) -> None:
    client.before["query"] = [lambda: note(other)]

    assert log.verify() == ()
