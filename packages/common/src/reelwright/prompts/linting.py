"""What is wrong, or looks wrong, with a prompt's file: at save, and for every prompt in CI."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from reelwright.prompts.checking import problems
from reelwright.prompts.errors import PromptSyntaxError
from reelwright.prompts.parsing import ParsedPrompt, parse_prompt

__all__ = ["Finding", "lint_prompt"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that somebody should look at. An error stops a prompt from being saved."""

    severity: Literal["error", "warning"]
    line: int
    column: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.severity}: {self.message} [{self.code}]"


def lint_prompt(
    text: str,
    *,
    source: str = "prompt",
    categories: Collection[str] | None = None,
    outputs: Collection[str] | None = None,
    max_tokens: int | None = None,
) -> tuple[Finding, ...]:
    """Return what is wrong with a file's text, by line.

    ``categories`` and ``outputs`` are the names that exist, ``max_tokens`` what the smallest model of its
    route reads; None leaves that check out.
    """
    try:
        parsed = parse_prompt(text, source=source)
    except PromptSyntaxError as error:
        return (Finding("error", error.line, error.column, error.kind, error.problem),)
    return tuple(_findings(parsed))


def _findings(parsed: ParsedPrompt) -> Iterator[Finding]:
    for problem in problems(parsed):
        error = parsed.error_at(problem.at, problem.message, problem.code)
        yield Finding("error", error.line, error.column, problem.code, problem.message)
