"""Operators' documents: read, changed, told of and gone back to, in any store."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reelwright.clock import SystemClock, VirtualClock
from reelwright.flags.definitions import BUNDLED, FlagProfile, flag_definitions
from reelwright.flags.document import InvalidFlagDocument
from reelwright.flags.editing import FlagEdit, edited
from reelwright.flags.errors import InvalidFlags
from reelwright.flags.operating import FlagDocuments
from reelwright.storage.errors import DocumentConflict, DocumentMissing
from reelwright.storage.local_documents import FolderDocuments
from reelwright.storage.memory import MemoryDocuments
from reelwright.storage.ports import DocumentStore
from reelwright.storage.schema import Author, DocumentVersion

ANN = Author(actor="ann", reason="a test")


def defined(profile: FlagProfile) -> Any:
    return flag_definitions(profile).as_json()


class Meddled(MemoryDocuments):
    """Somebody else writes first, as often as it is armed."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[Callable[[], object]] = []

    def put(self, name: str, content: bytes, **how: Any) -> DocumentVersion:
        if self.before:
            self.before.pop()()
        return super().put(name, content, **how)


@pytest.fixture
def store() -> Meddled:
    return Meddled()


def flags_in(store: DocumentStore, *, local: bool = True) -> FlagDocuments:
    return FlagDocuments(
        store,
        environment="local",
        clock=VirtualClock(),
        rng=Random(1),
        defined=defined if local else None,
    )


def off(flag: str) -> Callable[[Any], Any]:
    return lambda document: edited(document, flag, FlagEdit(enabled=False))


def test_what_code_defines_is_live_until_something_is_set(store: Meddled) -> None:
    flags = flags_in(store)
    live = flags.live("flags")
    assert (live.version, live.document) == ("", defined("flags"))
    changed = flags.change("flags", off("captions"), ANN)
    assert changed.before == live
    now = flags.live("flags")
    assert (now.version, now.author, now.document) == (changed.version, ANN, changed.document)
    assert now.document["values"] == {**live.document["values"], "captions": {"enabled": False}}


def test_a_deployed_document_is_taken_as_it_is_and_must_be_there(store: Meddled) -> None:
    flags = flags_in(store, local=False)
    with pytest.raises(DocumentMissing):
        flags.live("flags")
    document = {"version": "1", "flags": {"a": {}}, "values": {"a": {"enabled": True}}}
    store.put("flags", json.dumps(document).encode(), expect=None, author=ANN)
    assert flags.live("flags").document == document


def test_a_stored_document_gets_the_definitions_that_it_lacks(store: Meddled) -> None:
    store.put(
        "flags",
        b'{"version": "1", "flags": {"mine": {}}, "values": {"mine": {"enabled": true}}}',
        expect=None,
        author=ANN,
    )
    live = flags_in(store).live("flags").document
    assert set(live["flags"]) == {"mine", *defined("flags")["flags"]}
    assert live["values"]["mine"] == {"enabled": True}


def test_nothing_is_written_where_nothing_changes(store: Meddled) -> None:
    flags = flags_in(store)
    flags.change("flags", off("captions"), ANN)
    again = flags.change("flags", off("captions"), ANN)
    assert again.version is None
    assert len(store.history("flags")) == 1


def test_a_change_is_made_on_what_somebody_else_wrote_meanwhile(store: Meddled) -> None:
    flags, others = flags_in(store), flags_in(store)
    store.before = [lambda: others.change("flags", off("music"), ANN)]
    flags.change("flags", off("captions"), ANN)
    values = flags.live("flags").document["values"]
    assert (values["captions"], values["music"]) == ({"enabled": False}, {"enabled": False})


