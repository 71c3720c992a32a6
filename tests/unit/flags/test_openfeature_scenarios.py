"""The OpenFeature specification's own scenarios, through its SDK, against our provider.

Its flags (data/openfeature, whose notice says where they come from) are written as an AppConfig document.
Nothing is left out but what NOT_FOR_US gives a reason for. ``python -m tests.openfeature`` prints a table.
"""

from collections import Counter

import pytest

from tests.openfeature.scenarios import NOT_FOR_US, TOTALS, Scenario, run, scenarios

SCENARIOS = list(scenarios())


def test_all_scenarios_of_the_specification_are_here() -> None:
    assert Counter(one.feature for one in SCENARIOS) == TOTALS
    assert sum(one.name in NOT_FOR_US for one in SCENARIOS) == 3


@pytest.mark.parametrize("scenario", [one for one in SCENARIOS if one.name not in NOT_FOR_US], ids=str)
def test_scenario(scenario: Scenario) -> None:
    run(scenario)
