"""A change that breaks productions is taken back by the alarm that it sets off."""

import pytest

from tests.e2e.deployed.stack import ProductionFailedError, Stack
from tests.emulator.waiting import until

UNREACHABLE = {"strict_duration": True, "duration_tolerance": 0.0001}
BREAKING = {"schema_version": 1, "settings": {"production": UNREACHABLE}}
"""Valid, and fatal: no script is ever as long as asked for to the millisecond."""
MID_BAKE_MINUTES = 1.5
"""A gradual deployment to dev takes a minute and bakes for another."""

pytestmark = pytest.mark.usefixtures("restored")


def test_an_alarm_during_a_deployment_rolls_it_back_and_readers_return(stack: Stack) -> None:
    before = stack.runtime.current()
    with stack.emulator.deployments_held(MID_BAKE_MINUTES):
        deployment = stack.runtime.deploy(before | BREAKING, "gradual")
        until(lambda: stack.runtime.state(deployment) == "BAKING", "everybody has the change", seconds=60)
        stack.restart("begin-production")
        with pytest.raises(ProductionFailedError, match="NotesTooShort"):
            stack.make()
        with stack.timed("change rolled back by its alarm"):
            until(lambda: stack.runtime.state(deployment) == "ROLLED_BACK", "the change was taken back")
    assert stack.watch.alarm_history("ProductionsFailed")[0] == "ALARM"
    assert stack.runtime.current() == before
    with stack.timed("readers returned"):
        until(lambda: not stack.pinned().production.strict_duration, "the old value", seconds=60, pause=1)
