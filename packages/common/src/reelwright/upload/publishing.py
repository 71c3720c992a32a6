"""Publishing exactly once: whatever dies, is repeated or loses its answer, there is one video or none.

What makes it so:

* a record for each production and account, written on condition of its version: of two workers that take
  the same step one is overtaken, and goes on from what the other has written;
* nothing becomes a video but the last byte of an upload, and the address of the upload is in the record
  before the first byte: two workers that send, send into one upload;
* an answer that was lost is asked for: at the upload, then, if the platform has forgotten that, by our
  marker among the account's videos, and once more when its lists have settled. Only then another upload
  begins;
* what is uploaded is private; to make it public is a step of its own, which done twice is done once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from reelwright.clock import Clock
from reelwright.ids import check_production_id
from reelwright.production.schema import Publication
from reelwright.resilience.deadline import Deadline, DeadlineExceeded
from reelwright.upload.catalogue import PlatformLimits
from reelwright.upload.endings import final_state, publication_of, uncertain, underway, untold
from reelwright.upload.errors import (
    PlatformAnswerLost,
    PlatformUnavailable,
    PublicationConflict,
    PublicationUncertain,
    QuotaExceeded,
)
from reelwright.upload.pieces import piece_bytes, read_piece
from reelwright.upload.ports import PlatformAccess, PlatformCall, PublicationStore, RemotePlatform
from reelwright.upload.quota import QuotaBook
from reelwright.upload.record import PublicationKey, PublicationRecord
from reelwright.upload.schema import (
    MediaFiles,
    PublicationPlan,
    RemoteVideo,
    Underway,
    UploadProgress,
    UploadSession,
)

__all__ = ["Publisher", "Reach"]

_CALL_SECONDS = 120.0
"""For one request: a piece of some megabytes over a slow line."""
_MOST_SESSIONS = 5
_MOST_STALLS = 3
_RETRY_SECONDS = 20.0
_LONGEST_WAIT_SECONDS = 3600.0
_MOST_ROUNDS = 64
"""Of steps and overtakings in one call: far more than there are."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One platform as it can be used now: its adapter, its keys, its limits, and its quota."""

    remote: RemotePlatform
    access: PlatformAccess
    limits: PlatformLimits
    quota: QuotaBook


class _Overtaken(Exception):  # noqa: N818 (no error: somebody else was faster)
    """Another worker has written the record."""


