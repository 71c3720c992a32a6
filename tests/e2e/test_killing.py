from pathlib import Path

import pytest

from tests.e2e.killing import Made, make, make_and_kill, repeated, resume

pytestmark = pytest.mark.render


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize(
    ("step", "state", "allowed"),
    [
        ("narrate", "started", {"narrate": 1}),
        ("shoot", "started", {"shoot": 2}),
        ("shoot", "done", {}),
        ("publish", "started", {"publish": 1}),
        ("publish", "done", {}),
    ],
)
def test_a_killed_production_goes_on_to_the_same_end(
    undisturbed: Made, tmp_path: Path, step: str, state: str, allowed: dict[str, int]
) -> None:
    make_and_kill(tmp_path, step, state)
    resumed = resume(tmp_path)
    assert resumed.files == undisturbed.files
    assert all(count <= allowed.get(name, 0) for name, count in repeated(undisturbed, resumed).items())
