import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.errors import InvalidInput
from reelwright.storage import backup as module
from reelwright.storage.aws import S3Documents
from reelwright.storage.backup import backup, restore_backup
from reelwright.storage.errors import BackupDamaged, DocumentDamaged, StorageFull, StorageUnavailable
from reelwright.storage.local_documents import FolderDocuments
from reelwright.storage.memory import MemoryAuditLog, MemoryDocuments
from reelwright.storage.ports import DocumentStore
from reelwright.storage.schema import Author
from tests.contract.aws_places import BUCKET, Meddling, a_bucket, raising

ANN = Author(actor="ann", reason="to try")
BEN = Author(actor="ben", reason="Größer, wie gewünscht")
OPERATOR = Author(actor="operator", reason="after the fire")


def filled(store: DocumentStore) -> DocumentStore:
    for number, author in enumerate([ANN, BEN, ANN]):
        store.put("settings", b'{"n": %d}' % number, expect=None, author=author)
    store.put("prompts/hook", b"Begin.", expect=None, author=BEN)
    store.put("prompts/hook", b"", expect=None, author=BEN)
    return store


def saved(store: DocumentStore) -> io.BytesIO:
    file = io.BytesIO()
    backup(store, file)
    return file


def state(store: DocumentStore) -> dict[str, list[tuple[bytes, str, str]]]:
    """Every document's versions, oldest first, without what the store itself calls and dates them."""
    return {
        name: [
            (store.read(name, it.version).content, it.author.actor, it.author.reason)
            for it in reversed(store.history(name))
        ]
        for name in store.names()
    }


def test_all_comes_back_into_an_empty_store_of_another_kind(tmp_path: Path) -> None:
    memory = filled(MemoryDocuments(VirtualClock()))
    folder = FolderDocuments(tmp_path / "documents")
    backup(memory, tmp_path / "all.zip")
    restore_backup(folder, tmp_path / "all.zip", author=OPERATOR)
    with mock_aws():
        bucket = S3Documents(a_bucket(), BUCKET)
        restore_backup(bucket, saved(folder), author=OPERATOR)

        assert state(bucket) == state(folder) == state(memory)
        assert [it.restored_from for it in folder.history("settings")] == [
            it.version for it in memory.history("settings")
        ]


def test_the_same_store_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (filled(MemoryDocuments(VirtualClock())) for _ in range(2))
    backup(one, tmp_path / "one.zip")

    assert (tmp_path / "one.zip").read_bytes() == saved(one).getvalue() == saved(two).getvalue()


def test_the_manifest_lists_every_version_and_each_content_is_there_once() -> None:
    store = MemoryDocuments()
    for content in (b"same", b"other", b"same"):
        store.put("settings", content, expect=None, author=ANN)
    file = io.BytesIO()

    manifest = backup(store, file)

    assert manifest.documents[0].versions == store.history("settings")[::-1]
    assert len(zipfile.ZipFile(file).namelist()) == 4


def test_restoring_what_is_there_writes_nothing() -> None:
    store = filled(MemoryDocuments())
    file, before = saved(store), state(store)

    assert restore_backup(store, file, author=OPERATOR).written == {}
    assert state(store) == before


def test_later_changes_are_taken_back_by_one_version_and_stay_in_the_history() -> None:
    store = filled(MemoryDocuments())
    file, before = saved(store), state(store)
    for number in range(2):
        store.put("settings", b"broken %d" % number, expect=None, author=BEN)
    store.put("new", b"stays", expect=None, author=BEN)

    written = restore_backup(store, file, author=OPERATOR).written

    assert {name: len(versions) for name, versions in written.items()} == {"settings": 1}
    assert store.history("settings")[0].author == OPERATOR
    after = state(store)
    assert after["settings"][:3] == before["settings"]
    assert [content for content, _, _ in after["settings"][3:]] == [b"broken 0", b"broken 1", b'{"n": 2}']
    assert after["new"] == [(b"stays", "ben", BEN.reason)]


def test_a_store_with_another_past_gets_the_versions_behind_its_own() -> None:
    file = saved(filled(MemoryDocuments()))
    store = MemoryDocuments()
    store.put("settings", b"another past", expect=None, author=BEN)

    restore_backup(store, file, author=OPERATOR)

    assert [it.actor for it in (it.author for it in reversed(store.history("settings")))] == [
        "ben", "ann", "ben", "ann",
    ]  # fmt: skip
    assert store.read("settings").content == b'{"n": 2}'
    again = state(store)
    restore_backup(store, file, author=OPERATOR)
    assert state(store) == again


@pytest.mark.parametrize("puts", range(5))
def test_restoring_again_after_a_failure_goes_on_where_it_stopped(puts: int) -> None:
    source = filled(MemoryDocuments())
    store = Meddling(MemoryDocuments())
    store.before["put"] = [*[int] * puts, raising(StorageUnavailable("away"))]

    with pytest.raises(StorageUnavailable):
        restore_backup(store, saved(source), author=OPERATOR)
    restore_backup(store, saved(source), author=OPERATOR)

    assert state(store) == state(source)


def test_what_is_damaged_in_the_store_is_mended() -> None:
    store = MemoryDocuments()
    version = store.put("settings", b"sea", expect=None, author=ANN).version
    file = saved(store)
    store.damage("settings", version)

    restore_backup(store, file, author=OPERATOR)

    assert store.read("settings").content == b"sea"


