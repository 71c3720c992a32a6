"""Requests checked against botocore's own service models, more strictly than its client checks them."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel
from botocore.validate import validate_parameters

__all__ = ["objections"]


def objections(service: str, operation: str, parameters: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the parameters of an operation: unknown, missing, of another type or form.

    botocore's client checks members, required ones, unions, types and lower limits. The service also checks
    upper limits, patterns and enumerations.
    """
    shape = _operation(service, operation).input_shape
    try:
        validate_parameters(dict(parameters), shape)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is said)
        return [f"{operation}: {error}"]
    return [f"{operation}: {problem}" for problem in _problems(shape, parameters, "")]


@cache
def _operation(service: str, operation: str) -> OperationModel:
    return botocore.session.get_session().get_service_model(service).operation_model(operation)


def _problems(shape: Any, value: Any, where: str) -> Iterator[str]:
    if getattr(shape, "is_document_type", False):
        return
    match shape.type_name:
        case "structure":
            for name, each in value.items():
                yield from _problems(shape.members[name], each, f"{where}.{name}")
        case "list" | "map":
            yield from _of_many(shape, value, where)
        case "string":
            yield from _of_string(shape, value, where)
        case "integer" | "long" | "float" | "double":
            yield from _of_size(shape, value, where)


def _of_many(shape: Any, value: Any, where: str) -> Iterator[str]:
    yield from _of_size(shape, len(value), where)
    if shape.type_name == "list":
        for number, each in enumerate(value):
            yield from _problems(shape.member, each, f"{where}[{number}]")
        return
    for key, each in value.items():
        yield from _problems(shape.key, key, f"{where} key")
        yield from _problems(shape.value, each, f"{where}.{key}")


def _of_string(shape: Any, value: str, where: str) -> Iterator[str]:
    yield from _of_size(shape, len(value), where)
    if shape.enum and value not in shape.enum:
        yield f"{where} is {value!r}, not one of {shape.enum}"
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        yield f"{where} does not match {pattern}"


def _of_size(shape: Any, size: float, where: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield f"{where} is below {low}"
    if high is not None and size > high:
        yield f"{where} is above {high}"
