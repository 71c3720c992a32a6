"""Prompts, compiled once and rendered often.

    prompt = compile_prompt(Path("prompts/write-script.md").read_text("utf-8"))
    prompt.render({"topic": "Tides", "notes": notes}).messages

Rendering is one pass over the tree: values are copied into the text and never looked at as templates. Every
untrusted text stands between marks such as ``<untrusted-notes-8d1f0a2b3c4d5e6f>``: they carry the name of the
input and a hash of all untrusted text of this prompt, so that none of it can contain them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NoReturn, TypeAlias

from reelwright.cost.trusted import trusted
from reelwright.models.schema import Message
from reelwright.prompts.body import Insert, Node, Role, RoleMark, Section, Text, VariantPart
from reelwright.prompts.checking import problems
from reelwright.prompts.cleaning import FENCE_PREFIX
from reelwright.prompts.errors import EmptyPrompt, PromptTooLarge, UnknownVariant
from reelwright.prompts.parsing import ParsedPrompt, content_version, parse_prompt
from reelwright.prompts.schema import CONTROL, PromptDefinition, PromptInput, RenderedPrompt
from reelwright.prompts.tokens import estimate_tokens
from reelwright.prompts.values import MAX_PROMPT_CHARS, Preparer, Values, fence_mark

__all__ = ["CompiledPrompt", "compile_parsed", "compile_prompt"]

_MAX_PIECES = 200_000
"""Of text in one rendering: sections times items."""


@dataclass(frozen=True, slots=True)
class _Value:
    name: str


@dataclass(frozen=True, slots=True)
class _Fenced:
    """An untrusted value between its marks, on lines of its own if it has the line to itself."""

    name: str
    opening: str
    closing: str
    joint: str


@dataclass(frozen=True, slots=True)
class _Each:
    name: str
    body: "_Steps"


@dataclass(frozen=True, slots=True)
class _When:
    """What is said if there is a value, or if there is none."""

    name: str
    present: bool
    body: "_Steps"


_Step: TypeAlias = str | _Value | _Fenced | _Each | _When
"""A part of a prompt; words stand for themselves."""
_Steps: TypeAlias = tuple[_Step, ...]


class _TooManyPieces(Exception):  # noqa: N818 (never leaves this module)
    pass


_Program = tuple[tuple[Role, _Steps], ...]


@dataclass(frozen=True, slots=True)
class CompiledPrompt:
    """A prompt that is known to keep to its own declarations."""

    definition: PromptDefinition
    version: str
    """The hash of the file's text."""
    programs: Mapping[str, _Program]
    """Of each variant."""
    preparer: Preparer

    def render(self, variables: Mapping[str, Any], *, variant: str = CONTROL) -> RenderedPrompt:
        """Return the messages for these variables.

        Raises MissingVariable, UnknownVariable, WrongVariableType, PromptTooLarge or UnknownVariant, each
        with the prompt and the variable, and EmptyPrompt if the user has nothing to say.
        """
        program = self.programs.get(variant)
        if program is None:
            self._unknown_variant(variant)
        values = self.preparer.read(variables)
        messages = tuple(self._messages(program, values))
        if not any(message.role == "user" for message in messages):
            raise EmptyPrompt("with these variables the user says nothing", prompt=self.definition.key)
        return self._rendered(messages, variant, values)

    def _rendered(self, messages: tuple[Message, ...], variant: str, values: Values) -> RenderedPrompt:
        definition = self.definition
        found = {
            "messages": messages,
            "name": definition.name,
            "version": self.version,
            "variant": variant,
            "category": definition.category,
            "path": (definition.key,),
            "warnings": tuple([f"{name}: {_CLEANED}" for name in values.cleaned]),
            "temperature": definition.temperature,
            "max_output_tokens": definition.max_output_tokens,
            "tokens_estimate": sum([estimate_tokens(message.text) for message in messages]),
            "chars": sum([len(message.text) for message in messages]),
        }
        return trusted(RenderedPrompt, {**_UNSAID, **found})

    def _messages(self, program: _Program, values: Values) -> Iterator[Message]:
        for role, out in self._pieces(program, values):
            if text := "".join(out).strip():
                yield trusted(Message, {"role": role, "text": text})

    def _pieces(self, program: _Program, values: Values) -> list[tuple[Role, list[str]]]:
        mark = fence_mark(values.untrusted) if values.untrusted else ""
        spoken: list[tuple[Role, list[str]]] = []
        chars = 0
        try:
            for role, steps in program:
                out: list[str] = []
                _say(steps, values.by_name, mark, out)
                chars += sum(map(len, out))
                spoken.append((role, out))
        except _TooManyPieces:
            self._too_large(f"it would be made of more than {_MAX_PIECES:,} pieces")
        if chars > MAX_PROMPT_CHARS:
            self._too_large(f"it would have more than {MAX_PROMPT_CHARS:,} characters")
        return spoken

    def _unknown_variant(self, variant: str) -> NoReturn:
        raise UnknownVariant(
            f"there is no variant {variant[:40]!r}",
            prompt=self.definition.key,
            next_step=f"Ask for one of: {', '.join(self.programs)}.",
        )

    def _too_large(self, problem: str) -> NoReturn:
        raise PromptTooLarge(
            problem,
            prompt=self.definition.key,
            next_step="Give shorter values, or say each of them once.",
        )


