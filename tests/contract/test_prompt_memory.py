"""One suite for every memory of prompts."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from moto import mock_aws

from reelwright.config.errors import SourceUnreachable
from reelwright.prompts.aws import DynamoPromptMemory
from reelwright.prompts.labels import NO_LABELS, PromptLabels
from reelwright.prompts.parsing import content_version
from reelwright.prompts.ports import PromptMemory, RememberedPrompts
from reelwright.prompts.remembering import FilePromptMemory
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author
from tests.contract.aws_places import TABLE, Meddling, a_table, raising, refusal

ANN = Author(actor="ann", reason="to try")
AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
NAME = "write-script"


@dataclass
class Place:
    memory: PromptMemory
    damage: Callable[[bytes], object]


@pytest.fixture(params=["file", "dynamo"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "file":
        path = tmp_path / "deep" / "prompts.json"
        yield Place(FilePromptMemory(path), path.write_bytes)
        return
    with mock_aws():
        client = a_table()

        def damage(content: bytes) -> None:
            key = {"pk": {"S": "prompts"}, "sk": {"S": "last-known-good"}}
            client.put_item(TableName=TABLE, Item={**key, "at": {"N": "1"}, "body": {"B": content}})

        yield Place(DynamoPromptMemory(client, TABLE), damage)


@pytest.fixture
def memory(place: Place) -> PromptMemory:
    return place.memory


def moved(labels: PromptLabels, text: str, *, name: str = NAME, label: str = "production") -> PromptLabels:
    position = labels.position(name, label)
    before = position.version if position else ABSENT
    return labels.moved(name, label, content_version(text), expect=before, at=AT, author=ANN)


def texts(*said: str, name: str = NAME) -> dict[tuple[str, str], str]:
    return {(name, content_version(text)): text for text in said}


def test_nothing_is_remembered_at_first(memory: PromptMemory) -> None:
    assert memory.load() is None


def test_what_is_saved_is_loaded(memory: PromptMemory) -> None:
    told = RememberedPrompts(moved(NO_LABELS, "Größe — one"), texts("Größe — one"), AT)
    memory.save(told)

    assert memory.load() == told


def test_texts_gather_and_those_that_no_label_mentions_go(memory: PromptMemory) -> None:
    first = moved(moved(NO_LABELS, "one"), "two")
    memory.save(RememberedPrompts(first, texts("one"), AT))
    memory.save(RememberedPrompts(first, texts("two", "never labelled"), AT))
    assert memory.load() == RememberedPrompts(first, texts("one", "two"), AT)

    later = moved(NO_LABELS, "three")
    memory.save(RememberedPrompts(later, texts("three"), AT + timedelta(seconds=1)))
    assert memory.load() == RememberedPrompts(later, texts("three"), AT + timedelta(seconds=1))


def test_older_labels_never_replace_newer_ones(memory: PromptMemory) -> None:
    newer = moved(moved(NO_LABELS, "one"), "two")
    memory.save(RememberedPrompts(newer, texts("two"), AT))
    memory.save(RememberedPrompts(moved(NO_LABELS, "one"), texts("one"), AT - timedelta(seconds=1)))

    assert memory.load() == RememberedPrompts(newer, texts("one", "two"), AT)


def test_a_text_that_does_not_fit_its_version_is_left_out(memory: PromptMemory) -> None:
    labels = moved(NO_LABELS, "one")
    memory.save(RememberedPrompts(labels, {(NAME, content_version("one")): "another"}, AT))

    assert memory.load() == RememberedPrompts(labels, {}, AT)


@pytest.mark.parametrize("content", [b"?", b"{}", b"\x00" * 50])
def test_what_is_damaged_is_begun_anew(place: Place, content: bytes) -> None:
    told = RememberedPrompts(moved(NO_LABELS, "one"), texts("one"), AT)
    place.memory.save(told)
    place.damage(content)
    with suppress(SourceUnreachable):
        assert place.memory.load() is None
    place.memory.save(told)

    assert place.memory.load() == told


@mock_aws
def test_what_does_not_fit_gives_way_before_what_is_served() -> None:
    memory = DynamoPromptMemory(a_table(), TABLE)

    noise = Random(1)
    old, new = (f"{noise.getrandbits(1_600_000):x}" for _ in range(2))
    labels = moved(moved(NO_LABELS, old), new)
    memory.save(RememberedPrompts(labels, texts(old, new), AT))

    loaded = memory.load()
    assert loaded is not None
    assert loaded.labels == labels
    assert set(loaded.texts) == set(texts(new))


@mock_aws
def test_a_table_that_is_away_is_unreachable() -> None:
    client = Meddling(a_table())
    memory = DynamoPromptMemory(client, TABLE)
    client.before = {
        "get_item": [raising(refusal("InternalServerError", 500)), raising(refusal("AccessDenied"))]
    }

    for _ in range(2):
        with pytest.raises(SourceUnreachable):
            memory.load()


@mock_aws
def test_of_two_that_save_at_once_the_newer_labels_stay() -> None:
    table = a_table()
    client = Meddling(table)
    newer = RememberedPrompts(moved(NO_LABELS, "new"), texts("new"), AT + timedelta(seconds=1))
    client.before = {"put_item": [lambda: DynamoPromptMemory(table, TABLE).save(newer)]}
    DynamoPromptMemory(client, TABLE).save(RememberedPrompts(moved(NO_LABELS, "old"), texts("old"), AT))

    assert DynamoPromptMemory(table, TABLE).load() == newer
