"""What the upload manager needs of platforms, and the engine of a place for publications."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from reelwright.environment.secret import OAuthClient
from reelwright.production.schema import Production, Publication
from reelwright.resilience.deadline import Deadline
from reelwright.upload.record import PublicationKey, PublicationRecord, QuotaRecord
from reelwright.upload.schema import (
    AccessToken,
    MediaFiles,
    Package,
    PublicationOutcome,
    PublicationPlan,
    RemoteVideo,
    UploadProgress,
    UploadSession,
)

__all__ = [
    "PackageWriter",
    "Platform",
    "PlatformAccess",
    "PlatformCall",
    "PublicationStore",
    "RemotePlatform",
]

Result = TypeVar("Result")


class Platform(Protocol):
    """A place where videos are published at once: a folder of this machine or a bucket."""

    @property
    def name(self) -> str:
        """The name that briefs use."""
        ...

    def find(self, package: Package) -> Publication | None:
        """Return the publication of this production if the platform already has it."""
        ...

    def publish(self, package: Package) -> Publication:
        """Publish, or return the publication that is already there: never a second one."""
        ...


class PlatformAccess(Protocol):
    """How one platform is reached under the settings of a production."""

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Addresses to use instead of the platform's own, the first for all its hosts; usually none."""
        ...

    def with_token(self, call: Callable[[str], Result]) -> Result:
        """Return what ``call`` makes of an access token.

        When it raises ``secrets.errors.AuthenticationFailed``, a new token is exchanged for the refresh
        token, and ``call`` gets that, once. PlatformMisconfigured if there is no client or it is refused.
        """
        ...


@dataclass(frozen=True, slots=True)
class PlatformCall:
    """One call: how to reach the platform, and how long it may take."""

    access: PlatformAccess
    deadline: Deadline


class RemotePlatform(Protocol):
    """A video platform. Every method is one attempt; nothing is remembered from call to call.

    Errors: those of ``upload/errors.py``. ``PlatformAnswerLost`` whenever a request may have been carried
    out and no whole answer came; ``PlatformUnavailable`` when it certainly was not and may be repeated;
    ``QuotaExceeded`` with the time from which it may be; ``PublicationRefused`` when the platform will never
    take this video; ``secrets.errors.AuthenticationFailed`` only inside ``with_token``.
    """

    @property
    def name(self) -> str:
        """The name that briefs use."""
        ...

    def exchange(self, client: OAuthClient, endpoints: tuple[str, ...], deadline: Deadline) -> AccessToken:
        """Return an access token for the client's refresh token; AuthenticationFailed if it is refused."""
        ...

    def begin(self, plan: PublicationPlan, media: MediaFiles, call: PlatformCall) -> UploadSession:
        """Open an upload and send no byte of it. One that is forgotten becomes no video by itself.

        What is uploaded stays private, with the plan's marker on it, wherever the platform can do so.
        """
        ...

    def send(self, session: UploadSession, offset: int, chunk: bytes, call: PlatformCall) -> UploadProgress:
        """Send the piece at ``offset``, once. Where it does not fit, say what is wanted instead."""
        ...

    def status(self, session: UploadSession, call: PlatformCall) -> UploadProgress:
        """Return how far the upload is: what resumes it, and what settles an answer that was lost."""
        ...

    def find_by_marker(self, marker: str, call: PlatformCall) -> RemoteVideo | None:
        """Return our account's video that bears the marker, whatever its state; None if there is none."""
        ...

    def look(self, remote_id: str, call: PlatformCall) -> RemoteVideo:
        """Return how a video is now; ``failed`` also for one that is not there."""
        ...

    def furnish(
        self, remote_id: str, plan: PublicationPlan, media: MediaFiles, call: PlatformCall
    ) -> tuple[str, ...]:
        """Add thumbnail, captions and playlist as planned; done twice it is done once.

        Returns what could not be added and is not worth failing for, one sentence each.
        """
        ...

    def make_public(
        self, remote_id: str, plan: PublicationPlan, when: datetime | None, call: PlatformCall
    ) -> RemoteVideo:
        """Give the video the plan's privacy, now or at ``when``; done twice it is done once.

        The video may get another name by it: the answer's ``remote_id`` counts from then on.
        """
        ...

    def outcomes(self, remote_ids: Sequence[str], call: PlatformCall) -> Mapping[str, PublicationOutcome]:
        """Return what became of videos of ours, by their ``remote_id``: one that is not there is left out.

        At most ``outcomes_at_once`` of the platform's limits are asked for. What the platform does not tell
        is None, and ``untold`` says why where that can be helped; it is never 0 and never a reason to fail.
        """
        ...


class PublicationStore(Protocol):
    """Publications and quotas, all durable on return; each record is written on condition of its version."""

    def get(self, key: PublicationKey) -> PublicationRecord | None:
        """Return the record as it is now; None if there is none."""
        ...

    def put(self, record: PublicationRecord) -> bool:
        """Store the record if what is stored has the version before it, none counting as 0; say whether."""
        ...

    def recent(self, platform: str, limit: int) -> tuple[PublicationRecord, ...]:
        """Return so many records of a platform, those of the newest productions first."""
        ...

    def of_production(self, platform: str, production_id: str) -> tuple[PublicationRecord, ...]:
        """Return a production's records on a platform, one for each account, by their names."""
        ...

    def quota(self, platform: str, account: str) -> QuotaRecord:
        """Return what was taken of an account's quota; an empty record of version 0 if nothing was."""
        ...

    def put_quota(self, record: QuotaRecord) -> bool:
        """Store the record if what is stored has the version before it; say whether."""
        ...


class PackageWriter(Protocol):
    """Adds to a package what can only be written when the production is over: its report and record."""

    def write(self, production: Production, name: str, content: bytes) -> None:
        """Write a file into the production's package, whole, in place of an earlier one of the name."""
        ...
