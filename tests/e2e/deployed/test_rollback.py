"""A change that breaks productions is taken back by the alarm that it sets off."""

import pytest

from tests.e2e.deployed.stack import ProductionFailedError, Stack
from tests.emulator.waiting import until

BREAKING = {"schema_version": 1, "settings": {"providers": {"embedded": {"enabled": False}}}}
"""Valid, and fatal: in the environment dev nobody else can do the work."""

pytestmark = pytest.mark.usefixtures("restored")


def test_an_alarm_during_a_deployment_rolls_it_back_and_readers_return(stack: Stack) -> None:
    before = stack.runtime.current()
    deployment = stack.runtime.deploy(before | BREAKING, "gradual")
    until(lambda: stack.runtime.state(deployment) == "BAKING", "everybody has the change", seconds=60)
    stack.restart("begin-production")
    with pytest.raises(ProductionFailedError):
        stack.make()
    until(lambda: stack.runtime.state(deployment) == "ROLLED_BACK", "the change was taken back", seconds=60)
    assert "ALARM" in stack.watch.alarm_history("ProductionsFailed")
    assert stack.runtime.current() == before
    until(
        lambda: stack.pinned().providers["embedded"].enabled,
        "readers have returned",
        seconds=60,
        pause=1,
    )
