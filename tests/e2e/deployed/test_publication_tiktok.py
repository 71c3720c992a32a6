"""A brief becomes a post on TikTok by the state machine: once, waited for, and its new refresh token kept."""

import json
from collections.abc import Iterator

import pytest

from reelwright.environment.secret import OAuthClient, Secret
from reelwright.secrets.manager import SecretsManager
from tests.e2e.deployed.channels import tiktok_of
from tests.e2e.deployed.stack import BRIEF, Stack
from tests.e2e.deployed.tracing import states_of
from tests.simulators.tiktok import TikTokSimulator

TOPIC = "Why spring tides are higher"
Account = tuple[TikTokSimulator, SecretsManager]


@pytest.fixture(scope="module")
def account(stack: Stack) -> Iterator[Account]:
    """An account that may be posted on, as long as the test of this file runs."""
    with tiktok_of(stack) as account:
        yield account


def test_a_brief_is_posted_once_and_what_is_needed_next_time_is_kept(stack: Stack, account: Account) -> None:
    tiktok, secrets = account
    with stack.timed("brief to TikTok"):
        execution = stack.start(brief={**BRIEF, "topic": TOPIC, "platforms": ["tiktok"]})
        record = stack.record(stack.finished(execution))
    (post,) = tiktok.posts
    assert (post.is_public, post.post_info["is_aigc"]) == (True, True)
    (told,) = record["publications"]
    assert (told["platform"], told["remote_id"]) == ("tiktok", post.post_id)
    assert "Wait_publish" in [name for _, _, name in states_of(stack, execution)]
    client = secrets.reveal(Secret("platforms/tiktok-test"), OAuthClient)
    assert {client.refresh_token.get_secret_value()} == tiktok.refresh_tokens
    assert stack.emulator.denials() == []
    said = "\n".join([json.dumps(record), *stack.watch.function_log("publish")])
    assert not [each for each in ("client-secret", "refresh-", "access-", "upload_token") if each in said]
    assert tiktok.objections == []
