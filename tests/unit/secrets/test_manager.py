"""Reading by reference: typed, cached, served through outages, read again once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random

import pytest
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.environment.secret import ApiKey, OAuthClient, Secret, SigningKey
from reelwright.observability.memory import MemoryMetrics
from reelwright.observability.metrics import Metric
from reelwright.secrets.errors import (
    AuthenticationFailed,
    RotationRefused,
    SecretMalformed,
    SecretMissing,
    SecretNameInvalid,
    SecretsUnavailable,
)
from reelwright.secrets.manager import SecretsManager
from reelwright.secrets.memory import MemorySecrets
from tests.unit.secrets.stores import CountingStore

NAME = "providers/runway"
REFERENCE: Secret[ApiKey] = Secret(NAME, "api_key")
OLD, NEW = "old-key-0001", "new-key-0002"


class World:
    def __init__(self, *, jitter: float = 0.0) -> None:
        self.clock = VirtualClock()
        self.inner = MemorySecrets(self.clock, Random(1))
        self.store = CountingStore(self.inner)
        self.metrics = MemoryMetrics()
        self.manager = SecretsManager(
            self.store,
            clock=self.clock,
            rng=Random(2),
            metrics=self.metrics,
            ttl_seconds=300,
            jitter=jitter,
        )

    def put(self, text: str) -> None:
        self.inner.put(NAME, SecretStr(text))

    def revealed(self) -> str:
        return self.manager.reveal(REFERENCE, ApiKey).api_key.get_secret_value()


@pytest.fixture
def world() -> World:
    world = World()
    world.put(OLD)
    return world


def test_a_reference_is_revealed_as_its_kind(world: World) -> None:
    assert world.revealed() == OLD


def test_a_fresh_secret_is_not_read_again(world: World) -> None:
    world.revealed()
    world.clock.advance(299)
    world.put(NEW)

    assert world.revealed() == OLD
    assert world.store.reads == 1


def test_an_expired_secret_is_read_again(world: World) -> None:
    world.revealed()
    world.put(NEW)
    world.clock.advance(301)

    assert world.revealed() == NEW


def test_workers_do_not_come_back_together() -> None:
    moments = set()
    world = World(jitter=0.2)
    world.put(OLD)
    for _ in range(20):
        world.revealed()
        started, reads = world.clock.monotonic(), world.store.reads
        while world.store.reads == reads:
            world.clock.advance(1)
            world.revealed()
        moments.add(world.clock.monotonic() - started)

    assert len(moments) > 10
    assert min(moments) >= 240
    assert max(moments) <= 361


def test_a_store_that_is_away_is_not_noticed_by_readers(world: World) -> None:
    world.revealed()
    world.store.is_away = True
    world.clock.advance(3600)

    assert world.revealed() == OLD
    assert world.manager.age_seconds(REFERENCE) == 3600
    assert world.metrics.of(Metric.SECRET_STALE) == [3600]
    assert world.metrics.of(Metric.SECRET_READS_FAILED) == [1]


def test_the_age_of_what_was_never_read_is_not_known(world: World) -> None:
    assert world.manager.age_seconds(REFERENCE) is None


@pytest.mark.parametrize("is_warm", [True, False])
def test_an_outage_is_not_hammered(world: World, *, is_warm: bool) -> None:
    if is_warm:
        world.revealed()
    world.clock.advance(1000)
    world.store.is_away = True
    before = world.store.reads
    for _ in range(36_000):
        world.clock.advance(0.1)
        with suppress(SecretsUnavailable):
            world.revealed()
            assert is_warm

    assert 60 <= world.store.reads - before < 3600 / 30 + 10


def test_whoever_finds_nothing_is_told_when_to_come_back(world: World) -> None:
    world.store.is_away = True
    with pytest.raises(SecretsUnavailable):
        world.revealed()
    with pytest.raises(SecretsUnavailable) as caught:
        world.revealed()

    assert world.store.reads == 1
    assert caught.value.retry_after_seconds is not None
    world.store.is_away = False
    world.clock.advance(caught.value.retry_after_seconds)
    assert world.revealed() == OLD


def test_a_store_that_comes_back_is_read_within_a_minute(world: World) -> None:
    world.store.is_away = True
    for _ in range(100):
        world.clock.advance(10)
        with pytest.raises(SecretsUnavailable):
            world.revealed()
    world.store.is_away = False
    world.clock.advance(60)

    assert world.revealed() == OLD


def test_a_secret_that_was_deleted_is_missing_at_the_next_read(world: World) -> None:
    world.revealed()
    world.inner._versions.clear()
    world.clock.advance(301)

    with pytest.raises(SecretMissing):
        world.revealed()


def test_a_value_of_another_kind_is_malformed(world: World) -> None:
    world.put("no key at all")

    with pytest.raises(SecretMalformed, match="ApiKey"):
        world.revealed()


@pytest.mark.parametrize("name", ["nothing", "unknown/name"])
def test_a_name_of_no_kind_is_refused(world: World, name: str) -> None:
    with pytest.raises(SecretNameInvalid):
        world.manager.reveal(Secret(name), ApiKey)


def test_a_reference_to_another_kind_or_field_is_refused(world: World) -> None:
    with pytest.raises(SecretMalformed, match="OAuthClient"):
        world.manager.reveal(Secret("providers/runway"), OAuthClient)
    with pytest.raises(SecretMalformed, match="api_key"):
        world.manager.reveal(Secret("providers/runway", "password"), ApiKey)
    assert world.store.reads == 0


def refusing(wrong: str, calls: list[str]) -> Callable[[ApiKey], str]:
    def call(key: ApiKey) -> str:
        calls.append(key.api_key.get_secret_value())
        if calls[-1] == wrong:
            raise AuthenticationFailed("The provider refused the key.")
        return "done"

    return call


def test_a_refused_key_that_was_renewed_is_tried_once_more(world: World) -> None:
    calls: list[str] = []
    world.revealed()
    world.put(NEW)

    assert world.manager.with_secret(REFERENCE, ApiKey, refusing(OLD, calls)) == "done"
    assert calls == [OLD, NEW]
    assert world.store.reads == 2


def test_a_refused_key_that_was_not_renewed_is_not_tried_again(world: World) -> None:
    calls: list[str] = []

    with pytest.raises(AuthenticationFailed):
        world.manager.with_secret(REFERENCE, ApiKey, refusing(OLD, calls))
    assert calls == [OLD]
    assert world.store.reads == 2


def test_a_second_refusal_is_final(world: World) -> None:
    calls: list[str] = []
    world.revealed()
    world.put(NEW)

    def call(key: ApiKey) -> str:
        calls.append(key.api_key.get_secret_value())
        world.put(f"newer-key-{len(calls)}")
        raise AuthenticationFailed("The provider refused the key.")

    with pytest.raises(AuthenticationFailed):
        world.manager.with_secret(REFERENCE, ApiKey, call)
    assert len(calls) == 2


def test_other_errors_are_not_answered_by_reading_again(world: World) -> None:
    def call(_: ApiKey) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        world.manager.with_secret(REFERENCE, ApiKey, call)
    assert world.store.reads == 1


def test_a_refusal_while_the_store_is_away_stays_a_refusal(world: World) -> None:
    world.revealed()
    world.store.is_away = True

    with pytest.raises(AuthenticationFailed):
        world.manager.with_secret(REFERENCE, ApiKey, refusing(OLD, []))


def test_threads_that_meet_the_same_refusal_read_once(world: World) -> None:
    world.revealed()
    world.put(NEW)
    together = threading.Barrier(8)

    def call(key: ApiKey) -> str:
        if key.api_key.get_secret_value() == OLD:
            together.wait(10)
            raise AuthenticationFailed("The provider refused the key.")
        return "done"

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(world.manager.with_secret, REFERENCE, ApiKey, call) for _ in range(8)]

    assert [future.result() for future in futures] == ["done"] * 8
    assert world.store.reads == 2


def test_threads_on_a_cold_start_read_once(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(lambda _: world.revealed(), range(8)))

    assert values == [OLD] * 8
    assert world.store.reads == 1


def test_nobody_waits_for_the_one_who_reads_again(world: World) -> None:
    world.revealed()
    world.clock.advance(301)
    reading, may_go_on = threading.Event(), threading.Event()

    def wait() -> None:
        reading.set()
        may_go_on.wait(10)

    world.store.before_read = wait
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(world.revealed)
        assert reading.wait(10)
        assert world.revealed() == OLD
        assert not slow.done()
        may_go_on.set()
    assert slow.result() == OLD


def test_a_value_is_checked_before_it_is_written(world: World) -> None:
    with pytest.raises(SecretMalformed):
        world.manager.set(NAME, SecretStr("two words"))
    with pytest.raises(SecretNameInvalid):
        world.manager.set("elsewhere", SecretStr(NEW))
    assert world.revealed() == OLD


def test_a_written_value_is_seen_at_once_without_the_end_of_its_line(world: World) -> None:
    world.revealed()

    version = world.manager.set(NAME, SecretStr(f"{NEW}\n"))

    assert world.revealed() == NEW
    assert world.inner.read(NAME).version == version
    assert world.inner.read(NAME).text.get_secret_value() == NEW


def test_rotation_is_for_what_we_make_ourselves(world: World) -> None:
    with pytest.raises(RotationRefused, match="console"):
        world.manager.rotate(NAME)


def test_a_rotated_ring_is_seen_at_once_and_verifies_what_was_signed(world: World) -> None:
    world.inner.declare("signing/audit", rotates=True)
    world.manager.rotate("signing/audit")
    before = world.manager.signer().sign("digest")
    world.clock.advance(1)
    world.manager.rotate("signing/audit")

    after = world.manager.signer().sign("digest")
    assert before[0] != after[0]
    assert world.manager.signer().verify("digest", *before)
    assert world.manager.signer().verify("digest", *after)
    assert len(world.manager.reveal(Secret("signing/audit"), SigningKey).keys) == 2
