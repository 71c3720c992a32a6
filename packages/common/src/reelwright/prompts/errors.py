"""What can be wrong with a prompt, with what is put into one, and with keeping and finding it."""

from reelwright.errors import InvalidInput, Retryable

__all__ = [
    "EmptyPrompt",
    "LabelConflict",
    "MissingVariable",
    "PromptMissing",
    "PromptRefused",
    "PromptSyntaxError",
    "PromptTooLarge",
    "PromptUnavailable",
    "PromptVersionMissing",
    "UnknownVariable",
    "UnknownVariant",
    "VersionConflict",
    "WrongVariableType",
]


class PromptSyntaxError(InvalidInput):
    """A prompt's file cannot be read. ``line`` and ``column``, from 1, say where."""

    code = "prompt_syntax"

    def __init__(
        self, problem: str, *, source: str, line: int, column: int, kind: str = "syntax", next_step: str = ""
    ) -> None:
        super().__init__(
            f"{source}:{line}:{column}: {problem}.",
            next_step=next_step,
            context={"source": source, "line": line, "column": column},
        )
        self.problem = problem
        self.source = source
        self.line = line
        self.column = column
        self.kind = kind
        """The kind of fault, the code that a linter's finding carries."""


class PromptRefused(InvalidInput):
    """A prompt is not rendered with what was given. It names prompt and variable, and never a value."""

    code = "prompt_refused"

    def __init__(self, problem: str, *, prompt: str, variable: str = "", next_step: str = "") -> None:
        super().__init__(
            f"Prompt {prompt}: {problem}.",
            next_step=next_step,
            context={"prompt": prompt, "variable": variable} if variable else {"prompt": prompt},
        )
        self.prompt = prompt
        self.variable = variable


class MissingVariable(PromptRefused):
    """A required variable, or a required field of an item, was not given."""

    code = "missing_variable"


class UnknownVariable(PromptRefused):
    """A variable, or a field of an item, was given that the prompt does not declare."""

    code = "unknown_variable"


class WrongVariableType(PromptRefused):
    """A value is of another type than its declaration says."""

    code = "wrong_variable_type"


class PromptTooLarge(PromptRefused):
    """A value, a list or the whole prompt is over its limit; it was refused before it was copied."""

    code = "prompt_too_large"


class UnknownVariant(PromptRefused):
    """The prompt has no variant of that name."""

    code = "unknown_variant"


class EmptyPrompt(PromptRefused):
    """With these variables nothing is left to say to the model."""

    code = "empty_prompt"


class LabelConflict(Retryable):
    """Somebody else moved the label meanwhile; the message says who, where and why. Nothing was moved."""

    code = "label_conflict"


class VersionConflict(Retryable):
    """Somebody else saved a version of the prompt meanwhile; nothing was saved."""

    code = "prompt_version_conflict"


class PromptMissing(InvalidInput):
    """There is no prompt of that name, neither in the store nor bundled; the message names those that are."""

    code = "prompt_missing"


class PromptVersionMissing(InvalidInput):
    """The prompt has no such version."""

    code = "prompt_version_missing"


class PromptUnavailable(Retryable):
    """The version that is wanted cannot be had just now, and another one would not be the same."""

    code = "prompt_unavailable"
