"""`reelwright prompts diff`: what a change says differently, in words, tokens and money."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb
from reelwright.cli.modelling import TIERS
from reelwright.cli.output import answer
from reelwright.cli.prompts_costs import cost_of_change, costs_of, pricing
from reelwright.cli.prompts_desk import PromptDesk, PromptText, open_prompts
from reelwright.cli.prompts_lint import text_of
from reelwright.cli.prompts_performance import performance_data, performance_lines
from reelwright.cli.prompts_words import change_lines, changes_between, words_in
from reelwright.errors import InvalidInput, ReelwrightError

if TYPE_CHECKING:
    from reelwright.prompts.schema import PromptDefinition

__all__ = ["diff", "difference", "difference_lines"]

_SUFFIX = ".md"


@click.command(cls=Verb)
@click.argument("name")
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--tier", type=click.Choice(TIERS), help="Costs as if the settings asked for this level.")
def diff(name: str, old: str | None, new: str | None, *, tier: str | None) -> None:
    """Show how NEW says it differently from OLD: words, tokens, and the expected cost of calls.

    Each is a label, a number, the beginning of a hash, bundled, or a file. Without NEW it is what is served;
    without OLD what the label stood at before that, or what is bundled.
    """
    desk = open_prompts()
    after = _text(desk, name, new)
    before = _before(desk, name, after) if old is None else _text(desk, name, old)
    told = difference(before, after) | _costs(before, after, tier)
    measured = [
        one
        for one in performance_data(desk.environment, name)
        if one["version"] in {before.version, after.version}
    ]
    lines = [*difference_lines(told)]
    if measured:
        lines += [*performance_lines(measured)]
    answer({"environment": desk.environment, **told, "performance": measured}, "\n".join(lines))


def difference(before: PromptText, after: PromptText) -> dict[str, Any]:
    """Return what differs between two versions, in words and tokens."""
    changes = changes_between(before.text, after.text)
    sizes = {"before": _size(before), "after": _size(after)}
    return {
        "name": after.name,
        **sizes,
        "words_added": sum(words_in(one.new) for one in changes),
        "words_removed": sum(words_in(one.old) for one in changes),
        "tokens_delta": sizes["after"]["tokens"] - sizes["before"]["tokens"],
        "inputs": _inputs(before, after),
        "changes": [
            {"line": one.line, "old": one.old, "new": one.new, "before": one.before, "after": one.after}
            for one in changes
        ],
    }


def _costs(before: PromptText, after: PromptText, tier: str | None) -> dict[str, Any]:
    """Return what the tokens that come or go cost in a thousand calls, by every model that would be asked."""
    sizes = _tokens(before.text), _tokens(after.text)
    with pricing() as (parts, settings):
        found = costs_of(parts, settings, max(sizes), tier=tier)
    return {
        "cost_of_1000_calls_usd": cost_of_change(found.candidates, sizes[1] - sizes[0]),
        "cost_trouble": found.trouble or None,
    }


def difference_lines(told: dict[str, Any]) -> Iterator[str]:
    """Yield a difference for people."""
    before, after = told["before"], told["after"]
    yield f"{told['name']}: {before['said']} → {after['said']}"
    if not told["changes"]:
        yield "  They say the same."
        return
    from reelwright.cli.prompts_words import Change  # noqa: PLC0415 (only here as a type of plain data)

    yield from change_lines(tuple(Change(**one) for one in told["changes"]))
    yield f"  {told['words_added']:,} words more, {told['words_removed']:,} gone"
    yield f"  about {before['tokens']:,} → {after['tokens']:,} tokens ({told['tokens_delta']:+,})"
    yield from (f"  {line}" for line in told["inputs"])
    if told.get("cost_trouble"):
        yield f"  No model would be asked: {told['cost_trouble']}"
    for model, usd in told.get("cost_of_1000_calls_usd", {}).items():
        yield f"  {model:<28} {usd[0]}${usd[1:]} in 1,000 calls for reading it"


def _text(desk: PromptDesk, name: str, wanted: str | None) -> PromptText:
    if wanted is not None and (wanted == "-" or wanted.endswith(_SUFFIX)):
        from reelwright.prompts.parsing import content_version  # noqa: PLC0415 (heavy)

        text = text_of(Path(wanted))
        return PromptText(name, content_version(text), text, wanted)
    return desk.find(name, wanted)


def _before(desk: PromptDesk, name: str, after: PromptText) -> PromptText:
    position = desk.labels.position(name, after.found_by or desk.label)
    trail = position.served[1:] if position else ()
    if position and after.version in position.trail:
        trail = position.trail[position.trail.index(after.version) + 1 :]
    if trail:
        return desk.find(name, trail[0])
    if desk.library.get(name) is None:
        raise InvalidInput(
            f"{name} had no version before {after.said}.", next_step="Name the version to compare with."
        )
    return desk.find(name, "bundled")


def _size(one: PromptText) -> dict[str, Any]:
    return {
        "version": one.version,
        "said": one.said,
        "words": words_in(one.text),
        "tokens": _tokens(one.text),
    }


def _tokens(text: str) -> int:
    """Return the tokens of what the file says to a model; its front matter is not sent."""
    from reelwright.prompts.header import split_file  # noqa: PLC0415 (heavy)
    from reelwright.prompts.tokens import estimate_tokens  # noqa: PLC0415 (heavy)

    try:
        _, begin = split_file(text, "prompt")
    except ReelwrightError:
        begin = 0
    return estimate_tokens(text[begin:])


def _inputs(before: PromptText, after: PromptText) -> list[str]:
    """Return how what it takes changed: callers that do not know of it are refused."""
    old, new = _declared(before), _declared(after)
    if old is None or new is None:
        return []
    names = {each.name: each for each in old.inputs}, {each.name: each for each in new.inputs}
    come = [f"takes {name} now" for name in names[1] if name not in names[0]]
    gone = [f"takes {name} no more" for name in names[0] if name not in names[1]]
    other = [
        f"takes {name} differently"
        for name, each in names[1].items()
        if name in names[0] and each != names[0][name]
    ]
    shares = [] if old.variants == new.variants else [f"variants {old.variants} → {new.variants}"]
    return [*come, *gone, *other, *shares]


def _declared(one: PromptText) -> "PromptDefinition | None":
    from reelwright.prompts.rendering import compile_prompt  # noqa: PLC0415 (heavy)

    try:
        return compile_prompt(one.text, source=one.name).definition
    except ReelwrightError:
        return None
