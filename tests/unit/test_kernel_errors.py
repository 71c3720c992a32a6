import inspect

import pytest

from reelwright import errors
from reelwright.errors import InvalidInput, Permanent, ReelwrightError, Retryable

KINDS = [getattr(errors, name) for name in errors.__all__]


def test_every_error_descends_from_the_root() -> None:
    assert all(issubclass(kind, ReelwrightError) for kind in KINDS)


def test_codes_are_stable_and_distinct() -> None:
    assert sorted(kind.code for kind in KINDS) == [
        "budget_exceeded",
        "error",
        "guardrail_refused",
        "invalid_input",
        "permanent",
        "retryable",
    ]


def test_the_drawn_tree_names_every_error() -> None:
    drawing = inspect.getdoc(errors) or ""
    assert [name for name in errors.__all__ if name not in drawing] == []


@pytest.mark.parametrize("kind", KINDS)
def test_text_is_the_message_then_what_to_do(kind: type[ReelwrightError]) -> None:
    assert str(kind("It failed.", next_step="Try this.")) == "It failed. Try this."
    assert str(kind("It failed.")) == "It failed."


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_as_data_holds_all_that_it_knows(kind: type[ReelwrightError]) -> None:
    error = kind("It failed.", next_step="Try this.", context={"key": "video.fps", "value": 25})
    assert error.as_dict() == {
        "code": kind.code,
        "message": "It failed.",
        "next_step": "Try this.",
        "context": {"key": "video.fps", "value": "25"},
    }


def test_long_context_is_cut_and_says_so() -> None:
    (value,) = Permanent("It failed.", context={"topic": "x" * 100_000}).context.values()
    assert len(value) == 300
    assert value.endswith("x…")


def test_data_of_an_error_is_a_copy() -> None:
    error = Permanent("It failed.", context={"key": "a"})
    data = error.as_dict()
    assert isinstance(data["context"], dict)
    data["context"]["key"] = "b"
    assert error.context == {"key": "a"}


def test_retryable_tells_how_long_to_wait_when_it_was_told() -> None:
    assert Retryable("Busy.", retry_after_seconds=2.5).retry_after_seconds == 2.5
    assert Retryable("Busy.").retry_after_seconds is None


def test_invalid_input_is_what_callers_of_a_library_expect() -> None:
    with pytest.raises(ValueError, match=r"^No topic\.$"):
        raise InvalidInput("No topic.")
