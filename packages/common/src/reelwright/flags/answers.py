"""Answers that were given once and are kept: a production pins them, and every step is told the same.

A flag that changes while a production runs changes nothing for it. What has to stop at once is no flag but a
kill switch, which is read live.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import JsonValue

from reelwright.flags.evaluation import NOTHING, AttributeAnswer, Context, Evaluation, Reason
from reelwright.flags.ports import FlagEvaluator

__all__ = ["DOCUMENT", "FlagAnswers", "NoFlags"]

DOCUMENT = "flags"
"""What the pinned document is called."""


class FlagAnswers:
    """The answer of every flag to one production. They never change; nothing here raises.

    It is a FlagEvaluator too: one that has made up its mind, whatever the context.
    """

    __slots__ = ("_answers", "origin")

    def __init__(self, answers: Iterable[Evaluation] = (), *, origin: str = "no flags were read") -> None:
        self._answers = {answer.flag: answer for answer in answers}
        self.origin = origin
        """Where the flags came from, for people."""

    @classmethod
    def given_by(cls, evaluator: FlagEvaluator, context: Context) -> "FlagAnswers":
        """Return what an evaluator answers to the context, flag by flag."""
        answers = [evaluator.evaluate(flag, context) for flag in evaluator.names]
        return cls(answers, origin=evaluator.origin)

    @classmethod
    def pinned_in(cls, documents: Mapping[str, JsonValue]) -> "FlagAnswers":
        """Return the answers among the documents that a production pinned.

        None for a production of a version without flags; what cannot be read is left out.
        """
        stored = documents.get(DOCUMENT)
        told = stored.items() if isinstance(stored, Mapping) else ()
        read = (_evaluation(flag, answer) for flag, answer in told)
        return cls((answer for answer in read if answer), origin="pinned by the production")

    def as_document(self) -> dict[str, JsonValue]:
        """Return the answers as the document that a production pins: without ``origin``, which tells ages."""
        return {
            flag: {key: value for key, value in answer.as_dict().items() if key != "flag"}
            for flag, answer in self._answers.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The flags that were asked, in order."""
        return tuple(self._answers)

    @property
    def version(self) -> str:
        """Of the document that answered; empty if there was none."""
        return next((answer.version for answer in self._answers.values() if answer.version), "")

    def evaluate(self, flag: str, context: Context | None = None, *, default: bool = False) -> Evaluation:  # noqa: ARG002 (as FlagEvaluator; the context was given when the production began)
        """Return the answer that was given; ``default`` for a flag that there was not."""
        known = self._answers.get(flag) if isinstance(flag, str) else None
        if known is not None:
            return known
        reason = Reason.FLAG_NOT_FOUND if self._answers else Reason.PROVIDER_NOT_READY
        return Evaluation(flag, default, None, NOTHING, reason, "")

    def is_enabled(self, flag: str, *, default: bool = False) -> bool:
        """Return whether a flag is enabled; ``default`` for one that there is not."""
        return self.evaluate(flag, default=default).enabled


class NoFlags:
    """A FlagSource without a flag, for a place that has none: everything is as the settings say."""

    __slots__ = ()

    def evaluator_for(self, production_id: str) -> FlagEvaluator:  # noqa: ARG002 (as FlagSource)
        """Return what answers with the caller's defaults."""
        return FlagAnswers(origin="this place has no flags")


def _evaluation(flag: str, stored: JsonValue) -> Evaluation | None:
    try:
        told: Any = stored
        variant, enabled = told["variant"], told["enabled"]
        attributes = {key: _frozen(value) for key, value in told["attributes"].items()}
        return Evaluation(
            flag=flag,
            enabled=enabled is True,
            variant=None if variant is None else str(variant),
            attributes=MappingProxyType(attributes),
            reason=Reason(told["reason"]),
            version=str(told["version"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _frozen(value: Any) -> AttributeAnswer:
    answer: AttributeAnswer = tuple(value) if isinstance(value, list) else value
    return answer
