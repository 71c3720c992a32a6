"""Flags, changed live by AppConfig's API as the console does it: which productions get what, and when."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reelwright.flags.deployments import share_of
from reelwright.production.flags import FlagRecord
from tests.e2e.deployed.stack import Stack
from tests.emulator.waiting import until

ENOUGH = 60
"""Productions at a percentage, before it is read again how far the deployment got."""
IN_ALL = 200
JUST_AFTER_MINUTES = 0.1
"""A step is taken before a deployment is held."""
GUARD = "reelwright-dev-ProductionsFailed"

pytestmark = pytest.mark.usefixtures("put_back")


@pytest.fixture
def put_back(stack: Stack) -> Iterator[None]:
    """Put the flags that are deployed back when a test is over."""
    before = stack.flags.current()
    yield
    stack.flags.stop_running()
    if stack.flags.current() != before:
        stack.flags.deploy(before)
        until(lambda: flag(stack, "captions").enabled, "the flags of before")


class Rollout:
    """A deployment of flags under way, and what each production that began meanwhile was told of them.

    It stands at each percentage for as long as this machine takes. AppConfig tells nobody of its steps; a
    schedule reads how far it got, and here calls as it makes them.
    """

    def __init__(
        self, stack: Stack, versions: tuple[str, str], hold: Callable[[float], None], minutes: int
    ) -> None:
        self._stack = stack
        self._hold = hold
        self._minutes = minutes
        self.old, self.new = versions
        self.told: dict[str, FlagRecord] = {}

    def begin_at(self, percentage: float) -> None:
        """Wait until the deployment is read to be at a percentage, and begin enough productions then."""
        self._hold(self._minutes * percentage / 100 + JUST_AFTER_MINUTES)
        until(lambda: self._read() == percentage, f"{percentage} % are read")
        while len(self.at(percentage)) < ENOUGH:
            self.begin()

    def begin(self) -> FlagRecord:
        """Begin a production; return what it was told."""
        begun = self._stack.begin()
        record = self.told[begun] = captions_of(self._stack.productions.load(begun).flags)
        return record

    def begin_until_all_are_back(self) -> float:
        """Begin productions until one that had taken the new document takes the old; return the seconds."""
        start = time.monotonic()
        until(self._is_back, "readers took the old document again", pause=0)
        return round(time.monotonic() - start, 1)

    def at(self, percentage: float) -> dict[str, FlagRecord]:
        """Return the productions that were told of a percentage."""
        words = f"DEPLOYING at {percentage:g} %"
        return {name: it for name, it in self.told.items() if words in it.origin}

    def is_as_computed(self, percentage: float) -> bool:
        """Tell whether exactly those took the new document whose id falls under the percentage."""
        return all(
            record.version == (self.new if share_of(name) < percentage else self.old)
            for name, record in self.at(percentage).items()
        )

    def share(self, percentage: float) -> str:
        """Return how many took the new document, in words."""
        versions = Counter(record.version for record in self.at(percentage).values())
        return f"{versions[self.new]} of {versions.total()}"

    def _read(self) -> float:
        return float(self._stack.call("sync-flags")["flags"]["percentage"])

    def _is_back(self) -> bool:
        record = self.begin()
        return "ROLLED_BACK" in record.origin and record.version == self.old


@pytest.fixture(scope="module")
def begun() -> dict[str, FlagRecord]:
    """Every production that began during a deployment, with what it was told."""
    return {}


def without_captions(stack: Stack) -> dict[str, Any]:
    """The deployed flags, but for captions, which are off."""
    document = stack.flags.current()
    document["values"]["captions"]["enabled"] = False
    return document


@contextmanager
def started(stack: Stack, name: str, *, step_percent: int, minutes: int) -> Iterator[tuple[int, Rollout]]:
    """Start the deployment of flags without captions; the schedule does not read meanwhile how far it got."""
    stack.flags.settled()
    old = flag(stack, "captions").version
    new = stack.flags.save(without_captions(stack))
    with (
        stack.without_rule("Flags"),
        stack.flags.strategy(name, step_percent=step_percent, minutes=minutes) as strategy,
        stack.emulator.deployments_held() as hold,
    ):
        yield stack.flags.start(new, strategy), Rollout(stack, (old, str(new)), hold, minutes)


def test_a_tenth_of_productions_takes_a_tenth_and_nobody_once_it_is_stopped(
    stack: Stack, begun: dict[str, FlagRecord]
) -> None:
    with started(stack, "by-tenths", step_percent=10, minutes=5) as (deployment, rollout):
        rollout.begin_at(10)
        stack.flags.stop(deployment)
        stack.seconds["flags: operator stops, readers return"] = rollout.begin_until_all_are_back()
    assert rollout.is_as_computed(10)
    stack.facts["on new flags at 10 %"] = rollout.share(10)
    begun |= rollout.told


def test_quarters_of_productions_take_it_until_an_alarm_takes_it_back(
    stack: Stack, begun: dict[str, FlagRecord]
) -> None:
    with started(stack, "by-quarters", step_percent=25, minutes=2) as (deployment, rollout):
        for percentage in (25, 50):
            rollout.begin_at(percentage)
        alarm(stack, "ALARM")
        stack.seconds["flags: alarm rings, readers return"] = rollout.begin_until_all_are_back()
        assert stack.flags.state(deployment) == "ROLLED_BACK"
        alarm(stack, "OK")
    while len(begun) + len(rollout.told) < IN_ALL:
        assert rollout.begin().version == rollout.old
    for percentage in (25, 50):
        assert rollout.is_as_computed(percentage)
        stack.facts[f"on new flags at {percentage} %"] = rollout.share(percentage)
    begun |= rollout.told
    stack.facts["productions begun meanwhile"] = len(begun)
    kept = {record.enabled for record in begun.values() if record.version == rollout.old}
    taken = {record.enabled for record in begun.values() if record.version != rollout.old}
    assert (kept, taken) == ({True}, {False}), "what was told is what the document says"


def test_an_edit_that_breaks_the_rules_is_refused_and_one_that_is_forced_in_is_passed_over(
    stack: Stack,
) -> None:
    good = flag(stack, "captions")
    document = stack.flags.current()
    rule = {"name": "bad", "rule": "(eq $topic", "enabled": False}
    document["values"]["captions"] = {"_variants": [rule, {"name": "rest", "enabled": False}]}
    stack.flags.settled()
    version = stack.flags.save(document)
    with pytest.raises(ClientError, match="captions") as refused:
        stack.flags.start(version)
    assert refused.value.response["Reason"] == "InvalidConfiguration"
    with stack.flags.without_validators():
        deployment = stack.flags.start(version)
    until(lambda: stack.flags.state(deployment) == "COMPLETE", "the bad edit is deployed")

    def passed_over() -> FlagRecord | None:
        told = flag(stack, "captions")
        return told if str(version) in told.origin.partition(";")[2] else None

    told = until(passed_over, "the record says that it was passed over")
    assert (told.enabled, told.version) == (True, good.version)
    assert stack.emulator.denials() == []


def test_the_record_of_a_production_tells_what_flags_said_before_and_after_one_is_flipped(
    stack: Stack, earlier: str
) -> None:
    before = captions_in(stack.record(earlier))
    assert (before["enabled"], before["effect"]) == (True, "")
    stack.flags.settled()
    version = stack.flags.save(without_captions(stack))
    with stack.timed("flags: one flipped, productions told"):
        stack.flags.start(version)
        until(lambda: not flag(stack, "captions").enabled, "captions are off")
    with stack.timed("flags: production after the flip"):
        made = stack.make()
    record = stack.record(made)
    after = captions_in(record)
    assert (after["enabled"], after["version"]) == (False, str(version))
    assert after["effect"].startswith("features.captions = off instead of")
    overridden = record["production"]["configuration"]["overridden"]
    layers = {it["key"]: (it["value"], it["layer"]) for it in overridden}
    assert layers["features.captions"] == ("off", "flags")
    assert stack.productions.load(made).flags == tuple(
        FlagRecord.model_validate(it) for it in record["production"]["flags"]
    )
    stack.facts["record before"] = f"captions on, version {before['version']}"
    stack.facts["record after"] = f"captions off, version {after['version']}: {after['effect']}"


@pytest.fixture
def earlier(stack: Stack) -> str:
    """A production that was made before, by an earlier chapter or else now."""
    listed = stack.client("s3").list_objects_v2(Bucket=stack.names.artifacts_bucket, Prefix="packages/")
    keys = [it["Key"] for it in listed.get("Contents", []) if it["Key"].endswith("/production.json")]
    return str(min(keys).split("/")[1]) if keys else stack.make()


def flag(stack: Stack, name: str) -> FlagRecord:
    """What a production that begins now is told of a flag."""
    flags = stack.productions.load(stack.begin()).flags
    return next(record for record in flags if record.flag == name)


def captions_of(flags: tuple[FlagRecord, ...]) -> FlagRecord:
    """What a production was told of captions."""
    return next(record for record in flags if record.flag == "captions")


def captions_in(record: Mapping[str, Any]) -> dict[str, Any]:
    """What the account of a production tells of captions."""
    (found,) = (it for it in record["production"]["flags"] if it["flag"] == "captions")
    return dict(found)


def alarm(stack: Stack, state: str) -> None:
    """Have the alarm ring that guards deployments, or be quiet."""
    stack.client("cloudwatch").set_alarm_state(AlarmName=GUARD, StateValue=state, StateReason="the story")
