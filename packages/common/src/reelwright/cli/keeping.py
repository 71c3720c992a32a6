"""`reelwright config backup`, `restore` and `audit`: keeping what operators wrote, and what they did."""

from pathlib import Path

import click

from reelwright.cli.commands import Verb, environment_name
from reelwright.cli.configuring import ACTOR, REASON, actor_or_user, open_audit, open_documents
from reelwright.cli.exits import ExitCode
from reelwright.cli.making import PATH
from reelwright.cli.output import answer
from reelwright.errors import InvalidInput

__all__ = ["audit", "backup", "restore"]


@click.command(cls=Verb)
@click.argument("file", type=PATH)
def backup(file: Path) -> None:
    """Write operators' documents, all versions with their authors, into FILE (a zip)."""
    from reelwright.storage.backup import backup as write_backup  # noqa: PLC0415 (heavy)

    manifest = write_backup(open_documents(environment_name()), file)
    counts = {it.name: len(it.versions) for it in manifest.documents}
    told = ", ".join(f"{name} ({count} versions)" for name, count in counts.items()) or "no documents yet"
    answer({"file": str(file), "documents": counts}, f"{file} holds {told}.")


@click.command(cls=Verb)
@click.argument("file", type=PATH)
@REASON
@ACTOR
def restore(file: Path, reason: str, actor: str | None) -> None:
    """Bring the documents of a backup FILE back, as new versions. Nothing is deleted."""
    from reelwright.storage.backup import restore_backup  # noqa: PLC0415 (heavy)
    from reelwright.storage.schema import Author  # noqa: PLC0415 (heavy)

    if not file.is_file():
        raise InvalidInput(
            f"There is no file {file}.", next_step="Name a backup: reelwright config backup FILE"
        )
    name = environment_name()
    restored = restore_backup(
        open_documents(name),
        file,
        author=Author(actor=actor_or_user(actor), reason=reason),
        audit=open_audit(name),
    )
    told = ", ".join(f"{name} ({len(versions)} versions)" for name, versions in restored.written.items())
    answer({"written": restored.written}, f"Written: {told}." if told else "Everything was as in the backup.")


@click.command(cls=Verb)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="The newest entries.")
@click.pass_context
def audit(context: click.Context, limit: int) -> None:
    """Show who changed what, and check that nothing was removed or altered. Exits 1 if something was."""
    trail = open_audit(environment_name())
    broken, entries = trail.verify(), trail.entries(limit=limit)
    data = {"whole": not broken, "broken": broken, "entries": [it.model_dump(mode="json") for it in entries]}
    lines = [
        *(
            f"{it.at:%Y-%m-%d %H:%M:%S} UTC  {it.actor}: {it.action} {it.subject}  ({it.reason})"
            for it in entries
        ),
        *(broken or ["The trail is whole."]),
    ]
    answer(data, "\n".join(lines))
    if broken:
        context.exit(ExitCode.FAILED)
