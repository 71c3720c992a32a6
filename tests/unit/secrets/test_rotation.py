"""Four steps, each of which may be repeated, and a process that may die anywhere."""

import hashlib
import hmac
import itertools
import threading
from contextlib import suppress
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.environment.secret import Secret, SigningKey
from reelwright.secrets.errors import RotationRefused, SecretMalformed, SecretMissing
from reelwright.secrets.kinds import parse, serialise
from reelwright.secrets.manager import SecretsManager
from reelwright.secrets.memory import MemorySecrets
from reelwright.secrets.ports import SecretStore
from reelwright.secrets.rotation import KEYS_KEPT, Rotation, Step
from tests.unit.secrets.stores import Killed, dying_store

NAME = "signing/audit"
STEPS: tuple[Step, ...] = get_args(Step)


class World:
    def __init__(self, *, seed: int = 1) -> None:
        self.clock = VirtualClock()
        self.rng = Random(seed)
        self.store = MemorySecrets(self.clock, self.rng)
        self.store.declare(NAME, rotates=True)

    def rotation(self, store: SecretStore | None = None) -> Rotation:
        return Rotation(store or self.store, clock=self.clock, rng=self.rng)

    def rotate(self) -> str:
        token = self.store.begin_rotation(NAME)
        for step in STEPS:
            self.rotation().run(step, NAME, token)
        return token

    def ring(self, **which: Any) -> SigningKey:
        return parse(NAME, SigningKey, self.store.read(NAME, **which).text)

    def sign(self) -> tuple[str, str]:
        return SecretsManager(self.store, clock=self.clock, rng=self.rng).signer().sign("digest")

    def verifies(self, signed: tuple[str, str]) -> bool:
        return SecretsManager(self.store, clock=self.clock, rng=self.rng).signer().verify("digest", *signed)


@pytest.fixture
def world() -> World:
    return World()


def test_the_first_rotation_of_an_empty_secret_makes_the_ring(world: World) -> None:
    token = world.rotate()

    assert list(world.ring().keys) == [world.ring().current]
    assert world.store.read(NAME).version == token


def test_a_rotation_adds_a_key_and_keeps_the_others(world: World) -> None:
    world.rotate()
    before = world.ring()
    world.clock.advance(1)

    world.rotate()

    after = world.ring()
    assert after.current not in before.keys
    assert {name: after.keys[name] for name in before.keys} == before.keys
    assert len(bytes.fromhex(after.keys[after.current].get_secret_value())) == 32


def test_the_last_twelve_keys_still_verify_and_no_others(world: World) -> None:
    signatures = []
    for _ in range(15):
        world.rotate()
        signatures.append(world.sign())
        world.clock.advance(30 * 86_400)

    assert [world.verifies(signed) for signed in signatures] == [False] * 3 + [True] * KEYS_KEPT
    assert KEYS_KEPT == 12


def test_a_current_key_in_the_middle_of_the_ring_is_never_dropped(world: World) -> None:
    keys = {f"k{number:02}": SecretStr(f"{number:064x}") for number in range(20)}
    world.store.put(NAME, serialise(SigningKey(current="k03", keys=keys)))
    signed = world.sign()

    world.rotate()

    assert world.verifies(signed)
    assert len(world.ring().keys) == KEYS_KEPT


def test_nothing_is_seen_before_the_last_step(world: World) -> None:
    world.rotate()
    before = world.store.read(NAME).version
    token = world.store.begin_rotation(NAME)
    for step in STEPS[:3]:
        world.rotation().run(step, NAME, token)
        assert world.store.read(NAME).version == before

    world.rotation().run("finishSecret", NAME, token)
    assert world.store.read(NAME).version == token
    assert world.store.read(NAME, stage="AWSPREVIOUS").version == before


@given(
    repeats=st.lists(st.integers(1, 3), min_size=4, max_size=4),
    late=st.lists(st.sampled_from(STEPS), max_size=4),
    seed=st.integers(0, 1000),
)
def test_steps_may_be_repeated_and_come_late(repeats: list[int], late: list[Step], seed: int) -> None:
    world = World(seed=seed)
    world.rotate()
    signed = world.sign()
    world.clock.advance(1)
    token = world.store.begin_rotation(NAME)
    for step, times in zip(STEPS, repeats, strict=True):
        for _ in range(times):
            world.clock.advance(1)
            world.rotation().run(step, NAME, token)
    after = world.ring()
    for step in late:
        world.rotation().run(step, NAME, token)

    assert world.ring() == after
    assert len(after.keys) == 2
    assert world.verifies(signed)


@settings(max_examples=200)
@given(
    deaths=st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=6),
    is_empty=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_a_rotation_survives_being_killed_anywhere(
    deaths: list[tuple[int, bool]], seed: int, *, is_empty: bool
) -> None:
    world = World(seed=seed)
    if not is_empty:
        world.rotate()
    signed = None if is_empty else world.sign()
    keys_before = 0 if is_empty else 1
    world.clock.advance(1)
    token = world.store.begin_rotation(NAME)

    for at, after in deaths:
        _run_until_killed(world, token, dying_store(world.store, at=at, after=after))
        assert signed is None or world.verifies(signed), "a reader was left without the old key"
    for step in STEPS:
        world.rotation().run(step, NAME, token)

    assert world.store.read(NAME).version == token
    assert len(world.ring().keys) == keys_before + 1, "a key was made twice"
    assert signed is None or world.verifies(signed)
    description = world.store.describe(NAME)
    assert description
    assert description.pending_since is None


