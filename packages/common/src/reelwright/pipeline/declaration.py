"""The pipeline, declared once, as data: light to import, and read by every runtime.

A step takes what it ``needs`` (the brief, or what an earlier step produces) and produces one value.
A step that fans out runs once for every item of a sequence and produces a tuple. The functions and
types are named by dotted path, so that reading the declaration imports nothing that works.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from reelwright.cost.schema import ChargeLine
from reelwright.production.schema import Decision

__all__ = ["PIPELINE", "Done", "FanOut", "Pending", "Step", "StepOutcome"]

Output_co = TypeVar("Output_co", covariant=True)


@dataclass(frozen=True, slots=True)
class FanOut:
    """One run for every item of ``sequence``, an attribute of the value called ``value``."""

    value: str
    sequence: str


@dataclass(frozen=True, slots=True)
class Step:
    """A unit of the pipeline."""

    name: str
    function: str
    """``module:function``; takes (StepContext, inputs) and returns Done or Pending."""
    input_type: str
    """``module:class``; its fields are ``needs``, and ``index`` for a step that fans out."""
    needs: tuple[str, ...]
    produces: str
    output_type: str
    """``module:class`` of one output; a step that fans out produces a tuple of them."""
    timeout_seconds: int
    asks_models: bool
    """Whether it asks models, which may be paid for: then it can see the ledger."""
    fan_out: FanOut | None = None


@dataclass(frozen=True, slots=True)
class Done(Generic[Output_co]):
    """A finished step: its output, and what the record should know of how it came about."""

    output: Output_co
    decisions: tuple[Decision, ...] = ()
    charges: tuple[ChargeLine, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """A step whose work goes on elsewhere: stored, then asked again after ``check_after_seconds``.

    ``token`` is all that any process needs to collect the result. Past ``deadline`` the step fails.
    """

    token: str
    check_after_seconds: float
    deadline: datetime


StepOutcome = Done[Output_co] | Pending

_STEPS = "reelwright.pipeline.steps"
_TYPES = "reelwright.production.schema"

PIPELINE: tuple[Step, ...] = (
    Step(
        name="write_script",
        function=f"{_STEPS}.write_script:write_script",
        input_type=f"{_STEPS}.write_script:WriteScriptInput",
        needs=("brief",),
        produces="script",
        output_type=f"{_TYPES}:Script",
        timeout_seconds=300,
        asks_models=True,
    ),
    Step(
        name="narrate",
        function=f"{_STEPS}.narrate:narrate",
        input_type=f"{_STEPS}.narrate:NarrateInput",
        needs=("brief", "script"),
        produces="narration",
        output_type=f"{_TYPES}:Narration",
        timeout_seconds=600,
        asks_models=True,
    ),
    Step(
        name="shoot",
        function=f"{_STEPS}.shoot:shoot",
        input_type=f"{_STEPS}.shoot:ShootInput",
        needs=("brief", "script", "narration"),
        produces="clips",
        output_type=f"{_TYPES}:Clip",
        timeout_seconds=900,
        asks_models=True,
        fan_out=FanOut(value="script", sequence="scenes"),
    ),
    Step(
        name="assemble",
        function=f"{_STEPS}.assemble:assemble",
        input_type=f"{_STEPS}.assemble:AssembleInput",
        needs=("brief", "script", "narration", "clips"),
        produces="cut",
        output_type=f"{_TYPES}:Cut",
        timeout_seconds=600,
        asks_models=False,
    ),
    Step(
        name="review",
        function=f"{_STEPS}.review:review",
        input_type=f"{_STEPS}.review:ReviewInput",
        needs=("narration", "clips", "cut"),
        produces="review",
        output_type=f"{_TYPES}:Review",
        timeout_seconds=600,
        asks_models=False,
    ),
    Step(
        name="publish",
        function=f"{_STEPS}.publish:publish",
        input_type=f"{_STEPS}.publish:PublishInput",
        needs=("brief", "script", "cut", "review"),
        produces="publications",
        output_type=f"{_TYPES}:Publication",
        timeout_seconds=900,
        asks_models=False,
        fan_out=FanOut(value="brief", sequence="platforms"),
    ),
)
