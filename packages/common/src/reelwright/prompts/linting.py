"""What is wrong, or looks wrong, with a prompt's file: at save, and for every prompt in CI.

Errors stop a prompt from being saved: it cannot be rendered, an input is never said, untrusted text speaks as
the system, a name does not exist, it does not fit a model. Warnings are what a reviewer would ask about.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from reelwright.prompts.checking import problems
from reelwright.prompts.errors import PromptSyntaxError
from reelwright.prompts.looking import said_in
from reelwright.prompts.parsing import ParsedPrompt, parse_prompt
from reelwright.prompts.sizing import sizes_of
from reelwright.prompts.style import remarks_on

__all__ = ["Finding", "Severity", "lint_prompt"]

_NEWLINE = re.compile("\n")

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that somebody should look at, and where: line and column are from 1."""

    line: int
    column: int
    severity: Severity
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.severity}: {self.message} [{self.code}]"


@dataclass(frozen=True, slots=True)
class _Known:
    """What exists outside of the file; None leaves a check out."""

    categories: Collection[str] | None
    outputs: Collection[str] | None
    max_tokens: int | None


def lint_prompt(
    text: str,
    *,
    source: str = "prompt",
    categories: Collection[str] | None = None,
    outputs: Collection[str] | None = None,
    max_tokens: int | None = None,
) -> tuple[Finding, ...]:
    """Return what is wrong with a file's text, by line.

    ``source`` is its path: if it ends in ``.md``, its name must be the prompt's. ``categories`` and
    ``outputs`` are the names that exist, ``max_tokens`` what the smallest model of its route reads.
    """
    try:
        parsed = parse_prompt(text, source=source)
    except PromptSyntaxError as error:
        return (Finding(error.line, error.column, "error", error.kind, error.problem),)
    linter = _Linter(parsed, _Known(categories, outputs, max_tokens))
    return tuple(sorted(set(linter.findings())))


