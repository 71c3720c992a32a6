"""Video platforms behind the manager: opened by settings, reached by tokens, published once."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.environment.schema import PlatformSettings
from reelwright.environment.secret import OAuthClient, Secret
from reelwright.errors import InvalidInput
from reelwright.production.schema import Brief, Publication
from reelwright.secrets.errors import AuthenticationFailed, SecretMissing, SecretsUnavailable
from reelwright.secrets.kinds import parse
from reelwright.upload.errors import PackageIncomplete, PlanRefused, PlatformMisconfigured, PlatformStopped
from reelwright.upload.manager import UploadManager
from reelwright.upload.memory import MemoryPlatform, MemoryPublications
from reelwright.upload.remotes import RemotePlatforms
from reelwright.upload.schema import AccessToken, Underway
from reelwright.upload.tokens import OAuthAccess
from tests.unit.upload.packages import PRODUCTION_ID, package
from tests.unit.upload.pretending import PretendPlatform
from tests.unit.upload.test_publishing import once

CLIENT = OAuthClient(
    client_id="client", client_secret=SecretStr("client-secret"), refresh_token=SecretStr("refresh-token")
)


class Secrets:
    """A Revealer with one client, or none."""

    def __init__(self, client: OAuthClient | None = CLIENT) -> None:
        self.client = client
        self.asked: list[str] = []
        self.is_away = False

    def with_secret(self, reference: Secret[Any], kind: type[Any], call: Callable[[Any], Any]) -> Any:
        self.asked.append(reference.name)
        if self.client is None:
            raise SecretMissing("none")
        return call(self.client)

    def set(self, name: str, text: SecretStr) -> str:
        if self.is_away:
            raise SecretsUnavailable("away")
        self.client = parse(name, OAuthClient, text)
        return "v2"


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def youtube(clock: VirtualClock) -> PretendPlatform:
    return PretendPlatform(clock)


def manager(
    youtube: PretendPlatform, clock: VirtualClock, stopped: Callable[[str], str] = lambda _: "", **told: Any
) -> UploadManager:
    remotes = RemotePlatforms(
        adapters={"youtube": youtube},
        store=MemoryPublications(),
        secrets=Secrets(),
        clock=clock,
        environment="dev",
    )
    settings = {"youtube": PlatformSettings(**{"enabled": True} | told)}
    return UploadManager(
        {"folder": MemoryPlatform(clock)}, stopped=stopped, remotes=remotes, settings=settings
    )


def test_a_platform_is_open_when_the_settings_say_so(youtube: PretendPlatform, clock: VirtualClock) -> None:
    brief = Brief(topic="tides", platforms=("folder", "youtube"))
    manager(youtube, clock).check(brief)
    with pytest.raises(InvalidInput, match="youtube is not enabled") as refused:
        manager(youtube, clock, enabled=False).check(brief)
    assert "platforms.youtube.enabled true" in refused.value.next_step


def test_a_package_is_published_once_and_its_plan_is_kept(
    youtube: PretendPlatform, clock: VirtualClock, tmp_path: Path
) -> None:
    uploads = manager(youtube, clock)
    assert uploads.record(PRODUCTION_ID, "youtube") is None
    first = uploads.publish(package(tmp_path), "youtube")
    assert isinstance(first, Publication)
    clock.advance(60)
    assert uploads.publish(package(tmp_path), "youtube") == first
    record = uploads.record(PRODUCTION_ID, "youtube")
    assert record
    assert (record.state, record.plan.title) == ("private", "Tides")
    assert [video.state for video in youtube.videos] == ["private"]


def test_the_preview_is_what_is_sent_and_sends_nothing(
    youtube: PretendPlatform, clock: VirtualClock, tmp_path: Path
) -> None:
    uploads = manager(youtube, clock)
    plan = uploads.plan(package(tmp_path), "youtube")
    assert youtube.calls == []
    uploads.publish(package(tmp_path), "youtube")
    record = uploads.record(PRODUCTION_ID, "youtube")
    assert record
    assert record.plan == plan
    with pytest.raises(InvalidInput, match="told nothing"):
        uploads.plan(package(tmp_path), "folder")


def test_what_breaks_a_limit_is_refused_before_anything_is_asked(
    youtube: PretendPlatform, clock: VirtualClock, tmp_path: Path
) -> None:
    with pytest.raises(PlanRefused):
        manager(youtube, clock).publish(
            package(tmp_path).model_copy(update={"duration_seconds": 50_000.0}), "youtube"
        )
    with pytest.raises(PlanRefused):
        manager(youtube, clock, privacy="public").publish(package(tmp_path), "youtube")
    gone = package(tmp_path)
    gone.video.unlink()
    with pytest.raises(PackageIncomplete):
        manager(youtube, clock).publish(gone, "youtube")
    assert youtube.calls == []


def test_a_stopped_platform_takes_nothing_new_and_keeps_what_is_there(
    youtube: PretendPlatform, clock: VirtualClock, tmp_path: Path
) -> None:
    pulled = {"youtube"}
    uploads = manager(youtube, clock, lambda name: "stopped by Ada" if name in pulled else "")
    with pytest.raises(PlatformStopped, match="stopped by Ada"):
        uploads.publish(package(tmp_path), "youtube")
    assert youtube.calls == []
    pulled.clear()
    first = uploads.publish(package(tmp_path), "youtube")
    pulled.add("youtube")
    assert uploads.publish(package(tmp_path), "youtube") == first


def test_a_platform_that_is_away_is_asked_again_later(
    youtube: PretendPlatform, clock: VirtualClock, tmp_path: Path
) -> None:
    youtube.fault = once("begin", "unavailable")
    uploads = manager(youtube, clock)
    outcome = uploads.publish(package(tmp_path), "youtube")
    assert isinstance(outcome, Underway)
    assert outcome.check_after_seconds > 0
    clock.advance(outcome.check_after_seconds)
    assert isinstance(uploads.publish(package(tmp_path), "youtube"), Publication)


def access(
    clock: VirtualClock, secrets: Secrets, exchanged: list[str], *, refused: bool = False
) -> OAuthAccess:
    def exchange(_: OAuthClient, __: tuple[str, ...], ___: Any) -> AccessToken:
        if refused:
            raise AuthenticationFailed("refused")
        exchanged.append(f"access-{len(exchanged)}")
        return AccessToken(token=exchanged[-1], expires_at=clock.now() + timedelta(hours=1))

    return OAuthAccess("youtube", PlatformSettings(), secrets, exchange, clock)


def test_a_token_is_exchanged_once_and_again_when_its_time_is_over(clock: VirtualClock) -> None:
    exchanged: list[str] = []
    reached = access(clock, Secrets(), exchanged)
    assert [reached.with_token(str) for _ in range(3)] == ["access-0"] * 3
    clock.advance(3600)
    assert reached.with_token(str) == "access-1"


def test_a_refused_token_is_exchanged_once(clock: VirtualClock) -> None:
    exchanged: list[str] = []
    secrets = Secrets()
    reached = access(clock, secrets, exchanged)

    def call(token: str) -> str:
        if token == "access-0":  # noqa: S105 (a double)
            raise AuthenticationFailed("401")
        return token

    assert reached.with_token(call) == "access-1"
    assert secrets.asked == ["platforms/youtube"] * 2

    def never(_: str) -> str:
        raise AuthenticationFailed("401")

    with pytest.raises(PlatformMisconfigured, match="refuses the token"):
        reached.with_token(never)
    assert len(exchanged) == 3


def test_without_a_client_or_with_a_refused_one_it_says_what_to_set(clock: VirtualClock) -> None:
    for reached in (
        access(clock, Secrets(None), []),
        access(clock, Secrets(), [], refused=True),
    ):
        with pytest.raises(PlatformMisconfigured) as caught:
            reached.with_token(str)
        assert caught.value.next_step == "reelwright secrets set platforms/youtube"


def test_it_says_to_set_the_secret_that_was_asked_for_and_no_other(clock: VirtualClock) -> None:
    settings = PlatformSettings(credential=Secret("platforms/youtube-test"))
    reached = OAuthAccess("youtube", settings, Secrets(None), never_exchanged, clock)
    with pytest.raises(PlatformMisconfigured) as caught:
        reached.with_token(str)
    assert caught.value.next_step == "reelwright secrets set platforms/youtube-test"


def never_exchanged(*_: object) -> AccessToken:
    raise AssertionError("there is nothing to exchange")


def renewing(clock: VirtualClock, secrets: Secrets, seen: list[str]) -> OAuthAccess:
    """Return access to a platform that takes each refresh token once, and gives another for it."""

    def exchange(client: OAuthClient, _: Any, __: Any) -> AccessToken:
        seen.append(client.refresh_token.get_secret_value())
        renewed = f"refresh-token-{len(seen)}"
        return AccessToken(token="t", expires_at=clock.now() + timedelta(hours=24), refresh_token=renewed)  # noqa: S106 (a double)

    return OAuthAccess("tiktok", PlatformSettings(enabled=True), secrets, exchange, clock)


def test_a_renewed_refresh_token_is_stored_and_is_the_next_to_be_exchanged(clock: VirtualClock) -> None:
    secrets, seen = Secrets(), []
    for _ in range(3):
        renewing(clock, secrets, seen).with_token(str)
    assert seen == ["refresh-token", "refresh-token-1", "refresh-token-2"]
    assert secrets.client
    assert secrets.client.client_secret.get_secret_value() == "client-secret"


def test_a_renewed_refresh_token_that_cannot_be_stored_is_told_and_used_while_the_process_lives(
    clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    secrets, seen = Secrets(), []
    secrets.is_away = True
    access = renewing(clock, secrets, seen)
    assert access.with_token(lambda _: "done") == "done"
    assert "secrets set platforms/tiktok" in caplog.text
    assert "refresh-token-1" not in caplog.text
    secrets.is_away = False
    clock.advance(90_000)
    access.with_token(str)
    assert seen == ["refresh-token", "refresh-token-1"]
    assert secrets.client
    assert secrets.client.refresh_token.get_secret_value() == "refresh-token-2"
