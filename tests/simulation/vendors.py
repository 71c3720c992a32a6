"""Vendors that are paid: they throttle, refuse, lose answers, deliver late or wrongly, and bill right."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final, TypeVar

from reelwright.audio.quality import Verdict
from reelwright.cost.schema import Usage
from reelwright.errors import Retryable
from reelwright.models.errors import (
    ModelRetired,
    OutcomeUnknown,
    ProviderExhausted,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderThrottled,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestInvalid,
    RequestRefused,
)
from reelwright.models.estimating import billed_seconds
from reelwright.models.ports import Call
from reelwright.models.schema import (
    ContentRequest,
    ContentResponse,
    Model,
    ShotRequest,
    ShotResponse,
    SpeechRequest,
    SpeechResponse,
    Underway,
)
from reelwright.storage.errors import StorageFull
from tests.simulation import engines
from tests.simulation.books import Books, Work
from tests.simulation.market import PRICES, TIMEOUT_SECONDS
from tests.simulation.world import World

__all__ = ["Camera", "Gate", "Pen", "Throat", "hear", "object_to_footage"]

Result = TypeVar("Result")

WRONG: Final = "wrong"
MAX_TROUBLE: Final = 30
LONGEST_ANSWER_SECONDS: Final = 20.0

ADVICE: Final = "Do as the vendor says."

REFUSALS: Final[Mapping[str, Callable[[], ProviderFailed]]] = {
    "throttled": lambda: ProviderThrottled("Too fast.", next_step=ADVICE, retry_after_seconds=7.0),
    "overloaded": lambda: ProviderUnavailable("Overloaded.", next_step=ADVICE),
    "exhausted": lambda: ProviderExhausted("No credit.", next_step=ADVICE),
    "misconfigured": lambda: ProviderMisconfigured("The key was refused.", next_step=ADVICE),
    "invalid": lambda: RequestInvalid("Not so.", next_step=ADVICE),
    "moderated": lambda: RequestRefused("Not that.", next_step=ADVICE),
    "retired": lambda: ModelRetired("Gone.", next_step=ADVICE),
}
LOSSES: Final = ("lost_before", "lost_after", "disk_full")
BILLED: Final = ("wrong", "refused_and_billed")


@dataclass(frozen=True, slots=True)
class Gate:
    """The way to one vendor in this world: its troubles, its time, and what becomes of answers."""

    world: World
    books: Books
    name: str
    trouble_rate: float

    def drawn(self, *kinds: str) -> str:
        """Return the trouble that this request meets, or nothing."""
        world = self.world
        total = sum(count for kind, count in world.injected.items() if kind.startswith("vendor "))
        if total >= MAX_TROUBLE or world.rng.random() >= self.trouble_rate:
            return ""
        kind = world.rng.choice(kinds)
        world.injected[f"vendor {kind}"] += 1
        return kind

    def ask(self, what: str, work: Callable[[], Result], call: Call, trouble: str) -> Result:
        """Let a request through; ProviderFailed as an adapter raises it, whatever happens on the way."""
        arrived = False

        def carried_out() -> Result:
            nonlocal arrived
            if call.deadline.remaining_seconds() <= 0 or trouble == "lost_before":
                raise ProviderTimedOut("No answer in time.", accepted="maybe")
            if trouble in REFUSALS:
                refusal = REFUSALS[trouble]()
                raise refusal
            arrived = True
            return self._spoilt(work(), trouble)

        self.world.sleep(self.world.rng.uniform(0.1, LONGEST_ANSWER_SECONDS))
        try:
            return self.world.cross(f"{self.name}.{what}", carried_out, repeatable=False)
        except ProviderFailed:
            raise
        except StorageFull:
            raise
        except Retryable as error:
            is_certain = not arrived and self.world.rng.random() < 0.5
            raise ProviderUnavailable(error.message, accepted="no" if is_certain else "maybe") from error

    def _spoilt(self, result: Result, trouble: str) -> Result:
        if trouble == "lost_after":
            raise ProviderTimedOut("The connection broke.", accepted="maybe")
        if trouble == "disk_full":
            raise StorageFull("No space is left.")
        return result

    def take_on(
        self, model: Model, call: Call, usage: Sequence[Usage], *, is_footage: bool = False, good: bool = True
    ) -> Work:
        """Bill work by the vendor's own price list, each line rounded up."""
        prices = PRICES[model.name]
        bill = sum(ceil(prices[each.unit] * each.quantity) for each in usage)
        return self.books.take_on(call.token, bill, is_footage=is_footage, is_good=good)


class Pen:
    """Writes."""

    def __init__(self, gate: Gate, watch: engines.Watch) -> None:
        self._gate, self._watch = gate, watch

    def write(self, model: Model, request: ContentRequest, call: Call) -> ContentResponse:
        trouble = self._gate.drawn(*REFUSALS, *LOSSES, *BILLED)

        def work() -> ContentResponse:
            self._watch.engine_called(request.idempotency_key)
            rng = self._gate.world.rng
            usage = (
                Usage(unit="input_tokens", quantity=rng.randrange(100, 900)),
                Usage(unit="output_tokens", quantity=rng.randrange(100, 4_001)),
            )
            self._gate.take_on(model, call, usage, good=trouble not in BILLED)
            if trouble == "refused_and_billed":
                raise RequestRefused("It would rather not.", next_step=ADVICE, accepted="yes", usage=usage)
            text = "{" if trouble == WRONG else engines.script_text(model.name, request.seed)
            return ContentResponse(text=text, usage=usage)

        return self._gate.ask("write", work, call, trouble)


