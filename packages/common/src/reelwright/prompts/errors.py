"""What can be wrong with a prompt, or with what is put into one."""

from reelwright.errors import InvalidInput

__all__ = [
    "EmptyPrompt",
    "MissingVariable",
    "PromptRefused",
    "PromptSyntaxError",
    "PromptTooLarge",
    "UnknownVariable",
    "UnknownVariant",
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