def test_a_record_that_is_damaged_does_not_stand_in_the_way(tmp_path: Path) -> None:
    store = FolderDocuments(tmp_path / "documents")
    version = store.put("settings", b"sea", expect=None, author=ANN).version
    file = saved(store)
    record = tmp_path / "documents" / "settings" / f"{version}.json"
    record.chmod(0o644)
    record.write_bytes(b"{}")

    restore_backup(store, file, author=OPERATOR)

    assert store.read("settings").content == b"sea"


def test_a_document_deleted_in_s3_comes_back() -> None:
    with mock_aws():
        client = a_bucket()
        store = S3Documents(client, BUCKET)
        store.put("settings", b"sea", expect=None, author=ANN)
        file = saved(store)
        client.delete_object(Bucket=BUCKET, Key="documents/settings")

        restore_backup(store, file, author=OPERATOR)

        assert store.read("settings").content == b"sea"


def test_a_damaged_version_is_not_backed_up_as_if_it_were_whole(tmp_path: Path) -> None:
    store = MemoryDocuments()
    version = store.put("settings", b"sea", expect=None, author=ANN).version
    store.damage("settings", version)

    with pytest.raises(DocumentDamaged):
        backup(store, tmp_path / "all.zip")
    assert not (tmp_path / "all.zip").exists()


def test_a_full_disk_leaves_the_backup_of_yesterday(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(b"yesterday")

    def full(*_: object) -> None:
        raise StorageFull("full")

    monkeypatch.setattr(module, "write_whole", full)
    with pytest.raises(StorageFull):
        backup(filled(MemoryDocuments()), path)
    assert path.read_bytes() == b"yesterday"


def test_who_restores_is_noted_before_and_after() -> None:
    audit, store = MemoryAuditLog(), MemoryDocuments()

    restore_backup(store, saved(filled(MemoryDocuments())), author=OPERATOR, audit=audit)

    done, intended = audit.entries()
    assert (intended.action, done.action) == ("backup.restore.intended", "backup.restore.done")
    assert (done.actor, done.reason) == ("operator", "after the fire")
    assert (done.details["documents"], done.details["versions"]) == (2, 5)


def rewritten(file: io.BytesIO, change: Callable[[dict[str, bytes]], object]) -> io.BytesIO:
    """The same archive, well formed, with other members."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out


def sealed(members: dict[str, bytes], old: str, new: str) -> None:
    """Change the manifest and make its hash fit."""
    text = members["manifest.json"].decode().replace(old, new)
    assert text.encode() != members["manifest.json"]
    members["manifest.json"] = text.encode()
    members["manifest.sha256"] = module._sha256(text.encode()).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.pop("manifest.json"),
        lambda it: it.pop("manifest.sha256"),
        lambda it: it.pop(max(it)),
        lambda it: it.update({"manifest.json": it["manifest.json"].replace(b"ann", b"bob")}),
        lambda it: it.update({max(name for name in it if "content" in name): b"other"}),
        lambda it: it.update({name: b"Begun." for name in it if it[name] == b"Begin."}),
        lambda it: sealed(it, '"prompts/hook"', '"../../up"'),
        lambda it: sealed(it, '"prompts/hook"', '"settings"'),
        lambda it: sealed(it, '"name": "settings",\n     "version"', '"name": "other",\n     "version"'),
        lambda it: sealed(it, '"format": 1', '"format": 2'),
        lambda it: sealed(it, '"size_bytes": 8', '"size_bytes": 9'),
        lambda it: it.update({"manifest.sha256": b"\xff"}),
    ],
)
def test_a_backup_that_was_altered_restores_nothing(change: Callable[[dict[str, bytes]], object]) -> None:
    store = MemoryDocuments()

    with pytest.raises(BackupDamaged, match="Nothing was restored"):
        restore_backup(store, rewritten(saved(filled(MemoryDocuments())), change), author=OPERATOR)
    assert store.names() == ()


GOOD = saved(filled(MemoryDocuments(VirtualClock()))).getvalue()


@given(place=st.integers(0, len(GOOD) - 1), flip=st.integers(1, 255))
def test_any_byte_that_rots_is_found_or_does_no_harm(place: int, flip: int) -> None:
    rotten = bytearray(GOOD)
    rotten[place] ^= flip
    store = MemoryDocuments()

    try:
        restore_backup(store, io.BytesIO(bytes(rotten)), author=OPERATOR)
    except BackupDamaged:
        assert store.names() == ()
    else:
        assert state(store) == state(filled(MemoryDocuments()))


@given(length=st.integers(0, len(GOOD) - 1))
def test_half_a_backup_is_none(length: int) -> None:
    with pytest.raises(BackupDamaged):
        restore_backup(MemoryDocuments(), io.BytesIO(GOOD[:length]), author=OPERATOR)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.zip"):
        restore_backup(MemoryDocuments(), tmp_path / "nowhere.zip", author=OPERATOR)


def test_the_manifest_is_json_that_people_can_read() -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        manifest = json.loads(archive.read("manifest.json"))

    assert [it["name"] for it in manifest["documents"]] == ["prompts/hook", "settings"]
    assert manifest["documents"][1]["versions"][1]["author"]["reason"] == "Größer, wie gewünscht"
