import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest

from reelwright.clock import VirtualClock
from reelwright.config.errors import SourceUnreachable
from reelwright.flags.deployments import DeploymentPhase, FlagState, FlagVersion
from reelwright.flags.kill_switches import KillSwitches, switch_of, version_in_force
from reelwright.flags.memory import MemoryFlagStates
from reelwright.flags.remembering import FileFlagMemory
from reelwright.observability.metrics import Metric

RUNWAY = "stop-provider-runway"
FOLDER = "stop-platform-folder"
BROKEN: dict[str, Any] = {"version": "1", "flags": {}, "values": {RUNWAY: {"enabled": True}}}


def document(**values: Any) -> dict[str, Any]:
    """Return a document in which switches have these values; keys are written with underscores."""
    named = {key.replace("_", "-"): value for key, value in values.items()}
    told = {key: value if isinstance(value, dict) else {"enabled": value} for key, value in named.items()}
    return {"version": "1", "flags": {key: {"name": key} for key in named}, "values": told}


def state(
    content: Mapping[str, Any],
    *,
    number: int = 1,
    phase: DeploymentPhase = "COMPLETE",
    old: Mapping[str, Any] | None = None,
) -> FlagState:
    return FlagState(
        profile="kill-switches",
        number=number,
        phase=phase,
        percentage=0.0 if phase in {"VALIDATING", "DEPLOYING"} else 100.0,
        old=None if old is None else FlagVersion(version=str(number - 1), document=dict(old)),
        new=FlagVersion(version=str(number), document=dict(content)),
    )


