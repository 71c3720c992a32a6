from collections.abc import Iterator

import pytest

from tests.emulator.emulator import Emulator
from tests.emulator.samples import ANYTHING, make_role


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator for all tests of the plugin; each test uses names of its own."""
    with Emulator(tmp_path_factory.mktemp("emulator"), minute_seconds=1, authorise=True) as running:
        make_role(running, "any", ANYTHING)
        yield running
