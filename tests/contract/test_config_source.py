"""One suite for every Source that needs no wire; those of AWS have a suite of their own."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import pytest
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.config.local import DefaultsSource, DocumentSource, EnvironmentVariablesSource
from reelwright.config.memory import ScriptedSource
from reelwright.config.ports import Fetched, Source
from reelwright.config.schema import Layer
from reelwright.config.secret_references import SecretReferencesSource, secret_references
from reelwright.environment.loader import load_environment
from reelwright.secrets.errors import SecretsUnavailable
from reelwright.secrets.memory import MemorySecrets
from reelwright.storage.errors import DocumentDamaged, StorageUnavailable, StorageUnwritable
from reelwright.storage.local_documents import FolderDocuments
from reelwright.storage.memory import MemoryDocuments
from reelwright.storage.ports import DocumentStore
from reelwright.storage.schema import Author, StoredDocument

SOMEBODY = Author(actor="somebody", reason="to see")
FIRST = {"video": {"fps": 30}}
SECOND = {"video": {"fps": 60}}


@dataclass
class Case:
    """A source, the layer it must fill, and how to make it say the second thing after the first."""

    source: Source
    layer: Layer
    first: Mapping[str, Any]
    second: Mapping[str, Any]
    change: Callable[[], object]


def scripted(_: Path) -> Case:
    source = ScriptedSource(Layer.SSM, FIRST)
    return Case(source, Layer.SSM, FIRST, SECOND, lambda: source.say(SECOND))


def variables(_: Path) -> Case:
    told = {"REELWRIGHT__VIDEO__FPS": "30"}
    source = EnvironmentVariablesSource(told)
    return Case(
        source, Layer.ENVIRONMENT, FIRST, SECOND, lambda: told.update({"REELWRIGHT__VIDEO__FPS": "60"})
    )


def document(store: DocumentStore) -> Case:
    def say(settings: Mapping[str, Any]) -> None:
        content = json.dumps({"schema_version": 1, "settings": settings}).encode()
        store.put("settings", content, expect=None, author=SOMEBODY)

    say(FIRST)
    return Case(DocumentSource(store, Layer.RUNTIME), Layer.RUNTIME, FIRST, SECOND, lambda: say(SECOND))


def folder_document(folder: Path) -> Case:
    return document(FolderDocuments(folder, VirtualClock()))


def memory_document(_: Path) -> Case:
    return document(MemoryDocuments(VirtualClock()))


def secrets(_: Path) -> Case:
    store = MemorySecrets(VirtualClock(), Random(1))
    text = SecretStr('{"api_key": "sk-live-canary"}')
    store.put("providers/runway", text)
    store.declare("providers/luma")
    where = {name: {"credential": f"secret://providers/{name}#api_key"} for name in ("runway", "luma")}
    return Case(
        SecretReferencesSource(store, secret_references(load_environment("dev").settings)),
        Layer.SECRETS,
        {"providers": {"runway": where["runway"]}},
        {"providers": where},
        lambda: store.put("providers/luma", text),
    )


@pytest.fixture(
    params=[scripted, variables, folder_document, memory_document, secrets], ids=lambda one: one.__name__
)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    return request.param(tmp_path)  # type: ignore[no-any-return]  # a fixture's parameter has no type


def fetched(source: Source, known: str | None = None) -> Fetched:
    answer = source.fetch(known)
    assert answer is not None
    return answer


def test_a_source_fills_its_layer_and_has_a_name(case: Case) -> None:
    assert case.source.layer is case.layer
    assert case.source.name
    assert case.source.ttl_seconds >= 0


def test_it_says_everything_to_those_who_know_nothing(case: Case) -> None:
    assert fetched(case.source).settings == case.first


def test_what_is_known_is_not_said_again(case: Case) -> None:
    version = fetched(case.source).version
    assert case.source.fetch(version) is None
    assert fetched(case.source, "another version").version == version


def test_something_else_is_another_version(case: Case) -> None:
    first = fetched(case.source)
    case.change()
    second = fetched(case.source, first.version)
    assert second.settings == case.second
    assert second.version != first.version
    assert case.source.fetch(second.version) is None


def test_what_was_said_does_not_change_afterwards(case: Case) -> None:
    first = fetched(case.source)
    before = json.dumps(first.settings)
    case.change()
    fetched(case.source)
    assert json.dumps(first.settings) == before


def test_many_may_ask_at_once(case: Case) -> None:
    answers: list[Fetched] = []
    threads = [Thread(target=lambda: answers.append(fetched(case.source))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.settings for answer in answers] == [case.first] * 8


def test_no_secret_value_is_ever_said(tmp_path: Path) -> None:
    case = secrets(tmp_path)
    assert "canary" not in repr(fetched(case.source))


def test_a_new_value_of_a_secret_is_no_change_of_configuration() -> None:
    store = MemorySecrets(VirtualClock(), Random(1))
    source = SecretReferencesSource(store, secret_references(load_environment("dev").settings))
    store.put("providers/runway", SecretStr('{"api_key": "sk-live-one"}'))
    version = fetched(source).version
    store.put("providers/runway", SecretStr('{"api_key": "sk-live-two"}'))
    assert source.fetch(version) is None


def test_there_is_a_reference_for_each_provider_that_needs_a_key() -> None:
    found = secret_references(load_environment("dev").settings)
    assert str(found["providers.runway.credential"]) == "secret://providers/runway#api_key"
    assert "providers.embedded.credential" not in found
    assert {key.count(".") for key in found} == {2}


def test_a_secret_that_the_environment_names_itself_is_left_to_it() -> None:
    """A client that is set in dev under its plain name must not publish in the test channel's place."""
    assert "platforms.youtube.credential" in secret_references(load_environment("prod").settings)
    dev = secret_references(load_environment("dev").settings)
    assert [key for key in dev if "platforms" in key] == []