def test_of_operators_who_write_at_once_none_loses_anything(tmp_path: Path) -> None:
    names = sorted(defined("flags")["flags"])[:4]
    definitions = defined("flags")["values"]

    def flip(flag: str) -> None:
        documents = FlagDocuments(
            FolderDocuments(tmp_path),
            environment="local",
            clock=SystemClock(),
            rng=Random(flag),
            defined=defined,
        )
        turned = FlagEdit(enabled=not definitions[flag]["enabled"])
        documents.change("flags", lambda document: edited(document, flag, turned), ANN)

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(flip, names))
    values = flags_in(FolderDocuments(tmp_path)).live("flags").document["values"]
    assert [flag for flag in values if values[flag]["enabled"] is not definitions[flag]["enabled"]] == [
        flag for flag in values if flag in names
    ]


def test_who_is_always_beaten_is_told(store: Meddled) -> None:
    flags = flags_in(store)

    def rival() -> None:
        store.before.append(rival)
        MemoryDocuments.put(store, "flags", b"{}", expect=None, author=ANN)

    store.before = [rival]
    with pytest.raises(DocumentConflict):
        flags.change("flags", off("captions"), ANN)
    assert {one.size_bytes for one in store.history("flags")} == {2}


def test_what_readers_would_refuse_is_not_written(store: Meddled) -> None:
    flags = flags_in(store)
    with pytest.raises(InvalidFlagDocument, match="tier"):
        flags.change(
            "flags", lambda it: edited(it, "video-model", FlagEdit(attributes={"tier": "gold"})), ANN
        )
    with pytest.raises(InvalidFlagDocument, match="half a character"):
        flags.change(
            "flags", lambda it: {**it, "values": {"captions": {"enabled": True, "x": "\udcff"}}}, ANN
        )
    assert store.history("flags") == ()


def test_history_tells_what_each_version_changed(store: Meddled) -> None:
    flags = flags_in(store)
    flags.change("flags", off("captions"), ANN)
    store.put("flags", b"{", expect=None, author=Author(actor="console", reason="oops"))
    flags.rollback("flags", flags_versions(store)[1], ANN)
    told = [
        (one.version.author.actor, [(change.flag, change.old, change.new) for change in one.changes])
        for one in flags.history("flags")
    ]
    assert told[2] == ("ann", [("captions", {"enabled": True}, {"enabled": False})])
    assert told[1][0] == "console"
    assert [one for one in told[0][1] if one[0] == "captions"] == [("captions", None, {"enabled": False})]
    assert [len(list(flags.history("flags", limit=limit))) for limit in (1, 2, 3)] == [1, 2, 3]


def flags_versions(store: MemoryDocuments) -> list[str]:
    return [one.version for one in store.history("flags")]


def test_a_rollback_mends_what_nobody_can_read(store: Meddled) -> None:
    flags = flags_in(store)
    good = flags.change("flags", off("captions"), ANN)
    for broken in (b"[]", b'{"flags": 3}', b'{"version": "1", "version": "1"}', b"\xff", b"[" * 100_000):
        store.put("flags", broken, expect=None, author=ANN)
        with pytest.raises(InvalidFlags, match=r"rollback|twice|flag document"):
            flags.live("flags")
        written = flags.rollback("flags", str(good.version), ANN)
        assert store.history("flags")[0].restored_from == good.version
        assert written.document["values"] == good.document["values"]


def test_one_flag_goes_back_alone_and_to_what_code_gives(store: Meddled) -> None:
    flags = flags_in(store)
    first = flags.change("flags", off("captions"), ANN)
    flags.change("flags", off("music"), ANN)
    flags.rollback("flags", BUNDLED, ANN, "captions")
    values = flags.live("flags").document["values"]
    assert (values["captions"], values["music"]) == ({"enabled": True}, {"enabled": False})
    flags.rollback("flags", str(first.version), ANN)
    values = flags.live("flags").document["values"]
    assert (values["captions"], values["music"]) == ({"enabled": False}, {"enabled": True})
    with pytest.raises(DocumentMissing):
        flags.rollback("flags", "no-such", ANN)
