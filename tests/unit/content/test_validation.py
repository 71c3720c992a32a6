import pytest
from pydantic import ValidationError

from reelwright.content.errors import BriefInvalid, ScriptRejected
from reelwright.content.validation import brief_from_options, explain_validation
from reelwright.production.schema import Brief, Script


def test_options_make_a_brief_and_none_means_the_default() -> None:
    brief = brief_from_options("  The   sea ", duration_seconds=30, aspect=None)
    assert (brief.topic, brief.duration_seconds, brief.aspect) == ("The sea", 30, "16:9")


def test_options_that_are_not_allowed_are_named() -> None:
    with pytest.raises(
        BriefInvalid, match=r"the brief: duration_seconds is 0: must be at least 6\."
    ) as caught:
        brief_from_options("x", duration_seconds=0)
    assert isinstance(caught.value.__cause__, ValidationError)
    assert caught.value.context == {"source": "the brief", "fields": "duration_seconds"}


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(BriefInvalid, match="colour is 'red': is not a known field"):
        brief_from_options("x", colour="red")


def _error(data: object) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Script.model_validate(data)
    return caught.value


def test_the_error_is_of_the_kind_that_was_asked_for() -> None:
    told = explain_validation(_error({}), "the script", kind=ScriptRejected)
    assert isinstance(told, ScriptRejected)
    assert "title: is required" in told.message


def test_many_findings_are_cut_short_and_counted() -> None:
    scenes = [{"narration": ""} for _ in range(9)]
    told = explain_validation(_error({"scenes": scenes}), "the script")
    assert "more)" in told.message
    assert len(told.message) < 1000


def test_long_values_are_shortened_with_their_length() -> None:
    with pytest.raises(BriefInvalid, match=r"…? \(1,000,000 characters\)") as caught:
        brief_from_options("x" * 1_000_000)
    assert len(str(caught.value)) < 300


def test_a_finding_about_a_list_is_left_out_when_one_of_its_entries_says_it() -> None:
    with pytest.raises(ValidationError) as caught:
        Brief.model_validate({"topic": "x", "platforms": ["A"]})
    assert explain_validation(caught.value, "b").context["fields"] == "platforms.0"
