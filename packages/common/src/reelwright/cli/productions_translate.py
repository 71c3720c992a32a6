"""`reelwright productions translate`: the same video in another language."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb
from reelwright.cli.making import PATH, result_of, result_text, setting_options, studio_for
from reelwright.cli.output import answer
from reelwright.cli.progress import new_watcher
from reelwright.cli.session import watched

if TYPE_CHECKING:
    from reelwright.production.schema import Script

__all__ = ["translate"]


@click.command("translate", cls=Verb)
@click.argument("production_id", metavar="ID")
@click.option("--language", required=True, help="The code of the language, such as de or pt-BR.")
@click.option("--voice", help="Whose voice it is. [default: one for the language and the topic]")
@click.option(
    "--script",
    "script_file",
    type=PATH,
    help="The script in that language, as in script.json: then no model translates.",
)
@setting_options
def translate(
    production_id: str, language: str, voice: str | None, script_file: Path | None, **options: Any
) -> None:
    """Make the video of a finished production again in another language.

    A model translates its script, a voice of that language speaks it, and what engines of ours draw is drawn
    anew. Footage that vendors shot for the original is shown again, and not paid for again.
    """
    script = _script(script_file) if script_file else None
    settings: dict[str, Any] = {"audio": {"voice": voice}} if voice else {}
    with studio_for(options) as studio:
        watcher = new_watcher()
        made = watched(
            lambda: studio.translate(
                production_id, language, script=script, settings=settings, on_progress=watcher
            ),
            watcher,
        )
        result = result_of(studio, made)
    answer(result.model_dump(mode="json"), result_text(result))


def _script(file: Path) -> "Script":
    from pydantic import ValidationError  # noqa: PLC0415 (heavy)

    from reelwright.content.errors import ScriptRejected  # noqa: PLC0415 (heavy)
    from reelwright.content.validation import explain_validation  # noqa: PLC0415 (heavy)
    from reelwright.errors import InvalidInput  # noqa: PLC0415 (as they)
    from reelwright.production.schema import Script  # noqa: PLC0415 (heavy)

    try:
        return Script.model_validate_json(file.read_bytes())
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be read: {error.strerror}.", next_step="Give a file as script.json is."
        ) from error
    except ValidationError as error:
        raise explain_validation(error, str(file), kind=ScriptRejected) from error
