"""`reelwright prompts show`: one prompt, its versions and who made them, its labels, and how it did."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb
from reelwright.cli.output import answer
from reelwright.cli.prompts_desk import PromptDesk, PromptText, open_prompts
from reelwright.cli.prompts_list import move_data
from reelwright.cli.prompts_performance import performance_data, performance_lines

if TYPE_CHECKING:
    pass

__all__ = ["show"]


@click.command(cls=Verb)
@click.argument("name")
@click.option("--version", "wanted", help="A label, a number, the beginning of a hash, or bundled.")
@click.option("--text", is_flag=True, help="Print the file as it is, and nothing else.")
@click.option("--performance", is_flag=True, help="How each version and variant did in productions.")
def show(name: str, *, wanted: str | None, text: bool, performance: bool) -> None:
    """Show NAME: what it takes and says, all versions, every move of its labels, who made them and why."""
    desk = open_prompts()
    found = desk.find(name, wanted)
    if text:
        answer({"name": name, "version": found.version, "text": found.text}, found.text.rstrip("\n"))
        return
    data = _data(desk, found)
    lines = list(_lines(data))
    if performance:
        data["performance"] = performance_data(desk.environment, name)
        lines += ["", *performance_lines(data["performance"])]
    answer(data, "\n".join(lines))


def _data(desk: PromptDesk, found: PromptText) -> dict[str, Any]:
    from reelwright.prompts.linting import lint_prompt  # noqa: PLC0415 (heavy)
    from reelwright.prompts.tokens import estimate_tokens  # noqa: PLC0415 (heavy)

    return {
        "environment": desk.environment,
        "name": found.name,
        "version": found.version,
        "found_by": found.found_by,
        **_declared(found),
        "tokens": estimate_tokens(found.text),
        "findings": [str(each) for each in lint_prompt(found.text, source=found.name)],
        "labels": {label: one.version for label, one in desk.labels.of(found.name).items()},
        "bundled": one.version if (one := desk.library.get(found.name)) else None,
        "versions": [each.model_dump(mode="json") for each in desk.versions(found.name)],
        "moves": [move_data(each) for each in desk.store.history(found.name)],
        "text": found.text,
    }


def _declared(found: PromptText) -> dict[str, Any]:
    """Return what the file declares; nothing of one that cannot be read, as the findings say."""
    from reelwright.prompts.errors import PromptSyntaxError  # noqa: PLC0415 (heavy)
    from reelwright.prompts.rendering import compile_prompt  # noqa: PLC0415 (heavy)

    try:
        definition = compile_prompt(found.text, source=found.name).definition
    except PromptSyntaxError:
        return {"description": "", "category": "", "inputs": [], "variants": {}, "output": None}
    return {
        "description": definition.description,
        "category": definition.category,
        "inputs": [each.model_dump(mode="json") for each in definition.inputs],
        "variants": definition.variants,
        "output": definition.output,
    }


def _lines(data: dict[str, Any]) -> Iterator[str]:
    by = f", by {data['found_by']}" if data["found_by"] else ""
    yield f"{data['name']} {data['version']}{by}: {data['description']}"
    yield f"  about {data['tokens']:,} tokens of its own; answers as {_output(data['output'])}"
    total = sum(data["variants"].values()) or 1
    shares = (f"{name} {weight / total:.0%}" for name, weight in data["variants"].items())
    yield f"  variants: {', '.join(shares)}"
    for each in data["inputs"]:
        yield f"  {each['name']}{'?' if each['optional'] else ''}: {each['kind']}, {each['trust']}" + (
            f" — {each['description']}" if each["description"] else ""
        )
    yield from (f"  {finding}" for finding in data["findings"])
    yield "Versions:" if data["versions"] else "Versions: only the bundled one."
    for one in data["versions"]:
        marks = [label for label, version in data["labels"].items() if version == one["version"]]
        marks += ["bundled"] if one["version"] == data["bundled"] else []
        said = f"{one['saved_at'][:19]} {one['author']['actor']}: {one['author']['reason']}"
        stands = f"  [{', '.join(marks)}]" if marks else ""
        yield f"  {one['number']:>3}. {one['version']}  {said}{stands}"
    if data["moves"]:
        yield "Moves of labels, the latest first:"
    for move in data["moves"]:
        went = f"{move['before'] or 'nowhere'} → {move['version'] or 'nowhere'}"
        author = move["author"]
        yield f"  {move['at'][:19]} {move['label']}: {went}  {author['actor']}: {author['reason']}"


def _output(output: Any) -> str:
    if output is None:
        return "any text"
    return output if isinstance(output, str) else "a schema of its own"
