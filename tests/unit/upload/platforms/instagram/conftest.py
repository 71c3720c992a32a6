"""A simulated account of Instagram, and a reel to be published there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reelwright.upload.platforms.instagram import InstagramPlatform
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import MediaFiles
from tests.simulators.instagram import InstagramSimulator
from tests.simulators.platform_access import FIRST_TOKEN, call_to
from tests.unit.upload.platforms.instagram.reel import video_in


@pytest.fixture
def account() -> Iterator[InstagramSimulator]:
    with InstagramSimulator() as simulator:
        yield simulator
    assert not simulator.objections


@pytest.fixture
def platform() -> InstagramPlatform:
    return InstagramPlatform()


@pytest.fixture
def call(account: InstagramSimulator, platform: InstagramPlatform) -> PlatformCall:
    return call_to(platform, account.url, token=FIRST_TOKEN)


@pytest.fixture
def media(tmp_path: Path) -> MediaFiles:
    return video_in(tmp_path)