@dataclass
class Place:
    """A store that may be away, slow, or hold others up; and one who counts."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    state: FlagState | None = None
    is_away: bool = False
    seconds: float = 0.0
    looks: int = 0
    counted: Counter[str] = field(default_factory=Counter)

    def load(self) -> Mapping[str, FlagState]:
        self.looks += 1
        self.clock.advance(self.seconds)
        if self.is_away:
            raise SourceUnreachable("Nobody answers.")
        return {self.state.profile: self.state} if self.state else {}

    def emit(self, metric: Metric, value: float, **details: str) -> None:
        assert metric is Metric.KILL_SWITCHES_UNREAD
        assert value == 1
        self.counted[details["instead"]] += 1

    def switches(self, **more: Any) -> KillSwitches:
        return KillSwitches(self, self.clock, **{"environment": "dev", "metrics": self, **more})


@pytest.fixture
def place() -> Place:
    return Place()


def test_who_is_stopped_is_told_by_which_switch_in_which_version_and_how_to_put_it_back(
    place: Place,
) -> None:
    place.state = state(document(stop_provider_runway=True, stop_platform_folder=True), number=7)
    switches = place.switches()
    assert switches.provider("runway") == (
        "stopped by an operator: stop-provider-runway is pulled (version 7 of kill-switches); "
        'put it back with: reelwright flags kill provider runway --undo --reason "…" --env dev'
    )
    assert switches.platform("folder").startswith("stopped by an operator: stop-platform-folder is pulled")
    assert "kill platform folder --undo" in switches.platform("folder")


def test_others_go_on_and_a_provider_is_no_platform(place: Place) -> None:
    place.state = state(document(stop_provider_runway=True, stop_platform_folder=False))
    switches = place.switches()
    assert switches.provider("luma") == switches.provider("folder") == ""
    assert switches.platform("folder") == switches.platform("runway") == ""


def test_on_this_machine_no_environment_needs_to_be_named(place: Place) -> None:
    place.state = state(document(stop_provider_runway=True))
    assert "--env" not in place.switches(environment="local").provider("runway")


def test_a_switch_counts_from_when_the_time_to_live_is_over_and_is_put_back_as_fast(place: Place) -> None:
    place.state = state(document(stop_provider_runway=False))
    switches = place.switches(ttl_seconds=1.0)
    assert switches.provider("runway") == ""
    place.state = state(document(stop_provider_runway=True), number=2)
    place.clock.advance(0.999)
    assert switches.provider("runway") == ""
    place.clock.advance(0.001)
    assert "version 2" in switches.provider("runway")
    place.state = state(document(stop_provider_runway=False), number=3)
    place.clock.advance(1.0)
    assert switches.provider("runway") == ""
    assert place.looks == 3


def test_the_time_to_live_counts_from_before_the_store_was_asked(place: Place) -> None:
    place.state, place.seconds = state(document(stop_provider_runway=False)), 0.7
    switches = place.switches(ttl_seconds=1.0)
    switches.provider("runway")
    place.clock.advance(0.3)
    place.state = state(document(stop_provider_runway=True), number=2)
    assert switches.provider("runway")


def test_one_look_answers_for_all_until_it_is_too_old(place: Place) -> None:
    switches = place.switches()
    for name in ("runway", "luma", "polly"):
        switches.provider(name)
        switches.platform(name)
    assert place.looks == 1
    switches.look_again()
    switches.provider("runway")
    assert place.looks == 2


def test_without_any_deployment_what_code_defines_counts_and_nothing_is_wrong(place: Place) -> None:
    switches = place.switches()
    assert switches.provider("runway") == ""
    assert not place.counted


def test_while_the_store_is_away_the_last_good_one_counts(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    place.state = state(document(stop_provider_runway=True), number=4)
    switches = place.switches()
    assert switches.provider("runway")
    place.is_away = True
    for _ in range(3):
        place.clock.advance(5.0)
        assert "version 4" in switches.provider("runway")
    assert place.counted == {"remembered": 3}
    (warning,) = caplog.messages
    assert warning.startswith("Kill switches: they cannot be read: Nobody answers. Version 4, which was read")
    place.is_away = False
    place.clock.advance(5.0)
    assert switches.provider("runway")
    assert caplog.records[-1].message == "Kill switches are read again."
    assert place.counted.total() == 3


def test_before_any_was_read_nobody_is_stopped_and_that_is_logged_and_counted(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.is_away = True
    switches = place.switches()
    assert switches.provider("runway") == switches.platform("folder") == ""
    assert place.counted == {"bundled": 1}
    assert "None was ever read here" in caplog.text
    place.is_away, place.state = False, state(document(stop_provider_runway=True))
    place.clock.advance(1.0)
    assert switches.provider("runway")


def test_a_store_that_is_slow_to_fail_is_asked_less_often(place: Place) -> None:
    place.is_away, place.seconds = True, 1.0
    switches = place.switches()
    switches.provider("runway")
    place.clock.advance(3.9)
    switches.provider("runway")
    assert place.looks == 1
    place.clock.advance(0.1)
    switches.provider("runway")
    assert place.looks == 2


def test_a_document_that_cannot_be_evaluated_leaves_the_last_good_one_in_force(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.state = state(document(stop_provider_runway=True), number=1)
    switches = place.switches()
    assert switches.provider("runway")
    place.state = state(BROKEN, number=2)
    for _ in range(2):
        place.clock.advance(1.0)
        assert "version 1" in switches.provider("runway")
    assert place.counted == {"remembered": 2}
    refusals = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(refusals) == 1
    assert "Version 2 of kill-switches was refused" in refusals[0].message
    place.state = state(document(stop_provider_runway=False), number=3)
    place.clock.advance(1.0)
    assert switches.provider("runway") == ""


def test_a_process_that_meets_a_bad_document_first_goes_by_the_one_before_it(place: Place) -> None:
    place.state = state(BROKEN, number=2, old=document(stop_provider_runway=True))
    assert "version 1" in place.switches().provider("runway")
    assert place.counted == {"remembered": 1}


def test_a_process_that_missed_a_good_document_before_a_bad_one_goes_by_it(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.state = state(document(stop_provider_runway=False), number=1)
    switches = place.switches()
    assert switches.provider("runway") == ""
    place.state = state(BROKEN, number=3, old=document(stop_provider_runway=True))
    for _ in range(3):
        place.clock.advance(1.0)
        assert "version 2" in switches.provider("runway")
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1


def test_of_two_bad_documents_each_is_told_once_and_the_last_good_one_counts(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.state = state(document(stop_provider_runway=True), number=1)
    switches = place.switches()
    assert switches.provider("runway")
    place.state = state(BROKEN, number=3, old=BROKEN)
    for _ in range(3):
        place.clock.advance(1.0)
        assert "version 1" in switches.provider("runway")
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 2


def test_a_state_that_is_gone_puts_no_switch_back(place: Place) -> None:
    place.state = state(document(stop_provider_runway=True))
    switches = place.switches()
    assert switches.provider("runway")
    place.state = None
    place.clock.advance(1.0)
    assert switches.provider("runway")
    assert place.counted == {"remembered": 1}


def test_an_earlier_process_remembers_for_the_next(place: Place, tmp_path: Path) -> None:
    memory = FileFlagMemory(tmp_path / "memory.json")
    place.state = state(document(stop_provider_runway=True), number=5)
    assert place.switches(memory=memory).provider("runway")
    place.is_away = True
    assert "version 5" in place.switches(memory=memory).provider("runway")
    assert place.counted == {"remembered": 1}


def test_a_memory_that_is_damaged_or_cannot_be_written_changes_nothing(place: Place, tmp_path: Path) -> None:
    (tmp_path / "memory.json").write_text("{")
    memory = FileFlagMemory(tmp_path / "memory.json")
    place.is_away = True
    assert place.switches(memory=memory).provider("runway") == ""
    place.is_away, place.state = False, state(document(stop_provider_runway=True))
    assert place.switches(memory=FileFlagMemory(tmp_path / "memory.json" / "below")).provider("runway")


def test_rules_know_who_is_asked_for_where_and_when(place: Place) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    rule = '(and (eq $provider "runway") (eq $environment "dev") (gte $now 2026-01-01T12:00:00Z))'
    variants = [{"name": "strike", "enabled": True, "rule": rule}, {"name": "usual", "enabled": False}]
    place.state = state(document(stop_provider_runway={"_variants": variants}))
    place.clock = VirtualClock(noon - timedelta(seconds=1))
    switches, elsewhere = place.switches(), place.switches(environment="prod")
    assert switches.provider("runway") == ""
    place.clock.advance(1.0)
    assert "variant strike" in switches.provider("runway")
    assert elsewhere.provider("runway") == ""


def test_rules_go_by_the_clock_while_the_store_is_away(place: Place) -> None:
    rule = "(lt $now 2026-01-01T00:00:10Z)"
    variants = [{"name": "briefly", "enabled": True, "rule": rule}, {"name": "usual", "enabled": False}]
    place.state = state(document(stop_platform_folder={"_variants": variants}))
    switches = place.switches()
    assert switches.platform("folder")
    place.is_away = True
    place.clock.advance(10.0)
    assert switches.platform("folder") == ""


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("VALIDATING", "1"),
        ("DEPLOYING", "2"),
        ("BAKING", "2"),
        ("COMPLETE", "2"),
        ("ROLLING_BACK", "1"),
        ("ROLLED_BACK", "1"),
        ("REVERTED", "1"),
    ],
)
def test_a_switch_is_in_force_as_a_whole_from_when_it_is_deployed(
    phase: DeploymentPhase, expected: str
) -> None:
    told = state(document(stop_provider_runway=True), number=2, phase=phase, old=document())
    version = version_in_force(told)
    assert version is not None
    assert version.version == expected


def test_threads_wait_for_whoever_reads_and_none_goes_by_what_is_older() -> None:
    clock, states = VirtualClock(), MemoryFlagStates()
    states.save(state(document(stop_provider_runway=False)))
    reading, go_on, slow = Event(), Event(), [False]

    class Slow:
        def load(self) -> Mapping[str, FlagState]:
            looks.append(1)
            if slow[0]:
                reading.set()
                go_on.wait(60)
            return states.load()

    looks: list[int] = []
    switches = KillSwitches(Slow(), clock, environment="local")
    assert switches.provider("runway") == ""
    states.save(state(document(stop_provider_runway=True), number=2))
    slow[0] = True
    clock.advance(1.0)
    start, said = Barrier(4), []

    def ask() -> None:
        start.wait(60)
        said.append(switches.provider("runway"))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert reading.wait(60)
    assert said == []
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert (len(said), len(looks)) == (4, 2)
    assert all("version 2" in one for one in said)


def test_any_exception_of_the_store_is_taken_for_its_absence(place: Place) -> None:
    class Absurd:
        def load(self) -> Mapping[str, FlagState]:
            raise ZeroDivisionError

    switches = KillSwitches(Absurd(), place.clock, environment="dev", metrics=place)
    assert switches.provider("runway") == ""
    assert place.counted == {"bundled": 1}


def test_switches_are_called_after_what_they_stop() -> None:
    assert (switch_of("provider", "runway"), switch_of("platform", "folder")) == (RUNWAY, FOLDER)
