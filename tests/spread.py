"""Which worker does what when several share a run of tests, as in `make test`.

What a file needs is made once for all of its tests, and what a folder needs once for all of its files:
Chromium, a deployed stack, a rendered production. So these stay together. What takes longest begins first,
or the others would wait for it in the end.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

__all__ = ["LONGEST", "TOGETHER", "ByPlace", "place_of", "turn_of"]

TOGETHER = ("tests/e2e/deployed/", "tests/emulator/", "tests/infra/")
"""Folders whose files share something dear; of all others each file is by itself."""
LONGEST = (
    "tests/e2e/deployed/",
    "tests/e2e/test_cli_bad_inputs.py",
    "tests/simulation/test_simulation.py",
    "tests/e2e/test_killing.py",
    "tests/infra/",
    "tests/chaos/test_chaos.py",
    "tests/contract/test_audit_log.py",
    "tests/e2e/test_ledger_concurrency.py",
    "tests/unit/video/engine/test_scenes.py",
    "tests/unit/cost/test_ledger_dynamo.py",
    "tests/e2e/vendors/test_day_budget.py",
    "tests/unit/video/test_scene_frames.py",
)
"""What takes a minute or more, the longest first. Whatever is missing here costs time and nothing else."""


class ByPlace(LoadScopeScheduling):  # type: ignore[misc]  # shipped without types
    """Hands out files, and the folders that stay together, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: object = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the number of tests says nothing of how long they take

    def _split_scope(self, nodeid: str) -> str:
        return place_of(nodeid)


def place_of(nodeid: str) -> str:
    """Return what a test stays together with: its file, or a folder."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def turn_of(item: pytest.Item) -> int:
    """Return when a test's turn is."""
    place = place_of(item.nodeid)
    return LONGEST.index(place) if place in LONGEST else len(LONGEST)
