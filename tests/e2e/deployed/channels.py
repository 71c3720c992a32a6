"""A video platform on loopback for the deployed environment, and what opens it: settings, flag, secret."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.request import Request, urlopen

from pydantic import SecretStr

from reelwright.secrets.aws import SecretsManagerStore
from reelwright.secrets.manager import SecretsManager
from tests.e2e.deployed.stack import Stack
from tests.e2e.deployed.vendors import KEY, ids, list_prices, voices
from tests.emulator.waiting import until
from tests.simulators.openai import OpenAISimulator
from tests.simulators.polly import PollySimulator
from tests.simulators.server import Faults, Received, Simulator
from tests.simulators.tiktok import TikTokSimulator
from tests.simulators.youtube import Video, YouTubeSimulator

CLIENT = {"client_id": "client-id", "client_secret": "client-secret", "refresh_token": "refresh-1"}
WAITS = 0.1
"""How much of a wait of the state machine is waited for here: nothing that is tested depends on it."""


class SlowYouTube(YouTubeSimulator):
    """YouTube, which looks at each video for a while before it is ready: two questions long."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.looks: dict[str, int] = {}
        self.histories: dict[str, list[str]] = {}
        """How private each video has been, every change once."""

    def _create(self, resource: dict[str, Any], content: bytes) -> Video:
        video = super()._create(resource, content)
        video.status["uploadStatus"] = "uploaded"
        return video

    def _shown(self, video: Video) -> None:
        super()._shown(video)
        self.histories.setdefault(video.id, []).append(video.status["privacyStatus"])

    def _resource(self, video: Video, parts: list[str] | None = None) -> dict[str, Any]:
        if parts and "status" in parts and video.status["uploadStatus"] == "uploaded":
            self.looks[video.id] = self.looks.get(video.id, 0) + 1
            if self.looks[video.id] > 2:
                video.status["uploadStatus"] = "processed"
        return super()._resource(video, parts)


@contextmanager
def channel_of(stack: Stack) -> Iterator[tuple[SlowYouTube, list[Simulator]]]:
    """Start the platform and two vendors, and let the environment publish there; yield it and the vendors.

    The answer to the last byte of the first upload is lost, so that it must be asked for what came of it.
    """
    secrets = SecretsManager(SecretsManagerStore(stack.client("secretsmanager"), stack.names.secrets_prefix))
    secrets.set("platforms/youtube-test", SecretStr(json.dumps(CLIENT)))
    secrets.set("providers/openai", SecretStr(KEY))
    lost = Faults.script(["lost_answer"], on=lambda it: is_a_piece(it) and bool(it.body))
    with (
        SlowYouTube(faults=lost) as youtube,
        OpenAISimulator(keys=[KEY], prices=list_prices("openai"), models=ids("openai")) as openai,
        PollySimulator(voices=voices(), prices=list_prices("polly")) as polly,
        opened(stack, youtube.url, {"openai": openai.url, "polly": polly.url}),
        waits_of(stack, WAITS),
    ):
        yield youtube, [openai, polly]


@contextmanager
def tiktok_of(stack: Stack) -> Iterator[tuple[TikTokSimulator, SecretsManager]]:
    """Start TikTok, and let the environment post there; yield it and the environment's secrets.

    It gives a new refresh token for each, loses the answer to the first piece, and moderates a while.
    """
    secrets = SecretsManager(
        SecretsManagerStore(stack.client("secretsmanager"), stack.names.secrets_prefix), ttl_seconds=0.0
    )
    secrets.set("platforms/tiktok-test", SecretStr(json.dumps(CLIENT)))
    lost = Faults.script(["lost_answer"], on=lambda it: it.method == "PUT")
    with TikTokSimulator(faults=lost) as tiktok:
        tiktok.rotates, tiktok.moderated_after = True, timedelta(seconds=4)
        with opened(stack, tiktok.url, {}, name="tiktok"), waits_of(stack, WAITS):
            yield tiktok, secrets


@contextmanager
def opened(
    stack: Stack, url: str, vendors: dict[str, str], *, name: str = "youtube", **more: Any
) -> Iterator[None]:
    """Have operators lead productions to these addresses for a while, the account a test account.

    ``more`` are settings besides.
    """
    settings, flags = stack.runtime.current(), stack.flags.current()
    platform = {"enabled": True, "endpoints": [url], "privacy": "public", "test_account": True}
    said = {
        "providers": {each: {"enabled": True, "endpoints": [it]} for each, it in vendors.items()},
        "platforms": {name: platform},
        **more,
    }
    flag = f"publish-{name}"
    _deploy(stack, {"schema_version": 1, "settings": said}, _with_flag(flags, flag), flag)
    try:
        yield
    finally:
        _deploy(stack, settings, flags, flag)


@contextmanager
def waits_of(stack: Stack, scale: float) -> Iterator[None]:
    """Let the state machine wait a share of the time only, for a while."""
    _scale(stack, scale)
    try:
        yield
    finally:
        _scale(stack, 1.0)


def _deploy(stack: Stack, settings: dict[str, Any], flags: dict[str, Any], flag: str) -> None:
    stack.flags.deploy(flags)
    stack.runtime.deploy(settings)
    stack.flags.settled()
    stack.runtime.settled()
    stack.restart("begin-production")
    wanted = flags["values"][flag]["enabled"]

    def is_so() -> bool:
        told = stack.productions.load(stack.begin()).flags
        return any(record.flag == flag and record.enabled == wanted for record in told)

    until(is_so, f"productions are told that {flag} is {wanted}")


def _with_flag(flags: dict[str, Any], flag: str) -> dict[str, Any]:
    return {**flags, "values": {**flags["values"], flag: {"enabled": True}}}


def _scale(stack: Stack, scale: float) -> None:
    body = json.dumps({"stepfunctions._SFN_WAIT_SCALE": scale}).encode()
    asked = Request(f"{stack.emulator.url}/_ministack/config", body, method="POST")  # noqa: S310 (loopback)
    with urlopen(asked, timeout=10) as answer:  # noqa: S310 (as above)
        assert "stepfunctions._SFN_WAIT_SCALE" in json.load(answer)["applied"]


def is_a_piece(request: Received) -> bool:
    """Tell whether a request is of an upload that was begun: bytes, or a question how far it is."""
    return request.method == "PUT" and "upload_id" in request.query
