"""Sixty-four processes against one limit, on a file and on a table, undisturbed and killed.

The emulator answers some hundred requests a second, so here it is asked for fewer calls than the file:
``python -m tests.e2e.ledger_stress --url emulator`` makes all 10,000.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.ledger_workers import Plan, make_table, run
from tests.emulator.emulator import Emulator

PROCESSES = 64
CALLS = {"sqlite": 10_000, "dynamodb": 800}
KILLS = {"sqlite": 60, "dynamodb": 30}
KILLED_CALLS = {"sqlite": 4_000, "dynamodb": 800}
KILLED_PROCESSES = {"sqlite": 32, "dynamodb": 8}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with Emulator(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture(params=["sqlite", "dynamodb"])
def place(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def plan(
    place: str, folder: Path, request: pytest.FixtureRequest, *, calls: int, processes: int, name: str
) -> Plan:
    if place == "sqlite":
        return Plan(f"sqlite:///{folder}/ledger.db", folder, processes, calls)
    emulator = request.getfixturevalue("emulator")
    make_table(emulator.client("dynamodb"), name)
    monkeypatch = request.getfixturevalue("monkeypatch")
    for variable, value in emulator.client_environment.items():
        monkeypatch.setenv(variable, value)
    return Plan(f"dynamodb://{name}", folder, processes, calls, emulator.client_environment)


def test_no_limit_is_passed_and_exactly_what_fits_succeeds(
    place: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    ours = plan(place, tmp_path, request, calls=CALLS[place], processes=PROCESSES, name="undisturbed")

    report = run(ours)

    assert report.wrong == []
    assert (report.calls, report.successes) == (ours.calls, ours.fitting)
    assert report.looks > 0
    assert report.most_committed <= ours.limit
    assert set(report.states) == {"settled", "unknown"}


def test_whoever_is_killed_loses_nothing_and_passes_no_limit(
    place: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    calls, processes = KILLED_CALLS[place], KILLED_PROCESSES[place]
    ours = plan(place, tmp_path, request, calls=calls, processes=processes, name="killed")

    report = run(ours, kills=KILLS[place], seed=4)

    assert report.wrong == []
    assert report.kills > KILLS[place] / 2
    assert report.successes > 0
    assert "reserved" not in report.states


def test_the_examination_sees_what_is_wrong(tmp_path: Path) -> None:
    """The tests above are worth something only if a ledger that forgets would fail them."""
    ours = Plan(f"sqlite:///{tmp_path}/ledger.db", tmp_path, 2, 20)
    (tmp_path / "worker-0.log").write_text("reserved call-0\nsent call-0\nsettled call-0\n")
    report = run(ours)

    assert [line for line in report.wrong if "call-0 was settled and is absent" in line]
