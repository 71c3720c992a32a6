"""What simulated vendors of footage have in common: tasks that take some looks, clips, addresses that end."""

import functools
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from tests.simulators.media import make_clip
from tests.simulators.server import Answer, Cut, Fault, Received, Simulator, Work

__all__ = ["FootageSimulator", "Kind", "Task", "model_of", "objections_to"]

Kind = Literal["submit", "look", "stop", "file", "other"]
_TRUNCATED_SHARE = 3
"""A truncated file is this part of the whole: the index at its front stays."""
_HALF = 2
_IN_TROUBLE = {"throttled", "server_error", "overloaded", "unauthorised"}
_REFUSED_ORDERS = {"retired", "exhausted", "invalid_request"}


@dataclass
class Task:
    """One order that was taken on."""

    reference: str
    request: Mapping[str, Any]
    prompt: str
    seconds: int
    size: tuple[int, int]
    work: Work
    failure: str = ""
    """A failure code, if it is going to fail."""
    truncated: bool = False
    looks: int = 0
    started: bool = False
    state: Literal["queued", "running", "done", "failed", "cancelled"] = "queued"
    addresses: set[str] = field(default_factory=set)


class FootageSimulator(Simulator):
    """A vendor that takes orders, and after ``looks`` looks at a task has made a clip that matches.

    ``failures`` are codes for successive tasks, None for one that succeeds. At most ``at_once`` tasks run;
    the others wait. Clips are ``shrink`` times smaller than asked, for speed.
    """

    fps = 24

    def __init__(
        self,
        *,
        looks: int = 2,
        at_once: int = 100,
        failures: Iterable[str | None] = (),
        shrink: int = 1,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.tasks: dict[str, Task] = {}
        self.looks = looks
        """How often a task is looked at before it is over."""
        self._at_once = at_once
        self._failures = iter(failures)
        self._shrink = shrink
        self._expire_next = False

    def kind(self, request: Received) -> Kind:
        """What a request is for."""
        raise NotImplementedError

    def body_objections(self, body: Any) -> list[str]:
        """What the vendor's own schema says against an order."""
        raise NotImplementedError

    def order(self, body: Mapping[str, Any]) -> Task:
        """Take an order on: bill it and remember it."""
        raise NotImplementedError

    def ordered(self, task: Task) -> Answer:
        """Tell the id of a task."""
        raise NotImplementedError

    def told(self, task: Task) -> Answer:
        """Tell the state of a task."""
        raise NotImplementedError

    def refused(self, reason: str, request: Received) -> Answer:
        """Say no in the vendor's words: throttled, overloaded, exhausted, retired, invalid, unauthorised…"""
        raise NotImplementedError

    def other(self, request: Received) -> Answer:
        """Answer whatever else is asked."""
        return self.refused("missing", request)

    def refund(self, task: Task) -> None:
        """Charge nothing for a task."""
        with self.lock:
            place = next(i for i, work in enumerate(self.accepted) if work is task.work)
            task.work = self.accepted[place] = replace(task.work, micro_usd=0)

    def answer(self, request: Received) -> Answer:
        with self.lock:
            kind = self.kind(request)
            if kind == "file":
                return self._file(request)
            key = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not key or (self.keys and key not in self.keys):
                return self.refused("unauthorised", request)
            if kind == "submit":
                return self._submit(request)
            return self._asked(kind, request)

    def failing(self, fault: Fault, request: Received) -> Answer | Cut:
        with self.lock:
            kind = self.kind(request)
            if fault in _IN_TROUBLE:
                return Answer(503) if kind == "file" else self.refused(fault, request)
            if fault in _REFUSED_ORDERS:
                return self.refused(fault, request) if kind == "submit" else self.answer(request)
            own = {
                "refusal": self._doomed,
                "truncated": self._cut_short,
                "duplicate_id": self._repeated,
                "expired_url": self._expired,
            }.get(fault)
            return super().failing(fault, request) if own is None else own(kind, request)

    refusal_code = ""
    """The failure code of a task whose prompt the vendor does not like."""

    def next_failure(self) -> str:
        """The failure code of the next task; empty for none."""
        return next(self._failures, None) or ""

    def file_size(self, across: int, down: int) -> tuple[int, int]:
        """The size in which a clip is really made."""
        each = _HALF * self._shrink
        return across // each * _HALF, down // each * _HALF

    def address(self, task: Task) -> str:
        """Give a new address for a finished clip."""
        token = f"{task.reference}-{len(task.addresses)}"
        if self._expire_next:
            self._expire_next = False
            token = f"{task.reference}-expired"
        else:
            task.addresses.add(token)
        return f"{self.url}/files/{token}.mp4"

    def _submit(self, request: Received) -> Answer:
        objections = self.body_objections(request.json)
        if objections:
            self.object(*objections)
            return self.refused("invalid_request", request)
        task = self.order(request.json)
        self.tasks[task.reference] = task
        return self.ordered(task)

    def _asked(self, kind: Kind, request: Received) -> Answer:
        if kind == "other":
            return self.other(request)
        task = self.tasks.get(request.path.rpartition("/")[2])
        if task is None:
            return self.refused("missing", request)
        if kind == "stop":
            self._stop_task(task)
            return Answer(204)
        self._go_on(task)
        return self.told(task)

    def _go_on(self, task: Task) -> None:
        running = sum(one.started and one.state in {"queued", "running"} for one in self.tasks.values())
        if task.state in {"done", "failed", "cancelled"}:
            return
        if not task.started and running >= self._at_once:
            return
        task.started = True
        task.looks += 1
        if task.looks > self.looks:
            task.state = "failed" if task.failure else "done"
        elif task.looks > 1:
            task.state = "running"

    def _stop_task(self, task: Task) -> None:
        if task.state in {"queued", "running"}:
            task.state = "cancelled"
            self.refund(task)
        else:
            del self.tasks[task.reference]

    def _file(self, request: Received) -> Answer:
        token = request.path.rpartition("/")[2].removesuffix(".mp4")
        task = next((task for task in self.tasks.values() if token in task.addresses), None)
        if task is None:
            return Answer(
                403, b"<Error><Code>AccessDenied</Code></Error>", {"content-type": "application/xml"}
            )
        clip = _clip(*self.file_size(*task.size), self.fps, task.seconds, task.prompt)
        clip = clip[: len(clip) // _TRUNCATED_SHARE] if task.truncated else clip
        return Answer(200, clip, {"content-type": "video/mp4"})

    def _doomed(self, kind: Kind, request: Received) -> Answer:
        answer = self.answer(request)
        if kind == "submit" and answer.status < 300:
            self._newest().failure = self.refusal_code
        return answer

    def _cut_short(self, kind: Kind, request: Received) -> Answer:
        answer = self.answer(request)
        if kind == "submit" and answer.status < 300:
            self._newest().truncated = True
        if kind == "file" and answer.status == 200:
            return replace(answer, body=answer.body[: len(answer.body) // _TRUNCATED_SHARE])
        return answer

    def _repeated(self, kind: Kind, request: Received) -> Answer:
        """Do the work, and say the name of earlier work."""
        earlier = list(self.tasks.values())
        answer = self.answer(request)
        repeats = kind == "submit" and answer.status < 300 and earlier
        return self.ordered(earlier[0]) if repeats else answer

    def _expired(self, kind: Kind, request: Received) -> Answer:
        if kind == "file":
            return Answer(
                403, b"<Error><Code>AccessDenied</Code></Error>", {"content-type": "application/xml"}
            )
        self._expire_next = kind == "look"
        return self.answer(request)

    def _newest(self) -> Task:
        return list(self.tasks.values())[-1]


def objections_to(body: Any, schema: Any) -> Iterator[str]:
    """Say what an SDK's request type has against a body: wrong values, missing and unknown keys.

    Keys are compared as they go over the wire, which is what the types' aliases are for.
    """
    if not isinstance(body, dict):
        yield "the body is no object"
        return
    names = {
        _wire_name(hint, name): name for name, hint in get_type_hints(schema, include_extras=True).items()
    }
    yield from (f"unknown key {key!r}" for key in body if key not in names)
    try:
        TypeAdapter(schema).validate_python(
            {names.get(key, key): value for key, value in body.items()}, strict=True
        )
    except ValidationError as error:
        yield from (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())


def model_of(schema: Any) -> str | None:
    """The model that a request type is for."""
    hint = get_type_hints(schema).get("model")
    return next((_only(part) for part in _parts(hint) if get_origin(part) is Literal), None)


def _wire_name(hint: Any, name: str) -> str:
    aliases = (getattr(part, "alias", None) for part in _metadata(hint))
    return next(filter(None, aliases), name)


def _metadata(hint: Any) -> Iterator[Any]:
    yield from getattr(hint, "__metadata__", ())
    for part in get_args(hint) if not hasattr(hint, "__metadata__") else ():
        yield from _metadata(part)


def _parts(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        if not isinstance(part, str):
            yield from _parts(part)


def _only(literal: Any) -> str:
    return str(get_args(literal)[0])


@functools.cache
def _clip(width: int, height: int, fps: int, seconds: int, prompt: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        make_clip(path, width=width, height=height, fps=fps, seconds=seconds, prompt=prompt)
        return path.read_bytes()
