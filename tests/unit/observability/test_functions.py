"""Errors leave functions under their names and without secrets."""

import json
import traceback
from typing import Any

import pytest

from reelwright.errors import Retryable
from reelwright.observability.concealed import conceal
from reelwright.observability.functions import leaving_typed

CANARY = "cnry-leaving-4b5c6d7e"


def test_an_answer_leaves_as_it_is() -> None:
    assert leaving_typed(lambda event, _: {"got": event})("x", None) == {"got": "x"}


def test_a_typed_error_leaves_under_its_name_as_data() -> None:
    @leaving_typed
    def handler(_event: Any, _context: Any) -> None:
        raise Retryable("It failed.", next_step="Again.", context={"at": "door"})

    with pytest.raises(Exception, match="It failed") as caught:
        handler({}, None)

    assert type(caught.value).__name__ == "Retryable"
    assert json.loads(str(caught.value)) == {
        "code": "retryable",
        "message": "It failed.",
        "next_step": "Again.",
        "context": {"at": "door"},
    }


@pytest.mark.parametrize("error", [Retryable(f"key {CANARY}", context={"a": CANARY}), KeyError(CANARY)])
def test_no_secret_leaves_with_an_error(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    conceal(CANARY)

    @leaving_typed
    def handler(_event: Any, _context: Any) -> None:
        raise error

    with pytest.raises(Exception, match="redacted") as caught:
        handler({}, None)

    assert type(caught.value).__name__ == type(error).__name__
    assert "cnry" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None
    assert [record.message for record in caplog.records] == ["The function failed."]


def test_the_handler_keeps_its_name() -> None:
    def handler(_event: Any, _context: Any) -> None:
        """Do it."""

    assert leaving_typed(handler).__name__ == "handler"
    assert leaving_typed(handler).__doc__ == "Do it."
