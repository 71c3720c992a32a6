"""What vendors of footage have in common: orders that leave once, looks that may be repeated."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import quote

from reelwright.cost.schema import Usage
from reelwright.models.errors import (
    AnswerRejected,
    OutcomeUnknown,
    ProviderFailed,
    ProviderMisconfigured,
    RequestInvalid,
)
from reelwright.models.estimating import billed_seconds
from reelwright.models.http import AnswerLost, DownloadFailed, HttpAnswer, HttpClient, NotSent
from reelwright.models.outcomes import Dialect, Rule, ask, failed, failure_of_connection, request_id_of
from reelwright.models.ports import Call
from reelwright.models.schema import Failure, Model, ShotRequest, Underway

__all__ = [
    "FootageWire",
    "TaskFailure",
    "cut_at_word",
    "first_frame_of",
    "footage_file",
    "later",
    "ordered_prompt",
    "ordered_seconds",
    "task_path",
]

_POLL_SECONDS: Final = 5.0
_POLL_JITTER: Final = 0.5
"""Share of a wait that is added at random: docs.dev.runwayml.com/errors/errors asks for up to 50 %."""
_MAX_FOOTAGE_BYTES: Final = 512 * 1024 * 1024
_NOT_THERE: Final = Rule("unknown", statuses=(404,), accepted="maybe")
_QUOTED_CHARACTERS: Final = 300
_ROUNDING_SECONDS: Final = 1e-6


@dataclass(frozen=True, slots=True)
class TaskFailure:
    """One row of a vendor's table of failed tasks; the first whose code the vendor's begins with counts."""

    code: str
    failure: Failure
    next_step: str = ""
    billed: bool = True
    """Whether work was done before it failed."""


@dataclass(frozen=True, slots=True)
class FootageWire:
    """One vendor's API, spoken to with the caller's key.

    An order is exactly one request, but for a key that is refused and read again. A look changes nothing
    and costs nothing, so that anybody may repeat it: its failures say nothing of the task, and have
    ``accepted="maybe"``.
    """

    http: HttpClient
    dialect: Dialect
    address: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def order(self, path: str, body: object, call: Call) -> str:
        """Return the id of the task that an order made.

        OutcomeUnknown with ``accepted="maybe"`` whenever it may have been taken on: no answer, an answer
        without an id, a gateway's error. Every other ProviderFailed is a refusal.
        """
        answer = self._asked("POST", path, call, self.dialect, body=body, submit=True)
        task = (answer.json_object() or {}).get("id")
        if isinstance(task, str) and task:
            return task
        raise failed(
            "unknown",
            self.dialect,
            "took an order and did not say the task's id.",
            accepted="maybe",
            request_id=request_id_of(answer, self.dialect),
        )

    def look(self, path: str, call: Call) -> dict[str, Any]:
        """Return what the vendor says at an address; OutcomeUnknown if it knows nothing of it."""
        answer = self._looked("GET", path, call, _NOT_THERE)
        data = answer.json_object()
        if data is None:
            what = "answered with something that is no JSON object."
            raise failed("unavailable", self.dialect, what, accepted="maybe")
        return data

    def stop(self, path: str, call: Call) -> None:
        """Delete a task; fine if there is none."""
        try:
            self._looked("DELETE", path, call, _NOT_THERE)
        except OutcomeUnknown:
            return

    def deliver(
        self, url: str, again: Callable[[], str], into: Path, call: Call, usage: Sequence[Usage]
    ) -> None:
        """Copy finished footage to ``into``; if that fails, once more from the address that ``again`` gives.

        AnswerRejected with ``usage`` if there is no footage at either; else ``accepted="maybe"``: the
        footage is there, and can be fetched another time.
        """
        try:
            self._fetch(url, into, call)
        except ProviderFailed:
            try:
                self._fetch(again(), into, call)
            except AnswerRejected as error:
                raise failed(
                    "rejected", self.dialect, "gave no footage.", accepted="yes", usage=usage
                ) from error

    def failure_of_task(
        self, rows: Sequence[TaskFailure], code: str, words: str, usage: Sequence[Usage]
    ) -> ProviderFailed:
        """Return the error for a task that was taken on and given up; the last row fits every code."""
        row = next((row for row in rows if code.startswith(row.code)), rows[-1])
        said = " ".join(words.split())[:_QUOTED_CHARACTERS]
        return failed(
            row.failure,
            self.dialect,
            f"gave the task up ({code or 'no code'}): {said}",
            next_step=row.next_step,
            accepted="yes",
            usage=usage if row.billed else (),
        )

    def unfindable(self) -> ProviderFailed:
        """Return the error for an order that a vendor without listings cannot be asked about."""
        return failed(
            "unknown",
            self.dialect,
            "lists no tasks, so that it cannot tell whether an order arrived.",
            next_step=(
                f"Look at the usage page of the account with {self.dialect.vendor}; then say what it was: "
                "reelwright cost resolve."
            ),
            accepted="maybe",
        )

    def _fetch(self, url: str, into: Path, call: Call) -> None:
        ends = call.access.endpoints
        try:
            self.http.download(
                url, into, deadline=call.deadline, max_bytes=_MAX_FOOTAGE_BYTES, endpoints=ends
            )
        except ProviderMisconfigured as error:
            raise self._not_given("rejected", error.message) from error
        except DownloadFailed as error:
            gone = error.why in {"expired", "refused"}
            raise self._not_given("unavailable" if gone else "rejected", error.message) from error
        except (NotSent, AnswerLost) as error:
            raise _maybe(failure_of_connection(error, self.dialect)) from error

    def _not_given(self, failure: Failure, why: str) -> ProviderFailed:
        return failed(failure, self.dialect, f"did not give the footage: {why}", accepted="maybe")

    def _looked(self, method: str, path: str, call: Call, first: Rule) -> HttpAnswer:
        dialect = replace(self.dialect, rules=(first, *self.dialect.rules))
        try:
            return self._asked(method, path, call, dialect)
        except ProviderFailed as error:
            raise _maybe(error) from error.__cause__

    def _asked(
        self,
        method: str,
        path: str,
        call: Call,
        dialect: Dialect,
        *,
        body: object = None,
        submit: bool = False,
    ) -> HttpAnswer:
        def send(address: str, key: str) -> HttpAnswer:
            headers = {**self.headers, "Authorization": f"Bearer {key}"}
            url = f"{address.rstrip('/')}{path}"
            return self.http.send(method, url, headers=headers, json=body, deadline=call.deadline)

        return ask(call, dialect, self.address, send, submit=submit)


def ordered_seconds(model: Model, request: ShotRequest) -> int:
    """Return the length to order: the shortest that the model makes and that covers the scene.

    It is what is billed. RequestInvalid for a scene that is longer than any.
    """
    seconds = billed_seconds(model, request.seconds)
    if seconds + _ROUNDING_SECONDS < request.seconds:
        raise RequestInvalid(
            f"{model.name} makes at most {seconds} s; the scene lasts {request.seconds:.2f} s.",
            next_step="Ask for a video with more and shorter scenes.",
        )
    return seconds


def ordered_prompt(model: Model, request: ShotRequest, most: int) -> str:
    """Return what to ask for in at most so many UTF-16 units, or fewer if the catalogue says so.

    RequestInvalid for a scene without words to shoot it by.
    """
    most = min(most, model.video.max_prompt_characters) if model.video else most
    prompt = cut_at_word(request.prompt, most)
    if not prompt:
        raise RequestInvalid(
            f"{model.name} was asked for footage of nothing.",
            next_step="Give the scene a visual prompt, or have it drawn by the embedded engine.",
        )
    return prompt


def first_frame_of(model: Model, request: ShotRequest) -> str:
    """Return the picture to begin with, a JPEG in base64; nothing for a model that takes none."""
    return request.first_frame if model.video is not None and model.video.first_frame else ""


def cut_at_word(text: str, most: int) -> str:
    """Return the text if it has at most so many UTF-16 units, else its beginning, up to a whole word.

    Halves of surrogate pairs, which no vendor could read, are left out.
    """
    text = text.encode("utf-8", "ignore").decode().strip()
    units = text.encode("utf-16-le")
    if len(units) <= 2 * most:
        return text
    kept = units[: 2 * most].decode("utf-16-le", "ignore")
    if text[len(kept)].isspace():
        return kept.rstrip()
    return kept.rpartition(" ")[0].rstrip() or kept


def later(rng: Random, state: str) -> Underway:
    """Return that work goes on, and when to look again: never all that wait at the same time."""
    return Underway(check_after_seconds=_POLL_SECONDS * (1 + rng.uniform(0, _POLL_JITTER)), state=state)


def task_path(collection: str, reference: str) -> str:
    """Return the address of a task; its name is the vendor's, so it is not trusted to be one segment."""
    return f"{collection}/{quote(reference, safe='')}"


def footage_file(work_dir: Path, reference: str) -> Path:
    """Return where the footage of a task goes; a vendor's name for it is no name for a file."""
    return work_dir / f"footage-{hashlib.sha256(reference.encode()).hexdigest()[:16]}.mp4"


def _maybe(error: ProviderFailed) -> ProviderFailed:
    error.accepted = "maybe"
    return error
