"""What every test shares: how hypothesis searches, and how workers share a run.

Sockets are closed in pyproject.toml.
"""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from reelwright.observability.concealed import reveal_all
from tests import telling
from tests.spread import ByPlace, turn_of

# Examples may be slow on a shared machine, never wrong for it.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure() -> None:
    """Be interruptible: what a shell began in its background ignores SIGINT, and so would all it begins."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def no_secrets_of_others() -> Iterator[None]:
    """Mask in each test what it knows itself: what another one used may be an innocent word here."""
    reveal_all()
    yield
    reveal_all()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, if others do the rest meanwhile."""
    if hasattr(config, "workerinput"):
        items.sort(key=turn_of)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByPlace:
    return ByPlace(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    telling.hand_over(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    telling.hear(node.config, getattr(node, "workeroutput", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    telling.report(terminalreporter, config)
