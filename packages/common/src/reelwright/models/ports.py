"""What the router needs of a vendor, of its credentials, of health, and of a memory for answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from reelwright.models.schema import (
    ContentRequest,
    ContentResponse,
    Failure,
    Model,
    ShotRequest,
    ShotResponse,
    SpeechRequest,
    SpeechResponse,
    Standing,
    Underway,
)
from reelwright.resilience.deadline import Deadline

__all__ = [
    "Access",
    "AnswerStore",
    "Call",
    "ContentProvider",
    "FootageProvider",
    "HealthRecord",
    "Probe",
    "SpeechProvider",
    "VideoProvider",
]

Result = TypeVar("Result")


class Access(Protocol):
    """How one provider is reached under the settings of a production."""

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Addresses to use instead of the vendor's own, best first; usually none."""
        ...

    def with_key(self, call: Callable[[str], Result]) -> Result:
        """Return what ``call`` makes of the API key.

        When it raises ``secrets.errors.AuthenticationFailed`` the key is read again, and if it is another
        one, ``call`` gets that. ProviderMisconfigured if there is no key, or the second is refused too.
        """
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt: what to call it, how long it may take, how to reach the vendor.

    ``token`` is 1 to 64 letters, digits and dashes, the same whenever this attempt is repeated and never
    for another: a vendor with idempotency tokens gets it as one.
    """

    token: str
    deadline: Deadline
    access: Access


class ContentProvider(Protocol):
    """Writes."""

    def write(self, model: Model, request: ContentRequest, call: Call) -> ContentResponse:
        """Return text that should conform to the request's schema; ProviderFailed otherwise."""
        ...


class SpeechProvider(Protocol):
    """Speaks."""

    def speak(self, model: Model, request: SpeechRequest, call: Call) -> SpeechResponse:
        """Return the recording with word timings; ProviderFailed otherwise."""
        ...


class VideoProvider(Protocol):
    """Shoots while the caller waits."""

    def shoot(self, model: Model, request: ShotRequest, call: Call) -> ShotResponse:
        """Return footage of the asked size and length; ProviderFailed otherwise."""
        ...


class FootageProvider(Protocol):
    """Shoots elsewhere: an order now, a delivery later, to whichever process asks."""

    def submit(self, model: Model, request: ShotRequest, call: Call) -> str:
        """Order the footage once, without any retry, and return the vendor's name for the task.

        ProviderFailed with ``accepted="maybe"`` whenever the order may have arrived.
        """
        ...

    def collect(
        self, model: Model, request: ShotRequest, reference: str, call: Call
    ) -> Underway | ShotResponse:
        """Return the footage, copied into ``request.work_dir`` at once, or that it is still being made.

        ProviderFailed if the task failed (``usage`` says what it cost all the same) or was cancelled.
        """
        ...

    def cancel(self, model: Model, reference: str, call: Call) -> None:
        """Ask the vendor to stop; fine if it is over."""
        ...

    def find(self, model: Model, request: ShotRequest, call: Call) -> str | None:
        """Return the task that an order with ``call.token`` made; None if there certainly is none.

        OutcomeUnknown from a vendor that cannot tell. Orders nothing.
        """
        ...


class Probe(Protocol):
    """Asks a vendor how it is, without buying anything."""

    def probe(self, models: Sequence[Model], call: Call) -> tuple[tuple[str, str], ...]:
        """Return (model name, what is wrong or nothing) for each model; ProviderFailed if nobody answers."""
        ...


class HealthRecord(Protocol):
    """How every model has been doing, for the whole fleet."""

    def standing(self, model: Model) -> Standing:
        """Return the standing, from memory if it was read a moment ago; never raises."""
        ...

    def may_ask(self, model: Model) -> bool:
        """Return whether this worker may ask now; while a breaker is half open, one in the fleet may."""
        ...

    def give_back(self, model: Model) -> None:
        """Note that this worker, which may ask, does not: for want of money or time."""
        ...

    def note(self, model: Model, failure: Failure | None, seconds: float) -> None:
        """Note the outcome of one attempt; never raises."""
        ...


class AnswerStore(Protocol):
    """Answers that were paid for, by what they answer, until they lapse."""

    def get(self, key: str) -> bytes | None:
        """Return what is stored and has not lapsed."""
        ...

    def put(self, key: str, answer: bytes, *, ttl_seconds: float) -> None:
        """Store an answer; one that is there and has not lapsed stays."""
        ...
