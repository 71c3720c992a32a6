"""`reelwright prompts save`: a new version of a prompt, checked before anything is kept."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb
from reelwright.cli.configuring import ACTOR, REASON
from reelwright.cli.making import PATH
from reelwright.cli.output import answer, note
from reelwright.cli.prompts_desk import author, open_prompts, where
from reelwright.cli.prompts_lint import PromptFaulty, findings_of, text_of
from reelwright.cli.prompts_move import moved, moved_lines
from reelwright.pipeline.report.markup import counted

if TYPE_CHECKING:
    from reelwright.prompts.schema import PromptDefinition

__all__ = ["check_text", "save"]


@click.command(cls=Verb)
@click.argument("file", type=PATH)
@click.option("--label", help="Move this label to the new version.")
@click.option("--expect", metavar="VERSION", help="Refuse unless this is the newest version.")
@REASON
@ACTOR
def save(file: Path, *, label: str | None, expect: str | None, reason: str, actor: str | None) -> None:
    """Keep the prompt in FILE (- for standard input) as a new version. Its name stands in the file.

    It is linted first; what is wrong with it refuses it. Nothing is served by it until a label is moved.
    """
    who, text = author(actor, reason), text_of(file)
    definition = check_text(text, str(file))
    desk, name = open_prompts(), definition.key
    standing = desk.position(name, label) if label else ""
    is_new = all(one.version != _version(text) for one in desk.store.versions(name))
    saved = desk.store.save(name, text, author=who, expect=expect)
    data: dict[str, Any] = {
        "environment": desk.environment,
        "name": name,
        "version": saved.version,
        "number": saved.number,
        "new": is_new,
        "moved": None,
    }
    is_kept = "is kept as version" if is_new else "was kept before as version"
    lines = [f"{name} {is_kept} {saved.version}, number {saved.number}."]
    if label:
        data["moved"] = moved(desk, name, label, saved.version, expect=standing, who=who)
        lines += moved_lines(data["moved"])
    else:
        lines.append(
            f"  To serve it: reelwright prompts label {name} {desk.label} {saved.version}"
            f' --reason "…"{where()}'
        )
    answer(data, "\n".join(lines))


def check_text(text: str, source: str) -> "PromptDefinition":
    """Return the definition of a text that may be saved, after noting warnings; PromptFaulty names errors."""
    from reelwright.prompts.rendering import compile_prompt  # noqa: PLC0415 (heavy)

    found = findings_of(text, source)
    errors = [one for one in found if one.severity == "error"]
    for one in found:
        note(f"{source}:{one}")
    if errors:
        raise PromptFaulty(
            f"{source} has {counted(len(errors), 'error')}, the first at {errors[0]}. Nothing was saved.",
            next_step=f"Correct what is wrong; see: reelwright prompts lint {source}",
            context={"file": source, "errors": len(errors)},
        )
    return compile_prompt(text, source=source).definition


def _version(text: str) -> str:
    from reelwright.prompts.parsing import content_version  # noqa: PLC0415 (heavy)

    return content_version(text)