class _Linter:
    def __init__(self, parsed: ParsedPrompt, known: _Known) -> None:
        self._parsed = parsed
        self._known = known
        self._said = tuple(said_in(parsed))
        self._line_starts = [0, *(found.end() for found in _NEWLINE.finditer(parsed.text))]

    def findings(self) -> Iterator[Finding]:
        for problem in problems(self._parsed):
            yield self._at(problem.at, "error", problem.code, problem.message)
        checks: tuple[Callable[[], Iterator[Finding]], ...] = (
            self._names,
            self._unused,
            self._fields,
            self._variants,
            self._roles,
            self._trust,
            self._size,
        )
        for check in checks:
            yield from check()
        for at, code, message in remarks_on(self._parsed):
            yield self._at(at, "warning", code, message)

    def _names(self) -> Iterator[Finding]:
        definition, path = self._parsed.definition, PurePath(self._parsed.source)
        if path.suffix == ".md" and path.stem != definition.key:
            yield self._key(("name",), "error", "file-name", f"the file must be called {definition.key}.md")
        if definition.category and not _is_known(definition.category, self._known.categories):
            message = f"there is no category {definition.category!r}: {_listed(self._known.categories)}"
            yield self._key(("reelwright", "category"), "error", "unknown-category", message)
        if isinstance(definition.output, str) and not _is_known(definition.output, self._known.outputs):
            message = f"code knows no schema {definition.output!r}: {_listed(self._known.outputs)}"
            yield self._key(("output", "schema"), "error", "unknown-output", message)
        if definition.output is None:
            message = "no output schema: nothing holds the answer to a form"
            yield self._key(("output",), "warning", "no-output-schema", message)
        if not definition.description:
            yield self._key(("name",), "warning", "no-description", "it does not say what it is for")

    def _unused(self) -> Iterator[Finding]:
        looked_at = {each.input.name for each in self._said if each.input}
        spoken = {each.input.name for each in self._said if each.input and each.kind == "insert"}
        for declared in self._parsed.definition.inputs:
            if declared.name not in looked_at:
                yield self._input(declared.name, "error", "unused-input", f"{declared.name} is never said")
            elif declared.name not in spoken and declared.kind != "boolean":
                message = f"{declared.name} is asked for, and only whether it is there is looked at"
                yield self._input(declared.name, "warning", "unsaid-input", message)

    def _fields(self) -> Iterator[Finding]:
        spoken = {(each.input.name, each.name) for each in self._said if each.input}
        for declared in self._parsed.definition.inputs:
            for field in declared.fields:
                if (declared.name, field.name) not in spoken:
                    message = f"the field {field.name} of {declared.name} is never said"
                    yield self._input(declared.name, "warning", "unused-field", message)

    def _variants(self) -> Iterator[Finding]:
        variants, path = self._parsed.definition.variants, ("reelwright", "variants")
        if sum(variants.values()) != 100:
            message = f"the weights come to {sum(variants.values())}, and people read them as percent"
            yield self._key(path, "warning", "variant-weights", message)
        differing = {each.variant for each in self._said if each.variant}
        differing |= {each.name for each in self._said if each.kind == "variant"}
        for name in variants if len(variants) > 1 else ():
            if name != "control" and name not in differing:
                message = f"the variant {name} says nothing of its own"
                yield self._key((*path, name), "warning", "variant-unsaid", message)

    def _roles(self) -> Iterator[Finding]:
        roles = {each.role for each in self._said if each.kind in ("insert", "words")}
        if "user" not in roles:
            message = 'the user says nothing: a {{role "user"}} with words is missing'
            yield self._at(self._parsed.begin, "error", "no-user", message)
        if unmarked := next((each for each in self._said if not each.marked), None):
            message = 'words stand before the first {{role "…"}}, and are taken as the user\'s'
            yield self._at(unmarked.at, "warning", "role-missing", message)

    def _trust(self) -> Iterator[Finding]:
        fenced = [each for each in self._said if each.is_fenced]
        for each in fenced:
            if each.role == "system":
                message = f"{each.shown} is untrusted, and must not speak as the system"
                yield self._at(each.at, "error", "untrusted-in-system", message)
            elif each.in_sentence:
                message = f"{each.shown} is untrusted and stands among words: give it a line, or 'Label: '"
                yield self._at(each.at, "warning", "untrusted-in-sentence", message)
        words = "".join(each.name for each in self._said if each.kind == "words").casefold()
        if fenced and "untrusted" not in words:
            message = "nothing tells the model what the <untrusted-…> marks are, and that it obeys none of it"
            yield self._at(fenced[0].at, "warning", "marks-unexplained", message)

    def _size(self) -> Iterator[Finding]:
        most = self._known.max_tokens
        if most is None:
            return
        size = sizes_of(self._said)
        if size.fixed_tokens > most:
            message = f"its own words are about {size.fixed_tokens:,} tokens, and the model reads {most:,}"
            yield self._at(self._parsed.begin, "error", "over-context", message)
        elif size.largest_tokens > most:
            message = f"with the longest values it is about {size.largest_tokens:,} tokens of {most:,}"
            yield self._at(self._parsed.begin, "warning", "may-exceed-context", message)

    def _input(self, name: str, severity: Severity, code: str, message: str) -> Finding:
        paths = (path for path in self._parsed.header.places if path[:2] == ("input", "schema"))
        own = (path for path in paths if len(path) == 3 and _name_in(str(path[2])) == name)
        return self._key(next(own, ("input",)), severity, code, message)

    def _key(self, path: tuple[str | int, ...], severity: Severity, code: str, message: str) -> Finding:
        line, column = self._parsed.header.place(path)
        return Finding(line, column, severity, code, message)

    def _at(self, at: int, severity: Severity, code: str, message: str) -> Finding:
        line = bisect_right(self._line_starts, at)
        return Finding(line, at - self._line_starts[line - 1] + 1, severity, code, message)


def _is_known(name: str, known: Collection[str] | None) -> bool:
    return known is None or name in known


def _listed(known: Collection[str] | None) -> str:
    return f"there are {', '.join(sorted(known or ())) or 'none'}"


def _name_in(key: str) -> str:
    return key.partition("(")[0].removesuffix("?")
