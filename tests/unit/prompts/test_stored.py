"""StoredPrompts through crashes: at any document that is written, before it or after."""

from itertools import product

import pytest

from reelwright.clock import VirtualClock
from reelwright.prompts.errors import LabelConflict
from reelwright.prompts.parsing import content_version
from reelwright.prompts.stored import StoredPrompts
from reelwright.storage.documents import restore
from reelwright.storage.memory import MemoryDocuments
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author, DocumentVersion

ANN = Author(actor="ann", reason="to try")
BEN = Author(actor="ben", reason="to go on")
NAME = "write-script"
LATER = ("text one", "text two", "text three")


class Died(BaseException):
    """The process is gone."""


class Dying(MemoryDocuments):
    """Documents whose n-th writer dies, before it has written or after."""

    def __init__(self, nth: int, *, after: bool) -> None:
        super().__init__(VirtualClock())
        self.left = nth
        self.after = after

    def put(self, *arguments: object, **named: object) -> DocumentVersion:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Died
        written = super().put(*arguments, **named)
        if self.left == 0:
            raise Died
        return written


def publish(store: StoredPrompts, author: Author) -> None:
    """Save three versions and move the label to each, from wherever it stands."""
    for text in LATER:
        version = store.save(NAME, text, author=author, expect=None).version
        position = store.labels().position(NAME, "production")
        if position is None or version not in position.served:
            store.move(
                NAME, "production", version, expect=position.version if position else ABSENT, author=author
            )


@pytest.mark.parametrize(("nth", "after"), [*product(range(1, 10), (False, True))])
def test_who_dies_anywhere_leaves_what_somebody_else_can_finish(nth: int, *, after: bool) -> None:
    documents = Dying(nth, after=after)
    with pytest.raises(Died):
        publish(StoredPrompts(documents, clock=VirtualClock()), ANN)
    store = StoredPrompts(documents, clock=VirtualClock())
    for position in store.labels().of(NAME).values():
        for version in position.served:
            assert store.read(NAME, version) in LATER

    publish(store, BEN)
    assert [store.read(NAME, it.version) for it in store.versions(NAME)] == list(LATER[::-1])
    position = store.labels().position(NAME, "production")
    assert position is not None
    assert position.served == tuple(content_version(text) for text in LATER[::-1])
    assert len(store.history(NAME)) == 3


def test_restoring_the_labels_as_they_were_is_seen_by_the_next_who_moves_one() -> None:
    documents = MemoryDocuments(VirtualClock())
    store = StoredPrompts(documents, clock=VirtualClock())
    publish(store, ANN)
    one, two, three = (content_version(text) for text in LATER)
    second = documents.history("prompts/labels")[1].version
    restore(documents, "prompts/labels", second, author=BEN, expect=None)

    with pytest.raises(LabelConflict):
        store.move(NAME, "production", one, expect=three, author=ANN)
    assert store.move(NAME, "production", one, expect=two, author=ANN).served == (one,)
