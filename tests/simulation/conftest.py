from collections.abc import Iterator

import pytest

from tests.simulation.quiet import quietly


@pytest.fixture(scope="package", autouse=True)
def quiet() -> Iterator[None]:
    """Log nothing of the failures that seeds bring about."""
    with quietly():
        yield
