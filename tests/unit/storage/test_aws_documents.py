"""What only S3 can do to documents."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.errors import InvalidInput
from reelwright.storage.aws import S3Documents
from reelwright.storage.aws_metadata import UNKNOWN_AUTHOR, author_from, pack_text, to_metadata, unpack_text
from reelwright.storage.documents import restore
from reelwright.storage.errors import DocumentConflict, DocumentMissing, StorageUnavailable, StorageUnwritable
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author
from tests.contract.aws_places import BUCKET, Meddling, a_bucket, raising, refusal

ANN = Author(actor="ann", reason="to try")
KEY = "documents/settings"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


@pytest.fixture
def client() -> Iterator[Meddling]:
    with mock_aws():
        yield Meddling(a_bucket())


@pytest.fixture
def store(client: Meddling) -> S3Documents:
    return S3Documents(client, BUCKET, clock=VirtualClock(), rng=Random(1))


def upload(client: Meddling, content: bytes) -> Any:
    """What somebody does in the console."""
    return client.client.put_object(Bucket=BUCKET, Key=KEY, Body=content)["VersionId"]


def test_somebody_who_writes_between_the_look_and_the_write_is_not_written_over(
    store: S3Documents, client: Meddling
) -> None:
    seen = store.put("settings", b"one", expect=ABSENT, author=ANN).version
    client.before["put_object"] = [lambda: upload(client, b"two")]

    with pytest.raises(DocumentConflict, match="Nothing was written"):
        store.put("settings", b"lost", expect=seen, author=ANN)
    assert store.read("settings").content == b"two"


def test_somebody_who_creates_at_the_same_moment_is_not_written_over(
    store: S3Documents, client: Meddling
) -> None:
    client.before["put_object"] = [lambda: upload(client, b"theirs")]

    with pytest.raises(DocumentConflict, match="not absent"):
        store.put("settings", b"lost", expect=ABSENT, author=ANN)
    assert store.read("settings").content == b"theirs"


@pytest.mark.parametrize("code", ["PreconditionFailed", "ConditionalRequestConflict"])
def test_a_refusal_without_a_trace_of_the_other_is_a_conflict_too(
    store: S3Documents, client: Meddling, code: str
) -> None:
    seen = store.put("settings", b"one", expect=ABSENT, author=ANN).version
    client.before["put_object"] = [raising(refusal(code, 409))]

    with pytest.raises(DocumentConflict):
        store.put("settings", b"lost", expect=seen, author=ANN)


@pytest.mark.parametrize("expect_seen", [True, False])
def test_our_own_write_is_known_when_its_answer_was_lost(
    store: S3Documents, client: Meddling, *, expect_seen: bool
) -> None:
    """The client tries again by itself, and S3 then says that the object is not the expected one any more."""
    seen = store.put("settings", b"one", expect=ABSENT, author=ANN).version if expect_seen else ABSENT
    client.after["put_object"] = [raising(refusal("PreconditionFailed", 412))]

    version = store.put("settings", b"two", expect=seen, author=ANN)

    assert store.history("settings")[0] == version
    assert len(store.history("settings")) == (2 if expect_seen else 1)


def test_our_own_write_is_known_beneath_that_of_another(store: S3Documents, client: Meddling) -> None:
    seen = store.put("settings", b"one", expect=ABSENT, author=ANN).version
    client.after["put_object"] = [
        lambda: (upload(client, b"three"), raising(refusal("PreconditionFailed", 412))())
    ]

    version = store.put("settings", b"two", expect=seen, author=ANN)

    assert [it.version for it in store.history("settings")][1:] == [version.version, seen]


def test_what_was_uploaded_by_hand_is_a_version_by_an_unknown_author(
    store: S3Documents, client: Meddling
) -> None:
    version = upload(client, b"by hand")

    document = store.read("settings")

    assert (document.content, document.version, document.author) == (b"by hand", version, UNKNOWN_AUTHOR)
    assert store.history("settings")[0].sha256 == document.sha256
    assert document.written_at.tzinfo is not None
    store.put("settings", b"next", expect=version, author=ANN)


def test_a_deleted_document_is_missing_and_can_be_brought_back(store: S3Documents, client: Meddling) -> None:
    version = store.put("settings", b"one", expect=ABSENT, author=ANN).version
    marker = client.client.delete_object(Bucket=BUCKET, Key=KEY)["VersionId"]

    assert store.names() == ()
    for gone in (None, marker):
        with pytest.raises(DocumentMissing):
            store.read("settings", gone)
    with pytest.raises(DocumentConflict):
        store.put("settings", b"two", expect=version, author=ANN)
    restore(store, "settings", version, author=ANN, expect=ABSENT)
    assert store.read("settings").content == b"one"


def test_keys_that_are_no_names_are_passed_over(store: S3Documents, client: Meddling) -> None:
    for key in ("documents/", "documents/Upper", "documents/a//b", "definitions/settings", "documents/a"):
        client.client.put_object(Bucket=BUCKET, Key=key, Body=b"x")

    assert store.names() == ("a",)


def test_long_histories_come_in_pages(store: S3Documents, client: Meddling) -> None:
    page = client.client.list_object_versions
    client.client.list_object_versions = lambda **named: page(**{**named, "MaxKeys": 2})
    versions = [store.put("settings", b"%d" % it, expect=None, author=ANN).version for it in range(7)]

    assert [it.version for it in store.history("settings")] == versions[::-1]


def test_a_bucket_without_versions_is_named() -> None:
    with mock_aws():
        store = S3Documents(a_bucket(versions=False), BUCKET)
        with pytest.raises(StorageUnwritable, match="keeps no versions"):
            store.put("settings", b"one", expect=None, author=ANN)


def test_a_bucket_that_is_not_there_is_no_empty_store() -> None:
    with mock_aws():
        a_bucket()
        store = S3Documents(a_bucket(), "reelwright-elsewhere")
        for ask in (store.names, lambda: store.read("settings"), lambda: store.history("settings")):
            with pytest.raises(StorageUnwritable, match="does not exist"):
                ask()


@pytest.mark.parametrize("call", ["get_object", "put_object", "head_object"])
def test_an_outage_is_never_an_absence(store: S3Documents, client: Meddling, call: str) -> None:
    version = store.put("settings", b"one", expect=ABSENT, author=ANN).version
    client.before[call] = [raising(ReadTimeoutError(endpoint_url="http://127.0.0.1"))]

    with pytest.raises(StorageUnavailable):
        _ = (
            store.read("settings"),
            store.put("settings", b"two", expect=version, author=ANN),
            store.history("settings"),
        )


def test_the_time_is_the_clocks() -> None:
    with mock_aws():
        now = datetime(2026, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)
        store = S3Documents(a_bucket(), BUCKET, clock=VirtualClock(now))
        store.put("settings", b"one", expect=ABSENT, author=ANN)
        assert store.read("settings").written_at == store.history("settings")[0].written_at == now


@given(text=TEXT)
def test_any_text_is_packed_in_ascii_without_blanks_to_lose(text: str) -> None:
    packed = pack_text(text)

    assert unpack_text(packed) == text
    assert packed.isascii()
    assert packed == " ".join(packed.split())


def test_plain_text_stays_readable() -> None:
    assert pack_text("Slower, as asked (see 12).") == "Slower, as asked (see 12)."
    assert pack_text("packed:x") != "packed:x"


def test_a_long_reason_in_any_script_fits() -> None:
    author = Author(actor="見" * 40, reason="画面の明るさを上げ、字幕の速さを落とす。" * 24)
    assert author_from(to_metadata(author, sha256="0" * 64, write="0" * 16)) == author


def test_what_does_not_fit_is_refused_before_anything_is_written(
    store: S3Documents, client: Meddling
) -> None:
    rng = Random(3)
    noise = "".join(chr(rng.randrange(0x10000, 0x10FFFF)) for _ in range(700))

    with pytest.raises(InvalidInput, match="shorter reason"):
        store.put("settings", b"x", expect=ABSENT, author=Author(actor=noise[:200], reason=noise[200:]))
    assert client.calls == []


@pytest.mark.parametrize("actor", ["packed:", "packed:AAAA", "packed:é", "", "packed:" + "A" * 100])
def test_metadata_that_is_not_ours_is_an_unknown_author(actor: str) -> None:
    assert author_from({"actor": actor, "reason": "x"}) == UNKNOWN_AUTHOR
