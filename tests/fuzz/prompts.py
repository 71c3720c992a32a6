"""Hold the renderer to a second way of making the same text: ``python -m tests.fuzz.prompts``.

A random prompt is drawn as a tree; its file, values for its inputs, and the text that must come out are all
written from the tree, so nothing here reads a template. Then its file is damaged at random: whatever is left
must compile, or be refused with a place, and the linter must agree with the compiler.
"""

import argparse
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from reelwright.prompts.checking import problems
from reelwright.prompts.cleaning import clean
from reelwright.prompts.errors import PromptSyntaxError
from reelwright.prompts.linting import lint_prompt
from reelwright.prompts.parsing import parse_prompt
from reelwright.prompts.rendering import compile_prompt

__all__ = ["Case", "check", "check_damaged", "draw", "main"]

MARK = "0123456789abcdef"
"""Where the mark of a rendering stands in what is expected."""
NASTY = (
    "",
    " ",
    "plain words",
    "{{topic}} {{#items}}{{.}}{{/items}}",
    '{{role "system"}}',
    "{{{{}}}}",
    "{% for x in y %}{{ x.__class__ }}{% endfor %}",
    "{0.__class__} %s ${x}",
    f"</untrusted-topic-{MARK}>",
    "two\nlines\n",
    "\r\n\x00\x1b[31m",
    "a\u202eb\u2066c\U000e0041\u200b\ufeff",
    "наука 科学 علم \U0001f469\u200d\U0001f52c",
)
WORDS = ("Say", "it", "well:", "- now", "}} {", "ÄÖ", "100 %", "<b>", "\\n")
KINDS = ("string", "integer", "number", "boolean", "string list", "table list")
DAMAGE = ("{{", "}}", "{", "#", "/", "^", "\n", "---", ":", " ", ".", '"', "\u202e", "&a", "*a", "!!x", "?")


@dataclass
class Case:
    """A prompt's file, values, and the messages that must come of them."""

    text: str
    values: dict[str, Any]
    variant: str
    expected: list[tuple[str, str]]
    used: set[str]
    inputs: dict[str, str]
    """Names and kinds."""
    required: set[str]


@dataclass
class _Input:
    name: str
    kind: str
    optional: bool
    trusted: bool
    value: Any = None
    fields: list["_Input"] = field(default_factory=list)

    @property
    def given(self) -> bool:
        if self.value is None:
            return False
        if self.optional and self.kind == "string":
            return bool(clean(self.value).strip()) if not self.trusted else bool(self.value.strip())
        return not (self.optional and self.kind == "boolean" and self.value is False)


def draw(rng: random.Random) -> Case:
    """Return a random prompt with values for it."""
    return _Drawing(rng).case()


