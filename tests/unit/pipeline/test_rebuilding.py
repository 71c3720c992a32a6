"""Errors written down and raised again."""

import pytest

from reelwright.cli.exits import exit_code
from reelwright.config.errors import UnknownSetting
from reelwright.errors import (
    BudgetExceeded,
    GuardrailRefused,
    InvalidInput,
    Permanent,
    ReelwrightError,
    Retryable,
)
from reelwright.pipeline.errors import ReviewFailed
from reelwright.pipeline.rebuilding import rebuilt
from reelwright.storage.errors import StorageFull


@pytest.mark.parametrize(
    "kind",
    [
        BudgetExceeded,
        GuardrailRefused,
        InvalidInput,
        Permanent,
        Retryable,
        ReviewFailed,
        StorageFull,
        UnknownSetting,
    ],
)
def test_an_error_comes_back_as_itself(kind: type[ReelwrightError]) -> None:
    error = kind("What happened.", next_step="What to do.", context={"key": "value"})
    again = rebuilt(error.as_dict())
    assert type(again) is kind
    assert again.as_dict() == error.as_dict()
    assert exit_code(again) == exit_code(error)


def test_an_error_of_another_version_keeps_its_code() -> None:
    record = {"code": "from_the_future", "message": "m", "next_step": "n", "context": {"a": "b"}}
    error = rebuilt(record)
    assert isinstance(error, Permanent)
    assert error.as_dict() == record


@pytest.mark.parametrize("record", [{}, {"context": None}, {"code": 7, "message": None}])
def test_a_damaged_record_is_an_error_all_the_same(record: dict[str, object]) -> None:
    assert isinstance(rebuilt(record), Permanent)
