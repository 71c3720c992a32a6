"""Processes that fork from one server, which has loaded what all of them need.

There is one such server for a run of tests, started by whoever comes first: what the others need must be
loaded then, for a child that runs as nobody cannot read where Python is installed.
"""

import multiprocessing
from multiprocessing.context import ForkServerContext

__all__ = ["forking_context"]

_LOADED = [
    "reelwright.content.brief_file",
    "reelwright.environment.loader",
    "reelwright.cli.main",
    "reelwright.cli.make",
    "reelwright.pipeline.studio",
    "reelwright.pipeline.workbench",
    "tests.e2e.ledger_workers",
]


def forking_context() -> ForkServerContext:
    """Return the context whose processes fork from the server."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context
