"""One suite for every FlagStates, and the sync that fills them from AppConfig."""

import json
import random
from collections.abc import Iterator
from threading import Thread

import boto3
import pytest
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.config.aws_appconfig import AppConfigControl
from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.flags.aws import DynamoFlagStates, FlagSync
from reelwright.flags.deployments import DeploymentPhase, FlagState, FlagVersion, document_for
from reelwright.flags.errors import FlagStateTooLarge
from reelwright.flags.memory import MemoryFlagStates
from reelwright.flags.ports import FlagStates
from tests.contract.aws_places import OneAtATime
from tests.simulators.appconfig import AppConfig, serving


@pytest.fixture(params=["memory", "dynamo"])
def states(request: pytest.FixtureRequest) -> Iterator[FlagStates]:
    if request.param == "memory":
        yield MemoryFlagStates()
        return
    with mock_aws():
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
        yield DynamoFlagStates(OneAtATime(dynamodb), "control")


@pytest.fixture
def appconfig() -> AppConfig:
    return AppConfig(VirtualClock())


@pytest.fixture
def sync(appconfig: AppConfig, states: FlagStates) -> Iterator[FlagSync]:
    with serving(appconfig) as url:
        yield FlagSync(AppConfigControl(appconfig.client("appconfig", url), "app1"), states)


def state(
    number: int, phase: DeploymentPhase = "COMPLETE", percentage: float = 100.0, profile: str = "flags"
) -> FlagState:
    old = FlagVersion(version="1", document={"version": "1"})
    new = FlagVersion(version=str(number), document={"version": "1", "flags": {"é": {"n": 1.5}}})
    return FlagState(profile=profile, number=number, phase=phase, percentage=percentage, old=old, new=new)


def test_what_is_saved_is_loaded_by_profile(states: FlagStates) -> None:
    assert states.load() == {}
    assert states.save(state(2))
    assert states.save(state(9, profile="kill-switches"))

    assert states.load() == {"flags": state(2), "kill-switches": state(9, profile="kill-switches")}


def test_saving_the_same_again_changes_nothing(states: FlagStates) -> None:
    assert states.save(state(2, "DEPLOYING", 10.0))
    assert states.save(state(2, "DEPLOYING", 10.0))

    assert states.load() == {"flags": state(2, "DEPLOYING", 10.0)}


EARLIER_FIRST = [
    state(1, "ROLLED_BACK", 0.0),
    state(2, "VALIDATING", 0.0),
    state(2, "DEPLOYING", 0.0),
    state(2, "DEPLOYING", 33.33),
    state(2, "DEPLOYING", 100.0),
    state(2, "BAKING"),
    state(2, "COMPLETE"),
    state(2, "REVERTED", 0.0),
    state(3, "DEPLOYING", 10.0),
    state(3, "ROLLING_BACK", 10.0),
    state(3, "ROLLED_BACK", 0.0),
    state(10, "VALIDATING", 0.0),
]


@pytest.mark.parametrize("later", range(1, len(EARLIER_FIRST)))
def test_an_earlier_state_never_replaces_a_later_one(states: FlagStates, later: int) -> None:
    states.save(EARLIER_FIRST[later])

    assert not states.save(EARLIER_FIRST[later - 1])
    assert states.load() == {"flags": EARLIER_FIRST[later]}


@pytest.mark.parametrize("seed", range(3))
def test_in_whatever_order_states_come_the_latest_stays(states: FlagStates, seed: int) -> None:
    shuffled = random.Random(seed).sample(EARLIER_FIRST, len(EARLIER_FIRST))
    threads = [Thread(target=states.save, args=(one,)) for one in shuffled]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert states.load() == {"flags": EARLIER_FIRST[-1]}


def test_a_state_that_does_not_fit_is_refused_by_name() -> None:
    noise = {"text": random.Random(1).randbytes(500_000).hex()}
    large = state(1).model_copy(update={"new": FlagVersion(version="1", document=noise)})

    with pytest.raises(FlagStateTooLarge, match="flags"):
        DynamoFlagStates(None, "control").save(large)


# --- From AppConfig ----------------------------------------------------------------------------------------


