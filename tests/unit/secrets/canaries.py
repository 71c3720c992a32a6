"""Secrets that nobody else has, planted in every store, and a scanner that knows them in any dress."""

import base64
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import boto3
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.environment.secret import ApiKey, OAuthClient, Secret, SigningKey
from reelwright.errors import ReelwrightError
from reelwright.observability.emf import EmfMetrics
from reelwright.observability.logger import JsonLines
from reelwright.observability.memory import MemoryMetrics
from reelwright.secrets.aws import SecretsManagerStore
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.secrets.local import FileSecrets, local_secrets
from reelwright.secrets.manager import SecretsManager
from reelwright.secrets.memory import MemorySecrets
from reelwright.secrets.ports import SecretStore
from reelwright.secrets.process import ProcessEnvironmentSecrets
from reelwright.secrets.rotation import Rotation

__all__ = ["PREFIX", "Canaries", "World", "plant"]

PREFIX = "reelwright/dev/"
_WINDOW = 12
"""Characters that betray a canary: as many as masking may leave of one that was cut off, and one more."""


def _key(rng: Random) -> str:
    return "".join(rng.choices("abcdefghijkmnpqrstuvwxyz23456789", k=40))


class Canaries:
    """The planted texts by what they are."""

    def __init__(self, rng: Random) -> None:
        names = ("bare", "json", "before", "pending", "client", "refresh", "misplaced", "pasted", "process")
        self.texts = {name: _key(rng) for name in names}
        self.texts |= {name: rng.randbytes(32).hex() for name in ("signing", "signing old")}

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def found_in(self, text: str) -> set[str]:
        """Return which canaries show in the text: a dozen characters of one, plain, in hex or in base64."""
        return {name for name, canary in self.texts.items() if any(part in text for part in _parts(canary))}


def _parts(canary: str) -> Iterator[str]:
    shapes = [canary, canary.encode().hex(), canary.upper(), canary[::-1]]
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + canary.encode()).decode()
        shapes += [encoded[4:-4]]
    for shape in shapes:
        for start in range(0, len(shape) - _WINDOW + 1, 4):
            yield shape[start : start + _WINDOW]


@dataclass
class World:
    """Every store with canaries in it, and all that is made of them."""

    canaries: Canaries
    clock: VirtualClock
    folder: Path
    stores: dict[str, SecretStore]
    client: Any
    managers: dict[str, SecretsManager] = field(default_factory=dict)

    def references(self) -> list[tuple[Secret[Any], type[Any]]]:
        """Return what every store but the process holds."""
        return [
            (Secret("providers/runway", "api_key"), ApiKey),
            (Secret("providers/luma", "api_key"), ApiKey),
            (Secret("platforms/youtube"), OAuthClient),
            (Secret("signing/audit"), SigningKey),
        ]

    def values(self) -> list[Any]:
        """Return every kind from every store."""
        found = []
        for name, manager in self.managers.items():
            wanted = self.references()[: 1 if name == "process" else None]
            found += [manager.reveal(reference, kind) for reference, kind in wanted]
        return found

    def objects(self) -> list[Any]:
        """Return everything that knows, or is near, a value."""
        found: list[Any] = [self.canaries["bare"] and self.clock, *self.values(), *self.managers.values()]
        for name, store in self.stores.items():
            found += [store, store.names()]
            found += [store.read("providers/runway"), store.describe("providers/runway")]
            found += [Rotation(store, clock=self.clock, rng=Random(1)), *self.managers[name].check()]
            found += [self.managers[name]._cache, self.managers[name]._cache.current("providers/runway")]
        found += [self.managers["memory"].signer(), Secret("providers/runway", "api_key")]
        found += [JsonLines("dev", StringIO()), EmfMetrics("dev", StringIO(), self.clock), MemoryMetrics()]
        return found

    def errors(self) -> list[BaseException]:
        """Return what goes wrong around values, raised and caught so that it has a traceback."""
        manager, memory = self.managers["memory"], self.stores["memory"]
        canaries = self.canaries
        doings: list[Any] = [
            lambda: manager.reveal(Secret("platforms/tiktok"), OAuthClient),
            lambda: self.managers["file"].reveal(Secret("platforms/tiktok"), OAuthClient),
            lambda: self.managers["aws"].reveal(Secret("platforms/tiktok"), OAuthClient),
            lambda: manager.reveal(Secret("providers/nobody"), ApiKey),
            lambda: manager.reveal(Secret("providers/runway"), OAuthClient),
            lambda: manager.set("platforms/youtube", SecretStr(canaries["misplaced"])),
            lambda: manager.set(canaries["pasted"], SecretStr(canaries["misplaced"])),
            lambda: manager.set("signing/audit", SecretStr(json.dumps({"current": canaries["pasted"]}))),
            lambda: manager.rotate("providers/runway"),
            lambda: self.managers["chain"].set("providers/runway", SecretStr(canaries["bare"])),
            lambda: self.stores["process"].put("providers/runway", SecretStr(canaries["bare"])),
            lambda: memory.promote("providers/runway", "no-version"),
            lambda: Rotation(memory, clock=self.clock, rng=Random(1)).run(
                "createSecret", "signing/audit", "x"
            ),
            lambda: ApiKey.model_validate({"api_key": canaries["bare"] + " "}),
            lambda: manager.set("providers/luma", SecretStr(json.dumps({canaries["pasted"]: 1}))),
            lambda: OAuthClient.model_validate_json(json.dumps({"client_secret": canaries["client"]})),
            lambda: SigningKey.model_validate({"current": "a", "keys": {"a": canaries["bare"]}}),
            lambda: Secret.parse(canaries["pasted"]),
        ]
        return [caught for doing in doings if (caught := _caught(doing))]

    def echoes(self) -> list[BaseException]:
        """Return errors of others that repeat what they were given, as some providers do."""

        def provider(key: ApiKey) -> None:
            text = key.api_key.get_secret_value()
            raise AuthenticationFailed(
                f"Incorrect API key provided: {text}. header Basic "
                f"{base64.b64encode(f'user:{text}'.encode()).decode()}",
                context={"sent": text, "body": json.dumps({"key": text})},
            )

        def careless() -> None:
            (key, *_) = self.values()
            try:
                provider(key)
            except AuthenticationFailed as error:
                error.add_note(f"with {key.api_key.get_secret_value()}")
                raise ValueError({"headers": {"key": key.api_key.get_secret_value()}}) from error

        manager = self.managers["memory"]
        doings: list[Any] = [
            lambda: manager.with_secret(Secret("providers/runway", "api_key"), ApiKey, provider),
            careless,
        ]
        return [caught for doing in doings if (caught := _caught(doing))]

    def logged(self, say: Any) -> str:
        """Return what is written when ``say(logger)`` runs."""
        stream = StringIO()
        logger = logging.getLogger("canary")
        handler = JsonLines("dev", stream, self.clock)
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel(logging.DEBUG)
        try:
            say(logger)
        finally:
            logger.removeHandler(handler)
        return stream.getvalue()


