"""What goes wrong between a worker and DynamoDB."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from reelwright.clock import VirtualClock
from reelwright.cost import CostLedger
from reelwright.cost.aws import DynamoCharges
from reelwright.cost.errors import ChargeConflict, LedgerUnavailable
from reelwright.cost.schema import Charge, Totals
from reelwright.errors import BudgetExceeded, Permanent
from reelwright.storage.errors import StorageUnwritable
from tests.contract.aws_places import TABLE, Meddling, raising, refusal
from tests.contract.ledger_tables import a_moto_table, emptied

BUDGETS = ("day", "video")
Act = Callable[[CostLedger], object]


class Died(BaseException):
    """The process is no more."""


class Flaky:
    """A client that fails once, before or after its ``at``-th call; and counts its calls."""

    def __init__(
        self, client: Any, at: int = -1, *, error: BaseException | None = None, after: bool = False
    ) -> None:
        self.client, self.at, self.error, self.after, self.calls = client, at, error, after, 0

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.client, name)

        def flaky(*arguments: Any, **named: Any) -> Any:
            number, self.calls = self.calls, self.calls + 1
            fails = self.error if number == self.at else None
            if fails and not self.after:
                raise fails
            try:
                return call(*arguments, **named)
            finally:
                if fails:
                    raise fails

        return flaky


@pytest.fixture(scope="module")
def table() -> Iterator[Any]:
    with a_moto_table() as made:
        yield made


@pytest.fixture
def client(table: Any) -> Any:
    return emptied(table)


def worker(client: Any, *, seconds: float = 0.0, seed: int = 2) -> CostLedger:
    clock = VirtualClock()
    clock.advance(seconds)
    return CostLedger(DynamoCharges(client, TABLE, clock=clock, rng=Random(seed)), clock=clock)


def prepared(client: Any) -> Any:
    """The table with charges in every state that something can be done with."""
    ledger = worker(emptied(client), seed=1)
    ledger.set_limit("day", 100)
    for key in ("reserved", "intended", "unknown"):
        ledger.reserve(BUDGETS, 10, key=key)
    ledger.intend(found(ledger, "intended"))
    ledger.mark_unknown(found(ledger, "unknown"))
    return client


def found(ledger: CostLedger, key: str) -> Charge:
    charge = ledger.charge(key)
    assert charge
    return charge


def state_of(client: Any) -> object:
    """All that is stored, but for when it was written."""
    store = worker(client)._store
    charges = [charge.model_dump(exclude={"updated_at"}) for charge in store.listed(None, None, None)]
    pointers = [item["sk"] for item in client.scan(TableName=TABLE)["Items"] if item["pk"]["S"] == "open"]
    return charges, [store.totals(budget) for budget in BUDGETS], pointers, store.budgets()


ACTS: dict[str, Act] = {
    "set_limit": lambda ledger: ledger.set_limit("day", 60),
    "take_limit_off": lambda ledger: ledger.set_limit("day", None),
    "reserve": lambda ledger: ledger.reserve([*BUDGETS, "new"], 70, key="new"),
    "refuse": lambda ledger: ledger.reserve(BUDGETS, 71, key="new"),
    "intend": lambda ledger: ledger.intend(found(ledger, "reserved")),
    "attach": lambda ledger: ledger.attach(
        found(ledger, "intended"),
        "job-7",
        expires_at=found(ledger, "intended").created_at + timedelta(days=2),
    ),
    "settle": lambda ledger: ledger.settle(found(ledger, "intended"), 7),
    "settle_unknown": lambda ledger: ledger.settle(found(ledger, "unknown"), 12),
    "release": lambda ledger: ledger.release(found(ledger, "reserved")),
    "mark_unknown": lambda ledger: ledger.mark_unknown(found(ledger, "intended")),
    "expire": lambda ledger: ledger.expire(),
}
SECONDS = {"expire": 5000.0}


def told(act: Act, ledger: CostLedger) -> object:
    """What came of a call, but for when."""
    try:
        answer = act(ledger)
    except (BudgetExceeded, ChargeConflict) as error:
        return str(error)
    return answer.model_dump(exclude={"updated_at"}) if isinstance(answer, Charge) else None


def undisturbed(client: Any, name: str) -> tuple[object, object, int]:
    counting = Flaky(prepared(client))
    answer = told(ACTS[name], worker(counting, seconds=SECONDS.get(name, 0.0)))
    return answer, state_of(client), counting.calls


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", ACTS)
def test_a_worker_that_dies_at_any_call_and_starts_again(client: Any, name: str, *, after: bool) -> None:
    answer, state, calls = undisturbed(client, name)
    assert calls > 0
    for at in range(calls):
        seconds = SECONDS.get(name, 0.0)
        prepared(client)
        with pytest.raises(Died):
            ACTS[name](worker(Flaky(client, at, error=Died(), after=after), seconds=seconds))

        again = told(ACTS[name], worker(client, seconds=seconds, seed=3))
        done = after and at == calls - 1
        assert again == answer or (name == "intend" and done and "may have left already" in str(again))
        assert state_of(client) == state


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", ACTS)
def test_an_answer_that_is_lost_at_any_call(client: Any, name: str, *, after: bool) -> None:
    answer, state, calls = undisturbed(client, name)
    for at in range(calls):
        prepared(client)
        lost = ReadTimeoutError(endpoint_url="https://dynamodb")
        ledger = worker(Flaky(client, at, error=lost, after=after), seconds=SECONDS.get(name, 0.0))

        assert told(ACTS[name], ledger) == answer
        assert state_of(client) == state


def test_a_repetition_bears_the_same_token(client: Any) -> None:
    tokens = []

    class Recording(Flaky):
        def transact_write_items(self, **named: Any) -> Any:
            tokens.append((named["ClientRequestToken"], str(named["TransactItems"])))
            if len(tokens) in (1, 2):
                raise ReadTimeoutError(endpoint_url="https://dynamodb")
            return self.client.transact_write_items(**named)

    ledger = worker(Recording(client))
    ledger.settle(ledger.reserve("day", 5, key="a"), 5)

    first, second, third, settling = tokens
    assert first == second == third
    assert settling[0] != first[0]


def _title(error: Any) -> str:
    """What goes wrong, in a word or two."""
    response = getattr(error, "response", None) or {}
    reasons = [reason["Code"] for reason in response.get("CancellationReasons", [])]
    return " ".join(reasons) or response.get("Error", {}).get("Code") or type(error).__name__


def canceled(*codes: str) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": "TransactionCanceledException", "Message": "no"},
            "CancellationReasons": [{"Code": code} for code in codes],
            "ResponseMetadata": {"HTTPStatusCode": 400},
        },
        "TransactWriteItems",
    )


BUSY = [
    canceled("None", "TransactionConflict", "None"),
    canceled("ThrottlingError", "None"),
    refusal("TransactionConflictException"),
    refusal("TransactionInProgressException"),
    refusal("ProvisionedThroughputExceededException"),
    refusal("ThrottlingException"),
    refusal("RequestLimitExceeded"),
]


class Busy(Flaky):
    """A client of a table that many others use: most calls have to be made again."""

    rng = Random(5)

    def __getattr__(self, name: str) -> Any:
        if name in ("transact_write_items", "put_item", "update_item") and self.rng.random() < 0.8:
            return lambda **_: raising(self.rng.choice(BUSY))()
        return getattr(self.client, name)


def test_contention_is_waited_out(client: Any) -> None:
    ledger = worker(Busy(client))
    ledger.set_limit("day", 20)
    for number in range(4):
        ledger.settle(ledger.intend(ledger.reserve(BUDGETS, 5, key=f"k{number}")), 5)

    with pytest.raises(BudgetExceeded):
        ledger.reserve(BUDGETS, 1, key="last")
    assert [ledger.totals(budget).settled for budget in BUDGETS] == [20, 20]


@pytest.mark.parametrize("error", BUSY, ids=_title)
def test_contention_without_end_is_an_outage(client: Any, error: ClientError) -> None:
    meddling = Meddling(client)
    ledger = worker(meddling)
    charge = ledger.reserve("day", 5, key="a")
    meddling.before = {name: [raising(error)] * 10_000 for name in ("transact_write_items", "put_item")}
    began = ledger._clock.monotonic()

    with pytest.raises(LedgerUnavailable, match="cannot be reached just now"):
        ledger.settle(charge, 5)
    assert 30 <= ledger._clock.monotonic() - began < 35
    with pytest.raises(LedgerUnavailable):
        ledger.intend(charge)
    assert worker(meddling).totals("day").reserved == 5


OUTAGES = [
    EndpointConnectionError(endpoint_url="https://dynamodb"),
    ReadTimeoutError(endpoint_url="https://dynamodb"),
    refusal("InternalServerError", 500),
    refusal("ServiceUnavailable", 503),
]


@pytest.mark.parametrize("error", OUTAGES, ids=_title)
def test_an_outage_is_said_soon(client: Any, error: Exception) -> None:
    meddling = Meddling(client)
    ledger = worker(meddling)
    for name in ("transact_write_items", "put_item", "get_item", "query", "update_item", "batch_get_item"):
        meddling.before[name] = [raising(error)] * 1000

    acts: list[Callable[[], object]] = [
        lambda: ledger.reserve("day", 5, key="a"),
        lambda: ledger.totals("day"),
        lambda: ledger.set_limit("day", 5),
        lambda: ledger.charge("a"),
        ledger.charges,
        ledger.budgets,
        ledger.expire,
    ]
    for act in acts:
        calls = len(meddling.calls)
        with pytest.raises(LedgerUnavailable, match=f"The ledger {TABLE} cannot be reached"):
            act()
        assert len(meddling.calls) - calls == 3


@pytest.mark.parametrize(
    "error", [NoCredentialsError(), refusal("AccessDeniedException"), refusal("ResourceNotFoundException")]
)
def test_what_needs_somebodys_hand_is_not_tried_again(client: Any, error: Exception) -> None:
    meddling = Meddling(client)
    meddling.before["get_item"] = [raising(error)]

    with pytest.raises(StorageUnwritable):
        worker(meddling).charge("a")
    assert meddling.calls == ["get_item"]


def test_a_request_that_is_wrong_is_not_tried_again(client: Any) -> None:
    meddling = Meddling(client)
    ledger = worker(meddling)
    meddling.before["transact_write_items"] = [raising(canceled("ValidationError"))]

    with pytest.raises(Permanent, match="TransactionCanceled"):
        ledger.reserve("day", 1, key="a")


def test_a_charge_that_changes_under_our_hands(client: Any) -> None:
    meddling = Meddling(prepared(client))
    ours, theirs = worker(meddling), worker(client, seed=9)
    charge = found(ours, "intended")
    meddling.before["transact_write_items"] = [lambda: theirs.settle(charge, 7)]

    with pytest.raises(ChargeConflict, match="was spent"):
        ours.release(charge)
    assert theirs.totals("day") == Totals(budget="day", limit=100, reserved=10, settled=7, unknown=10)


def test_of_two_that_saw_it_reserved_one_intends(client: Any) -> None:
    meddling = Meddling(prepared(client))
    ours, theirs = worker(meddling), worker(client, seed=9)
    charge = found(ours, "reserved")
    meddling.before["put_item"] = [lambda: theirs.intend(charge)]

    with pytest.raises(ChargeConflict, match="may have left already"):
        ours.intend(charge)


def test_a_lapse_that_somebody_else_saw_first_is_theirs(client: Any) -> None:
    meddling = Meddling(prepared(client))
    ours, theirs = worker(meddling, seconds=5000), worker(client, seconds=5000, seed=9)
    lapsed: list[Charge] = []
    meddling.before["transact_write_items"] = [lambda: lapsed.extend(theirs.expire())]

    assert ours.expire() == ()
    assert {charge.key for charge in lapsed} == {"reserved", "intended"}
    assert ours.totals("day") == Totals(budget="day", limit=100, unknown=20)


def test_limits_that_are_set_at_once(client: Any) -> None:
    meddling = Meddling(prepared(client))
    ours, theirs = worker(meddling), worker(client, seed=9)
    meddling.before["update_item"] = [
        lambda: theirs.set_limit("day", 31),
        lambda: theirs.set_limit("day", None),
    ]

    ours.set_limit("day", 35)
    assert ours.totals("day").limit == 35
    ours.reserve("day", 5, key="a")
    with pytest.raises(BudgetExceeded):
        ours.reserve("day", 1, key="b")


def test_a_key_that_somebody_else_reserves_meanwhile(client: Any) -> None:
    meddling = Meddling(client)
    ours, theirs = worker(meddling), worker(client, seed=9)
    ours.set_limit("day", 5)
    meddling.before["transact_write_items"] = [lambda: theirs.reserve("day", 5, key="a")]

    assert ours.reserve("day", 5, key="a").state == "reserved"
    assert ours.totals("day").reserved == 5


def test_a_table_that_was_made_anew_under_a_living_worker(client: Any) -> None:
    ledger = worker(client)
    ledger.reserve("day", 5, key="a")
    emptied(client)

    with pytest.raises(LedgerUnavailable):
        ledger.reserve("day", 5, key="a")
    ledger.reserve("day", 5, key="a")
    assert ledger.totals("day").reserved == 5
    assert ledger.budgets() == ("day",)


def test_only_what_may_still_lapse_is_listed_as_open(client: Any) -> None:
    def opened() -> list[str]:
        items = client.scan(TableName=TABLE)["Items"]
        return sorted(item["sk"]["S"].partition("+")[0] for item in items if item["pk"]["S"] == "open")

    ledger = worker(client)
    charges = [ledger.reserve("day", 5, key=key) for key in ("a", "b", "c", "d")]
    assert opened() == ["2026-01-01T01:00:00.000000"] * 4
    ledger.attach(charges[0], "job-7", expires_at=charges[0].created_at + timedelta(hours=2))
    ledger.settle(charges[1], 5)
    ledger.release(charges[2])
    ledger.mark_unknown(charges[3])
    assert opened() == ["2026-01-01T02:00:00.000000"]
    ledger._clock.sleep(7200)
    assert [charge.key for charge in ledger.expire()] == ["a"]
    assert opened() == []


def test_answers_that_come_in_parts(client: Any) -> None:
    class Sparing(Flaky):
        def query(self, **named: Any) -> Any:
            return self.client.query(**named, Limit=2)

        def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 (as boto3 calls it)
            (asked,) = RequestItems.values()
            some = {TABLE: asked | {"Keys": asked["Keys"][:2]}}
            answer = self.client.batch_get_item(RequestItems=some)
            rest = asked["Keys"][2:]
            return answer | {"UnprocessedKeys": {TABLE: asked | {"Keys": rest}} if rest else {}}

    ledger = worker(Sparing(client))
    for number in range(7):
        ledger.reserve("day", 5, key=f"k{number}")
    assert [charge.key for charge in ledger.charges()] == [f"k{number}" for number in range(7)]
    ledger._clock.sleep(3600)
    assert len(ledger.expire()) == 7


def test_a_damaged_charge_is_said_to_be_one(client: Any) -> None:
    prepared(client)
    item = {"pk": {"S": "charge#reserved"}, "sk": {"S": "charge"}, "body": {"S": "{}"}, "version": {"N": "1"}}
    client.put_item(TableName=TABLE, Item=item | {"mark": {"S": ""}})

    with pytest.raises(Permanent, match="damaged: charge#reserved cannot be read"):
        worker(client).charge("reserved")


def test_reserving_asks_once_and_every_read_is_consistent(client: Any) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    class Listening(Flaky):
        def __getattr__(self, name: str) -> Any:
            def listened(**named: Any) -> Any:
                asked.append((name, named))
                return getattr(self.client, name)(**named)

            return listened

    ledger = worker(Listening(client))
    ledger.reserve(BUDGETS, 5, key="a")
    asked.clear()
    ledger.settle(ledger.intend(ledger.reserve(BUDGETS, 5, key="b")), 5)
    assert [name for name, _ in asked] == [
        "transact_write_items",
        *("get_item", "put_item"),
        *("get_item", "transact_write_items"),
    ]

    ledger.totals("day")
    ledger.charges()
    for name, named in asked:
        if name in ("get_item", "query"):
            assert named["ConsistentRead"] is True
        elif name == "batch_get_item":
            assert named["RequestItems"][TABLE]["ConsistentRead"] is True
    assert {name for name, _ in asked} >= {"get_item", "query", "batch_get_item"}
