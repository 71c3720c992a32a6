"""`reelwright prompts lint`: what is wrong with prompts, before anybody saves or merges them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb
from reelwright.cli.configuring import read_input
from reelwright.cli.exits import ExitCode
from reelwright.cli.output import answer
from reelwright.cli.prompts_desk import open_prompts
from reelwright.errors import InvalidInput
from reelwright.pipeline.report.markup import counted

if TYPE_CHECKING:
    from reelwright.prompts.linting import Finding

__all__ = ["PromptFaulty", "counted", "findings_of", "lint", "text_of"]

_SUFFIX = ".md"


class PromptFaulty(InvalidInput):
    """A prompt has errors; nothing was saved."""

    code = "prompt_faulty"


@click.command(cls=Verb)
@click.argument("prompts", nargs=-1)
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@click.pass_context
def lint(context: click.Context, prompts: tuple[str, ...], *, strict: bool) -> None:
    """Check PROMPTS: files, folders of files, or names of what is served. Without any: the bundled ones.

    Exits 1 if there is an error.
    """
    told = {source: findings_of(text, source) for source, text in _texts(prompts)}
    errors, warnings = (_of(told, severity) for severity in ("error", "warning"))
    data = {
        "prompts": {source: [_finding(one) for one in found] for source, found in told.items()},
        "errors": len(errors),
        "warnings": len(warnings),
    }
    lines = [f"{source}:{one}" for source, found in told.items() for one in found]
    counts = (
        counted(len(told), "prompt"),
        counted(len(errors), "error"),
        counted(len(warnings), "warning"),
    )
    answer(data, "\n".join([*lines, f"{', '.join(counts)}."]))
    if errors or (strict and warnings):
        context.exit(ExitCode.FAILED)


def findings_of(text: str, source: str) -> "tuple[Finding, ...]":
    """Return what a linter says of a text that is to be served: names and the models' limits included."""
    from reelwright.content.prompting import OUTPUTS  # noqa: PLC0415 (heavy)
    from reelwright.prompts.linting import lint_prompt  # noqa: PLC0415 (heavy)
    from reelwright.prompts.selection import bundled_categories  # noqa: PLC0415 (heavy)

    return lint_prompt(
        text,
        source=source,
        categories=bundled_categories().names,
        outputs=OUTPUTS,
        max_tokens=_least_context(),
    )


def text_of(file: Path) -> str:
    """Return the text of a prompt's file, or of standard input for ``-``; InvalidInput."""
    try:
        return read_input(file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{file} is not UTF-8: byte {error.start} cannot be read.", next_step="Save it as UTF-8."
        ) from error


def _texts(prompts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not prompts:
        from reelwright.prompts.library import PromptLibrary  # noqa: PLC0415 (heavy)

        library = PromptLibrary()
        bundled = [one for name in library.names if (one := library.get(name))]
        yield from ((f"{one.name}{_SUFFIX}", one.text) for one in bundled)
    for each in prompts:
        path = Path(each)
        if path.is_dir():
            yield from _files(path)
        elif path.exists() or path.suffix == _SUFFIX or each == "-":
            yield each, text_of(path)
        else:
            yield each, open_prompts().find(each).text


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    found = sorted(folder.glob(f"*{_SUFFIX}"))
    if not found:
        raise InvalidInput(f"There is no prompt in {folder}.", next_step=f"Name a folder of {_SUFFIX} files.")
    yield from ((str(file), text_of(file)) for file in found)


def _least_context() -> int | None:
    """Return how much the writing model reads that reads least, of those that are not ours."""
    from reelwright.models.catalogue import load_catalogue  # noqa: PLC0415 (heavy)

    limits = (
        model.content.max_input_tokens for model in load_catalogue() if model.content and not model.free
    )
    return min(limits, default=None)


def _of(told: "Mapping[str, Sequence[Finding]]", severity: str) -> "list[Finding]":
    return [one for found in told.values() for one in found if one.severity == severity]


def _finding(finding: "Finding") -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "line": finding.line,
        "column": finding.column,
        "code": finding.code,
        "message": finding.message,
    }