def _caught(doing: Any) -> BaseException | None:
    try:
        doing()
    except (ReelwrightError, ValueError) as error:
        return error
    return None


def plant(folder: Path, seed: int) -> World:
    """Return a world with canaries in every store, each revealed once, as a running program would have."""
    canaries, clock = Canaries(Random(seed)), VirtualClock()
    client: Any = boto3.client(
        "secretsmanager",
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 (moto asks for some)
    )
    file = folder / ".reelwright" / "secrets.env"
    variables = {"REELWRIGHT_SECRET__PROVIDERS__RUNWAY": canaries["process"]}
    stores: dict[str, SecretStore] = {
        "memory": MemorySecrets(clock, Random(1)),
        "file": FileSecrets(file, clock=clock, rng=Random(1)),
        "aws": SecretsManagerStore(client, PREFIX),
    }
    for store in stores.values():
        _fill(store, canaries, client)
    stores |= {"process": ProcessEnvironmentSecrets(variables), "chain": local_secrets(file, variables)}
    managers = {name: SecretsManager(store, clock=clock, rng=Random(1)) for name, store in stores.items()}
    world = World(canaries, clock, folder, stores, client, managers)
    world.values()
    world.errors()
    return world


def _fill(store: SecretStore, canaries: Canaries, client: Any) -> None:
    client_document = {
        "client_id": "id",
        "client_secret": canaries["client"],
        "refresh_token": canaries["refresh"],
    }
    ring = {"current": "new", "keys": {"old": canaries["signing old"], "new": canaries["signing"]}}
    texts = {
        "providers/runway": canaries["bare"],
        "providers/luma": json.dumps({"api_key": canaries["json"]}),
        "platforms/youtube": json.dumps(client_document),
        "platforms/tiktok": canaries["misplaced"],
        "signing/audit": json.dumps(ring),
    }
    for name, text in texts.items():
        if isinstance(store, SecretsManagerStore):
            client.create_secret(Name=f"{PREFIX}{name}")
        store.put(name, SecretStr(canaries["before"]))
        store.put(name, SecretStr(text))
    pending = "00000000-0000-0000-0000-00000000000a"
    store.put("providers/luma", SecretStr(canaries["pending"]), stage="AWSPENDING", version=pending)