def _say(steps: _Steps, values: Mapping[str, Any], mark: str, out: list[str]) -> None:
    for step in steps:
        if isinstance(step, str):
            out.append(step)
        elif isinstance(step, _Value):
            out.append(values[step.name])
        elif isinstance(step, _Fenced):
            value, joint = values[step.name], step.joint
            out += (step.opening, mark, ">", joint, value, joint, step.closing, mark, ">")
        elif isinstance(step, _Each):
            _say_each(step, values, mark, out)
        elif bool(values.get(step.name)) is step.present:
            _say(step.body, values, mark, out)


def _say_each(step: _Each, values: Mapping[str, Any], mark: str, out: list[str]) -> None:
    for item in values.get(step.name, ()):
        _say(step.body, item, mark, out)
        if len(out) > _MAX_PIECES:
            raise _TooManyPieces


_CLEANED = "characters that nobody sees, or that mislead, were taken out or replaced"


_UNSAID = {name: field.get_default() for name, field in RenderedPrompt.model_fields.items()}
"""What whoever chose the prompt knows, and a renderer does not: label, source and reason."""


def compile_prompt(text: str, *, source: str = "prompt") -> CompiledPrompt:
    """Return the prompt of a file's text; PromptSyntaxError says what is wrong with it, and where."""
    return compile_parsed(parse_prompt(text, source=source))


def compile_parsed(parsed: ParsedPrompt) -> CompiledPrompt:
    """Return a prompt that was read; PromptSyntaxError for the first thing that it says undeclared."""
    for problem in problems(parsed):
        raise parsed.error_at(problem.at, problem.message, problem.code)
    programs = {name: _program(parsed, name) for name in parsed.definition.variants}
    version = content_version(parsed.text)
    return CompiledPrompt(parsed.definition, version, programs, Preparer(parsed.definition))


def _program(parsed: ParsedPrompt, variant: str) -> _Program:
    inputs = {each.name: each for each in parsed.definition.inputs}
    compiler = _Compiler(inputs, variant)
    spoken: list[tuple[Role, list[Node]]] = [("user", [])]
    for node in parsed.nodes:
        if isinstance(node, RoleMark):
            spoken.append((node.role, []))
        else:
            spoken[-1][1].append(node)
    if not any(isinstance(node, Text) and not node.text.isspace() for node in spoken[0][1]):
        inserts = [node for node in spoken[0][1] if not isinstance(node, Text)]
        spoken = spoken if inserts else spoken[1:]
    return tuple((role, compiler.steps(nodes)) for role, nodes in spoken)


@dataclass(frozen=True, slots=True)
class _Compiler:
    inputs: Mapping[str, PromptInput]
    variant: str

    def steps(self, nodes: Iterable[Node], items_of: PromptInput | None = None) -> _Steps:
        made: list[_Step] = []
        for node in nodes:
            made += self._steps_of(node, items_of)
        return tuple(_joined(made))

    def _steps_of(self, node: Node, items_of: PromptInput | None) -> _Steps:
        match node:
            case Text():
                return (node.text,)
            case Insert():
                return (self._insert(node, items_of),)
            case VariantPart():
                return self.steps(node.body, items_of) if node.name == self.variant else ()
            case Section():
                return (self._section(node, items_of),)
        return ()

    def _insert(self, node: Insert, items_of: PromptInput | None) -> _Step:
        declared = items_of or self.inputs[node.name]
        fields = {field.name: field.kind for field in items_of.fields} if items_of else {}
        kind = fields.get(node.name, "string") if items_of else declared.kind
        if declared.trust == "trusted" or kind != "string":
            return _Value(node.name)
        label = declared.name if not fields else f"{declared.name}.{node.name}"
        joint = "\n" if node.alone else ""
        return _Fenced(node.name, f"<{FENCE_PREFIX}{label}-", f"</{FENCE_PREFIX}{label}-", joint)

    def _section(self, node: Section, items_of: PromptInput | None) -> _Step:
        declared = None if items_of else self.inputs[node.name]
        if declared and declared.is_list and not node.inverted:
            return _Each(node.name, self.steps(node.body, declared))
        return _When(node.name, not node.inverted, self.steps(node.body, items_of))


def _joined(steps: Iterable[_Step]) -> list[_Step]:
    """Return the steps with neighbouring words in one."""
    made: list[_Step] = []
    for words, group in groupby(steps, key=lambda step: isinstance(step, str)):
        kept = list(group)
        made += ["".join(map(str, kept))] if words else kept
    return made
