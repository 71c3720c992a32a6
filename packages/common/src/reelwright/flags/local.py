"""Flag deployments on one machine: documents in a store, each in force from when it is written."""

import json
from collections.abc import Mapping
from typing import Any

from reelwright.config.definitions import merge_definitions
from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.environment.basics import EnvironmentName
from reelwright.errors import ReelwrightError, Retryable
from reelwright.flags.definitions import BUNDLED, PROFILES, FlagProfile, bundled_version, flag_definitions
from reelwright.flags.deployments import FlagState, FlagVersion, in_force
from reelwright.storage.errors import DocumentMissing
from reelwright.storage.ports import DocumentStore
from reelwright.storage.schema import StoredDocument

__all__ = ["DocumentFlagStates"]


class DocumentFlagStates:
    """Reads the documents ``flags`` and ``kill-switches`` of a store, as states of complete deployments.

    A document gets the definitions of code that it lacks, with their first values, as a deploy gives them on
    AWS; where there is none, code's definitions are in force. It is written through the store itself, so
    nothing is saved here.
    """

    def __init__(
        self,
        store: DocumentStore,
        *,
        environment: EnvironmentName | None = None,
        only: FlagProfile | None = None,
    ) -> None:
        """Read from ``store``, all profiles or ``only`` one; first values are those of ``environment``."""
        self._store = store
        self._profiles = (only,) if only else PROFILES
        self._environment = environment
        self._made: dict[FlagProfile, FlagState] = {}

    def load(self) -> Mapping[str, FlagState]:
        """Return the state of each profile; SourceUnreachable or SourceFailed if the store cannot be read.

        What is stored and is no flag document is returned as it is: whoever compiles it will refuse it, and
        so go on with the last good one, while the other profile is read all the same.
        """
        return {profile: self._state(profile) for profile in self._profiles}

    def _state(self, profile: FlagProfile) -> FlagState:
        try:
            stored = self._store.read(profile)
        except DocumentMissing:
            return self._first(profile)
        except Retryable as error:
            raise SourceUnreachable(error.message, retry_after_seconds=error.retry_after_seconds) from error
        except ReelwrightError as error:
            raise SourceFailed(error.message, next_step=error.next_step) from error
        known = self._made.get(profile)
        if known is None or known.new.version != stored.version:
            known = self._made[profile] = in_force(profile, self._version(profile, stored))
        return known

    def _first(self, profile: FlagProfile) -> FlagState:
        """Return code's own, worked out once: the file behind it does not change while a process lives."""
        known = self._made.get(profile)
        if known is None or known.new.version != BUNDLED:
            version = bundled_version(profile, environment=self._environment)
            known = self._made[profile] = in_force(profile, version)
        return known

    def _version(self, profile: FlagProfile, stored: StoredDocument) -> FlagVersion:
        defined = flag_definitions(profile, environment=self._environment).as_json()
        return FlagVersion(version=stored.version, document=_topped_up(_read(stored.content), defined))


def _read(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    return document if isinstance(document, dict) else {"is-no-json-object": True}


def _topped_up(document: dict[str, Any], defined: Mapping[str, Any]) -> dict[str, Any]:
    if "version" not in document:  # no flag document, and not to be made one
        return document
    try:
        return merge_definitions({}, document, defined)
    except (TypeError, AttributeError, KeyError, ValueError):
        return document
