"""One suite for prompts over every kind of store of documents."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from moto import mock_aws

from reelwright.clock import SystemClock, VirtualClock
from reelwright.errors import InvalidInput
from reelwright.prompts import stored
from reelwright.prompts.errors import LabelConflict, PromptVersionMissing, VersionConflict
from reelwright.prompts.labels import NO_LABELS, LabelMove, parse_labels
from reelwright.prompts.parsing import content_version
from reelwright.prompts.ports import PromptStore
from reelwright.prompts.stored import MAX_TEXT_BYTES, StoredPrompts
from reelwright.storage.audited import DONE, AuditedDocuments
from reelwright.storage.aws import S3Documents
from reelwright.storage.errors import DocumentDamaged
from reelwright.storage.local_documents import FolderDocuments
from reelwright.storage.memory import MemoryAuditLog, MemoryDocuments
from reelwright.storage.ports import ABSENT, DocumentStore
from reelwright.storage.schema import Author
from tests.contract.aws_places import BUCKET, OneAtATime, a_bucket

ANN = Author(actor="ann", reason="to try a shorter hook")
BEN = Author(actor="ben", reason="to mend the hook")
NAME = "write-script"


@dataclass
class Place:
    documents: DocumentStore
    store: PromptStore
    clock: VirtualClock


def a_place(documents: DocumentStore, clock: VirtualClock) -> Place:
    return Place(documents, StoredPrompts(documents, clock=clock, rng=Random(1)), clock)


@pytest.fixture(params=["folder", "memory", "s3", "audited"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    clock = VirtualClock()
    if request.param == "folder":
        yield a_place(FolderDocuments(tmp_path, clock), clock)
    elif request.param == "memory":
        yield a_place(MemoryDocuments(clock), clock)
    elif request.param == "audited":
        yield a_place(AuditedDocuments(MemoryDocuments(clock), MemoryAuditLog()), clock)
    else:
        with mock_aws():
            client = OneAtATime(a_bucket())
            yield a_place(S3Documents(client, BUCKET, clock=clock, rng=Random(1)), clock)


@pytest.fixture
def store(place: Place) -> PromptStore:
    return place.store


def saved(store: PromptStore, *texts: str, name: str = NAME) -> list[str]:
    return [store.save(name, text, author=ANN, expect=None).version for text in texts]


def labelled(store: PromptStore, *versions: str, label: str = "production") -> None:
    before = ABSENT
    for version in versions:
        store.move(NAME, label, version, expect=before, author=ANN)
        before = version


def test_a_new_store_has_nothing(store: PromptStore) -> None:
    assert (store.names(), store.versions(NAME), store.history(NAME)) == ((), (), ())
    assert store.labels() == NO_LABELS


def test_what_is_saved_is_read_and_named_by_its_text(store: PromptStore) -> None:
    info = store.save(NAME, "Write — a script.\n", author=ANN, expect=ABSENT)

    assert store.read(NAME, info.version) == "Write — a script.\n"
    assert info.version == content_version("Write — a script.\n")
    assert (info.name, info.number, info.chars, info.author) == (NAME, 1, 18, ANN)
    assert store.labels() == NO_LABELS


def test_versions_are_newest_first_and_numbered_from_one(store: PromptStore) -> None:
    versions = saved(store, "one", "two", "three")

    assert [(it.version, it.number) for it in store.versions(NAME)] == [
        (version, number) for number, version in zip((3, 2, 1), versions[::-1], strict=True)
    ]
    assert [store.read(NAME, version) for version in versions] == ["one", "two", "three"]


def test_the_same_text_is_the_same_version(store: PromptStore) -> None:
    first = store.save(NAME, "one", author=ANN, expect=ABSENT)
    saved(store, "two")

    assert store.save(NAME, "one", author=BEN, expect=ABSENT) == first
    assert len(store.versions(NAME)) == 2


def test_a_text_that_takes_the_name_of_another_is_refused(
    store: PromptStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "content_version", lambda _text: "0" * 12)
    saved(store, "one")

    with pytest.raises(InvalidInput, match="is another text"):
        store.save(NAME, "two", author=BEN, expect=None)
    assert store.read(NAME, "0" * 12) == "one"


def test_line_ends_make_no_other_version(store: PromptStore) -> None:
    first = store.save(NAME, "one\ntwo\n", author=ANN, expect=ABSENT)
    assert store.save(NAME, "\ufeffone\r\ntwo\r\n", author=BEN, expect=ABSENT) == first


def test_each_prompt_has_versions_of_its_own(store: PromptStore) -> None:
    (version,) = saved(store, "one")
    saved(store, "two", name="write-script.investing")
    saved(store, "three", name="write-scripts")

    assert store.names() == (NAME, "write-script.investing", "write-scripts")
    with pytest.raises(PromptVersionMissing, match="has no version"):
        store.read("write-scripts", version)


def test_who_saves_over_somebody_elses_version_is_told_of_it(store: PromptStore) -> None:
    (first,) = saved(store, "one")
    store.save(NAME, "two", author=BEN, expect=first)

    with pytest.raises(VersionConflict, match=r"ben saved version \w+ \(to mend the hook\)"):
        store.save(NAME, "three", author=ANN, expect=first)
    assert len(store.versions(NAME)) == 2


@pytest.mark.parametrize("text", ["", "  \n", "x" * (MAX_TEXT_BYTES + 1), "\ud800"])
def test_what_is_no_text_of_a_prompt_is_refused(store: PromptStore, text: str) -> None:
    with pytest.raises(InvalidInput, match=NAME):
        store.save(NAME, text, author=ANN, expect=None)
    assert store.names() == ()


@pytest.mark.parametrize("name", ["", "Hook", "../labels", "a/b", "a.b.c", "a.", "-a", "a" * 130, "a\n"])
def test_what_is_no_name_is_refused(store: PromptStore, name: str) -> None:
    for act in (
        lambda: store.save(name, "one", author=ANN, expect=None),
        lambda: store.read(name, "0" * 12),
        lambda: store.versions(name),
        lambda: store.history(name),
        lambda: store.move(name, "production", ABSENT, expect=ABSENT, author=ANN),
    ):
        with pytest.raises(InvalidInput, match="name of a prompt"):
            act()


@pytest.mark.parametrize("label", ["", "bundled", "Production", "a/b", "a" * 33])
def test_what_is_no_label_is_refused(store: PromptStore, label: str) -> None:
    (version,) = saved(store, "one")
    with pytest.raises(InvalidInput, match="not a label"):
        store.move(NAME, label, version, expect=ABSENT, author=ANN)


@pytest.mark.parametrize("version", ["", "0" * 12, "../labels", "é"])
def test_a_version_that_is_not_there(store: PromptStore, version: str) -> None:
    saved(store, "one")

    with pytest.raises(PromptVersionMissing, match=f"{NAME} has no version"):
        store.read(NAME, version)
    if version:
        with pytest.raises(PromptVersionMissing):
            store.move(NAME, "production", version, expect=ABSENT, author=ANN)
    assert store.labels() == NO_LABELS


def test_a_label_moves_and_keeps_where_it_was(store: PromptStore, place: Place) -> None:
    one, two = saved(store, "one", "two")
    store.move(NAME, "production", one, expect=ABSENT, author=ANN)
    place.clock.advance(60)
    position = store.move(NAME, "production", two, expect=one, author=BEN)

    assert position.served == (two, one)
    assert store.labels().position(NAME, "production") == position
    assert [(it.label, it.before, it.version, it.author) for it in store.history(NAME)] == [
        ("production", one, two, BEN),
        ("production", ABSENT, one, ANN),
    ]


def test_going_back_step_by_step_reaches_the_first_and_never_goes_round(store: PromptStore) -> None:
    one, two, three = saved(store, "one", "two", "three")
    labelled(store, one, two, three)

    assert store.move(NAME, "production", two, expect=three, author=BEN).served == (two, one)
    assert store.move(NAME, "production", one, expect=two, author=BEN).served == (one,)
    assert store.move(NAME, "production", three, expect=one, author=BEN).served == (three, one)
    assert len(store.history(NAME)) == 6


def test_a_label_that_is_taken_off_serves_nothing_and_is_remembered(store: PromptStore) -> None:
    (one,) = saved(store, "one")
    labelled(store, one)

    assert store.move(NAME, "production", ABSENT, expect=one, author=BEN).served == ()
    assert store.history(NAME)[0].version == ABSENT
    assert store.move(NAME, "production", one, expect=ABSENT, author=ANN).served == (one,)


def test_labels_of_one_prompt_are_none_of_another(store: PromptStore) -> None:
    (one,) = saved(store, "one")
    saved(store, "one", name="write-script.investing")
    labelled(store, one)
    store.move("write-script.investing", "staging", one, expect=ABSENT, author=ANN)

    labels = store.labels()
    assert (set(labels.of(NAME)), set(labels.of("write-script.investing"))) == ({"production"}, {"staging"})
    assert len(store.history(NAME)) == 1


def test_a_lost_race_names_who_moved_the_label_where_and_why(store: PromptStore) -> None:
    one, two, three = saved(store, "one", "two", "three")
    labelled(store, one)
    store.move(NAME, "production", two, expect=one, author=BEN)

    with pytest.raises(LabelConflict) as caught:
        store.move(NAME, "production", three, expect=one, author=ANN)
    for told in ("production", NAME, "ben", two, "2026-01-01", "to mend the hook", one):
        assert told in caught.value.message
    assert store.labels().position(NAME, "production").version == two


def test_of_many_that_move_a_label_at_once_one_does(store: PromptStore) -> None:
    versions = saved(store, *(f"text {number}" for number in range(6)))

    def move(version: str) -> str:
        try:
            store.move(NAME, "production", version, expect=ABSENT, author=ANN)
        except LabelConflict:
            return ""
        return version

    with ThreadPoolExecutor(6) as pool:
        moved = [version for version in pool.map(move, versions) if version]
    assert len(moved) == 1
    assert [it.version for it in store.history(NAME)] == moved


def test_moves_of_different_labels_at_once_all_happen(store: PromptStore) -> None:
    (version,) = saved(store, "one")
    labels = [f"label-{number}" for number in range(6)]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda label: store.move(NAME, label, version, expect=ABSENT, author=ANN), labels))
    assert sorted(store.labels().of(NAME)) == labels


def test_saves_at_once_lose_nothing(store: PromptStore) -> None:
    texts = [f"text {number}" for number in range(6)]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda text: store.save(NAME, text, author=ANN, expect=None), texts))
    found = store.versions(NAME)
    assert sorted(store.read(NAME, it.version) for it in found) == texts
    assert [it.number for it in found] == [6, 5, 4, 3, 2, 1]


def test_a_text_without_its_list_is_found_when_it_is_saved_again(place: Place) -> None:
    """As a process leaves it that dies between the two."""
    version = content_version("one")
    place.documents.put(f"prompts/texts/{NAME}/{version}", b"one", expect=ABSENT, author=ANN)

    assert place.store.versions(NAME) == ()
    assert place.store.save(NAME, "one", author=BEN, expect=ABSENT).version == version
    assert place.store.read(NAME, version) == "one"


def test_a_text_that_was_replaced_behind_the_stores_back_is_damaged(place: Place) -> None:
    (version,) = saved(place.store, "one")
    place.documents.put(f"prompts/texts/{NAME}/{version}", b"another", expect=None, author=BEN)

    with pytest.raises(DocumentDamaged, match=version):
        place.store.read(NAME, version)
    with pytest.raises(DocumentDamaged):
        place.store.move(NAME, "production", version, expect=ABSENT, author=ANN)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 2}', b'{"prompts": {"x": 1}}', b"\xff"])
def test_labels_and_lists_that_hold_something_else_are_damaged_not_empty(
    place: Place, content: bytes
) -> None:
    (version,) = saved(place.store, "one")
    for document in ("prompts/labels", f"prompts/versions/{NAME}"):
        place.documents.put(document, content, expect=None, author=BEN)

    for act in (
        place.store.labels,
        lambda: place.store.versions(NAME),
        lambda: place.store.move(NAME, "production", version, expect=ABSENT, author=ANN),
        lambda: place.store.save(NAME, "two", author=ANN, expect=None),
    ):
        with pytest.raises(DocumentDamaged, match="prompts/"):
            act()


def test_labels_that_were_damaged_are_mended_by_restoring_them(place: Place) -> None:
    (version,) = saved(place.store, "one")
    labelled(place.store, version)
    before = place.store.labels()
    good = place.documents.read("prompts/labels")
    place.documents.put("prompts/labels", b"{", expect=None, author=BEN)

    place.documents.put("prompts/labels", good.content, expect=None, author=BEN)
    assert place.store.labels() == before


def test_the_trail_and_the_moves_stay_small(store: PromptStore) -> None:
    versions = saved(store, *(f"text {number}" for number in range(30)))
    labelled(store, *versions)

    position = store.labels().position(NAME, "production")
    assert position is not None
    assert position.served == tuple(versions[:8:-1])
    assert len(position.moves) == 20


def test_every_change_is_noted_with_who_and_why() -> None:
    audit = MemoryAuditLog()
    store = StoredPrompts(AuditedDocuments(MemoryDocuments(), audit), clock=VirtualClock())
    (version,) = saved(store, "one")
    store.move(NAME, "production", version, expect=ABSENT, author=BEN)

    done = [(it.actor, it.reason, it.subject) for it in audit.entries() if it.action == DONE]
    assert done[0] == ("ben", "to mend the hook", "documents/prompts/labels")
    assert {actor for actor, _, _ in done[1:]} == {"ann"}


def _mover(folder: Path, worker: int, versions: list[str], moves: int) -> None:
    """Move a label on, again and again, always from where it was seen; log what one did."""
    store = StoredPrompts(FolderDocuments(folder / "documents"), clock=SystemClock(), rng=Random(worker))
    done: list[str] = []
    author = Author(actor=f"worker-{worker}", reason="to race")
    rng = Random(worker)
    while len(done) < moves:
        position = store.labels().position(NAME, "production")
        before = position.version if position else ABSENT
        after = rng.choice([version for version in versions if version != before])
        try:
            store.move(NAME, "production", after, expect=before, author=author)
        except LabelConflict:
            continue
        done.append(f"{before} {after}")
    (folder / f"{worker}.log").write_text("\n".join(done), encoding="utf-8")


def test_processes_that_move_one_label_never_overwrite_each_other_unseen(tmp_path: Path) -> None:
    """All moves together are one walk: each begins where another one ended, none is lost or doubled."""
    documents = FolderDocuments(tmp_path / "documents")
    store = StoredPrompts(documents, clock=SystemClock())
    versions = saved(store, *(f"text {number}" for number in range(5)))
    context = multiprocessing.get_context("spawn")
    movers = [context.Process(target=_mover, args=(tmp_path, one, versions, 6)) for one in range(4)]
    for mover in movers:
        mover.start()
    for mover in movers:
        mover.join(120)
        assert mover.exitcode == 0

    logged = [line for one in range(4) for line in (tmp_path / f"{one}.log").read_text().splitlines()]
    walk = [_last_move(documents, it.version) for it in reversed(documents.history("prompts/labels"))]
    assert [move.before for move in walk] == [ABSENT, *(move.version for move in walk)][:-1]
    assert sorted(f"{move.before} {move.version}" for move in walk) == sorted(logged)
    assert len(logged) == 24


def _last_move(documents: DocumentStore, version: str) -> LabelMove:
    content = documents.read("prompts/labels", version).content
    return parse_labels(content, where="the test").of(NAME)["production"].moves[0]
