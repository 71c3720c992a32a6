"""`reelwright prompts render`: exactly what would be sent, how many tokens that is, and what it costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb, environment_name
from reelwright.cli.making import PATH
from reelwright.cli.modelling import TIERS, open_settings
from reelwright.cli.output import answer
from reelwright.cli.prompts_costs import cost_data, cost_lines, costs_of, pricing
from reelwright.cli.prompts_desk import open_prompts
from reelwright.cli.prompts_lint import text_of
from reelwright.cli.prompts_typed import values_of
from reelwright.errors import InvalidInput

if TYPE_CHECKING:
    from reelwright.cli.prompts_costs import Costs
    from reelwright.cli.prompts_desk import PromptDesk
    from reelwright.prompts.schema import PromptDefinition, RenderedPrompt

__all__ = ["render"]


@click.command(cls=Verb)
@click.argument("name", required=False)
@click.option("--file", "draft", type=PATH, help="A prompt's file that is nowhere yet, instead of NAME.")
@click.option("--var", "pairs", multiple=True, metavar="NAME=VALUE", help="May be repeated; lists as JSON.")
@click.option("--values", type=PATH, metavar="FILE", help="Variables as a JSON object.")
@click.option("--brief", type=PATH, metavar="FILE", help="Variables as a production of this brief has them.")
@click.option("--topic", help="Choose the file for this topic. [default: the variable topic]")
@click.option("--unit", help="Choose the variant as for the production of this id.")
@click.option("--variant", help="Render this variant.")
@click.option("--version", "wanted", help="A label, a number, the beginning of a hash, or bundled.")
@click.option("--tier", type=click.Choice(TIERS), help="Costs as if the settings asked for this level.")
def render(
    name: str | None,
    *,
    draft: Path | None,
    pairs: tuple[str, ...],
    values: Path | None,
    brief: Path | None,
    wanted: str | None,
    tier: str | None,
    **choice: str | None,
) -> None:
    """Show what a model would be told by the prompt NAME, or by the one in --file. Nothing is bought."""
    if (name is None) == (draft is None):
        raise InvalidInput("Either a name is rendered, or a file.", next_step="Give NAME or --file FILE.")
    desk, asked = open_prompts(), _Asked(pairs, values, brief, **choice)
    rendered = _draft(desk, text_of(draft), asked) if draft else _kept(desk, str(name), wanted, asked)
    with pricing() as (parts, settings):
        costs = costs_of(parts, settings, rendered.tokens_estimate, tier=tier)
    data = {"environment": desk.environment, **rendered.model_dump(mode="json"), "cost": cost_data(costs)}
    answer(data, "\n".join(_lines(rendered, costs)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is put into a prompt, and for whom."""

    pairs: tuple[str, ...]
    file: Path | None
    brief: Path | None
    topic: str | None
    unit: str | None
    variant: str | None

    def values(self, text: str, source: str) -> dict[str, Any]:
        told = values_of(_definition(text, source), self.pairs, self.file)
        return {**(_of_brief(self.brief) if self.brief else {}), **told}


def _draft(desk: "PromptDesk", text: str, asked: _Asked) -> "RenderedPrompt":
    values, name = asked.values(text, "the file"), _definition(text, "the file").key
    return desk.manager.preview(name, values, text=text, unit=asked.unit, variant=asked.variant)


def _kept(desk: "PromptDesk", name: str, wanted: str | None, asked: _Asked) -> "RenderedPrompt":
    found = desk.find(name, wanted)
    values = asked.values(found.text, name)
    unit, variant = asked.unit, asked.variant
    if wanted is None:
        topic = asked.topic if asked.topic is not None else _topic(values)
        return desk.manager.preview(name, values, topic=topic, unit=unit, variant=variant)
    rendered = desk.manager.preview(name, values, text=found.text, unit=unit, variant=variant)
    return rendered.model_copy(update={"version": found.version, "label": found.found_by})


def _definition(text: str, name: str) -> "PromptDefinition":
    from reelwright.prompts.rendering import compile_prompt  # noqa: PLC0415 (heavy)

    return compile_prompt(text, source=name).definition


def _of_brief(file: Path) -> dict[str, Any]:
    from reelwright.content.brief_file import read_brief  # noqa: PLC0415 (heavy)
    from reelwright.content.prompting import script_variables  # noqa: PLC0415 (heavy)

    pace = open_settings(environment_name()).audio.words_per_minute
    return script_variables(read_brief(file), words_per_minute=pace)


def _topic(told: dict[str, Any]) -> str | None:
    topic = told.get("topic")
    return topic if isinstance(topic, str) else None


def _lines(rendered: "RenderedPrompt", costs: "Costs") -> Iterator[str]:
    by = f" by {rendered.label}" if rendered.label else ""
    kind = f", category {rendered.category}" if rendered.category else ""
    yield f"{rendered.name} {rendered.version}{by} from {rendered.source}{kind}, variant {rendered.variant}"
    yield f"  looked for: {' → '.join(rendered.path)}; {rendered.reason}"
    yield from (f"  Warning: {warning}" for warning in rendered.warnings)
    for message in rendered.messages:
        yield f"──── {message.role} ────"
        yield message.text
    yield "────"
    yield f"{rendered.chars:,} characters, about {rendered.tokens_estimate:,} tokens"
    yield from cost_lines(costs)
