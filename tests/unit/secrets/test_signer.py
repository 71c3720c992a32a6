"""Signatures by a ring of keys that is renewed under the feet of its users."""

import hashlib
import hmac
import threading
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.environment.secret import SigningKey
from reelwright.secrets.errors import SecretMalformed, SecretMissing
from reelwright.secrets.kinds import serialise
from reelwright.secrets.manager import SecretsManager
from reelwright.secrets.memory import MemorySecrets
from reelwright.storage.ports import Signer
from tests.unit.secrets.stores import CountingStore

NAME = "signing/audit"
KEY_A, KEY_B = "0a" * 32, "0b" * 32


def ring(current: str, **keys: str) -> SecretStr:
    return serialise(SigningKey(current=current, keys={name: SecretStr(key) for name, key in keys.items()}))


def signer_over(store: CountingStore) -> Signer:
    return SecretsManager(store, clock=VirtualClock(), rng=Random(1)).signer()


@pytest.fixture
def store() -> CountingStore:
    store = CountingStore(MemorySecrets(VirtualClock(), Random(1)))
    store.put(NAME, ring("a", a=KEY_A))
    return store


def test_a_signature_is_the_hmac_of_the_digest(store: CountingStore) -> None:
    expected = hmac.new(bytes.fromhex(KEY_A), b"digest", hashlib.sha256).hexdigest()

    assert signer_over(store).sign("digest") == ("a", expected)


@given(digest=st.text(st.characters(exclude_categories=["Cs"])), other=st.text(), forged=st.text())
def test_only_the_own_signature_of_the_same_digest_verifies(digest: str, other: str, forged: str) -> None:
    store = CountingStore(MemorySecrets(VirtualClock(), Random(1)))
    store.put(NAME, ring("a", a=KEY_A, b=KEY_B))
    signer = signer_over(store)
    key_id, signature = signer.sign(digest)

    assert signer.verify(digest, key_id, signature)
    assert not signer.verify(digest, "b", signature)
    assert not signer.verify(digest, key_id, forged)
    assert signer.verify(other.encode("utf-8", "replace").decode(), key_id, signature) == (other == digest)


def test_a_key_renewed_elsewhere_is_found_by_reading_again(store: CountingStore) -> None:
    here, elsewhere = signer_over(store), signer_over(store)
    here.sign("digest")
    store.put(NAME, ring("b", a=KEY_A, b=KEY_B))

    signed = elsewhere.sign("digest")
    assert signed[0] == "b"
    assert here.verify("digest", *signed)


def test_a_read_that_was_in_flight_when_the_ring_was_renewed_does_not_count(store: CountingStore) -> None:
    reader = SecretsManager(store, clock=VirtualClock(), rng=Random(1), ttl_seconds=0).signer()
    reader.sign("digest")
    elsewhere = signer_over(store)
    passed, may_land = threading.Event(), threading.Event()
    store.after_read = lambda: (passed.set(), may_land.wait(10))
    with ThreadPoolExecutor(2) as pool:
        in_flight = pool.submit(reader.sign, "digest")
        assert passed.wait(10)
        store.after_read = lambda: None
        store.put(NAME, ring("b", a=KEY_A, b=KEY_B))
        verifying = pool.submit(reader.verify, "digest", *elsewhere.sign("digest"))
        may_land.set()

    assert in_flight.result()[0] == "a"
    assert verifying.result()


def test_threads_that_meet_the_same_new_key_all_verify(store: CountingStore) -> None:
    here = signer_over(store)
    here.sign("digest")
    store.put(NAME, ring("b", a=KEY_A, b=KEY_B))
    signed = signer_over(store).sign("digest")
    reading, may_go_on = threading.Event(), threading.Event()
    store.before_read = lambda: (reading.set(), may_go_on.wait(10))
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(here.verify, "digest", *signed)
        assert reading.wait(10)
        others = [pool.submit(here.verify, "digest", *signed) for _ in range(7)]
        may_go_on.set()

    assert all(verified.result() for verified in [first, *others])


def test_strange_keys_do_not_hammer_the_store(store: CountingStore) -> None:
    signer = signer_over(store)
    signer.sign("digest")
    for _ in range(50):
        assert not signer.verify("digest", "nobody", "00")

    assert store.reads == 2


def test_the_ring_that_is_in_memory_serves_while_the_store_is_away(store: CountingStore) -> None:
    signer = signer_over(store)
    signed = signer.sign("digest")
    store.is_away = True

    assert signer.verify("digest", *signed)
    assert not signer.verify("digest", "nobody", signed[1])


def test_without_a_ring_nothing_is_signed() -> None:
    with pytest.raises(SecretMissing, match="reelwright secrets rotate"):
        signer_over(CountingStore(MemorySecrets(VirtualClock(), Random(1)))).sign("digest")


def test_only_rings_sign(store: CountingStore) -> None:
    with pytest.raises(SecretMalformed):
        SecretsManager(store).signer("providers/runway")
