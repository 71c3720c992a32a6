"""The daily look at every model."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from reelwright.clock import VirtualClock
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import ProviderSettings, Settings
from reelwright.models.access import NoAccess
from reelwright.models.checking import ModelChecker, lifecycle_warnings
from reelwright.models.errors import ProviderMisconfigured, ProviderUnavailable
from reelwright.models.ports import Call
from reelwright.models.schema import Model

TODAY = date(2026, 11, 25)
CLOCK = VirtualClock(datetime(2026, 11, 25, 9, tzinfo=UTC))
SETTINGS = load_environment("local").settings


def a_model(name: str, provider: str = "runway", **told: object) -> Model:
    return Model(name=name, provider=provider, service="video", tiers=("premium",), **told)


def ending(days: int, name: str = "gen", **told: object) -> Model:
    return a_model(name, retired_on=TODAY + timedelta(days=days), **told)


class Asked:
    """A vendor that says what it is told to."""

    def __init__(self, said: dict[str, str] | Exception) -> None:
        self.said = said
        self.calls: list[tuple[list[str], Call]] = []

    def probe(self, models: Sequence[Model], call: Call) -> tuple[tuple[str, str], ...]:
        self.calls.append(([model.name for model in models], call))
        if isinstance(self.said, Exception):
            raise self.said
        return tuple((model.name, self.said.get(model.name, "")) for model in models)


def checker(catalogue: list[Model], settings: Settings = SETTINGS, **probes: Asked) -> ModelChecker:
    return ModelChecker(catalogue, probes, settings, CLOCK, lambda _provider: NoAccess())


def test_every_model_is_checked_in_the_order_of_the_catalogue() -> None:
    runway = Asked({"b": "no such model"})
    catalogue = [a_model("a"), a_model("own", "embedded", free=True), a_model("b")]

    checks = checker(catalogue, runway=runway).check()

    assert [(check.model.name, check.probed, check.problem, check.is_well) for check in checks] == [
        ("a", True, "", True),
        ("own", False, "", True),
        ("b", True, "no such model", False),
    ]
    ((asked, call),) = runway.calls
    assert asked == ["a", "b"]
    assert (call.token, call.deadline.remaining_seconds()) == ("check-runway", 20.0)


@pytest.mark.parametrize(
    "error",
    [
        ProviderUnavailable("It is down.", next_step="Wait."),
        ProviderMisconfigured("There is no key.", next_step="Set one."),
    ],
)
def test_a_vendor_that_does_not_answer_is_the_problem_of_its_models(error: Exception) -> None:
    checks = checker([a_model("a"), a_model("b"), a_model("c", "luma")], runway=Asked(error)).check()

    assert [check.problem for check in checks] == [str(error), str(error), ""]


def test_what_no_route_leads_to_is_not_asked() -> None:
    runway = Asked({})
    catalogue = [ending(0), a_model("off", enabled=False), a_model("gone", lifecycle="retired")]

    checks = checker(catalogue, runway=runway).check()

    assert runway.calls == []
    assert [check.probed for check in checks] == [False, False, False]
    assert [check.is_well for check in checks] == [False, True, False]


def test_a_provider_that_is_switched_off_is_not_asked() -> None:
    runway = Asked({})
    off = SETTINGS.model_copy(update={"providers": {"runway": ProviderSettings(enabled=False)}})

    assert checker([a_model("a")], off, runway=runway).check()[0].probed is False
    assert runway.calls == []


def test_what_is_wrong_with_a_price_is_said_by_others() -> None:
    catalogue = [a_model("a"), a_model("own", "embedded", free=True)]
    told = ModelChecker(
        catalogue, {}, SETTINGS, CLOCK, lambda _: NoAccess(), price_problem=lambda model: f"{model}: none"
    )

    assert [(check.price_problem, check.is_well) for check in told.check()] == [
        ("a: none", False),
        ("", True),
    ]


@pytest.mark.parametrize(
    ("days", "lifecycle", "warned"),
    [
        (91, "active", False),
        (90, "active", True),
        (1, "active", True),
        (0, "retired", False),
        (-5, "retired", False),
    ],
)
def test_the_days_that_are_left_are_counted(days: int, lifecycle: str, *, warned: bool) -> None:
    (check,) = checker([ending(days)]).check()

    assert (check.days_left, check.lifecycle, bool(check.warnings)) == (days, lifecycle, warned)


def test_the_days_to_warn_are_a_setting() -> None:
    health = SETTINGS.health.model_copy(update={"lifecycle_warn_days": (10,)})
    settings = SETTINGS.model_copy(update={"health": health})

    assert [bool(checker([ending(days)], settings).check()[0].warnings) for days in (11, 10)] == [False, True]


@pytest.mark.parametrize(("days", "within"), [(90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (1, 7)])
def test_a_warning_names_the_step_that_has_come(days: int, within: int) -> None:
    (warning,) = lifecycle_warnings([ending(days, replaced_by="gen-2")], TODAY)

    end = TODAY + timedelta(days=days)
    assert f"ends in {days} days, on {end}" in warning or (days, f"ends tomorrow, {end}" in warning) == (
        1,
        True,
    )
    assert f"within {within} days" in warning
    assert "use gen-2 instead" in warning


def test_the_nearest_end_is_named_first() -> None:
    warnings = lifecycle_warnings([ending(60, "far"), a_model("never"), ending(5, "near")], TODAY)

    assert [warning.split()[0] for warning in warnings] == ["near", "far"]


def test_no_days_are_no_warnings() -> None:
    assert lifecycle_warnings([ending(5)], TODAY, days=()) == ()
