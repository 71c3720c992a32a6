"""Whether a prompt's body keeps to what its front matter declares; nothing that does not is ever rendered."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from reelwright.prompts.body import Insert, Node, RoleMark, Section, VariantPart
from reelwright.prompts.parsing import ParsedPrompt
from reelwright.prompts.schema import InputField, PromptDefinition, PromptInput

__all__ = ["Problem", "problems"]

_Declared: TypeAlias = PromptInput | InputField


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at an offset of the file's text; ``code`` is the kind of it."""

    code: str
    at: int
    message: str


@dataclass(frozen=True, slots=True)
class _Scope:
    """The names that can be said at a place, and which of the optional ones have a value there."""

    names: Mapping[str, _Declared]
    given: frozenset[str] = frozenset()
    items_of: str = ""
    """The list whose item this is."""
    variant: str = ""

    def around(self, name: str) -> "_Scope":
        return replace(self, given=self.given | {name})

    @property
    def said(self) -> str:
        """What can be said here, for a message."""
        where = f"an item of {self.items_of} has" if self.items_of else "declared are"
        return f"{where} {', '.join(self.names) or 'none'}"


def problems(parsed: ParsedPrompt) -> Iterator[Problem]:
    """Yield everything in which body and front matter disagree, in the order of the text."""
    names = {each.name: each for each in parsed.definition.inputs}
    yield from _in_nodes(parsed.nodes, _Scope(names), parsed.definition)
    yield from _in_roles([node for node in parsed.nodes if isinstance(node, RoleMark)])


def _in_nodes(nodes: Iterable[Node], scope: _Scope, definition: PromptDefinition) -> Iterator[Problem]:
    for node in nodes:
        match node:
            case Insert():
                yield from _in_insert(node, scope)
            case Section():
                yield from _in_section(node, scope, definition)
            case VariantPart():
                yield from _in_variant(node, scope, definition)


def _in_roles(marks: list[RoleMark]) -> Iterator[Problem]:
    seen: set[str] = set()
    for mark in marks:
        if mark.role in seen:
            yield Problem("role-twice", mark.at, f'the role "{mark.role}" speaks twice')
        elif mark.role == "system" and seen:
            yield Problem("role-order", mark.at, 'the role "system" must speak first')
        seen.add(mark.role)


def _in_insert(node: Insert, scope: _Scope) -> Iterator[Problem]:
    declared = scope.names.get(node.name)
    if declared is None:
        yield _undeclared(node.name, node.at, scope)
    elif isinstance(declared, PromptInput) and declared.is_list:
        problem = f"{node.name} is a list: write {{{{#{node.name}}}}} … {{{{/{node.name}}}}}"
        yield Problem("list-inserted", node.at, problem)
    elif declared.optional and node.name not in scope.given:
        problem = (
            f"{node.name} may be missing here: put it between {{{{#{node.name}}}}} and {{{{/{node.name}}}}}"
        )
        yield Problem("optional-outside-section", node.at, problem)


def _undeclared(name: str, at: int, scope: _Scope) -> Problem:
    if name == "." and not scope.items_of:
        return Problem("undeclared", at, "{{.}} is the item of a list, and this is outside of one")
    return Problem("undeclared", at, f"{name} is not declared: {scope.said}")


def _in_section(node: Section, scope: _Scope, definition: PromptDefinition) -> Iterator[Problem]:
    declared = scope.names.get(node.name)
    if declared is None:
        yield _undeclared(node.name, node.at, scope)
    elif isinstance(declared, PromptInput) and declared.is_list:
        inside = (
            scope if node.inverted else _Scope(_of_items(declared), items_of=node.name, variant=scope.variant)
        )
        yield from _in_nodes(node.body, inside, definition)
    elif declared.optional:
        inside = scope if node.inverted else scope.around(node.name)
        yield from _in_nodes(node.body, inside, definition)
    else:
        problem = f"{node.name} is always given: sections are for lists and for optional inputs"
        yield Problem("section-of-required", node.at, problem)
        yield from _in_nodes(node.body, scope, definition)


def _of_items(declared: PromptInput) -> dict[str, _Declared]:
    if declared.kind == "string list":
        return {".": InputField(name="item", kind="string")}
    return {field.name: field for field in declared.fields}


def _in_variant(node: VariantPart, scope: _Scope, definition: PromptDefinition) -> Iterator[Problem]:
    if node.name not in definition.variants:
        known = ", ".join(definition.variants)
        yield Problem("unknown-variant", node.at, f"there is no variant {node.name!r}: declared are {known}")
    if scope.variant:
        yield Problem(
            "variant-in-variant", node.at, f"this can never be said: it is in variant {scope.variant}"
        )
    yield from _in_nodes(node.body, replace(scope, variant=node.name), definition)
