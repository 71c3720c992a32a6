"""What is kept of a publication while it comes about, and of a platform's quota."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from reelwright.upload.schema import PublicationPlan, UploadSession

__all__ = ["FINAL_STATES", "PublicationKey", "PublicationRecord", "PublicationState", "QuotaRecord"]

PublicationState = Literal[
    "intended", "session", "uploaded", "private", "unlisted", "scheduled", "public", "refused"
]
FINAL_STATES: frozenset[PublicationState] = frozenset(
    ("private", "unlisted", "scheduled", "public", "refused")
)
"""States in which nothing more is sent."""


@dataclass(frozen=True, slots=True)
class PublicationKey:
    """Names a publication: one production on one account of one platform."""

    production_id: str
    platform: str
    account: str


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(ge=0)] = 0
    """Of the record: each writer adds one to what it has read, and only one of two succeeds."""


class PublicationRecord(_Kept):
    """One publication. ``intended`` → ``session`` → ``uploaded`` → how viewers find it, or ``refused``."""

    production_id: str
    platform: str
    account: str
    state: PublicationState = "intended"
    plan: PublicationPlan
    video_sha256: str
    session: UploadSession | None = None
    """Stored before the first byte is sent."""
    sessions: Annotated[int, Field(ge=0)] = 0
    """How many were opened so far."""
    gone_at: datetime | None = None
    """When the platform said that it knows the session no more; what came of it is then found out."""
    last_piece_begun: bool = False
    """Of this session; noted where a list of videos would not prove that nothing came of it."""
    remote_id: str = ""
    url: str = ""
    furnished: bool = False
    """Thumbnail, captions and playlist are there, or were given up."""
    public_at: datetime | None = None
    reason: str = ""
    """Why it was refused, in the platform's word."""
    warnings: tuple[str, ...] = ()
    begun_at: datetime
    changed_at: datetime
    published_at: datetime | None = None

    @property
    def key(self) -> PublicationKey:
        """Return its name."""
        return PublicationKey(self.production_id, self.platform, self.account)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be sent."""
        return self.state in FINAL_STATES


class QuotaRecord(_Kept):
    """What was taken of the quota of one account, by bucket and by hour since 1970."""

    platform: str
    account: str
    spent: dict[str, dict[int, int]] = Field(default={})
    closed_until: dict[str, datetime] = Field(default={})
    """Buckets that the platform itself has called empty."""
