"""The embedded writer behind the port that every writing model stands behind."""

from reelwright.content.engine.writer import write_script
from reelwright.content.errors import TaskUnknown
from reelwright.cost.schema import Usage
from reelwright.models.schema import ContentRequest, ContentResponse
from reelwright.production.schema import Brief

__all__ = ["WRITE_SCRIPT", "EmbeddedWriter"]

WRITE_SCRIPT = "write_script"


class EmbeddedWriter:
    """Writes scripts from the notes of a brief alone; the same request gives the same text."""

    def write(
        self,
        model: object,
        request: ContentRequest,
        call: object = None,  # noqa: ARG002 (no vendor)
    ) -> ContentResponse:
        """Return the script as JSON. Raises TaskUnknown for any task but ``write_script``.

        The variables are ``brief`` (the Brief as data), ``words_per_minute`` and ``target_seconds``.
        """
        if request.task != WRITE_SCRIPT:
            raise TaskUnknown(
                f"{model} writes scripts; it was asked for {request.task!r}.",
                next_step="Route this task to a language model.",
                context={"model": model, "task": request.task},
            )
        variables = request.variables
        script = write_script(
            Brief.model_validate(variables["brief"]),
            words_per_minute=float(variables["words_per_minute"]),
            target_seconds=float(variables["target_seconds"]),
            seed=request.seed,
        )
        text = script.model_dump_json()
        return ContentResponse(text=text, usage=(Usage(unit="characters", quantity=len(text)),))
