"""Overrides: checked as a whole, never over somebody else's, for a time, audited, and taken back."""

import json
from datetime import timedelta
from typing import Any

import pytest

from reelwright.config.documents import SettingsDocument, parse_document
from reelwright.config.errors import InvalidConfiguration, OverrideRefused, UnknownSetting
from reelwright.config.local import DocumentSource
from reelwright.config.manager import ConfigurationManager
from reelwright.config.schema import Change, ConfigurationChanged, Layer
from reelwright.storage.audited import DONE, INTENDED
from reelwright.storage.errors import DocumentConflict, StorageUnavailable
from reelwright.storage.memory import MemoryAuditLog, MemoryDocuments
from reelwright.storage.ports import DocumentStore
from reelwright.storage.schema import AuditEntry, Author, DocumentVersion
from tests.unit.config.world import Wide, World

ANN = {"actor": "ann", "reason": "to see it move"}
SOMEBODY = Author(actor="somebody", reason="by hand")
CANARY = "sk-live-canary-0123456789"


def managing(world: World, store: DocumentStore | None = None, **options: Any) -> ConfigurationManager:
    store = store or world.store
    runtime = DocumentSource(store, Layer.RUNTIME, schema=Wide)
    others = [source for layer, source in world.sources.items() if layer is not Layer.RUNTIME]
    return world.process(sources=[*others, runtime], runtime=store, **options)


def document_of(store: MemoryDocuments) -> SettingsDocument:
    return parse_document(store.read("settings").content)


def by_hand(store: DocumentStore, content: Any) -> DocumentVersion:
    """Write the document as somebody in a console would."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return store.put("settings", data, expect=None, author=SOMEBODY)


def test_an_override_is_seen_at_once_explained_and_written_down() -> None:
    world = World()
    manager = managing(world)
    heard: list[ConfigurationChanged] = []
    manager.subscribe("video.fps", heard.append)
    written = manager.set_runtime_override("video.fps", 60, **ANN)
    assert manager.get("video.fps") == 60
    explained = manager.explain("video.fps")
    assert (explained.layer, explained.version) == (Layer.RUNTIME, written.version)
    assert explained.reason == "said by runtime:settings; set by ann: to see it move"
    assert [event.changes for event in heard] == [(Change("video.fps", 24, 60, Layer.RUNTIME),)]
    done, intended = world.audit.entries()
    assert {(it.actor, it.subject, it.reason) for it in (done, intended)} == {
        ("ann", "runtime/settings", "to see it move")
    }
    assert done.details["version"] == written.version
    assert "settings.video.fps" in str(intended.details["diff"])


def test_another_process_sees_it_at_its_next_refresh() -> None:
    world = World()
    one, other = managing(world), managing(world)
    assert other.get("number") == 0
    one.set_runtime_override("number", 5, **ANN)
    assert other.get("number") == 0
    world.clock.advance(6)
    other.refresh()
    assert other.get("number") == 5


def test_money_is_written_as_text_and_read_as_money() -> None:
    world = World()
    manager = managing(world)
    manager.set_runtime_override("budgets.per_video_usd", manager.get("budgets.per_day_block_usd"), **ANN)
    assert document_of(world.store).settings == {"budgets": {"per_video_usd": "5.00"}}


def test_an_override_for_a_time_ends_by_itself_and_is_tidied_away_by_the_next_writer() -> None:
    world = World()
    manager = managing(world)
    manager.set_runtime_override("number", 5, **ANN, expires_in=timedelta(hours=1))
    assert manager.explain("number").reason.endswith("until 2026-01-01 01:00 UTC")
    world.clock.advance(3599)
    manager.refresh()
    assert manager.get("number") == 5
    world.clock.advance(1)
    manager.refresh()
    assert manager.get("number") == 0
    manager.set_runtime_override("video.fps", 30, **ANN)
    assert document_of(world.store).settings == {"video": {"fps": 30}}
    assert list(document_of(world.store).notes) == ["video.fps"]


def test_clearing_lets_the_layer_below_speak_again() -> None:
    world = World({Layer.SSM: {"number": 3}})
    manager = managing(world)
    manager.set_runtime_override("number", 5, **ANN)
    manager.clear_runtime_override("number", **ANN)
    assert (manager.get("number"), manager.explain("number").layer) == (3, Layer.SSM)
    assert document_of(world.store).settings == {}
    assert [entry.action for entry in world.audit.entries()] == [DONE, INTENDED] * 2
    with pytest.raises(OverrideRefused, match="no override of number"):
        manager.clear_runtime_override("number", **ANN)


def test_a_table_can_be_overridden_and_its_parts_changed_later() -> None:
    world = World()
    manager = managing(world)
    manager.set_runtime_override("video", {"fps": 30, "resolution": "480p"}, **ANN)
    manager.set_runtime_override("video.fps", 60, actor="bo", reason="more")
    video = manager.get("video")
    assert (video["fps"], video["resolution"]) == (60, "480p")
    assert manager.explain("video.fps").reason.endswith("set by bo: more")
    assert manager.explain("video.resolution").reason.endswith("set by ann: to see it move")


def test_a_part_of_a_table_that_ends_as_a_whole_is_not_hung_on_it() -> None:
    manager = managing(World())
    manager.set_runtime_override("video", {"fps": 30}, **ANN, expires_in=timedelta(hours=1))
    with pytest.raises(OverrideRefused, match="would end with it"):
        manager.set_runtime_override("video.resolution", "480p", **ANN)


@pytest.mark.parametrize(
    ("key", "value", "error", "said"),
    [
        ("video.fps", 25, InvalidConfiguration, r"video\.fps = 25 is refused: it must be 24, 30 or 60"),
        ("video.fsp", 24, UnknownSetting, r"There is no setting 'video\.fsp'. Did you mean 'video\.fps'"),
        ("video", "loud", InvalidConfiguration, "it must be a table"),
        ("budgets.per_video_usd", float("nan"), InvalidConfiguration, "write money as a plain number"),
        ("table.x", float("inf"), InvalidConfiguration, "JSON has no way to write nan or inf"),
        ("providers.runway.credential", CANARY, InvalidConfiguration, "<hidden> is refused"),
        ("", 1, UnknownSetting, "There is no setting ''"),
    ],
)
def test_what_would_be_invalid_is_refused_and_nothing_is_written(
    key: str, value: Any, error: type[Exception], said: str
) -> None:
    world = World()
    manager = managing(world)
    with pytest.raises(error, match=said) as caught:
        manager.set_runtime_override(key, value, **ANN)
    assert CANARY not in str(caught.value) + repr(caught.value)
    assert world.store.history("settings") == ()
    assert world.audit.entries() == ()


@pytest.mark.parametrize(("actor", "reason"), [("", "why"), ("ann", ""), ("a" * 201, "why")])
def test_nobody_changes_anything_without_name_and_reason(actor: str, reason: str) -> None:
    with pytest.raises(OverrideRefused, match="who makes it"):
        managing(World()).set_runtime_override("number", 1, actor=actor, reason=reason)


def test_an_override_cannot_end_before_it_begins() -> None:
    with pytest.raises(OverrideRefused, match="before it began"):
        managing(World()).set_runtime_override("number", 1, **ANN, expires_in=timedelta())


class Contended(MemoryDocuments):
    """A store where somebody else is faster, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def put(self, name: str, content: bytes, **options: Any) -> DocumentVersion:
        if self.times:
            self.times -= 1
            told = {"schema_version": 1, "settings": {"table": {f"others{self.times}": True}}}
            super().put(name, json.dumps(told).encode(), expect=None, author=SOMEBODY)
        return super().put(name, content, **options)


