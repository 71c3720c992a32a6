"""A manager over time: documents come, good and bad, and its source goes down."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.config.errors import SourceUnreachable
from reelwright.flags.document import InvalidFlagDocument
from reelwright.flags.evaluation import Reason
from reelwright.flags.manager import FeatureFlagManager, FlagChange, FlagsStatus
from reelwright.flags.schema import parse_flags


def saying(number: int, **more: Any) -> dict[str, Any]:
    """A document in which everything says the same number."""
    variants = [
        {
            "name": f"v{number}",
            "enabled": True,
            "rule": '(exists key::"id")',
            "attributeValues": {"n": number},
        },
        {"name": f"d{number}", "enabled": True, "attributeValues": {"n": number}},
    ]
    flags: dict[str, Any] = {"one": {"attributes": {"n": {}}}, "two": {"attributes": {"n": {}}}}
    values = {"one": {"enabled": True, "n": number}, "two": {"_variants": variants}}
    return {
        "version": "1",
        "flags": flags | {key: {} for key in more},
        "values": values | {key: {"enabled": value} for key, value in more.items()},
    }


BAD = saying(2) | {"extra": 1}
DOWN = SourceUnreachable("AppConfig did not answer.")


def heard(manager: FeatureFlagManager) -> list[FlagChange]:
    changes: list[FlagChange] = []
    manager.subscribe(changes.append)
    return changes


@pytest.mark.parametrize("form", ["mapping", "model", "text", "bytes"])
def test_a_document_comes_in_any_form(form: str) -> None:
    text = json.dumps(saying(1))
    forms: dict[str, Any] = {
        "mapping": saying(1),
        "model": parse_flags(text),
        "text": text,
        "bytes": text.encode(),
    }

    assert FeatureFlagManager.from_document(forms[form]).evaluate("one").attributes == {"n": 1}


def test_a_bad_document_makes_no_manager() -> None:
    with pytest.raises(InvalidFlagDocument) as caught:
        FeatureFlagManager.from_document(BAD)
    assert caught.value.path == "$.extra"


def test_a_running_manager_keeps_the_last_good_document_says_so_and_counts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    manager = FeatureFlagManager.from_document(saying(1), version="1")
    changes = heard(manager)

    with caplog.at_level(logging.ERROR):
        errors = [manager.replace(BAD, version="2"), manager.replace("nonsense", version="3")]

    assert [error.path for error in errors if error] == ["$.extra", "$"]
    assert manager.evaluate("two", {"id": "7"}).version == "1"
    assert manager.status == FlagsStatus(
        version="1", ready=True, stale=True, accepted=1, refused=2, error=errors[1]
    )
    assert [change.kind for change in changes] == ["refused", "refused"]
    assert [record.message for record in caplog.records] == [
        "A flag document was refused at $.extra; the one before goes on to answer.",
        "A flag document was refused at $; the one before goes on to answer.",
    ]


def test_a_good_document_ends_what_was_wrong() -> None:
    manager = FeatureFlagManager.from_document(saying(1), version="1")
    changes = heard(manager)
    manager.replace(BAD, version="2")

    assert manager.replace(saying(3), version="3") is None
    assert manager.status == FlagsStatus(version="3", ready=True, accepted=2, refused=1)
    assert [(change.kind, change.flags) for change in changes] == [
        ("refused", ()),
        ("recovered", ()),
        ("changed", ("one", "two")),
    ]


def test_a_source_that_is_down_changes_no_answer() -> None:
    manager = FeatureFlagManager.from_document(saying(1), version="1")
    manager.source_failed(DOWN)

    assert manager.evaluate("one").reason is Reason.STATIC
    assert manager.status == FlagsStatus(
        version="1", ready=True, stale=True, accepted=1, failures=1, error=DOWN
    )

    manager.replace(saying(1), version="1")
    assert not manager.status.stale


def test_a_manager_begins_without_a_document_and_takes_the_first_good_one() -> None:
    manager = FeatureFlagManager()
    changes = heard(manager)
    manager.source_failed(DOWN)
    manager.replace(BAD)
    assert not manager.status.ready
    assert manager.evaluate("one").reason is Reason.PROVIDER_NOT_READY

    manager.replace(saying(1))
    assert [(change.kind, change.status.ready) for change in changes] == [
        ("failed", False),
        ("refused", False),
        ("ready", True),
    ]
    assert changes[-1].flags == ("one", "two")


def test_only_flags_that_differ_are_told() -> None:
    manager = FeatureFlagManager.from_document(saying(1, gone=True, kept=True))
    changes = heard(manager)
    manager.replace(saying(1, kept=True, come=False))
    manager.replace(saying(1, kept=False, come=False))
    manager.replace(saying(1, kept=False, come=False))

    assert [change.flags for change in changes] == [("come", "gone"), ("kept",)]


def test_without_a_version_a_document_is_called_by_what_it_says() -> None:
    first, same, other = (FeatureFlagManager.from_document(saying(number)) for number in (1, 1, 2))

    assert first.evaluate("one").version == same.status.version != other.status.version
    assert len(same.status.version) == 12


def test_a_listener_that_fails_is_logged_and_the_others_hear(caplog: pytest.LogCaptureFixture) -> None:
    manager = FeatureFlagManager()

    def fail(_change: FlagChange) -> None:
        raise RuntimeError

    end = manager.subscribe(fail)
    changes = heard(manager)
    with caplog.at_level(logging.ERROR):
        manager.replace(saying(1))
        end()
        manager.replace(saying(2))
    assert [change.kind for change in changes] == ["ready", "changed"]
    assert [record.message for record in caplog.records] == ["A listener to flags failed."]


def test_no_evaluation_sees_half_of_two_documents() -> None:
    """Every answer is one of the documents that were good, whole, while threads replace and read."""
    manager = FeatureFlagManager.from_document(saying(0), version="0")
    together, done = Barrier(6), Event()

    def write(first: int) -> None:
        together.wait()
        for number in range(first, 120, 2):
            manager.replace(saying(number), version=str(number))
            manager.replace(BAD, version="bad")

    def read(_: int) -> list[str]:
        together.wait()
        wrong = []
        while not done.is_set():
            for flag in ("one", "two"):
                answer = manager.evaluate(flag, {"id": "7"})
                expected = (int(answer.version), f"v{answer.version}" if flag == "two" else None)
                wrong += [repr(answer)] * ((answer.attributes["n"], answer.variant) != expected)
            told = manager.retrieve({"id": "7"})
            wrong += [repr(told)] * (len({flag["n"] for flag in told.values()}) != 1)
        return wrong

    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(read, number) for number in range(4)]
        writers = [pool.submit(write, number) for number in range(2)]
        for writer in writers:
            writer.result()
        done.set()
        assert [reader.result() for reader in readers] == [[], [], [], []]
    assert (manager.status.accepted, manager.status.refused) == (121, 120)


@given(st.lists(st.one_of(st.integers(0, 3), st.sampled_from(["bad", "down"])), max_size=8))
def test_what_answers_is_always_the_last_good_document(events: list[int | str]) -> None:
    manager = FeatureFlagManager()
    good = None
    for event in events:
        if event == "down":
            manager.source_failed(DOWN)
        elif event == "bad":
            manager.replace(BAD, version="bad")
        else:
            good = int(event)
            manager.replace(saying(good), version=f"n{good}")
        answer = manager.evaluate("two", {"id": "7"})
        assert answer.attributes == ({} if good is None else {"n": good})
        assert manager.status.ready is (good is not None)
        assert manager.status.stale is (event in ("bad", "down"))
    assert manager.status.refused == events.count("bad")
    assert manager.status.failures == events.count("down")