class Throat:
    """Speaks."""

    def __init__(self, gate: Gate, watch: engines.Watch) -> None:
        self._gate, self._watch = gate, watch

    def speak(self, model: Model, request: SpeechRequest, call: Call) -> SpeechResponse:
        trouble = self._gate.drawn(*REFUSALS, *LOSSES, *BILLED)

        def work() -> SpeechResponse:
            self._watch.engine_called(request.idempotency_key)
            usage = (Usage(unit="characters", quantity=sum(map(len, request.passages))),)
            self._gate.take_on(model, call, usage, good=trouble not in BILLED)
            if trouble == "refused_and_billed":
                raise RequestRefused("It would rather not.", next_step=ADVICE, accepted="yes", usage=usage)
            voice = WRONG if trouble == WRONG else request.voice
            return engines.speech(model.name, request, voice, usage)

        return self._gate.ask("speak", work, call, trouble)


@dataclass
class _Task:
    work: Work
    token: str
    ready_at: float
    ending: str
    usage: tuple[Usage, ...]


class Camera:
    """Makes footage to order. With ``knows_tokens`` it can tell what became of one, and makes none twice."""

    def __init__(self, gate: Gate, watch: engines.Watch, *, knows_tokens: bool) -> None:
        self._gate, self._watch, self._knows_tokens = gate, watch, knows_tokens
        self._tasks: dict[str, _Task] = {}

    def submit(self, model: Model, request: ShotRequest, call: Call) -> str:
        trouble = self._gate.drawn(
            *REFUSALS, *LOSSES, "late", "fails", "fails_billed", "moderated_late", WRONG
        )

        def work() -> str:
            known = self._known(call.token)
            if known is not None and self._knows_tokens:
                return known
            self._watch.engine_called(request.idempotency_key)
            return self._begun(model, request, call, trouble)

        return self._gate.ask("submit", work, call, trouble)

    def collect(
        self, model: Model, request: ShotRequest, reference: str, call: Call
    ) -> Underway | ShotResponse:
        task = self._tasks[reference]
        trouble = self._gate.drawn("throttled", "overloaded", "misconfigured", "lost_before", "lost_after")
        self._gate.books.look(task.token)
        return self._gate.ask("collect", lambda: self._delivered(model, request, task), call, trouble)

    def cancel(self, model: Model, reference: str, call: Call) -> None:
        task = self._tasks[reference]

        def work() -> None:
            if not task.work.is_over and self._gate.world.rng.random() < 0.5:
                task.work.is_over, task.work.is_good, task.ending = True, False, "cancelled"
                task.work.micro_usd = 0

        self._gate.ask("cancel", work, call, self._gate.drawn("throttled", "lost_after"))

    def find(self, model: Model, request: ShotRequest, call: Call) -> str | None:
        if not self._knows_tokens:
            raise OutcomeUnknown("This vendor keeps no list.", accepted="maybe")
        trouble = self._gate.drawn("throttled", "overloaded", "lost_before")
        return self._gate.ask("find", lambda: self._known(call.token), call, trouble)

    def _known(self, token: str) -> str | None:
        return next((name for name, task in self._tasks.items() if task.token == token), None)

    def _begun(self, model: Model, request: ShotRequest, call: Call, trouble: str) -> str:
        world = self._gate.world
        usage = (Usage(unit="video_seconds", quantity=billed_seconds(model, request.seconds)),)
        good = trouble not in {"fails", "fails_billed", "moderated_late", WRONG}
        work = self._gate.take_on(model, call, usage, is_footage=True, good=good)
        seconds = world.rng.uniform(5.0, 150.0) + (2 * TIMEOUT_SECONDS if trouble == "late" else 0.0)
        reference = f"{self._gate.name} task {len(self._tasks)}"
        self._tasks[reference] = _Task(work, call.token, world.clock.monotonic() + seconds, trouble, usage)
        return reference

    def _delivered(self, model: Model, request: ShotRequest, task: _Task) -> Underway | ShotResponse:
        if task.ending == "cancelled":
            raise ProviderExhausted("It was cancelled.", next_step=ADVICE, accepted="yes")
        if self._gate.world.clock.monotonic() < task.ready_at:
            return Underway(check_after_seconds=self._gate.world.rng.choice((5.0, 20.0)))
        self._end(task)
        if task.ending == "fails":
            raise ProviderUnavailable("The task failed.", next_step=ADVICE, accepted="yes")
        if task.ending in {"fails_billed", "moderated_late"}:
            raise RequestRefused("The task failed.", next_step=ADVICE, accepted="yes", usage=task.usage)
        content = WRONG if task.ending == WRONG else "footage"
        media = engines.file_of(request.work_dir / "clip.mp4", content, model.name, request.prompt)
        if content == WRONG:
            media.write_text(WRONG)
        return ShotResponse(media=media, frames=request.frames, usage=task.usage)

    def _end(self, task: _Task) -> None:
        if not task.work.is_over and task.ending == "fails":
            task.work.micro_usd = 0
        task.work.is_over = True


def hear(answer: SpeechResponse, _: Sequence[str]) -> tuple[Verdict, ...]:
    """Judge a recording as far as this world can: by whether the vendor spoilt it."""
    return (Verdict("voice", answer.voice, "any but the wrong one", answer.voice != WRONG),)


def object_to_footage(_: Any, response: ShotResponse) -> str:
    """Object to the wrong clip."""
    return "it shows something else" if response.media.read_text() == WRONG else ""