def test_a_change_by_somebody_else_meanwhile_is_kept() -> None:
    world = World()
    store = Contended(times=3)
    manager = managing(world, store)
    manager.set_runtime_override("number", 5, **ANN)
    assert document_of(store).settings == {"table": {"others0": True}, "number": 5}


def test_a_change_that_is_always_overtaken_gives_up_and_says_so() -> None:
    manager = managing(World(), Contended(times=100))
    with pytest.raises(DocumentConflict):
        manager.set_runtime_override("number", 5, **ANN)


def test_a_change_is_checked_again_over_what_somebody_else_wrote() -> None:
    class Spoiled(MemoryDocuments):
        spoiled = False

        def put(self, name: str, content: bytes, **options: Any) -> DocumentVersion:
            if not self.spoiled:
                self.spoiled = True
                by_hand(self, {"schema_version": 1, "settings": {"video": {"fps": 25}}})
            return super().put(name, content, **options)

    manager = managing(World(), Spoiled())
    with pytest.raises(InvalidConfiguration, match=r"video\.fps = 25"):
        manager.set_runtime_override("number", 5, **ANN)


def test_rolling_back_writes_an_old_version_anew_and_says_which() -> None:
    world = World()
    manager = managing(world)
    first = manager.set_runtime_override("number", 1, **ANN)
    manager.set_runtime_override("number", 2, **ANN)
    back = manager.rollback(first.version, actor="bo", reason="it was better")
    assert manager.get("number") == 1
    assert back.restored_from == first.version
    assert world.store.history("settings")[0].version == back.version
    assert len(world.store.history("settings")) == 3
    assert world.audit.entries()[1].details["restored_from"] == first.version