class Publisher:
    """Advances publications on one platform. Holds nothing of them: any process goes on with any."""

    def __init__(
        self, reach: Reach, store: PublicationStore, clock: Clock, *, slice_seconds: float = 480.0
    ) -> None:
        """``slice_seconds`` bound one call of ``publish``; what is left then goes on in the next."""
        self._remote = reach.remote
        self._access = reach.access
        self._limits = reach.limits
        self._quota = reach.quota
        self._store = store
        self._clock = clock
        self._slice_seconds = slice_seconds

    def record(self, production_id: str, account: str) -> PublicationRecord | None:
        """Return what is known of a production's publication."""
        key = PublicationKey(check_production_id(production_id), self._remote.name, account)
        return self._store.get(key)

    def publish(self, production_id: str, plan: PublicationPlan, media: MediaFiles) -> Publication | Underway:
        """Advance the publication as far as it goes now.

        The plan counts until something was sent; then the one that is stored does. PublicationConflict if
        another cut is there or on its way; PublicationRefused; PublicationUncertain; QuotaExceeded, which
        says when; PackageIncomplete if the file changes meanwhile; StorageUnavailable.
        """
        record = self._begun(production_id, plan, media)
        deadline = Deadline.after(self._slice_seconds, self._clock)
        for _ in range(_MOST_ROUNDS):
            if record.is_over:
                return publication_of(record)
            try:
                after = self._step(record, media, deadline)
            except _Overtaken:
                record = self._again(record)
                continue
            except (PlatformUnavailable, PlatformAnswerLost, DeadlineExceeded) as error:
                return underway(record, error.retry_after_seconds or _RETRY_SECONDS, error.message)
            if isinstance(after, Underway):
                return after
            record = after
        return underway(record, _RETRY_SECONDS, "Many are at it at once.")

    def _begun(self, production_id: str, plan: PublicationPlan, media: MediaFiles) -> PublicationRecord:
        key = PublicationKey(check_production_id(production_id), plan.platform, plan.account)
        for _ in range(_MOST_ROUNDS):
            found = self._store.get(key)
            if found is not None and not _may_change(found, plan, media):
                return found
            fresh = self._fresh(key, plan, media, found)
            if self._store.put(fresh):
                return fresh
        raise PlatformUnavailable("Many begin the same publication at once.", next_step="Try again.")

    def _fresh(
        self,
        key: PublicationKey,
        plan: PublicationPlan,
        media: MediaFiles,
        before: PublicationRecord | None,
    ) -> PublicationRecord:
        now = self._clock.now()
        return PublicationRecord(
            version=before.version + 1 if before else 1,
            production_id=key.production_id,
            platform=key.platform,
            account=key.account,
            plan=plan,
            video_sha256=media.video_sha256,
            sessions=before.sessions if before else 0,
            begun_at=now,
            changed_at=now,
        )

    def _again(self, record: PublicationRecord) -> PublicationRecord:
        found = self._store.get(record.key)
        if found is None:
            raise PublicationUncertain(
                f"The record of {record.production_id} on {record.platform} was removed meanwhile.",
                next_step="Look on the platform for the video before it is published again.",
            )
        return found

    def _step(
        self, record: PublicationRecord, media: MediaFiles, deadline: Deadline
    ) -> PublicationRecord | Underway:
        if record.state == "intended":
            return self._opened(record, media, deadline)
        if record.state == "session":
            return self._sent(record, media, deadline)
        return self._shown(record, media, deadline)

    # --- an upload is opened

    def _opened(
        self, record: PublicationRecord, media: MediaFiles, deadline: Deadline
    ) -> PublicationRecord | Underway:
        if wait := self._until_it_may_begin(record):
            return wait
        if record.sessions >= _MOST_SESSIONS:
            raise uncertain(record)
        self._quota.check(self._needs(record.plan))
        with self._counted("begin"):
            session = self._remote.begin(record.plan, media, self._call(deadline))
        sessions = record.sessions + 1
        return self._saved(
            record, state="session", session=session, sessions=sessions, last_piece_begun=False
        )

    def _until_it_may_begin(self, record: PublicationRecord) -> Underway | None:
        """Wait with what the last byte makes public, and with what would be given up before its time."""
        wait, when = self._until_public(record), record.plan.publish_at
        if wait is None or when is None or self._limits.public_on_upload:
            return wait
        kept = self._limits.kept_seconds
        early = (when - self._clock.now()).total_seconds() - kept / 2 if kept else 0.0
        if early <= 0 or self._limits.schedules:
            return None
        return wait.model_copy(update={"check_after_seconds": min(early + 1.0, wait.check_after_seconds)})

    def _needs(self, plan: PublicationPlan) -> list[str]:
        """Return the calls that a publication makes: it is begun only if the quota holds them all."""
        wanted = {
            "begin": True,
            "thumbnail": plan.send_thumbnail,
            "captions": plan.send_captions,
            "playlist": bool(plan.playlist),
            "make_public": plan.privacy != "private",
        }
        return [call for call, needed in wanted.items() if needed]

    # --- the bytes

    def _sent(
        self, record: PublicationRecord, media: MediaFiles, deadline: Deadline
    ) -> PublicationRecord | Underway:
        session = record.session
        if session is None:
            raise uncertain(record)
        progress, stalls = self._remote.status(session, self._call(deadline)), 0
        while progress.state == "sending":
            if progress.check_after_seconds:
                return underway(record, progress.check_after_seconds, "The platform is not ready for more.")
            if deadline.remaining_seconds() <= 0:
                return underway(record, 1.0, f"{progress.received_bytes} bytes are there.")
            before = progress.received_bytes
            record = self._noted(record, session, before)
            progress = self._one_piece(session, media, before, deadline)
            stalls = stalls + 1 if progress.received_bytes <= before else 0
            if stalls >= _MOST_STALLS:
                return underway(record, _RETRY_SECONDS, "The platform takes no more bytes just now.")
        return self._sent_all(record, progress, deadline)

    def _noted(self, record: PublicationRecord, session: UploadSession, offset: int) -> PublicationRecord:
        """Note that the last piece is sent, where nothing else could tell later whether it was."""
        is_last = offset + piece_bytes(session, offset) >= session.total_bytes
        if self._limits.lists_all or record.last_piece_begun or not is_last:
            return record
        return self._saved(record, last_piece_begun=True)

    def _one_piece(
        self, session: UploadSession, media: MediaFiles, offset: int, deadline: Deadline
    ) -> UploadProgress:
        chunk = read_piece(media, session, offset)
        try:
            return self._remote.send(session, offset, chunk, self._call(deadline))
        except PlatformAnswerLost:
            return self._remote.status(session, self._call(deadline))

    def _sent_all(
        self, record: PublicationRecord, progress: UploadProgress, deadline: Deadline
    ) -> PublicationRecord | Underway:
        if progress.state == "uploaded":
            return self._saved(record, state="uploaded", remote_id=progress.remote_id, gone_at=None)
        if progress.state == "failed":
            return self._refused(record, progress.reason)
        return self._looked_for(record, deadline, nothing_came=progress.nothing_came)

    def _looked_for(
        self, record: PublicationRecord, deadline: Deadline, *, nothing_came: bool = False
    ) -> PublicationRecord | Underway:
        """Find out what came of an upload that the platform knows no more, or that is over with nothing."""
        with self._counted("find_by_marker"):
            found = self._remote.find_by_marker(record.plan.marker, self._call(deadline))
        if found is not None and found.state not in {"failed", "gone"}:
            return self._saved(record, state="uploaded", remote_id=found.remote_id, gone_at=None)
        now, settle = self._clock.now(), timedelta(seconds=self._limits.settle_seconds)
        if record.gone_at is None:
            record = self._saved(record, gone_at=now)
        settled = (record.gone_at or now) + settle
        if now < settled:
            wait = (settled - now).total_seconds()
            return underway(record, wait, "Its upload is gone; whether a video came of it will show.")
        if record.last_piece_begun and not nothing_came:
            raise untold(record)
        return self._saved(
            record, state="intended", session=None, gone_at=None, remote_id="", furnished=False
        )

    # --- what viewers see

    def _shown(
        self, record: PublicationRecord, media: MediaFiles, deadline: Deadline
    ) -> PublicationRecord | Underway:
        with self._counted("look"):
            video = self._remote.look(record.remote_id, self._call(deadline))
        if video.state == "failed":
            return self._refused(record, video.reason)
        if video.state == "gone":
            return self._looked_for(record, deadline, nothing_came=video.nothing_came)
        if video.state == "processing":
            return underway(record, video.check_after_seconds, "The platform is still processing it.")
        if not record.furnished:
            return self._furnished(record, media, deadline)
        if record.plan.privacy == "private":
            return self._over(record, video)
        return self._made_public(record, deadline)

    def _furnished(
        self, record: PublicationRecord, media: MediaFiles, deadline: Deadline
    ) -> PublicationRecord:
        for call in ("thumbnail", "captions", "playlist"):
            if call in self._needs(record.plan):
                self._quota.take(call)
        told = self._remote.furnish(record.remote_id, record.plan, media, self._call(deadline))
        return self._saved(record, furnished=True, warnings=(*record.warnings, *told))

    def _made_public(self, record: PublicationRecord, deadline: Deadline) -> PublicationRecord | Underway:
        if not self._limits.schedules and (wait := self._until_public(record)):
            return wait
        when = record.plan.publish_at if self._limits.schedules else None
        with self._counted("make_public"):
            video = self._remote.make_public(record.remote_id, record.plan, when, self._call(deadline))
        if video.state == "failed":
            return self._refused(record, video.reason)
        if video.state == "gone":
            return self._looked_for(record, deadline, nothing_came=video.nothing_came)
        if video.state == "processing":
            return underway(record, video.check_after_seconds, "The platform is making it public.")
        if video.state == "private":
            return underway(record, _RETRY_SECONDS, "The platform shows it as private still.")
        return self._over(record, video)

    def _until_public(self, record: PublicationRecord) -> Underway | None:
        when, now = record.plan.publish_at, self._clock.now()
        if when is None or now >= when:
            return None
        wait = min((when - now).total_seconds(), _LONGEST_WAIT_SECONDS)
        return underway(record, wait, f"It becomes public at {when:%Y-%m-%d %H:%M %Z}.")

    def _over(self, record: PublicationRecord, video: RemoteVideo) -> PublicationRecord:
        return self._saved(
            record,
            state=final_state(record.plan, video),
            remote_id=video.remote_id,
            url=video.url,
            public_at=video.public_at or record.plan.publish_at,
            published_at=self._clock.now(),
        )

    def _refused(self, record: PublicationRecord, reason: str) -> PublicationRecord:
        return self._saved(record, state="refused", reason=reason or "unknown")

    # --- how calls are made and steps are kept

    def _saved(self, record: PublicationRecord, **changes: Any) -> PublicationRecord:
        told = {**changes, "version": record.version + 1, "changed_at": self._clock.now()}
        after = record.model_copy(update=told)
        if not self._store.put(after):
            raise _Overtaken
        return after

    def _call(self, deadline: Deadline) -> PlatformCall:
        """Return a call that may end after the slice: to break it off would lose its answer."""
        deadline.check("publishing")
        return PlatformCall(self._access, Deadline.after(_CALL_SECONDS, self._clock))

    @contextmanager
    def _counted(self, call: str) -> Iterator[None]:
        """Take a call's units first, and believe the platform when it says that there are none."""
        self._quota.take(call)
        try:
            yield
        except QuotaExceeded as error:
            self._quota.close(call, error.available_at)
            raise


def _may_change(found: PublicationRecord, plan: PublicationPlan, media: MediaFiles) -> bool:
    """Return whether the record gives way to another plan or cut: only while nothing of it can be seen."""
    same_cut = found.video_sha256 == media.video_sha256
    same = same_cut and _without_time(found.plan) == _without_time(plan)
    if found.state in {"intended", "refused"}:
        return not same
    if same_cut:
        return False
    raise PublicationConflict(
        f"Another cut of {found.production_id} is on {found.platform} already, or on its way.",
        next_step="Remove it there if it is to be replaced, and make a new production.",
        context={"platform": found.platform, "state": found.state, "remote_id": found.remote_id},
    )


def _without_time(plan: PublicationPlan) -> PublicationPlan:
    """Return the plan without its moment: one that is made later counts its delay from later."""
    return plan.model_copy(update={"publish_at": None})
