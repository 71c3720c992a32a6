"""The Instagram adapter's way to its account: clients, long-lived tokens, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reelwright.clock import SystemClock
from reelwright.resilience.deadline import Deadline
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.upload.errors import (
    PlatformMisconfigured,
    PlatformUnavailable,
)
from reelwright.upload.platforms.instagram import InstagramPlatform
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import MediaFiles
from tests.simulators.instagram import InstagramSimulator
from tests.simulators.platform_access import CLIENT
from tests.simulators.server import Faults
from tests.unit.upload.platforms.instagram.reel import PLAN


@pytest.mark.parametrize("accounts", [[], ["17841400000000001", "17841400000000002"]])
def test_a_client_for_no_account_or_for_several_is_refused_by_name(
    *,
    account: InstagramSimulator,
    platform: InstagramPlatform,
    media: MediaFiles,
    call: PlatformCall,
    accounts: list[str],
) -> None:
    account.accounts = accounts
    with pytest.raises(PlatformMisconfigured) as caught:
        platform.begin(PLAN, media, call)
    assert str(len(accounts)) in caught.value.message
    assert not account.containers


@pytest.mark.parametrize("days", [None, 60, 21])
def test_a_long_lived_token_is_used_as_it_is_while_it_has_time(
    account: InstagramSimulator, platform: InstagramPlatform, days: int | None
) -> None:
    ends = datetime.now(UTC) + timedelta(days=days or 0)
    account.refresh_tokens["refresh-1"] = int(ends.timestamp()) if days else 0
    token = platform.exchange(CLIENT, (account.url,), Deadline.after(60, SystemClock()))
    assert (token.token, token.refresh_token) == ("refresh-1", "")
    left = token.expires_at - datetime.now(UTC)
    asked_again = timedelta(days=days - 20) if days else timedelta(days=1)
    assert asked_again - timedelta(minutes=1) < left <= asked_again


@pytest.mark.parametrize("lifetime", [60 * 86_400, None])
def test_a_long_lived_token_is_renewed_before_it_ends_and_the_new_one_is_to_be_kept(
    account: InstagramSimulator, platform: InstagramPlatform, lifetime: int | None
) -> None:
    account.refresh_tokens["refresh-1"] = int((datetime.now(UTC) + timedelta(days=19)).timestamp())
    account.lifetime = lifetime
    token = platform.exchange(CLIENT, (account.url,), Deadline.after(60, SystemClock()))
    assert token.token in account.refresh_tokens
    assert token.refresh_token == token.token
    assert token.token != CLIENT.refresh_token.get_secret_value()
    left = token.expires_at - datetime.now(UTC)
    assert timedelta(days=59 if lifetime else 0) < left <= timedelta(days=60)


def test_a_token_that_has_ended_is_refused(account: InstagramSimulator, platform: InstagramPlatform) -> None:
    account.refresh_tokens["refresh-1"] = int((datetime.now(UTC) - timedelta(days=1)).timestamp())
    with pytest.raises(AuthenticationFailed):
        platform.exchange(CLIENT, (account.url,), Deadline.after(60, SystemClock()))


@pytest.mark.parametrize("where", ["app", "token"])
def test_a_refused_client_is_said_without_its_secrets(
    account: InstagramSimulator, platform: InstagramPlatform, where: str
) -> None:
    if where == "app":
        account.clients.clear()
    else:
        account.refresh_tokens.clear()
    with pytest.raises(AuthenticationFailed) as caught:
        platform.exchange(CLIENT, (account.url,), Deadline.after(60, SystemClock()))
    assert "refresh-1" not in str(caught.value)
    assert "client-secret" not in str(caught.value)
    assert "log in" in caught.value.next_step


@pytest.mark.parametrize("fault", ["user_limit", "server_error", "malformed", "reset"])
def test_a_client_is_not_called_refused_when_meta_is_only_busy(
    account: InstagramSimulator, platform: InstagramPlatform, fault: Any
) -> None:
    account.faults = Faults.script([fault])
    with pytest.raises(PlatformUnavailable):
        platform.exchange(CLIENT, (account.url,), Deadline.after(60, SystemClock()))
