"""One suite for every DocumentStore."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.errors import InvalidInput
from reelwright.storage.audited import AuditedDocuments
from reelwright.storage.aws import S3Documents
from reelwright.storage.documents import restore
from reelwright.storage.errors import DocumentConflict, DocumentDamaged, DocumentMissing
from reelwright.storage.local_documents import FolderDocuments
from reelwright.storage.memory import MemoryAuditLog, MemoryDocuments
from reelwright.storage.ports import ABSENT, DocumentStore
from reelwright.storage.schema import Author
from tests.contract.aws_places import BUCKET, OneAtATime, a_bucket

ANN = Author(actor="ann", reason="to try")
BEN = Author(actor="ben", reason="to mend")
FIXTURE = [HealthCheck.function_scoped_fixture]


@dataclass
class Place:
    """A store, and what happens behind its back."""

    store: DocumentStore
    damage: Callable[[str, str], None]


def a_folder(tmp_path: Path) -> Place:
    def damage(name: str, version: str) -> None:
        path = tmp_path / "documents" / name.replace("/", "~") / f"{version}.content"
        path.chmod(0o644)
        path.write_bytes(b"not what was written")

    return Place(FolderDocuments(tmp_path / "documents", VirtualClock()), damage)


def in_s3() -> Place:
    client = a_bucket()

    def damage(name: str, version: str) -> None:
        key = f"documents/{name}"
        head = client.head_object(Bucket=BUCKET, Key=key, VersionId=version)
        client.put_object(Bucket=BUCKET, Key=key, Body=b"another", Metadata=head["Metadata"])

    return Place(S3Documents(OneAtATime(client), BUCKET, clock=VirtualClock(), rng=Random(1)), damage)


@pytest.fixture(params=["folder", "memory", "s3", "audited"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    memory = MemoryDocuments(VirtualClock())
    if request.param == "folder":
        yield a_folder(tmp_path)
    elif request.param == "memory":
        yield Place(memory, memory.damage)
    elif request.param == "audited":
        yield Place(AuditedDocuments(memory, MemoryAuditLog()), memory.damage)
    else:
        with mock_aws():
            yield in_s3()


@pytest.fixture
def store(place: Place) -> DocumentStore:
    return place.store


def written(store: DocumentStore, *contents: bytes, name: str = "settings") -> list[str]:
    """The versions that came of writing the contents one after another."""
    versions: list[str] = []
    for content in contents:
        expect = versions[-1] if versions else ABSENT
        versions.append(store.put(name, content, expect=expect, author=ANN).version)
    return versions


def test_what_is_put_is_what_is_read(store: DocumentStore) -> None:
    version = store.put("prompts/hook", b"Begin.", expect=ABSENT, author=ANN)

    document = store.read("prompts/hook")

    assert document.content == b"Begin."
    assert document.model_dump(exclude={"content"}) == version.model_dump()
    assert (document.author, document.size_bytes, document.restored_from) == (ANN, 6, None)


def test_every_version_stays_readable(store: DocumentStore) -> None:
    contents = [b"one", b"two", b"three", b"two", b""]
    versions = written(store, *contents)

    assert len(set(versions)) == len(contents)
    assert [store.read("settings", version).content for version in versions] == contents
    assert store.read("settings").content == b""


def test_history_is_newest_first_and_says_what_read_says(store: DocumentStore) -> None:
    versions = written(store, b"one", b"two", b"three")

    history = store.history("settings")

    assert [it.version for it in history] == versions[::-1]
    for it in history:
        assert store.read("settings", it.version).model_dump(exclude={"content"}) == it.model_dump()


def test_a_document_that_is_not_there(store: DocumentStore) -> None:
    written(store, b"one", name="settings/other")

    assert store.history("settings") == ()
    with pytest.raises(DocumentMissing, match="settings"):
        store.read("settings")


@pytest.mark.parametrize("version", ["", "x", "00000009-0123456789abcdef", "../lock", "null", "é"])
def test_a_version_that_is_not_there(store: DocumentStore, version: str) -> None:
    written(store, b"one")

    with pytest.raises(DocumentMissing, match="no version"):
        store.read("settings", version)


def test_a_version_of_another_document_is_none_of_this_one(store: DocumentStore) -> None:
    (version,) = written(store, b"one", name="other")
    written(store, b"two")

    with pytest.raises(DocumentMissing):
        store.read("settings", version)


def test_names_are_sorted_and_each_once(store: DocumentStore) -> None:
    assert store.names() == ()
    for name in ("settings", "prompts/hook", "prompts", "prompts/hook.md", "settings2"):
        written(store, b"1", b"2", name=name)

    assert store.names() == ("prompts", "prompts/hook", "prompts/hook.md", "settings", "settings2")


def test_names_that_share_a_beginning_have_histories_of_their_own(store: DocumentStore) -> None:
    for name in ("a", "a/b", "a-b", "a.b", "ab"):
        written(store, name.encode(), name=name)

    assert [len(store.history(name)) for name in store.names()] == [1] * 5
    assert [store.read(name).content.decode() for name in store.names()] == [*store.names()]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "../up",
        "a/../b",
        "a//b",
        "/a",
        "a/",
        "A",
        "a b",
        "a~b",
        ".hidden",
        "a/.b",
        "ä",
        "a\n",
        "x" * 201,
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused(store: DocumentStore, name: str) -> None:
    with pytest.raises(InvalidInput, match="not the name of a document"):
        store.put(name, b"x", expect=None, author=ANN)
    for ask in (store.read, store.history):
        with pytest.raises(InvalidInput, match="not the name of a document"):
            ask(name)
    assert store.names() == ()


def test_the_longest_name_is_taken(store: DocumentStore) -> None:
    name = "a/" * 99 + "bc"
    written(store, b"deep", name=name)

    assert store.names() == (name,)
    assert store.read(name).content == b"deep"


def test_of_two_who_saw_the_same_version_one_writes(store: DocumentStore) -> None:
    (seen,) = written(store, b"one")
    store.put("settings", b"two", expect=seen, author=ANN)

    with pytest.raises(DocumentConflict, match="Nothing was written"):
        store.put("settings", b"lost", expect=seen, author=BEN)
    assert store.read("settings").content == b"two"
    assert len(store.history("settings")) == 2


def test_the_same_content_again_is_another_version(store: DocumentStore) -> None:
    first, second = written(store, b"same", b"same")

    with pytest.raises(DocumentConflict):
        store.put("settings", b"new", expect=first, author=BEN)
    store.put("settings", b"new", expect=second, author=BEN)


def test_a_content_that_came_back_is_not_the_version_that_was_seen(store: DocumentStore) -> None:
    seen, _, _ = written(store, b"A", b"B", b"A")

    with pytest.raises(DocumentConflict):
        store.put("settings", b"lost", expect=seen, author=BEN)


def test_absent_means_absent(store: DocumentStore) -> None:
    written(store, b"one")

    with pytest.raises(DocumentConflict, match="not absent"):
        store.put("settings", b"two", expect=ABSENT, author=BEN)
    with pytest.raises(DocumentConflict):
        store.put("other", b"x", expect="00000001-0123456789abcdef", author=BEN)
    assert store.names() == ("settings",)


def test_without_expectation_it_writes_over_whatever_is_there(store: DocumentStore) -> None:
    for content in (b"one", b"two"):
        store.put("settings", content, expect=None, author=BEN)

    assert [store.read("settings", it.version).content for it in store.history("settings")] == [
        b"two",
        b"one",
    ]


def test_a_version_that_is_damaged_is_not_read(place: Place) -> None:
    store = place.store
    (version,) = written(store, b"sea")
    place.damage("settings", version)

    with pytest.raises(DocumentDamaged, match="changed since it was written"):
        store.read("settings")
    store.put("settings", b"mended", expect=None, author=ANN)
    assert store.read("settings").content == b"mended"


def test_any_version_can_be_brought_back_and_nothing_is_lost(store: DocumentStore) -> None:
    contents = [b"one", b"two", b"three"]
    versions = written(store, *contents)

    for version, content in zip(versions, contents, strict=True):
        before = store.history("settings")
        back = restore(store, "settings", version, author=BEN, expect=before[0].version)

        assert (back.restored_from, back.author) == (version, BEN)
        assert store.read("settings").content == content
        assert store.read("settings").restored_from == version
        assert store.history("settings") == (back, *before)


def test_a_restore_gives_way_to_who_wrote_meanwhile(store: DocumentStore) -> None:
    first, second, third = written(store, b"one", b"two", b"three")

    with pytest.raises(DocumentConflict):
        restore(store, "settings", first, author=BEN, expect=second)
    with pytest.raises(DocumentMissing):
        restore(store, "settings", "nowhere", author=BEN, expect=third)
    assert len(store.history("settings")) == 3


@given(
    actor=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    reason=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120),
    content=st.binary(max_size=300),
)
@settings(max_examples=40, suppress_health_check=FIXTURE)
def test_any_author_any_reason_and_any_content_come_back(
    store: DocumentStore, actor: str, reason: str, content: bytes
) -> None:
    author = Author(actor=actor, reason=reason)

    version = store.put("settings", content, expect=None, author=author)

    assert store.history("settings")[0] == version
    assert version.author == author
    assert store.read("settings", version.version).content == content


def test_many_writers_lose_nothing(store: DocumentStore) -> None:
    """Everybody adds a number to a list, and tries again when somebody else was faster."""
    store.put("settings", b"", expect=ABSENT, author=ANN)

    def add(number: int) -> int:
        for conflicts in range(1000):
            seen = store.read("settings")
            try:
                store.put("settings", seen.content + b"%d " % number, expect=seen.version, author=ANN)
            except DocumentConflict:
                continue
            return conflicts
        raise AssertionError("starved")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(30)))

    assert sorted(map(int, store.read("settings").content.split())) == [*range(30)]
    sizes = [it.size_bytes for it in store.history("settings")]
    assert len(sizes) == 31
    assert sizes == sorted(sizes, reverse=True)


def test_of_many_who_create_one_does(store: DocumentStore) -> None:
    def create(number: int) -> bool:
        try:
            store.put("settings", b"%d" % number, expect=ABSENT, author=ANN)
        except DocumentConflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        created = list(pool.map(create, range(12)))

    assert created.count(True) == 1
    assert store.read("settings").content == b"%d" % created.index(True)