def document(name: str) -> bytes:
    return json.dumps({"version": "1", "flags": {name: {}}}).encode()


def test_a_profile_that_was_never_deployed_has_no_state(sync: FlagSync, states: FlagStates) -> None:
    assert sync.run("flags") is None
    assert states.load() == {}


def test_settings_are_no_flags(sync: FlagSync, appconfig: AppConfig, states: FlagStates) -> None:
    appconfig.publish("settings", b"{}", environment="runtime")

    assert sync.run("settings") is None
    assert states.load() == {}


def test_the_first_deployment_is_for_everybody(
    sync: FlagSync, appconfig: AppConfig, states: FlagStates
) -> None:
    appconfig.publish("flags", document("a"), state="DEPLOYING")
    sync.run("flags")

    kept = states.load()["flags"]
    assert (kept.old, kept.number, kept.phase) == (None, 1, "DEPLOYING")
    assert document_for("prod_1", kept) == FlagVersion(version="1", document=json.loads(document("a")))


def test_a_gradual_deployment_goes_from_old_to_new(
    sync: FlagSync, appconfig: AppConfig, states: FlagStates
) -> None:
    productions = [f"prod_{number}" for number in range(200)]
    appconfig.publish("flags", document("a"))
    appconfig.publish("flags", document("b"), state="DEPLOYING")
    shares = []
    for phase, percentage in (
        ("DEPLOYING", 0.0),
        ("DEPLOYING", 40.0),
        ("BAKING", 100.0),
        ("COMPLETE", 100.0),
    ):
        appconfig.move("flags", phase, percentage)
        sync.run("flags")
        taken = [document_for(one, states.load()["flags"]) for one in productions]
        shares.append(sum(1 for one in taken if one and one.version == "2"))

    assert shares[0] == 0
    assert 50 < shares[1] < 110
    assert shares[2:] == [200, 200]


def test_a_rolled_back_deployment_gives_the_old_document(
    sync: FlagSync, appconfig: AppConfig, states: FlagStates
) -> None:
    appconfig.publish("flags", document("a"))
    appconfig.publish("flags", document("b"), state="DEPLOYING")
    appconfig.move("flags", "DEPLOYING", 90.0)
    sync.run("flags")
    appconfig.move("flags", "ROLLED_BACK", 0.0)
    sync.run("flags")

    taken = document_for("prod_1", states.load()["flags"])
    assert taken
    assert taken.version == "1"


def test_after_a_rollback_the_next_deployment_starts_from_what_was_in_force(
    sync: FlagSync, appconfig: AppConfig, states: FlagStates
) -> None:
    appconfig.publish("flags", document("a"))
    appconfig.publish("flags", document("b"), state="ROLLED_BACK")
    appconfig.publish("flags", document("c"), state="DEPLOYING")
    sync.run("flags")

    kept = states.load()["flags"]
    assert kept.old
    assert (kept.old.version, kept.new.version, kept.number) == ("1", "3", 3)


def test_an_event_that_comes_late_writes_what_is_true_now(
    sync: FlagSync, appconfig: AppConfig, states: FlagStates
) -> None:
    appconfig.publish("flags", document("a"))
    appconfig.publish("flags", document("b"))
    for _ in range(3):
        sync.run("flags")

    kept = states.load()["flags"]
    assert (kept.number, kept.phase) == (2, "COMPLETE")


def test_a_deployed_document_that_is_none_is_a_failure_and_the_state_stays(
    sync: FlagSync, appconfig: AppConfig, states: FlagStates
) -> None:
    appconfig.publish("flags", document("a"))
    sync.run("flags")
    before = states.load()
    appconfig.publish("flags", b"garbage")

    with pytest.raises(SourceFailed, match="no flag document"):
        sync.run("flags")
    assert states.load() == before


def test_an_outage_is_told_and_the_state_stays(
    sync: FlagSync, appconfig: AppConfig, states: FlagStates
) -> None:
    appconfig.publish("flags", document("a"))
    sync.run("flags")
    before = states.load()
    appconfig.fault = "throttle"

    with pytest.raises(SourceUnreachable):
        sync.run("flags")
    assert states.load() == before
