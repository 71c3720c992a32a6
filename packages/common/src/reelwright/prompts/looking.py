"""Everything that a prompt says, in the order of its text, each with who says it, when and from what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from reelwright.prompts.body import Insert, Node, Role, RoleMark, Section, Text, VariantPart
from reelwright.prompts.parsing import ParsedPrompt
from reelwright.prompts.schema import PromptInput

__all__ = ["Said", "said_in"]

_TAG = re.compile(r"\{\{[^{}\n]*\}\}")
_LEAD = re.compile(r"(?:[-*•]|\d{1,3}[.)])? ?(?:[^.:;!?]{1,40}:)? ?[\"'“(]?")
"""A bullet, a number, a label with its colon: what may stand before a value."""
_NEAR_CHARS = 200
"""On either side of a value: a label is shorter."""
_WORDS_AFTER = 2
"""Such as a unit: more of them make a sentence."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a prompt says: words, a value, or what depends on one."""

    kind: Literal["words", "insert", "section", "variant"]
    name: str
    """The words, or the name in the tag."""
    at: int
    role: Role = "user"
    marked: bool = False
    """Whether a role was named before."""
    variant: str = ""
    """In which alone it is said."""
    input: PromptInput | None = None
    """Of which it speaks; of an item, the list."""
    in_item: bool = False
    in_sentence: bool = False

    @property
    def is_fenced(self) -> bool:
        """Whether it is a text that stands between marks."""
        if self.kind != "insert" or self.input is None or self.input.trust == "trusted":
            return False
        kinds = {field.name: field.kind for field in self.input.fields}
        return (kinds.get(self.name, "string") if self.in_item else self.input.kind) == "string"

    @property
    def shown(self) -> str:
        """Its name, for a message."""
        if not (self.in_item and self.input):
            return self.name
        return f"an item of {self.input.name}" if self.name == "." else f"{self.input.name}.{self.name}"


def said_in(parsed: ParsedPrompt) -> Iterator[Said]:
    """Yield what a prompt says, blank text left out."""
    spoken = Said("words", "", parsed.begin)
    for node in parsed.nodes:
        if isinstance(node, RoleMark):
            spoken = replace(spoken, role=node.role, marked=True)
        else:
            yield from _of_node(node, spoken, parsed)


def _of_node(node: Node, around: Said, parsed: ParsedPrompt) -> Iterator[Said]:
    here = replace(around, at=node.at)
    match node:
        case Text() if not node.text.isspace():
            yield replace(here, kind="words", name=node.text, input=None)
        case Insert():
            among = _is_in_sentence(parsed.text, node)
            yield replace(_named(here, node.name, parsed), kind="insert", in_sentence=among)
        case Section():
            named = _named(here, node.name, parsed)
            yield replace(named, kind="section")
            inside = _inside(here, named, node)
            for each in node.body:
                yield from _of_node(each, inside, parsed)
        case VariantPart():
            yield replace(here, kind="variant", name=node.name, input=None)
            for each in node.body:
                yield from _of_node(each, replace(around, variant=node.name), parsed)


def _named(here: Said, name: str, parsed: ParsedPrompt) -> Said:
    declared = here.input if here.in_item else parsed.definition.input_named(name)
    return replace(here, name=name, input=declared)


def _inside(here: Said, named: Said, node: Section) -> Said:
    if here.in_item or node.inverted or named.input is None or not named.input.is_list:
        return here
    return replace(here, input=named.input, in_item=True)


def _is_in_sentence(text: str, node: Insert) -> bool:
    if node.alone:
        return False
    begin = text.rfind("\n", 0, node.at) + 1
    end = text.find("\n", node.at)
    line = text[begin : len(text) if end < 0 else end]
    tag_end = line.find("}}", node.at - begin) + 2
    before = _TAG.sub("", line[: node.at - begin][-_NEAR_CHARS:]).strip()
    after = _TAG.sub("", line[tag_end:][:_NEAR_CHARS])
    return not _LEAD.fullmatch(before) or len(re.findall(r"\w+", after)) > _WORDS_AFTER
