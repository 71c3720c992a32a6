"""A pipeline of toys: steps that count their calls and fail when told to."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from pydantic import BaseModel

from reelwright.cost.schema import ChargeLine
from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done, FanOut, Pending, Step, StepOutcome
from reelwright.production.schema import Brief, Decision

CALLS: Counter[str] = Counter()
TROUBLE: dict[str, list[Exception | Pending]] = {}
ON_CALL: list[Callable[[str], None]] = []
CHARGE = ChargeLine(service="audio", provider="toy", model="toy", unit="shouts", quantity=1, micro_usd=0)


class Dying:
    """Models whose process dies a few times while it lets go of an order."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.let_go: list[str] = []

    def abandon(self, key: str) -> None:
        """Note the key, unless the process dies."""
        self.times -= 1
        if self.times >= 0:
            raise KeyboardInterrupt
        self.let_go.append(key)


class Words(BaseModel):
    words: tuple[str, ...]


class Echo(BaseModel):
    text: str


class SplitInput(BaseModel):
    brief: Brief


class ShoutInput(BaseModel):
    words: Words
    index: int


class JoinInput(BaseModel):
    echoes: tuple[Echo, ...]


def reset() -> None:
    CALLS.clear()
    TROUBLE.clear()
    ON_CALL.clear()


def split(context: StepContext, task: SplitInput) -> StepOutcome[Words]:
    return _trouble("split", context) or Done(
        Words(words=tuple(task.brief.topic.split())),
        decisions=(Decision(subject="s", chosen="c", reason="r"),),
    )


def shout(context: StepContext, task: ShoutInput) -> StepOutcome[Echo]:
    word = task.words.words[task.index]
    (context.work_dir / "scratch").write_text(word)
    return _trouble(f"shout {task.index}", context) or Done(
        Echo(text=word.upper()), charges=(CHARGE,), warnings=("loud",)
    )


def join(context: StepContext, task: JoinInput) -> StepOutcome[Echo]:
    return _trouble("join", context) or Done(Echo(text=" ".join(echo.text for echo in task.echoes)))


def later(context: StepContext, seconds: float = 10.0, check_after: float = 2.0) -> Pending:
    return Pending("token", check_after, context.clock.now() + timedelta(seconds=seconds))


def _trouble(name: str, context: StepContext) -> Pending | None:
    CALLS[name] += 1
    for notice in ON_CALL:
        notice(name)
    queue = TROUBLE.get(name, [])
    if not queue:
        return None
    trouble = queue.pop(0)
    if isinstance(trouble, Pending):
        return later(context, float(trouble.token), trouble.check_after_seconds)
    raise trouble


def _step(
    name: str, needs: tuple[str, ...], produces: str, output: str, fan_out: FanOut | None = None
) -> Step:
    module = "tests.unit.pipeline.toy_steps"
    return Step(
        name=name,
        function=f"{module}:{name}",
        input_type=f"{module}:{name.capitalize()}Input",
        needs=needs,
        produces=produces,
        output_type=f"{module}:{output}",
        timeout_seconds=60,
        asks_models=False,
        fan_out=fan_out,
    )


TOYS = (
    _step("split", ("brief",), "words", "Words"),
    _step("shout", ("words",), "echoes", "Echo", FanOut("words", "words")),
    _step("join", ("echoes",), "result", "Echo"),
)
