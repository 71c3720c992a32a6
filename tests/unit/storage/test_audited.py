import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import InvalidInput
from reelwright.observability.metrics import Metric
from reelwright.storage.audited import DONE, INTENDED, REFUSED, AuditedDocuments
from reelwright.storage.documents import restore
from reelwright.storage.errors import DocumentConflict, StorageUnavailable
from reelwright.storage.memory import MemoryAuditLog, MemoryDocuments
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author
from tests.contract.aws_places import Meddling, raising

ANN = Author(actor="ann", reason="smoother")
AWAY = StorageUnavailable("away")


class CountedMetrics:
    def __init__(self) -> None:
        self.emitted: list[tuple[Metric, dict[str, str]]] = []

    def emit(self, metric: Metric, value: float, **details: str) -> None:
        assert value == 1
        self.emitted.append((metric, details))


class Setting:
    """An audited store whose parts can be made to fail."""

    def __init__(self) -> None:
        self.documents = Meddling(MemoryDocuments())
        self.log = MemoryAuditLog()
        self.audit = Meddling(self.log)
        self.metrics = CountedMetrics()
        self.store = AuditedDocuments(self.documents, self.audit, metrics=self.metrics)

    def put(self, content: Any, expect: str | None = None) -> str:
        return self.store.put("settings", json.dumps(content).encode(), expect=expect, author=ANN).version

    def actions(self) -> list[str]:
        return [entry.action for entry in reversed(self.log.entries())]


@pytest.fixture
def setting() -> Setting:
    return Setting()


def test_a_change_is_an_intention_and_an_end(setting: Setting) -> None:
    first = setting.put({"video": {"fps": 24}}, ABSENT)
    second = setting.put({"video": {"fps": 30}}, first)

    done, intended = setting.log.entries(limit=2)
    assert setting.actions() == [INTENDED, DONE] * 2
    assert (intended.actor, intended.subject, intended.reason) == ("ann", "documents/settings", "smoother")
    assert intended.details["diff"] == {"changed": {"video.fps": {"old": 24, "new": 30}}}
    assert (intended.details["expect"], intended.details["replaces"]) == (first, first)
    assert (done.details["intention"], done.details["version"]) == (intended.sequence, second)
    assert done.details["sha256"] == intended.details["sha256"] == setting.store.read("settings").sha256
    assert setting.store.unfinished() == ()
    assert setting.log.verify() == ()


def test_a_secret_value_is_in_no_entry(setting: Setting) -> None:
    setting.put({"providers": {"runway": {"api_key": "canary", "credential": "secret://canary"}}})
    setting.put({"providers": {"runway": {"api_key": "canary2", "credential": "secret://canary2"}}})

    assert "canary" not in "".join(setting.log.lines)
    assert "providers.runway.api_key" in setting.log.lines[2]


def test_a_restore_says_what_it_brought_back(setting: Setting) -> None:
    first = setting.put({"fps": 24})
    second = setting.put({"fps": 30})
    restore(setting.store, "settings", first, author=ANN, expect=second)

    intended = setting.log.entries(limit=2)[1]
    assert intended.details["restored_from"] == first
    assert intended.details["diff"] == {"changed": {"fps": {"old": 30, "new": 24}}}


def test_a_change_that_cannot_be_noted_does_not_happen(setting: Setting) -> None:
    setting.audit.before["append"] = [raising(AWAY)]

    with pytest.raises(StorageUnavailable):
        setting.put({"fps": 30})
    assert setting.documents.calls == ["read"]
    assert setting.store.names() == ()


def test_a_change_whose_end_cannot_be_noted_stands_and_is_unfinished(setting: Setting) -> None:
    setting.audit.after["append"] = [lambda: setting.audit.before.update(append=[raising(AWAY)])]

    version = setting.put({"fps": 30})

    assert setting.store.read("settings").version == version
    assert [it.action for it in setting.store.unfinished()] == [INTENDED]
    assert setting.metrics.emitted == [
        (Metric.AUDIT_FAILED, {"subject": "documents/settings", "error": "storage_unavailable"})
    ]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_death_in_between_shows_as_an_intention_without_an_end(setting: Setting, when: str) -> None:
    getattr(setting.documents, when)["put"] = [raising(KeyboardInterrupt())]

    with pytest.raises(KeyboardInterrupt):
        setting.put({"fps": 30})

    (unfinished,) = setting.store.unfinished()
    found = {it.sha256 for it in setting.store.history("settings")}
    assert (unfinished.details["sha256"] in found) == (when == "after")
    setting.put({"fps": 25})
    assert setting.store.unfinished() == (unfinished,)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_store_that_does_not_say_whether_it_wrote_leaves_it_open(setting: Setting, when: str) -> None:
    getattr(setting.documents, when)["put"] = [raising(AWAY)]

    with pytest.raises(StorageUnavailable):
        setting.put({"fps": 30})
    assert setting.actions() == [INTENDED]
    assert len(setting.store.unfinished()) == 1


def test_a_conflict_is_an_end(setting: Setting) -> None:
    first = setting.put({"fps": 24}, ABSENT)
    setting.put({"fps": 25}, first)

    with pytest.raises(DocumentConflict):
        setting.put({"fps": 30}, first)
    assert setting.actions()[-2:] == [INTENDED, REFUSED]
    assert setting.log.entries(limit=1)[0].details["error"] == "document_conflict"
    assert setting.store.unfinished() == ()


def test_a_name_that_is_none_is_refused_before_it_is_noted(setting: Setting) -> None:
    with pytest.raises(InvalidInput):
        setting.store.put("../up", b"x", expect=None, author=ANN)
    assert setting.log.lines == []


def test_what_is_damaged_can_be_written_over(setting: Setting) -> None:
    version = setting.put({"fps": 24})
    setting.documents.client.damage("settings", version)

    setting.put({"fps": 25}, version)

    assert setting.log.entries(limit=2)[1].details["replaces"] is None


@given(
    st.lists(st.sampled_from(["fine", "conflict", "store before", "store after", "first note", "last note"]))
)
def test_no_change_goes_unnoted_whatever_fails(happenings: list[str]) -> None:
    setting = Setting()
    for number, happening in enumerate(happenings):
        setting.documents.before["put"] = [raising(AWAY)] if happening == "store before" else []
        setting.documents.after["put"] = [raising(AWAY)] if happening == "store after" else []
        notes = {"first note": [raising(AWAY)], "last note": [int, raising(AWAY)]}
        setting.audit.before["append"] = notes.get(happening, [])
        try:
            setting.put({"n": number}, "nowhere" if happening == "conflict" else None)
        except (StorageUnavailable, DocumentConflict):
            assert happening not in {"fine", "last note"}

    intended = {it.details["sha256"] for it in setting.log.entries() if it.action == INTENDED}
    written = {it.sha256 for it in setting.store.history("settings")}
    done = {it.details["sha256"] for it in setting.log.entries() if it.action == DONE}
    still_open = {it.details["sha256"] for it in setting.store.unfinished()}
    assert done <= written <= intended
    assert written <= done | still_open
    assert setting.log.verify() == ()