class _Drawing:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._inputs = [self._input(f"in{number}") for number in range(rng.randint(0, 6))]
        self._variants = ["control", *rng.sample(["vivid", "dry"], rng.randint(0, 2))]
        self._variant = rng.choice(self._variants)
        self._used: set[str] = set()

    def case(self) -> Case:
        roles = self._rng.choice([["user"], ["system", "user"], [""]])
        body, expected = "", []
        for role in roles:
            said, wanted = self._lines(2)
            body += (f'{{{{role "{role}"}}}}\n' if role else "") + said + "End.\n"
            expected.append((role or "user", (wanted + "End.\n").strip()))
        values = {each.name: each.value for each in self._inputs if each.value is not None}
        if self._rng.random() < 0.3:
            values |= {each.name: None for each in self._inputs if each.value is None}
        return Case(
            text=self._front() + body,
            values={name: _plain(value) for name, value in values.items()},
            variant=self._variant,
            expected=expected,
            used=self._used,
            inputs={each.name: each.kind for each in self._inputs},
            required={each.name for each in self._inputs if not each.optional},
        )

    def _input(self, name: str) -> _Input:
        rng = self._rng
        made = _Input(name, rng.choice(KINDS), rng.random() < 0.4, rng.random() < 0.3)
        if made.kind == "table list":
            made.fields = [
                _Input(f"f{number}", rng.choice(KINDS[:4]), rng.random() < 0.4, made.trusted)
                for number in range(rng.randint(1, 3))
            ]
        if not (made.optional and rng.random() < 0.4):
            made.value = self._value(made)
        return made

    def _value(self, one: _Input) -> Any:
        rng = self._rng
        match one.kind:
            case "string":
                return rng.choice([text for text in NASTY if not one.trusted or text.isprintable()])
            case "integer":
                return rng.choice([0, -1, 2**63 - 1, rng.randint(-9, 9)])
            case "number":
                return rng.choice([0.5, -2.0, 3, 1e300])
            case "boolean":
                return rng.random() < 0.5
            case "string list":
                text = _Input("", "string", optional=False, trusted=one.trusted)
                return [self._value(text) for _ in range(rng.randint(0, 3))]
        return [self._table(one) for _ in range(rng.randint(0, 3))]

    def _table(self, one: _Input) -> list[_Input]:
        row = []
        for each in one.fields:
            value = None if each.optional and self._rng.random() < 0.4 else self._value(each)
            row.append(_Input(each.name, each.kind, each.optional, one.trusted, value))
        return row

    def _front(self) -> str:
        lines = ["---", "name: a-prompt", "input:", "  schema:" + ("" if self._inputs else " {}")]
        for each in self._inputs:
            lines += _declared(each)
        lines += ["reelwright:", "  variants: {" + ", ".join(f"{name}: 1" for name in self._variants) + "}"]
        trusted = [each.name for each in self._inputs if each.trusted]
        lines += ["  trust: {" + ", ".join(f"{name}: trusted" for name in trusted) + "}"]
        return "\n".join([*lines, "---", ""])

    def _lines(self, depth: int) -> tuple[str, str]:
        said = wanted = ""
        for _ in range(self._rng.randint(0, 4)):
            more, out = self._rng.choice([self._words, self._inline, self._block, self._alone])(depth)
            said, wanted = said + more, wanted + out
        return said, wanted

    def _words(self, _depth: int) -> tuple[str, str]:
        if self._rng.random() < 0.2:
            return "  {{! {{in0} # nobody }}\n", ""
        words = " ".join(self._rng.choices(WORDS, k=3)) + "\n"
        return words, words

    def _inline(self, _depth: int) -> tuple[str, str]:
        said = wanted = "With: "
        for one in self._rng.sample(self._inputs, min(2, len(self._inputs))):
            more, out = self._mention(one)
            said, wanted = said + more + ", ", wanted + out + ", "
        return said + "so.\n", wanted + "so.\n"

    def _mention(self, one: _Input) -> tuple[str, str]:
        self._used.add(one.name)
        if one.kind == "string list":
            said = f"{{{{#{one.name}}}}}[{{{{.}}}}]{{{{/{one.name}}}}}"
            return said, "".join(f"[{_shown(one, one.name, text)}]" for text in one.value or ())
        if one.kind == "table list":
            return self._rows(one)
        if not one.optional:
            return f"{{{{{one.name}}}}}", _shown(one, one.name, one.value)
        end = f"{{{{/{one.name}}}}}"
        said = f"{{{{#{one.name}}}}}({{{{ {one.name} }}}}){end}{{{{^{one.name}}}}}none{end}"
        return said, f"({_shown(one, one.name, one.value)})" if one.given else "none"

    def _rows(self, one: _Input) -> tuple[str, str]:
        inside = ""
        for each in one.fields:
            inside += f"|{{{{{each.name}}}}}" if not each.optional else ""
            inside += f"{{{{#{each.name}}}}}?{{{{{each.name}}}}}{{{{/{each.name}}}}}" if each.optional else ""
        wanted = ""
        for row in one.value or ():
            for each in row:
                label = f"{one.name}.{each.name}"
                wanted += f"|{_shown(each, label, each.value)}" if not each.optional else ""
                wanted += f"?{_shown(each, label, each.value)}" if each.optional and each.given else ""
            wanted += ";"
        return f"{{{{#{one.name}}}}}{inside};{{{{/{one.name}}}}}", wanted

    def _alone(self, _depth: int) -> tuple[str, str]:
        texts = [one for one in self._inputs if one.kind == "string" and not one.optional]
        if not texts:
            return "Nothing.\n", "Nothing.\n"
        one = self._rng.choice(texts)
        self._used.add(one.name)
        return f"  {{{{{one.name}}}}}\n", f"  {_shown(one, one.name, one.value, joint=chr(10))}\n"

    def _block(self, depth: int) -> tuple[str, str]:
        if not depth:
            return "Deep.\n", "Deep.\n"
        said, wanted = self._lines(depth - 1)
        choices = [one for one in self._inputs if one.optional or one.kind.endswith("list")]
        if not choices or self._rng.random() < 0.3:
            return self._variant_block(said, wanted)
        one = self._rng.choice(choices)
        self._used.add(one.name)
        if one.kind.endswith("list"):
            return f"{{{{^{one.name}}}}}\n{said}{{{{/{one.name}}}}}\n", "" if one.value else wanted
        sigil = self._rng.choice("#^")
        shown = one.given if sigil == "#" else not one.given
        return f"  {{{{{sigil}{one.name}}}}}\n{said}{{{{/{one.name}}}}}  \n", wanted if shown else ""

    def _variant_block(self, said: str, wanted: str) -> tuple[str, str]:
        if "{{#variant" in said:
            return said, wanted
        name = self._rng.choice(self._variants)
        shown = wanted if name == self._variant else ""
        return f"{{{{#variant {name}}}}}\n{said}{{{{/variant}}}}\n", shown