@pytest.mark.parametrize("make", [MemoryDocuments, lambda: FolderDocuments(Path("nowhere"))])
def test_no_document_is_an_answer_that_says_nothing(make: Callable[[], DocumentStore]) -> None:
    source = DocumentSource(make(), Layer.DOCUMENTS)
    answer = fetched(source)
    assert (answer.settings, answer.documents) == ({}, {})
    assert source.fetch(answer.version) is None


class Failing(MemoryDocuments):
    """A store that answers with an error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def read(self, name: str, version: str | None = None) -> StoredDocument:
        raise self._error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (StorageUnavailable("away", retry_after_seconds=9.0), SourceUnreachable),
        (StorageUnwritable("no access"), SourceFailed),
        (DocumentDamaged("altered"), SourceFailed),
    ],
)
def test_a_store_that_fails_is_a_source_that_fails(error: Exception, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught:
        DocumentSource(Failing(error), Layer.RUNTIME).fetch(None)
    assert getattr(caught.value, "retry_after_seconds", None) == getattr(error, "retry_after_seconds", None)


def test_a_document_that_is_none_is_a_source_that_failed() -> None:
    store = MemoryDocuments()
    store.put("settings", b"<html>", expect=None, author=SOMEBODY)
    with pytest.raises(SourceFailed, match="The document is not JSON"):
        DocumentSource(store, Layer.RUNTIME).fetch(None)


def test_a_store_of_secrets_that_is_away_is_a_source_that_is_away() -> None:
    class Away(MemorySecrets):
        def describe(self, name: str) -> Any:
            raise SecretsUnavailable(f"{name} cannot be described")

    source = SecretReferencesSource(
        Away(VirtualClock(), Random(1)), secret_references(load_environment("dev").settings)
    )
    with pytest.raises(SourceUnreachable):
        source.fetch(None)


def test_bundled_files_say_the_same_for_ever() -> None:
    source = DefaultsSource("base")
    answer = fetched(source)
    assert source.fetch(answer.version) is None
    assert (source.layer, source.ttl_seconds) == (Layer.DEFAULTS, 0)
