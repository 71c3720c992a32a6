from pathlib import Path

import pytest

from tests.e2e.killing import JOBS, Made, in_hand, make, make_and_kill, repeated, resume

pytestmark = pytest.mark.render


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize(
    ("step", "state"),
    [
        ("narrate", "started"),
        ("shoot", "started"),
        ("shoot", "done"),
        ("publish", "started"),
        ("publish", "done"),
    ],
)
def test_a_killed_production_goes_on_to_the_same_end(
    undisturbed: Made, tmp_path: Path, step: str, state: str
) -> None:
    make_and_kill(tmp_path, step, state)
    begun = in_hand(tmp_path)
    resumed = resume(tmp_path)
    assert resumed.files == undisturbed.files
    assert sum(begun.values()) <= JOBS
    assert {
        name: count for name, count in repeated(undisturbed, resumed).items() if count > begun.get(name, 0)
    } == {}
