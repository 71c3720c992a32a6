"""Bringing the definitions of this release into the live documents, and waiting until they are there."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from reelwright.clock import Clock
from reelwright.config.aws import AppConfigControl
from reelwright.config.aws_errors import DeploymentTakenBack
from reelwright.config.definitions import Document, merge_definitions, remembered
from reelwright.config.setting_definitions import settings_document
from reelwright.environment.loader import load_environment
from reelwright.errors import Permanent, Retryable
from reelwright.flags.checking import check_deployable
from reelwright.flags.definitions import PROFILES, flag_definitions
from reelwright.storage.errors import DocumentMissing
from reelwright.storage.ports import ABSENT, DocumentStore
from reelwright.storage.schema import Author

__all__ = ["DefinitionsNotMerged", "Merging", "definitions_of", "forget"]

_AUTHOR = Author(actor="deploy", reason="definitions of this release")
_POLL_SECONDS = 3.0
_LONGEST_PAUSE_SECONDS = 30.0
"""While an alarm rings: every try leaves a hosted version behind, and an account has room for so many."""
_log = logging.getLogger(__name__)

Result = TypeVar("Result")


class DefinitionsNotMerged(Permanent):
    """Definitions could not be brought into a live document; operators' values are as they were."""

    code = "definitions_not_merged"


def definitions_of(environment: str) -> dict[str, Document]:
    """Return what this code defines for each profile of an environment."""
    spec = load_environment(environment)
    settings: dict[str, Document] = {"settings": settings_document(spec.settings)}
    return settings | {
        profile: flag_definitions(profile, environment=spec.name).as_json() for profile in PROFILES
    }


def forget(control: AppConfigControl) -> dict[str, str]:
    """Delete every version of every profile, for a stack that is removed and keeps nothing."""
    for profile in control.places():
        control.forget(profile)
    return {}


class Merging:
    """Merges one profile after the other, until ``deadline`` (monotonic) at the latest.

    ``live`` holds the deployed documents, ``bases`` what code defined at the last merge; a base is
    written last, so that a merge that was cut short is done again. What may pass is waited for: an
    operator's deployment that is running, somebody's change in between (it is merged anew), an outage.
    """

    def __init__(
        self,
        *,
        environment: str,
        live: DocumentStore,
        bases: DocumentStore,
        control: AppConfigControl,
        clock: Clock,
        deadline: float,
    ) -> None:
        self._environment = environment
        self._live = live
        self._bases = bases
        self._control = control
        self._clock = clock
        self._deadline = deadline

    def run(self, defined: Mapping[str, Document]) -> dict[str, str]:
        """Merge every profile and return the live version of each; DefinitionsNotMerged if time runs out.

        InvalidConfiguration if what would come out may not be deployed.
        """
        return {profile: self._merge(profile, new) for profile, new in defined.items()}

    def _merge(self, profile: str, new: Document) -> str:
        name = f"{profile}.json"
        base, _, _ = self._patiently(profile, lambda: _read(self._bases, name))
        version, merged = self._patiently(profile, lambda: self._bring(profile, base, new))
        following = remembered(base, new, merged)
        if following != base:
            content = _written(following)
            self._patiently(profile, lambda: self._bases.put(name, content, expect=None, author=_AUTHOR))
        return version

    def _bring(self, profile: str, base: Document, new: Document) -> tuple[str, Document]:
        live, version, actor = _read(self._live, profile)
        merged = merge_definitions(base, live, new)
        if merged != live:
            content = _written(merged)
            check_deployable(content, environment=self._environment, now=self._clock.now())
            version = self._live.put(profile, content, expect=version, author=_AUTHOR).version
            _log.info("Version %s of %s brings the definitions of this release.", version, profile)
        if merged != live or actor == _AUTHOR.actor:
            self._await(profile, version)
        return version, merged

    def _await(self, profile: str, version: str) -> None:
        """Return when the newest deployment is through, or is another's."""
        while True:
            newest = next(self._control.deployments(profile), None)
            if newest is None or newest.version != version or newest.state == "COMPLETE":
                return
            if not newest.is_running:
                raise _not_merged(profile, f"deployment {newest.number} was taken back ({newest.state})")
            self._wait(profile, f"deployment {newest.number} is still running ({newest.state})")

    def _patiently(self, profile: str, call: Callable[[], Result]) -> Result:
        in_vain = 0
        while True:
            try:
                return call()
            except Retryable as error:
                in_vain += isinstance(error, DeploymentTakenBack)
                self._wait(profile, error.message, min(_POLL_SECONDS * 2**in_vain, _LONGEST_PAUSE_SECONDS))

    def _wait(self, profile: str, reason: str, pause_seconds: float = _POLL_SECONDS) -> None:
        left = self._deadline - self._clock.monotonic()
        if left < _POLL_SECONDS:
            raise _not_merged(profile, reason)
        _log.info("Waiting for %s: %s", profile, reason)
        self._clock.sleep(min(pause_seconds, left))


def _read(store: DocumentStore, name: str) -> tuple[dict[str, Any], str, str]:
    """Return document, version and who wrote it; an empty document where there is none."""
    try:
        stored = store.read(name)
    except DocumentMissing:
        return {}, ABSENT, ""
    try:
        document = json.loads(stored.content)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise _not_merged(name, f"version {stored.version} is no JSON object; deploy one that is")
    return document, stored.version, stored.author.actor


def _written(document: Document) -> bytes:
    return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode()


def _not_merged(profile: str, reason: str) -> DefinitionsNotMerged:
    return DefinitionsNotMerged(
        f"The definitions of {profile} were not merged: {reason}",
        next_step="See its deployments in the AppConfig console, then deploy the stack again.",
        context={"profile": profile},
    )