def test_rolling_back_to_what_is_invalid_by_now_is_refused() -> None:
    world = World()
    manager = managing(world)
    old = by_hand(world.store, {"schema_version": 1, "settings": {"video": {"fps": 25}}})
    by_hand(world.store, {"schema_version": 1, "settings": {}})
    with pytest.raises(InvalidConfiguration, match=r"video\.fps = 25"):
        manager.rollback(old.version, **ANN)


def test_rolling_back_keeps_the_codes_definitions_and_mends_garbage() -> None:
    world = World()
    manager = managing(world)
    first = manager.set_runtime_override("number", 1, **ANN)
    told = {"schema_version": 1, "settings": {}, "definitions": {"number": {"type": "integer"}}}
    by_hand(world.store, told)
    manager.rollback(first.version, **ANN)
    assert list(document_of(world.store).definitions) == ["number"]
    by_hand(world.store, b"{not json")
    with pytest.raises(InvalidConfiguration, match="not JSON"):
        manager.set_runtime_override("number", 2, **ANN)
    manager.rollback(first.version, **ANN)
    assert manager.get("number") == 1


def test_a_document_that_was_forced_in_is_quarantined_and_can_be_cleared() -> None:
    world = World()
    manager = managing(world)
    manager.set_runtime_override("number", 1, **ANN)
    by_hand(world.store, {"schema_version": 1, "settings": {"number": 2, "video": {"fps": 25}}})
    manager.refresh(force=True)
    assert list(manager.quarantine) == ["runtime:settings"]
    assert manager.get("number") == 1
    manager.clear_runtime_override("video.fps", **ANN)
    assert (manager.get("number"), dict(manager.quarantine)) == (2, {})


def test_a_process_that_cannot_start_with_it_can_still_put_it_right() -> None:
    world = World()
    by_hand(world.store, {"schema_version": 1, "settings": {"number": 2, "video": {"fps": 25}}})
    manager = managing(world)
    with pytest.raises(InvalidConfiguration):
        manager.get("number")
    with pytest.raises(InvalidConfiguration, match=r"video\.fps = 25"):
        manager.set_runtime_override("number", 3, **ANN)
    manager.clear_runtime_override("video.fps", **ANN)
    assert manager.get("number") == 2


def test_history_tells_who_changed_which_setting_when_and_why() -> None:
    world = World()
    documents = MemoryDocuments(world.clock)
    manager = managing(world, documents=documents)
    by_hand(documents, {"schema_version": 1, "settings": {"number": 9}})
    world.clock.advance(1)
    manager.set_runtime_override("number", 1, **ANN)
    world.clock.advance(1)
    manager.set_runtime_override("video.fps", 60, actor="bo", reason="smooth")
    world.clock.advance(1)
    manager.clear_runtime_override("number", actor="cy", reason="enough")
    told = [(one.layer, one.actor, one.changes) for one in manager.history("number")]
    assert told == [
        (Layer.RUNTIME, "cy", (Change("number", 1, None, Layer.RUNTIME),)),
        (Layer.RUNTIME, "ann", (Change("number", None, 1, Layer.RUNTIME),)),
        (Layer.DOCUMENTS, "somebody", (Change("number", None, 9, Layer.DOCUMENTS),)),
    ]
    assert [one.actor for one in manager.history()] == ["cy", "bo", "ann", "somebody"]
    assert [one.actor for one in manager.history("video")] == ["bo"]


def test_history_survives_a_version_that_was_never_usable_and_hides_secrets() -> None:
    world = World()
    manager = managing(world)
    by_hand(world.store, b"\xff")
    by_hand(world.store, {"schema_version": 1, "settings": {"providers": {"runway": {"credential": CANARY}}}})
    assert CANARY not in repr(manager.history())
    assert manager.history()[0].changes[0].new == "<hidden>"


class Failing(MemoryAuditLog):
    """A trail that cannot be written."""

    def append(self, **_: Any) -> AuditEntry:
        raise StorageUnavailable("the trail does not answer")


def test_a_change_that_cannot_be_noted_does_not_happen() -> None:
    world = World()
    manager = managing(world, audit=Failing())
    with pytest.raises(StorageUnavailable):
        manager.set_runtime_override("number", 5, **ANN)
    assert manager.get("number") == 0
    assert world.store.history("settings") == ()


def test_what_the_audit_trail_says_was_there_holds_no_secret() -> None:
    world = World()
    manager = managing(world)
    by_hand(world.store, {"schema_version": 1, "settings": {"providers": {"runway": {"credential": CANARY}}}})
    manager.set_runtime_override("providers.runway.credential", "secret://providers/runway", **ANN)
    assert CANARY not in repr(world.audit.entries())
    assert world.audit.entries()[0].action == DONE
