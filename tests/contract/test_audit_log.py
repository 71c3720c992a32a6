"""One suite for every AuditLog."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue, SecretStr

from reelwright.clock import VirtualClock
from reelwright.environment.secret import SigningKey
from reelwright.errors import InvalidInput
from reelwright.storage.chain import BEGINNING, ChainHead, digest_of, head_after, next_entry
from reelwright.storage.errors import AuditTrailBroken
from reelwright.storage.ports import AuditLog
from reelwright.storage.schema import AuditEntry
from tests.contract.rings import signing_with
from tests.contract.trails import (
    FIXTURE,
    KINDS,
    NEW_KEY,
    SIGNER,
    STRANGER,
    Trail,
    a_signer,
    a_trail,
    filled,
    note,
)


@pytest.fixture(params=KINDS)
def trail(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trail]:
    with a_trail(request.param, tmp_path / "audit") as opened:
        yield opened


@pytest.fixture
def log(trail: Trail) -> AuditLog:
    return trail.log(SIGNER)


def test_an_empty_trail_is_whole(log: AuditLog) -> None:
    assert log.verify() == ()
    assert log.entries() == ()


def test_entries_are_numbered_linked_signed_and_whole(log: AuditLog) -> None:
    noted = [note(log, number) for number in range(12)]

    assert [it.sequence for it in noted] == [*range(1, 13)]
    assert [it.previous for it in noted] == ["0" * 64, *(it.digest for it in noted[:-1])]
    assert all(SIGNER.verify(it.digest, "old", it.signature or "") for it in noted)
    assert log.entries() == tuple(reversed(noted))
    assert log.verify() == ()


def test_entries_of_one_subject_and_not_too_many(log: AuditLog) -> None:
    for number in range(10):
        note(log, number)

    assert [it.sequence for it in log.entries(subject="documents/1")] == [8, 5, 2]
    assert [it.sequence for it in log.entries(subject="documents/1", limit=2)] == [8, 5]
    assert [it.sequence for it in log.entries(limit=3)] == [10, 9, 8]
    assert log.entries(limit=0) == log.entries(subject="nothing") == ()


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    details=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
            lambda inner: st.lists(inner, max_size=3),
        ),
        max_size=4,
    ),
)
@settings(max_examples=40, suppress_health_check=FIXTURE)
def test_whatever_is_noted_is_read_back_and_whole(
    log: AuditLog, text: str, details: dict[str, JsonValue]
) -> None:
    entry = log.append(actor=text, action=text, subject=text, reason=text, details=details)

    assert log.entries(limit=1) == (entry,)
    assert log.verify() == ()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_is_no_json_is_refused_and_nothing_is_noted(log: AuditLog, value: JsonValue) -> None:
    note(log)
    with pytest.raises(InvalidInput):
        note(log, value=value)

    assert len(log.entries()) == 1
    assert log.verify() == ()


def test_what_is_noted_once_is_one_entry(trail: Trail) -> None:
    log = trail.log(SIGNER)
    first = note(log, 1, once="event 1")
    other = note(log, 2, once="event 2")

    assert note(log, 99, once="event 1") == first
    assert note(trail.log(SIGNER), 99, once="event 2") == other
    assert first.details["once"] == "event 1"
    assert len(log.entries()) == 2
    assert log.verify() == ()


def test_writers_at_the_same_time_make_one_chain(log: AuditLog) -> None:
    with ThreadPoolExecutor(6) as pool:
        noted = list(pool.map(lambda number: note(log, number), range(40)))

    assert sorted(it.sequence for it in noted) == [*range(1, 41)]
    assert {str(it.details["number"]) for it in log.entries()} == {str(number) for number in range(40)}
    assert log.verify() == ()


def test_the_same_event_from_many_sides_is_one_entry(log: AuditLog) -> None:
    with ThreadPoolExecutor(6) as pool:
        noted = list(pool.map(lambda number: note(log, number, once="event"), range(12)))

    assert len({it.digest for it in noted}) == 1
    assert len(log.entries()) == 1
    assert log.verify() == ()


def test_a_rotated_key_goes_on_and_the_old_one_still_verifies(trail: Trail) -> None:
    filled(trail, 3)
    rotated = trail.log(a_signer("new"))
    note(rotated, 3)

    assert [it.key_id for it in rotated.entries()] == ["new", "old", "old", "old"]
    assert rotated.verify() == ()


def altered(text: str, **fields: JsonValue) -> str:
    return json.dumps(json.loads(text) | fields)


def test_an_altered_entry_is_named(trail: Trail) -> None:
    log = filled(trail)
    trail.replace(2, altered(trail.texts()[2], actor="somebody else"))

    assert log.verify() == ("Entry 3 was altered: its content does not fit its digest.",)


def test_an_altered_entry_with_a_fitting_digest_is_named(trail: Trail) -> None:
    log = filled(trail, signer=None)
    forged = AuditEntry.model_validate_json(altered(trail.texts()[2], actor="somebody else"))
    trail.replace(2, forged.model_copy(update={"digest": digest_of(forged)}).model_dump_json())

    assert log.verify() == ("Entry 4 does not follow the entry before it: one of them was replaced.",)


def test_a_removed_entry_is_named(trail: Trail) -> None:
    log = filled(trail)
    trail.remove(1)
    assert log.verify() == ("Entry 2 is missing.",)

    trail.remove(1)
    assert log.verify() == ("Entries 2 to 3 are missing.",)


def test_a_removed_beginning_is_named(trail: Trail) -> None:
    log = filled(trail)
    trail.remove(0)

    assert log.verify() == ("Entry 1 is missing.",)


def test_a_removed_end_is_named(trail: Trail) -> None:
    log = filled(trail)
    trail.remove(4)
    assert log.verify() == ("Entry 5 at the end is missing.",)

    trail.remove(3)
    assert log.verify() == ("Entries 4 to 5 at the end are missing.",)


def test_all_entries_removed_are_named(trail: Trail) -> None:
    log = filled(trail, 2)
    trail.remove(1)
    trail.remove(0)

    assert log.verify() == ("Entries 1 to 2 at the end are missing.",)


def test_a_removed_end_stays_visible_when_others_go_on(trail: Trail) -> None:
    log = filled(trail)
    trail.remove(4)
    note(log, 5)

    assert log.verify() == ("Entry 5 is missing.",)


def test_a_removed_head_is_named_and_nobody_goes_on(trail: Trail) -> None:
    log = filled(trail)
    head = trail.head()
    trail.set_head(None)

    (problem,) = log.verify()
    assert "head of the chain is missing" in problem
    with pytest.raises(AuditTrailBroken, match="head"):
        note(log, 6)
    assert len(log.entries()) == 5

    trail.set_head(head)
    note(log, 6)
    assert log.verify() == ()


def test_reordered_entries_are_named(trail: Trail) -> None:
    log = filled(trail)
    second, third = trail.texts()[1:3]
    trail.replace(1, third)
    trail.replace(2, second)

    problems = log.verify()
    assert problems
    assert any("out of order" in it or "cannot be read" in it for it in problems)


def test_an_entry_by_somebody_without_the_key_is_named(trail: Trail) -> None:
    log = filled(trail)
    last = AuditEntry.model_validate_json(trail.texts()[-1])
    note(trail.log(STRANGER), 5)

    problems = log.verify()
    assert "Entry 6 has a signature that the key 'old' did not make, or nobody knows that key." in problems
    assert last.sequence == 5


def test_a_key_that_nobody_knows_is_named(trail: Trail) -> None:
    stranger = signing_with(SigningKey(current="odd", keys={"odd": SecretStr(NEW_KEY)}))
    note(trail.log(stranger))

    assert any("'odd'" in problem for problem in trail.log(SIGNER).verify())


def test_entries_without_a_signature_are_named(trail: Trail) -> None:
    filled(trail, 2, signer=None)

    problems = trail.log(SIGNER).verify()
    assert {"Entry 1 is not signed.", "Entry 2 is not signed."} <= {*problems}


def test_a_chain_rewritten_as_a_whole_is_found_by_its_signatures(trail: Trail) -> None:
    """Somebody may write everything, and links what he writes well: he does not have the key."""
    log = filled(trail, 3)
    head = BEGINNING
    for index, text in enumerate(trail.texts()):
        old = AuditEntry.model_validate_json(text)
        known = old.model_dump(include={"at", "action", "subject", "reason", "details"})
        forged = next_entry(head, **known, actor="nobody")
        trail.replace(index, forged.model_dump_json())
        head = head_after(forged)
    trail.set_head(head.model_dump())

    assert trail.log(None).verify() == ()
    assert len(log.verify()) == 4


def test_a_shortened_chain_with_a_head_made_to_fit_is_found(trail: Trail) -> None:
    log = filled(trail)
    before = AuditEntry.model_validate_json(trail.texts()[3])
    trail.remove(4)
    trail.set_head({"sequence": 4, "digest": before.digest, "key_id": "old", "signature": before.signature})

    assert len(log.verify()) == 1


def test_added_entries_that_the_head_does_not_know_are_named(trail: Trail) -> None:
    log = filled(trail)
    head = ChainHead.model_validate({key: it for key, it in trail.head().items() if key != "size_bytes"})
    for number in range(2):
        entry = next_entry(
            head,
            at=VirtualClock().now(),
            actor="x",
            action="x",
            subject="x",
            reason="x",
            details={"n": number},
        )
        trail.add(entry.model_dump_json())
        head = head_after(entry)

    assert any("does not know the entries after" in problem for problem in log.verify())


def test_lines_that_are_no_entries_are_named_and_left_out(trail: Trail) -> None:
    log = filled(trail)
    trail.replace(2, "{}")

    (problem,) = log.verify()
    assert "cannot be read as an entry" in problem
    assert [it.sequence for it in log.entries()] == [5, 4, 2, 1]


Tamper = Callable[[Trail, st.DataObject], None]


def alter_a_field(trail: Trail, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, 5), "entry")
    entry = json.loads(trail.texts()[index])
    field = data.draw(st.sampled_from(sorted(entry)), "field")
    changed = other_than(entry[field], data)
    trail.replace(index, json.dumps(entry | {field: changed}))


def alter_a_detail(trail: Trail, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, 5), "entry")
    entry = json.loads(trail.texts()[index])
    details = data.draw(
        st.sampled_from([{}, {"number": 77}, {"number": float(index)}, {"number": str(index)}]), "details"
    )
    trail.replace(index, json.dumps(entry | {"details": details}))


def drop_a_field(trail: Trail, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, 5), "entry")
    entry = json.loads(trail.texts()[index])
    del entry[data.draw(st.sampled_from(sorted(entry)), "field")]
    trail.replace(index, json.dumps(entry))


def drop_the_signature(trail: Trail, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, 5), "entry")
    trail.replace(index, altered(trail.texts()[index], key_id=None, signature=None))


def remove_entries(trail: Trail, data: st.DataObject) -> None:
    for index in sorted(data.draw(st.sets(st.integers(0, 5), min_size=1), "removed"), reverse=True):
        trail.remove(index)


def swap_entries(trail: Trail, data: st.DataObject) -> None:
    texts = trail.texts()
    one, other = data.draw(st.lists(st.integers(0, 5), min_size=2, max_size=2, unique=True), "swapped")
    trail.replace(one, texts[other])
    trail.replace(other, texts[one])


def repeat_an_entry(trail: Trail, data: st.DataObject) -> None:
    trail.add(trail.texts()[data.draw(st.integers(0, 5), "repeated")])


def copy_over(trail: Trail, data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.integers(0, 5), min_size=2, max_size=2, unique=True), "copied")
    trail.replace(one, trail.texts()[other])


def cut_a_line(trail: Trail, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, 5), "entry")
    text = trail.texts()[index]
    trail.replace(index, text[: data.draw(st.integers(1, len(text) - 1), "length")])


def alter_the_head(trail: Trail, data: st.DataObject) -> None:
    head = {key: value for key, value in trail.head().items() if key != "size_bytes"}
    field = data.draw(st.sampled_from(sorted(head)), "field")
    trail.set_head(head | {field: other_than(head[field], data)})


def remove_the_head(trail: Trail, _: st.DataObject) -> None:
    trail.set_head(None)


def other_than(value: Any, data: st.DataObject) -> Any:
    """A value of the same kind that is another."""
    if isinstance(value, int):
        return data.draw(st.integers(1, 12).filter(lambda it: it != value))
    if isinstance(value, dict):
        return {**value, "more": 1}
    text = str(value)
    if text.endswith("Z"):
        return "2026-01-01T00:00:01Z"
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("0123456789abcdef").filter(lambda it: it != text[place]))
    return text[:place] + letter + text[place + 1 :]


TAMPERING: list[Tamper] = [
    alter_a_field,
    alter_a_detail,
    drop_a_field,
    drop_the_signature,
    remove_entries,
    swap_entries,
    repeat_an_entry,
    copy_over,
    cut_a_line,
    alter_the_head,
    remove_the_head,
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tamper", TAMPERING, ids=lambda tamper: tamper.__name__)
@given(data=st.data())
@settings(max_examples=5, suppress_health_check=FIXTURE)
def test_whatever_is_done_to_the_trail_is_found(
    kind: str, tamper: Tamper, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    with a_trail(kind, tmp_path_factory.mktemp("audit")) as trail:
        log = filled(trail, 6)

        tamper(trail, data)

        problems = log.verify()
        assert problems
        assert all(problem.endswith(".") and len(problem) < 200 for problem in problems)
