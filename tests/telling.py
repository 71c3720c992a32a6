"""What tests have measured, told in the last lines of a run whichever worker measured it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

__all__ = ["hand_over", "hear", "report", "tell"]

Measured = Callable[[], Mapping[str, Any]]

_MEASURED = pytest.StashKey[dict[str, Measured]]()
_OUTPUT = "measured"


def tell(config: pytest.Config, title: str, measured: Measured) -> None:
    """Have the run end with a section of this title; ``measured`` is asked for it when all tests are over."""
    config.stash.setdefault(_MEASURED, {})[title] = measured


def hand_over(config: pytest.Config) -> None:
    """If this is a worker, send everything to whoever ends the run."""
    if hasattr(config, "workeroutput"):
        config.workeroutput[_OUTPUT] = {
            title: {name: str(value) for name, value in measured().items()}
            for title, measured in config.stash.get(_MEASURED, {}).items()
        }


def hear(config: pytest.Config, output: Mapping[str, Any]) -> None:
    """Take what a worker has sent."""
    for title, values in output.get(_OUTPUT, {}).items():
        tell(config, title, partial(dict, values))


def report(reporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write it all."""
    for title, measured in config.stash.get(_MEASURED, {}).items():
        reporter.section(title)
        for name, value in measured().items():
            reporter.write_line(f"{name:36} {value}")
