"""What can be wrong with a rule."""

from reelwright.flags.errors import InvalidFlags

__all__ = ["RuleError", "rule_error"]

_SHOWN_CHARS = 40


class RuleError(InvalidFlags):
    """A rule cannot be read. ``line`` and ``column``, from 1, say where, ``expected`` what belongs there."""

    code = "invalid_rule"

    def __init__(self, line: int, column: int, expected: str, found: str) -> None:
        super().__init__(
            f"Line {line}, column {column}: expected {expected}, found {found}.",
            context={"line": line, "column": column},
        )
        self.line = line
        self.column = column
        self.expected = expected


def rule_error(text: str, at: int, expected: str, found: str = "") -> RuleError:
    """Return the error for a place in a rule's text; ``found`` is what stands there unless given."""
    before = text[:at].replace("\r\n", "\n").replace("\r", "\n")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return RuleError(line, column, expected, found or _shown(text[at : at + _SHOWN_CHARS]))


def _shown(rest: str) -> str:
    word = rest.split(maxsplit=1)[0] if rest.split() else ""
    return repr(word) if word else "the end"
