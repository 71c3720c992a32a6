"""Audit trails of every kind, open to whoever would tamper with them."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Protocol

from hypothesis import HealthCheck
from moto import mock_aws
from pydantic import JsonValue, SecretStr

from reelwright.clock import VirtualClock
from reelwright.environment.secret import SigningKey
from reelwright.secrets.signer import RingSigner
from reelwright.storage.aws import DynamoAuditLog
from reelwright.storage.chain import ChainHead
from reelwright.storage.local_audit import FolderAuditLog
from reelwright.storage.memory import MemoryAuditLog
from reelwright.storage.ports import AuditLog, Signer
from reelwright.storage.schema import AuditEntry
from tests.contract.aws_places import TABLE, OneAtATime, a_table
from tests.contract.rings import signing_with

FIXTURE = [HealthCheck.function_scoped_fixture]
KINDS = ["folder", "memory", "dynamodb"]
OLD_KEY, NEW_KEY = secrets.token_hex(32), secrets.token_hex(32)
Json = dict[str, Any]


def a_signer(current: str = "old") -> RingSigner:
    return signing_with(
        SigningKey(current=current, keys={"old": SecretStr(OLD_KEY), "new": SecretStr(NEW_KEY)})
    )


SIGNER = a_signer()
STRANGER = signing_with(SigningKey(current="old", keys={"old": SecretStr(secrets.token_hex(32))}))


class Trail(Protocol):
    """A stored trail, open to whoever has the rights of the store but not the key."""

    def log(self, signer: Signer | None) -> AuditLog: ...

    def texts(self) -> list[str]: ...

    def replace(self, index: int, text: str) -> None: ...

    def remove(self, index: int) -> None: ...

    def add(self, text: str) -> None: ...

    def head(self) -> Json: ...

    def set_head(self, head: Json | None) -> None: ...


class FolderTrail:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / "audit.jsonl"

    def log(self, signer: Signer | None) -> AuditLog:
        return FolderAuditLog(self.root, clock=VirtualClock(), signer=signer)

    def texts(self) -> list[str]:
        return self.file.read_text(encoding="utf-8").splitlines()

    def replace(self, index: int, text: str) -> None:
        self._write([*self.texts()[:index], text, *self.texts()[index + 1 :]])

    def remove(self, index: int) -> None:
        self._write([*self.texts()[:index], *self.texts()[index + 1 :]])

    def add(self, text: str) -> None:
        self._write([*self.texts(), text])

    def head(self) -> Json:
        head: Json = json.loads((self.root / "head.json").read_text(encoding="utf-8"))
        return head

    def set_head(self, head: Json | None) -> None:
        (self.root / "head.json").unlink(missing_ok=True)
        if head is not None:
            size = {"size_bytes": self.file.stat().st_size}
            (self.root / "head.json").write_text(json.dumps(size | head), encoding="utf-8")

    def _write(self, lines: list[str]) -> None:
        self.file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


class MemoryTrail:
    def __init__(self) -> None:
        self.memory = MemoryAuditLog(clock=VirtualClock())

    def log(self, signer: Signer | None) -> AuditLog:
        log = MemoryAuditLog(clock=VirtualClock(), signer=signer)
        log.lines, log.head = self.memory.lines, self.memory.head
        self.memory = log
        return log

    def texts(self) -> list[str]:
        return [*self.memory.lines]

    def replace(self, index: int, text: str) -> None:
        self.memory.lines[index] = text

    def remove(self, index: int) -> None:
        del self.memory.lines[index]

    def add(self, text: str) -> None:
        self.memory.lines.append(text)

    def head(self) -> Json:
        assert self.memory.head
        return self.memory.head.model_dump()

    def set_head(self, head: Json | None) -> None:
        self.memory.head = None if head is None else ChainHead.model_validate(head)


class TableTrail:
    def __init__(self) -> None:
        self.client = OneAtATime(a_table())

    def log(self, signer: Signer | None) -> AuditLog:
        return DynamoAuditLog(self.client, TABLE, clock=VirtualClock(), rng=Random(2), signer=signer)

    def texts(self) -> list[str]:
        return [item["entry"]["S"] for item in self._items()]

    def replace(self, index: int, text: str) -> None:
        self._put(self._items()[index] | {"entry": {"S": text}})

    def remove(self, index: int) -> None:
        item = self._items()[index]
        self.client.delete_item(TableName=TABLE, Key={"pk": item["pk"], "sk": item["sk"]})

    def add(self, text: str) -> None:
        number = int(self._items()[-1]["sk"]["S"].removeprefix("entry#")) + 1
        self._put({"sk": {"S": f"entry#{number:020d}"}, "entry": {"S": text}})

    def head(self) -> Json:
        key = {"pk": {"S": "audit"}, "sk": {"S": "head"}}
        head: Json = json.loads(self.client.get_item(TableName=TABLE, Key=key)["Item"]["head"]["S"])
        return head

    def set_head(self, head: Json | None) -> None:
        if head is None:
            self.client.delete_item(TableName=TABLE, Key={"pk": {"S": "audit"}, "sk": {"S": "head"}})
        else:
            self._put({"sk": {"S": "head"}, "head": {"S": json.dumps(head)}})

    def _items(self) -> list[Json]:
        items = self.client.scan(TableName=TABLE)["Items"]
        return sorted((it for it in items if it["sk"]["S"] != "head"), key=lambda it: str(it["sk"]["S"]))

    def _put(self, item: Json) -> None:
        self.client.put_item(TableName=TABLE, Item={"pk": {"S": "audit"}, **item})


@contextmanager
def a_trail(kind: str, folder: Path) -> Iterator[Trail]:
    if kind == "folder":
        yield FolderTrail(folder)
    elif kind == "memory":
        yield MemoryTrail()
    else:
        with mock_aws():
            yield TableTrail()


def note(log: AuditLog, number: int = 0, once: str | None = None, **details: JsonValue) -> AuditEntry:
    return log.append(
        actor="ann",
        action="document.put",
        subject=f"documents/{number % 3}",
        reason=f"because {number}",
        details={"number": number, **details},
        once=once,
    )


def filled(trail: Trail, count: int = 5, signer: Signer | None = SIGNER) -> AuditLog:
    log = trail.log(signer)
    for number in range(count):
        note(log, number)
    assert log.verify() == ()
    return log
