"""What every test shares: how hypothesis searches. Sockets are closed in pyproject.toml."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from reelwright.observability.concealed import reveal_all

# Examples may be slow on a shared machine, never wrong for it.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def no_secrets_of_others() -> Iterator[None]:
    """Mask in each test what it knows itself: what another one used may be an innocent word here."""
    reveal_all()
    yield
    reveal_all()
