"""One deployed environment for all tests here: bootstrapped and deployed once, destroyed at the end.

The tests tell one story in the order of their files and lines, each leaving the configuration as it found it.
They start only with REELWRIGHT_E2E=1, as `make e2e` and `make test` set it.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.deployed.stack import VENDORS, Stack
from tests.e2e.deployed.terminal import Terminal
from tests.emulator.cdk import Cdk
from tests.emulator.emulator import Emulator
from tests.telling import tell

HERE = Path(__file__).parent
MINUTE_SECONDS = 12.0
"""A minute of deployments and alarms: what must not pass while a test does something is held."""
SETUP_SECONDS = 900
"""The first deploy of a machine downloads the packages that go into the functions."""
STORY = (
    "production",
    "vendors",
    "publication",
    "publication_tiktok",
    "batch",
    "command_line",
    "overrides",
    "rollback",
    "flags",
    "prompts",
    "kill_switches",
    "secrets",
    "audit",
    "redeploy",
    "guardrail_and_languages",
    "isolation",
    "destroy",
)


def _place(item: pytest.Item) -> tuple[int, int]:
    return STORY.index(item.path.stem.removeprefix("test_")), item.reportinfo()[1] or 0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the story's order, and in one piece: what a chapter sets up stands until the chapter is told."""
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    told = sorted(ours, key=_place)
    if not told:
        return
    first = items.index(next(item for item in items if item in ours))
    others = [item for item in items if item not in ours]
    items[:] = [*others[:first], *told, *others[first:]]
    for item in told:
        item.add_marker(pytest.mark.timeout(SETUP_SECONDS))
        if os.environ.get("REELWRIGHT_E2E") != "1":
            item.add_marker(pytest.mark.skip(reason="deploys for real; set REELWRIGHT_E2E=1 or use make e2e"))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Stack]:
    """Bootstrap an emulated account and deploy the environment dev by the bare command."""
    folder = tmp_path_factory.mktemp("deployed")
    with Emulator(folder, minute_seconds=MINUTE_SECONDS, authorise=True) as emulator:
        cdk = Cdk(emulator)
        bootstrap = cdk.bootstrap()
        deploy = cdk.deploy()
        deployed = Stack(emulator, cdk, deploy.outputs)
        deployed.switch_off(*VENDORS)
        deployed.seconds |= {"bootstrap": bootstrap.seconds, "deploy": deploy.seconds}
        deployed.facts["resources"] = len(deployed.resources())
        tell(pytestconfig, "deployed to the emulator", deployed.summary)
        yield deployed
        if deployed.resources():  # the story ended early
            deployed.empty_buckets()
            deployed.seconds["destroy"] = cdk.destroy().seconds
        (folder / "deployed.json").write_text(json.dumps(deployed.summary(), indent=2), encoding="utf-8")


@pytest.fixture(scope="session")
def terminal(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Somebody at the command line, in a folder of its own."""
    return Terminal(tmp_path_factory.mktemp("terminal"), stack.emulator.client_environment)


@pytest.fixture
def restored(stack: Stack) -> Iterator[None]:
    """Put the settings that are deployed back when a test is over."""
    before = stack.runtime.current()
    yield
    stack.put_back(before)