def _run_until_killed(world: World, token: str, store: SecretStore) -> None:
    with suppress(Killed):
        for step in STEPS:
            world.clock.advance(1)
            world.rotation(store).run(step, NAME, token)


def test_every_death_leaves_a_secret_that_rotates_on() -> None:
    for step, at, after in itertools.product(STEPS, range(6), (False, True)):
        world = World()
        world.rotate()
        signed = world.sign()
        world.clock.advance(1)
        token = world.store.begin_rotation(NAME)
        for each in STEPS[: STEPS.index(step)]:
            world.rotation().run(each, NAME, token)
        with suppress(Killed):
            world.rotation(dying_store(world.store, at=at, after=after)).run(step, NAME, token)

        abandoned = world.ring()
        world.clock.advance(1)
        world.rotate()
        assert world.verifies(signed)
        assert abandoned.current in world.ring().keys


def test_readers_keep_signing_and_verifying_while_a_ring_is_renewed(world: World) -> None:
    world.rotate()
    done = threading.Event()
    wrong: list[object] = []
    signers = [
        SecretsManager(world.store, clock=world.clock, rng=Random(n), ttl_seconds=0).signer()
        for n in range(3)
    ]

    def read(own: int) -> None:
        while not done.is_set():
            signed = signers[own].sign("digest")
            wrong.extend(signed for signer in signers if not signer.verify("digest", *signed))

    readers = [threading.Thread(target=read, args=(own,)) for own in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(10):
        world.clock.advance(1)
        world.rotate()
    done.set()
    for reader in readers:
        reader.join()

    assert wrong == []


def test_two_workers_in_the_same_step_make_one_key(world: World) -> None:
    world.rotate()
    world.clock.advance(1)
    token = world.store.begin_rotation(NAME)
    workers = [
        threading.Thread(target=world.rotation().run, args=("createSecret", NAME, token)) for _ in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    pending = world.ring(version=token)
    for step in STEPS:
        world.rotation().run(step, NAME, token)

    assert world.ring() == pending
    assert len(pending.keys) == 2


def test_what_a_provider_issues_is_refused_with_the_way_to_go(world: World) -> None:
    for name in ("providers/runway", "platforms/youtube"):
        with pytest.raises(RotationRefused, match=f"console, then: reelwright secrets set {name}"):
            world.rotation().run("createSecret", name, "t" * 36)


def test_a_version_that_is_not_pending_is_refused(world: World) -> None:
    previous = world.rotate()
    world.clock.advance(1)
    world.rotate()
    for token in ("0" * 36, previous):
        for step in STEPS:
            with pytest.raises(RotationRefused, match="no rotation of this version"):
                world.rotation().run(step, NAME, token)


def test_a_secret_that_does_not_rotate_is_refused(world: World) -> None:
    world.store._rotating.clear()
    token = world.store.begin_rotation(NAME)

    with pytest.raises(RotationRefused, match="switched off"):
        world.rotation().run("createSecret", NAME, token)


def test_a_secret_that_is_not_there_is_missing(world: World) -> None:
    with pytest.raises(SecretMissing):
        world.rotation().run("createSecret", "signing/other", "0" * 36)


def test_a_pending_version_that_was_never_made_is_not_promoted(world: World) -> None:
    world.rotate()
    token = world.store.begin_rotation(NAME)

    for step in ("testSecret", "finishSecret"):
        with pytest.raises(SecretMissing, match="pending"):
            world.rotation().run(step, NAME, token)


def test_keys_that_an_operator_set_meanwhile_are_not_lost(world: World) -> None:
    world.rotate()
    world.clock.advance(1)
    token = world.store.begin_rotation(NAME)
    world.rotation().run("createSecret", NAME, token)
    world.store.put(NAME, serialise(SigningKey(current="own", keys={"own": SecretStr("ee" * 32)})))

    for step in ("testSecret", "finishSecret"):
        with pytest.raises(RotationRefused, match="AWSPENDING off version"):
            world.rotation().run(step, NAME, token)
    assert world.ring().current == "own"


def test_a_ring_that_cannot_be_read_is_not_overwritten(world: World) -> None:
    world.store.put(NAME, SecretStr("no ring"))
    token = world.store.begin_rotation(NAME)

    with pytest.raises(SecretMalformed):
        world.rotation().run("createSecret", NAME, token)
    assert world.store.read(NAME).text.get_secret_value() == "no ring"


def test_keys_come_from_the_given_randomness_and_differ(world: World) -> None:
    for _ in range(5):
        world.rotate()
        world.clock.advance(1)
    keys = [key.get_secret_value() for key in world.ring().keys.values()]

    assert len(set(keys)) == 5
    revealed = SecretsManager(world.store, clock=world.clock).reveal(Secret(NAME), SigningKey)
    signature = hmac.new(
        bytes.fromhex(revealed.keys[revealed.current].get_secret_value()), b"digest", hashlib.sha256
    )
    assert world.sign() == (revealed.current, signature.hexdigest())
