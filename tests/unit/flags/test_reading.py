"""FlagReader: which document a production takes, and what answers while better places are away."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.clock import VirtualClock
from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.flags.definitions import bundled_version
from reelwright.flags.deployments import DeploymentPhase, FlagState, FlagVersion, document_for, share_of
from reelwright.flags.evaluation import Reason
from reelwright.flags.memory import MemoryFlagStates
from reelwright.flags.ports import RememberedState
from reelwright.flags.reading import FlagReader
from reelwright.flags.remembering import FileFlagMemory

BROKEN: dict[str, Any] = {"version": "1", "flags": 3}


def says(*, enabled: bool) -> dict[str, Any]:
    return {"version": "1", "flags": {"captions": {}}, "values": {"captions": {"enabled": enabled}}}


def version(number: int, document: Mapping[str, Any] | None = None) -> FlagVersion:
    """Version n says that captions are on if n is odd."""
    return FlagVersion(version=str(number), document=dict(document or says(enabled=bool(number % 2))))


def deployed(
    number: int,
    new: FlagVersion,
    old: FlagVersion | None = None,
    *,
    phase: DeploymentPhase = "COMPLETE",
    percentage: float = 100.0,
) -> FlagState:
    return FlagState(profile="flags", number=number, phase=phase, percentage=percentage, old=old, new=new)


class States(MemoryFlagStates):
    """States that can be away, and count who asks."""

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None
        self.loads = 0

    def load(self) -> Mapping[str, FlagState]:
        self.loads += 1
        if self.error:
            raise self.error
        return super().load()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def states() -> States:
    return States()


@pytest.fixture
def memory(tmp_path: Path) -> FileFlagMemory:
    return FileFlagMemory(tmp_path / "flags.json")


@pytest.fixture
def reader(states: States, clock: VirtualClock, memory: FileFlagMemory) -> FlagReader:
    return FlagReader(states, clock=clock, memory=memory)


def answer(reader: FlagReader, production: str = "prod_1") -> tuple[bool, str]:
    """What a production is told, and from which version."""
    said = reader.evaluator_for(production).evaluate("captions")
    return said.enabled, said.version


AWAY = SourceUnreachable("the table does not answer.")


def test_a_deployed_document_answers_and_says_where_it_is_from(reader: FlagReader, states: States) -> None:
    states.save(deployed(4, version(2), version(1)))
    evaluator = reader.evaluator_for("prod_1")

    assert evaluator.names == ("captions",)
    assert evaluator.evaluate("captions").version == "2"
    assert evaluator.evaluate("nobody").reason is Reason.FLAG_NOT_FOUND
    assert evaluator.origin == "version 2 of flags, deployment 4 COMPLETE"


@pytest.mark.parametrize("percentage", [0.0, 0.5, 10.0, 25.0, 50.0, 99.9])
def test_a_production_takes_the_side_that_its_share_gives_it(
    reader: FlagReader, states: States, percentage: float
) -> None:
    states.save(deployed(2, version(2), version(1), phase="DEPLOYING", percentage=percentage))
    productions = [f"prod_{number}" for number in range(400)]

    told = {one: answer(reader, one)[1] for one in productions}
    assert told == {one: "2" if share_of(one) < percentage else "1" for one in productions}
    assert f"DEPLOYING at {percentage:g} %" in reader.evaluator_for("prod_1").origin


@pytest.mark.parametrize("phase", ["ROLLING_BACK", "ROLLED_BACK", "REVERTED"])
def test_what_was_taken_back_is_taken_by_nobody(
    reader: FlagReader, states: States, phase: DeploymentPhase
) -> None:
    states.save(deployed(2, version(2), version(1), phase=phase))

    assert answer(reader) == (True, "1")


def test_after_a_first_deployment_was_taken_back_code_answers(reader: FlagReader, states: States) -> None:
    states.save(deployed(1, version(2), phase="ROLLED_BACK"))

    assert answer(reader) == (True, "bundled")
    assert reader.evaluator_for("prod_1").origin == "what code defines"


def test_the_place_is_asked_once_in_a_time_to_live(
    reader: FlagReader, states: States, clock: VirtualClock
) -> None:
    states.save(deployed(1, version(1)))
    for _ in range(10):
        answer(reader)
    states.save(deployed(2, version(2)))
    clock.advance(4.9)
    assert (answer(reader), states.loads) == ((True, "1"), 1)

    clock.advance(0.2)
    assert (answer(reader), states.loads) == ((False, "2"), 2)


# --- Away --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [AWAY, SourceFailed("no access."), RuntimeError("a bug"), KeyError("Items")], ids=repr
)
def test_while_the_place_is_away_the_last_reading_answers(
    reader: FlagReader, states: States, clock: VirtualClock, error: Exception
) -> None:
    states.save(deployed(2, version(2), version(1), phase="DEPLOYING", percentage=50.0))
    sides = {one: answer(reader, one) for one in ("prod_1", "prod_2", "prod_3", "prod_4")}
    states.error = error
    clock.advance(3600)

    assert {one: answer(reader, one) for one in sides} == sides
    origin = reader.evaluator_for("prod_1").origin
    assert ", read 2026-01-01 00:00:00 UTC; " in origin
    assert "the table does not answer" in origin or "no access" in origin or "cannot be read" in origin

    states.error = None
    clock.advance(6)
    assert ";" not in reader.evaluator_for("prod_1").origin


def test_an_outage_is_asked_about_no_more_often_than_anything_else(
    reader: FlagReader, states: States, clock: VirtualClock
) -> None:
    states.error = AWAY
    for _ in range(50):
        answer(reader)
        clock.advance(1)

    assert states.loads == 10


def test_a_cold_start_in_an_outage_takes_what_an_earlier_process_remembered(
    states: States, clock: VirtualClock, memory: FileFlagMemory
) -> None:
    states.save(deployed(2, version(2), version(1), phase="DEPLOYING", percentage=50.0))
    before = FlagReader(states, clock=clock, memory=memory)
    sides = {one: answer(before, one) for one in ("prod_1", "prod_2", "prod_3", "prod_4")}
    states.error = AWAY
    clock.advance(86_400)

    after = FlagReader(states, clock=clock, memory=memory)
    assert {one: answer(after, one) for one in sides} == sides
    clock.advance(6)
    assert after.evaluator_for("prod_1").origin.endswith(
        ", remembered since 2026-01-01 00:00:00 UTC; the table does not answer"
    )


def test_nobody_ever_read_anything_so_code_answers_and_that_is_told(
    reader: FlagReader, states: States, clock: VirtualClock
) -> None:
    states.error = AWAY

    assert answer(reader) == (True, "bundled")
    assert reader.evaluator_for("prod_1").origin == "what code defines; the table does not answer"

    states.error = None
    states.save(deployed(1, version(2)))
    clock.advance(6)
    assert answer(reader) == (False, "2")


def test_what_only_code_says_does_not_keep_a_memory_from_being_looked_at_again(
    reader: FlagReader, states: States, clock: VirtualClock, memory: FileFlagMemory
) -> None:
    states.error = AWAY
    assert answer(reader) == (True, "bundled")
    memory.save(RememberedState(deployed(1, version(2)), clock.now()))
    clock.advance(6)

    assert answer(reader) == (False, "2")


def test_a_profile_that_is_not_kept_is_as_good_as_away(
    reader: FlagReader, states: States, clock: VirtualClock
) -> None:
    states.save(deployed(1, version(2)))
    answer(reader)
    states._states.clear()
    clock.advance(6)

    assert answer(reader) == (False, "2")
    assert reader.evaluator_for("prod_1").origin.endswith("; nothing is kept of flags")


def test_what_an_older_release_remembered_and_this_one_refuses_is_as_good_as_forgotten(
    states: States, clock: VirtualClock, memory: FileFlagMemory
) -> None:
    memory.save(RememberedState(deployed(1, version(2), version(4, BROKEN)), clock.now()))
    states.error = AWAY
    reader = FlagReader(states, clock=clock, memory=memory)

    assert answer(reader) == (True, "bundled")
    assert reader.evaluator_for("prod_1").origin == "what code defines; the table does not answer"


@pytest.mark.parametrize("damage", [b"", b"{", b'{"profiles": 3}', b'{"profiles": {"flags": {"at": 1}}}'])
def test_a_damaged_memory_is_as_good_as_none(
    states: States, clock: VirtualClock, tmp_path: Path, damage: bytes
) -> None:
    path = tmp_path / "flags.json"
    path.write_bytes(damage)
    states.error = AWAY

    assert answer(FlagReader(states, clock=clock, memory=FileFlagMemory(path))) == (True, "bundled")


def test_a_memory_that_cannot_be_written_changes_no_answer(
    states: States, clock: VirtualClock, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    states.save(deployed(1, version(2)))

    reader = FlagReader(states, clock=clock, memory=FileFlagMemory(tmp_path / "file" / "flags.json"))
    assert answer(reader) == (False, "2")


# --- Documents that cannot be evaluated --------------------------------------------------------------------


@pytest.mark.parametrize("percentage", [0.0, 50.0, 100.0])
def test_a_new_document_that_cannot_be_evaluated_leaves_everybody_the_old(
    reader: FlagReader, states: States, percentage: float
) -> None:
    states.save(deployed(3, version(3, BROKEN), version(2), phase="DEPLOYING", percentage=percentage))

    assert {answer(reader, f"prod_{number}") for number in range(20)} == {(False, "2")}
    assert "version 3 cannot be evaluated ($.flags" in reader.evaluator_for("prod_1").origin


def test_without_an_old_one_the_last_good_one_answers_also_in_the_next_process(
    states: States, clock: VirtualClock, memory: FileFlagMemory
) -> None:
    states.save(deployed(1, version(2)))
    reader = FlagReader(states, clock=clock, memory=memory)
    answer(reader)
    states.save(deployed(2, version(3, BROKEN)))
    clock.advance(6)
    assert answer(reader) == (False, "2")

    clock.advance(600)
    assert answer(reader) == (False, "2")
    assert answer(FlagReader(states, clock=clock, memory=memory)) == (False, "2")


def test_without_any_good_one_code_answers(reader: FlagReader, states: States) -> None:
    states.save(deployed(1, version(3, BROKEN), version(2, BROKEN), phase="DEPLOYING", percentage=50.0))

    assert {answer(reader, f"prod_{number}") for number in range(20)} == {(True, "bundled")}


def test_an_old_document_that_cannot_be_evaluated_sends_nobody_early_to_the_new(
    reader: FlagReader, states: States, clock: VirtualClock
) -> None:
    states.save(deployed(1, version(1)))
    answer(reader)
    states.save(deployed(3, version(4), version(2, BROKEN), phase="DEPLOYING", percentage=50.0))
    clock.advance(6)
    productions = [f"prod_{number}" for number in range(50)]

    told = {one: answer(reader, one)[1] for one in productions}
    assert told == {one: "4" if share_of(one) < 50 else "1" for one in productions}


def test_the_last_good_one_is_what_was_in_force_not_what_was_tried(
    reader: FlagReader, states: States, clock: VirtualClock
) -> None:
    states.save(deployed(2, version(3), version(2), phase="ROLLED_BACK", percentage=0.0))
    answer(reader)
    states.save(deployed(3, version(4, BROKEN)))
    clock.advance(6)

    assert answer(reader) == (False, "2")


def test_a_version_that_comes_back_with_another_document_is_read_anew(
    reader: FlagReader, states: States, clock: VirtualClock
) -> None:
    states.save(deployed(1, version(1, says(enabled=True))))
    assert answer(reader) == (True, "1")
    states.save(deployed(1, version(1, says(enabled=False))))
    clock.advance(6)

    assert answer(reader) == (False, "1")


def test_a_document_is_compiled_once_however_often_its_state_is_read(
    reader: FlagReader, states: States, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reelwright.flags import reading  # noqa: PLC0415 (only here)

    compiled: list[object] = []
    real = reading.compile_document
    monkeypatch.setattr(reading, "compile_document", lambda said: (compiled.append(said), real(said))[1])
    for percentage in range(0, 100, 5):
        states.save(deployed(2, version(2), version(1), phase="DEPLOYING", percentage=percentage))
        answer(reader)
        clock.advance(6)
    states.save(deployed(3, version(3, BROKEN), version(2)))
    for _ in range(5):
        answer(reader)
        clock.advance(6)

    assert len(compiled) == 3


def test_documents_of_states_that_are_over_are_let_go(
    reader: FlagReader, states: States, clock: VirtualClock
) -> None:
    for number in range(1, 40):
        bad = BROKEN if number % 3 == 0 else None
        states.save(deployed(number, version(number, bad), version(number - 1)))
        answer(reader)
        clock.advance(6)

    assert len(reader._tables._known) <= 4


# --- Everything at once ------------------------------------------------------------------------------------

_PHASES: list[DeploymentPhase] = [
    "VALIDATING", "DEPLOYING", "BAKING", "COMPLETE", "ROLLING_BACK", "ROLLED_BACK", "REVERTED",
]  # fmt: skip
_VERSIONS = st.builds(version, st.integers(1, 6), st.sampled_from([None, None, BROKEN]))
_STATES = st.builds(
    deployed,
    st.integers(1, 9),
    _VERSIONS,
    st.none() | _VERSIONS,
    phase=st.sampled_from(_PHASES),
    percentage=st.floats(0, 100),
)
_EVENTS = st.lists(_STATES | st.sampled_from(["away", "restart", "forget"]), max_size=12)


@given(events=_EVENTS, production=st.text(max_size=20))
def test_whatever_happens_there_is_an_answer_from_a_document_that_is_good(
    events: list[FlagState | str], production: str
) -> None:
    """And where the document that it should take is good and can be read, it is that one."""
    clock, states, memory = VirtualClock(), States(), _Memory()
    reader = FlagReader(states, clock=clock, memory=memory)
    for event in events:
        states.error = AWAY if event == "away" else None
        if event == "restart":
            reader = FlagReader(states, clock=clock, memory=memory)
        elif event == "forget":
            states._states.clear()
        elif isinstance(event, FlagState):
            states._states["flags"] = event
        clock.advance(6)
        said = reader.evaluator_for(production).evaluate("captions")

        good = {"bundled": True} | {str(number): bool(number % 2) for number in range(1, 7)}
        assert said.enabled == good[said.version]
        if isinstance(event, FlagState):
            wanted = document_for(production, event)
            assert wanted is None or wanted.document == BROKEN or said.version == wanted.version


class _Memory:
    def __init__(self) -> None:
        self._kept: dict[str, RememberedState] = {}

    def load(self) -> Mapping[str, RememberedState]:
        return dict(self._kept)

    def save(self, remembered: RememberedState) -> None:
        self._kept[remembered.state.profile] = remembered


def test_who_asks_while_another_reads_gets_what_there_is(clock: VirtualClock) -> None:
    started, released = threading.Event(), threading.Event()

    class Slow(States):
        def load(self) -> Mapping[str, FlagState]:
            found = super().load()
            if self.loads > 1:
                started.set()
                assert released.wait(10)
            return found

    states = Slow()
    states.save(deployed(1, version(1)))
    reader = FlagReader(states, clock=clock)
    answer(reader)
    clock.advance(6)
    told: list[tuple[bool, str]] = []
    states.save(deployed(2, version(2)))
    reading = threading.Thread(target=lambda: told.append(answer(reader)))
    reading.start()
    assert started.wait(10)

    assert answer(reader) == (True, "1")
    released.set()
    reading.join()
    assert (told, answer(reader)) == ([(False, "2")], (False, "2"))


def test_first_values_are_those_of_the_environment(clock: VirtualClock) -> None:
    reader = FlagReader(States(), clock=clock, environment="local")

    bundled = bundled_version("flags", environment="local")
    assert reader.evaluator_for("prod_1").names == tuple(sorted(bundled.document["values"]))
