"""From the declaration to things that run: functions, inputs, keys, stored outputs."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, cast

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Step, StepOutcome
from reelwright.pipeline.errors import StoreDamaged
from reelwright.pipeline.ports import StepKey, StepResult
from reelwright.production.schema import Production

__all__ = [
    "StepFunction",
    "Values",
    "dump_output",
    "function_of",
    "input_of",
    "keys_of",
    "load_output",
    "produced_by",
]

Values = Mapping[str, Any]
"""What is known so far: ``brief``, and what each finished step produced."""

_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)

StepFunction = Callable[[StepContext, BaseModel], StepOutcome[BaseModel]]


def function_of(step: Step) -> StepFunction:
    """Return the step's function."""
    return cast("StepFunction", _resolve(step.function))


def input_of(step: Step, values: Values, index: int) -> BaseModel:
    """Return the typed input of one run of a step; ``index`` counts where the step fans out."""
    fields = {name: values[name] for name in step.needs}
    if step.fan_out:
        fields["index"] = index
    return cast("type[BaseModel]", _resolve(step.input_type)).model_validate(fields)


def keys_of(step: Step, values: Values, production: Production) -> list[StepKey]:
    """Return the key of every run of a step: a hash of what goes in and all that is pinned besides."""
    digest = hashlib.sha256(f"{production.seed} {production.settings_fingerprint}".encode())
    for name in step.needs:
        digest.update(name.encode())
        digest.update(_ANYTHING.dump_json(values[name]))
    runs = _item_count(step, values)
    return [StepKey(production.id, step.name, index, digest.hexdigest()) for index in range(runs)]


def dump_output(output: BaseModel) -> JsonValue:
    """Return an output as plain data."""
    return cast("JsonValue", output.model_dump(mode="json"))


def load_output(step: Step, stored: JsonValue) -> BaseModel:
    """Return a stored output as its type; StoreDamaged if it no longer fits."""
    schema = cast("type[BaseModel]", _resolve(step.output_type))
    try:
        return schema.model_validate(stored)
    except ValidationError as error:
        raise StoreDamaged(
            f"The stored output of step {step.name} no longer fits its schema: {error}",
            next_step="It was written by another version. Make the video again.",
        ) from error


def produced_by(step: Step, results: Sequence[StepResult]) -> BaseModel | tuple[BaseModel, ...]:
    """Return what a step produces, from the results of all its items."""
    outputs = tuple(load_output(step, result.output) for result in results)
    return outputs if step.fan_out else outputs[0]


def _item_count(step: Step, values: Values) -> int:
    if step.fan_out is None:
        return 1
    return len(getattr(values[step.fan_out.value], step.fan_out.sequence))


@cache
def _resolve(path: str) -> object:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
