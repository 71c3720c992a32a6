"""The profiles of an AppConfig application as documents: read, put, history, like any other document."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from reelwright.clock import Clock
from reelwright.config.aws_appconfig import AppConfigControl, DeployedVersion, Hosted, in_progress
from reelwright.storage.documents import check_document_name, check_expected, document_missing
from reelwright.storage.errors import DocumentConflict
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author, DocumentVersion, StoredDocument

__all__ = ["AppConfigDocuments"]

_DESCRIPTION_CHARS = 1024
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""When AppConfig tells no time: a version that was never deployed, made by hand."""


class _Description(BaseModel):
    """What a version made by us says of itself, in the description that AppConfig keeps with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str
    why: str
    at: datetime
    restored_from: str | None = None

    def told(self) -> str:
        """Return it as ASCII JSON on one line, the reason cut to what AppConfig holds."""
        data = self.model_dump(mode="json", exclude_none=True)
        while len(text := json.dumps(data, separators=(",", ":"))) > _DESCRIPTION_CHARS:
            longest = "why" if len(data["why"]) > len(data["by"]) // 2 else "by"
            data[longest] = data[longest][: -max(2, (len(text) - _DESCRIPTION_CHARS) // 12)].rstrip("…") + "…"
        return text


class AppConfigDocuments:
    """A DocumentStore of the profiles ``settings``, ``flags`` and ``kill-switches``.

    A version is a hosted version's number. The newest is the one that is deployed, or being deployed: what
    was rolled back is history, and so is what was hosted and never deployed. ``put`` hosts a version and
    starts its deployment, by the strategy whose id ``strategy`` gives; it does not wait for the end.
    Beside the errors of the port: DeploymentInProgress (a DocumentConflict), InvalidConfiguration where a
    validator refuses, SourceUnreachable, SourceFailed. Who edits in the console is called that.
    """

    def __init__(self, control: AppConfigControl, clock: Clock, *, strategy: Callable[[str], str]) -> None:
        self._control = control
        self._clock = clock
        self._strategy = strategy

    def read(self, name: str, version: str | None = None) -> StoredDocument:
        """Return the deployed or the named version."""
        self._check(name, version)
        deployed = self._deployed(name) if version is not None else self._served(name)
        wanted = version if version is not None else next(iter(deployed), None)
        hosted = self._control.hosted(name, wanted) if wanted is not None else None
        if hosted is None:
            raise document_missing(name, version)
        return _document(name, hosted, deployed.get(hosted.version))

    def put(
        self,
        name: str,
        content: bytes,
        *,
        expect: str | None,
        author: Author,
        restored_from: str | None = None,
    ) -> DocumentVersion:
        """Host the content as a new version and start its deployment."""
        self._check(name)
        latest = next(iter(self._control.numbers(name)), 0)  # first, so that whoever comes between shows
        self._check_free(name, expect)
        told = _Description(
            by=author.actor, why=author.reason, at=self._clock.now(), restored_from=restored_from
        )
        description = told.told()
        number = self._control.host(name, content, latest=latest, description=description)
        if number is None:
            raise DocumentConflict(
                f"Somebody changed {name} at the same moment. Nothing was deployed.",
                next_step="Read it again, then decide whether your change still holds.",
                context={"document": name},
            )
        self._control.deploy(name, str(number), strategy=self._strategy(name), description=description)
        written = Hosted(str(number), content, description)
        return DocumentVersion(**_document(name, written, None).model_dump(exclude={"content"}))

    def history(self, name: str) -> tuple[DocumentVersion, ...]:
        """Return all hosted versions, the deployed one first. Asks AppConfig once for each version."""
        check_document_name(name)
        if name not in self._control.places():
            return ()
        deployed = self._deployed(name)
        numbers = [str(number) for number in self._control.numbers(name)]
        ordered = dict.fromkeys([*list(deployed)[:1], *numbers])
        found = [self._control.hosted(name, version) for version in ordered]
        documents = [_document(name, one, deployed.get(one.version)) for one in found if one]
        return tuple(DocumentVersion(**one.model_dump(exclude={"content"})) for one in documents)

    def names(self) -> tuple[str, ...]:
        """Return the names of the profiles that have something deployed."""
        return tuple(name for name in sorted(self._control.places()) if self._control.served(name))

    def _served(self, name: str) -> dict[str, DeployedVersion]:
        newest = self._control.served(name)
        return {newest.version: newest} if newest else {}

    def _deployed(self, name: str) -> dict[str, DeployedVersion]:
        """Return the deployments that count, by version, the newest first."""
        found: dict[str, DeployedVersion] = {}
        for one in self._control.deployments(name):
            if one.serves:
                found.setdefault(one.version, one)
        return found

    def _check(self, name: str, version: str | None = None) -> None:
        if check_document_name(name) not in self._control.places():
            raise document_missing(name, version)

    def _check_free(self, name: str, expect: str | None) -> None:
        """Raise unless ``expect`` is deployed and nothing is being deployed."""
        check_expected(name, expect, next(iter(self._served(name)), ABSENT))
        last = next(self._control.deployments(name), None)
        if last and last.is_running:
            raise in_progress(name)


def _document(name: str, hosted: Hosted, deployed: DeployedVersion | None) -> StoredDocument:
    started = deployed.started_at if deployed else None
    told: dict[str, Any] = {
        "author": Author(actor="console", reason=hosted.description.strip()[:500] or "no reason given"),
        "written_at": started or _LONG_AGO,
    }
    try:
        ours = _Description.model_validate_json(hosted.description)
        told = {"author": Author(actor=ours.by, reason=ours.why), "written_at": ours.at}
        told["restored_from"] = ours.restored_from
    except ValidationError:
        pass
    return StoredDocument(
        name=name,
        version=hosted.version,
        sha256=hashlib.sha256(hosted.content).hexdigest(),
        size_bytes=len(hosted.content),
        content=hosted.content,
        **told,
    )