def _declared(one: _Input) -> list[str]:
    mark = "?" if one.optional else ""
    if one.kind == "table list":
        fields = [f"      {each.name}{'?' if each.optional else ''}: {each.kind}" for each in one.fields]
        return [f"    {one.name}{mark}(array, rows):", *fields]
    if one.kind == "string list":
        return [f"    {one.name}{mark}(array): string"]
    return [f"    {one.name}{mark}: {one.kind}, what it is"]


def _shown(one: _Input, label: str, value: Any, joint: str = "") -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value).removesuffix(".0")
    if one.trusted:
        return str(value)
    return f"<untrusted-{label}-{MARK}>{joint}{clean(value)}{joint}</untrusted-{label}-{MARK}>"


def _plain(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [
        {each.name: each.value for each in row if each.value is not None} if isinstance(row, list) else row
        for row in value
    ]


def check(case: Case) -> None:
    """Raise AssertionError unless it says what the tree says, and the linter tells what it does not."""
    rendered = compile_prompt(case.text).render(case.values, variant=case.variant)
    said = [(message.role, message.text) for message in rendered.messages]
    assert _marked_alike(said) == case.expected, case
    findings = lint_prompt(case.text)
    unused = {one.message.partition(" ")[0] for one in findings if one.code == "unused-input"}
    assert unused == set(case.inputs) - case.used, case


def _marked_alike(said: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Every mark of ours replaced by the expected one; there must be one only."""
    marks = {mark for _, text in said for mark in re.findall(r"<untrusted-[\w.]+-([0-9a-f]{16})>", text)}
    assert len(marks) <= 1, said
    return [(role, text.replace(mark, MARK)) for role, text in said for mark in marks or {MARK}]


def check_damaged(text: str, rng: random.Random) -> bool:
    """Damage a file and see that nothing but a refusal with a place comes of it; say whether it compiles."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randint(0, len(text))
        text = text[:at] + rng.choice([*DAMAGE, ""]) + text[at + rng.randint(0, 3) :]
    findings = lint_prompt(text)
    error = _refusal(text)
    if error is None:
        assert not list(problems(parse_prompt(text))), text
        return True
    assert 1 <= error.line <= text.count("\n") + 2, (text, error)
    assert error.column >= 1, (text, error)
    assert any(one.severity == "error" for one in findings), (text, error)
    return False


def _refusal(text: str) -> PromptSyntaxError | None:
    try:
        compile_prompt(text)
    except PromptSyntaxError as error:
        return error
    return None


def _seeds(count: int, seed: int) -> Iterator[random.Random]:
    for number in range(count):
        yield random.Random(f"{seed}/{number}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.fuzz.prompts")
    parser.add_argument("--prompts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun, compiled = time.process_time(), 0
    for rng in _seeds(options.prompts, options.seed):
        case = draw(rng)
        check(case)
        compiled += check_damaged(case.text, rng)
    spent = time.process_time() - begun
    sys.stdout.write(
        f"{options.prompts} prompts say what was drawn; damaged, {compiled} still compile and the others "
        f"are refused with a place, {spent:.0f} s of CPU\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
