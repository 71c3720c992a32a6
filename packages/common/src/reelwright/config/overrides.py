"""Writing operators' settings: checked as a whole first, never over somebody else's change."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random

from pydantic import JsonValue, ValidationError

from reelwright.clock import Clock
from reelwright.config.documents import (
    EMPTY_DOCUMENT,
    Note,
    SettingsDocument,
    parse_document,
    render_document,
    with_setting,
    without_setting,
)
from reelwright.config.errors import InvalidConfiguration, OverrideRefused
from reelwright.config.tree import MISSING, find
from reelwright.environment.schema import RetrySettings
from reelwright.resilience.retry import retry
from reelwright.storage.errors import DocumentMissing
from reelwright.storage.ports import ABSENT, DocumentStore
from reelwright.storage.schema import Author, DocumentVersion

__all__ = ["SETTINGS_DOCUMENT", "Check", "OperatorsDocument", "author_of"]

SETTINGS_DOCUMENT = "settings"
"""Name of the document in its store."""

Check = Callable[[SettingsDocument], None]
"""Raises when the whole would be invalid with this document in force."""

_REASON_CHARS = 500
"""No store keeps longer ones."""
_AGAIN = RetrySettings(attempts=6, base_seconds=0.05, cap_seconds=1.0, floor_seconds=0.01)
_log = logging.getLogger(__name__)


class OperatorsDocument:
    """The document that operators write in one layer, and every way to change it."""

    def __init__(
        self,
        store: DocumentStore,
        *,
        check: Check,
        clock: Clock,
        rng: Random,
    ) -> None:
        self.store = store
        self._check = check
        self._clock = clock
        self._rng = rng

    def set(
        self, key: str, value: JsonValue, author: Author, expires_in: timedelta | None
    ) -> DocumentVersion:
        """Override one setting, for a time or until it is cleared."""
        now = self._clock.now()
        if expires_in is not None and expires_in <= timedelta():
            raise OverrideRefused(f"{key} would expire before it began.", next_step="Give a time to come.")
        end = now + expires_in if expires_in is not None else None
        note = Note(actor=author.actor, reason=author.reason, set_at=now, expires_at=end)
        return self._change(lambda document: with_setting(_free(document, key), key, value, note), author)

    def clear(self, key: str, author: Author) -> DocumentVersion:
        """Take back an override; OverrideRefused if there is none."""
        return self._change(lambda document: _cleared(document, key), author)

    def take(self, values: Mapping[str, JsonValue], origin: str, author: Author) -> DocumentVersion:
        """Say several settings at once, which were proven in another environment."""
        note = Note(actor=author.actor, reason=f"from {origin}: {author.reason}", set_at=self._clock.now())

        def edit(document: SettingsDocument) -> SettingsDocument:
            for key, value in values.items():
                document = with_setting(_free(document, key), key, value, note)
            return document

        return self._change(edit, author_of(author.actor, note.reason[:_REASON_CHARS]))

    def rollback(self, version: str, author: Author) -> DocumentVersion:
        """Say again what a version said, in a new version. Definitions are the code's: they stay."""
        old = parse_document(self.store.read(SETTINGS_DOCUMENT, version).content)
        said = {"settings": old.settings, "notes": old.notes}

        def edit(document: SettingsDocument) -> SettingsDocument:
            return document.model_copy(update=said | {"definitions": document.definitions or old.definitions})

        return self._change(edit, author, restored_from=version)

    def _change(
        self,
        edit: Callable[[SettingsDocument], SettingsDocument],
        author: Author,
        restored_from: str | None = None,
    ) -> DocumentVersion:
        def attempt() -> DocumentVersion:
            before, expect = self._newest(mend=restored_from is not None)
            after = self._tidy(edit(before))
            self._check(after)
            content = render_document(after)
            return self.store.put(
                SETTINGS_DOCUMENT, content, expect=expect, author=author, restored_from=restored_from
            )

        written, _ = retry(attempt, policy=_AGAIN, clock=self._clock, rng=self._rng)
        return written

    def _newest(self, *, mend: bool) -> tuple[SettingsDocument, str]:
        """Return the newest document and its version; one that cannot be read is empty if it is mended."""
        try:
            stored = self.store.read(SETTINGS_DOCUMENT)
            return parse_document(stored.content), stored.version
        except DocumentMissing:
            return EMPTY_DOCUMENT, ABSENT
        except InvalidConfiguration:
            if not mend:
                raise
            return EMPTY_DOCUMENT, stored.version

    def _tidy(self, document: SettingsDocument) -> SettingsDocument:
        now = self._clock.now()
        over = [key for key, note in document.notes.items() if note.expires_at and note.expires_at <= now]
        return without_setting(document, *over)


def author_of(actor: str, reason: str) -> Author:
    """Return who changes something and why; OverrideRefused if that is not said."""
    try:
        return Author(actor=actor, reason=reason)
    except ValidationError as error:
        raise OverrideRefused(
            "An override says who makes it (at most 200 characters) and why (at most 500).",
            next_step="Give both.",
        ) from error


def _free(document: SettingsDocument, key: str) -> SettingsDocument:
    """Refuse a key inside a table that was set as a whole for a time: it would vanish with it."""
    for noted, note in document.notes.items():
        if note.expires_at and key.startswith(f"{noted}."):
            raise OverrideRefused(
                f"{noted} is overridden as a whole until {note.expires_at:%Y-%m-%d %H:%M} UTC; "
                f"{key} would end with it.",
                next_step=f"Clear {noted} first, or set all of it.",
            )
    return document


def _cleared(document: SettingsDocument, key: str) -> SettingsDocument:
    if find(document.settings, key) is MISSING:
        raise OverrideRefused(
            f"There is no override of {key}.", next_step="See who says it with: reelwright config explain"
        )
    return without_setting(document, key)
