"""`reelwright publish`: a finished production on one more platform, or what that would be told of it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from reelwright.cli.commands import Verb, environment_name
from reelwright.cli.output import answer, note
from reelwright.cli.places import ROOT, check_writable

if TYPE_CHECKING:
    from reelwright.pipeline.republishing import Republisher
    from reelwright.upload.schema import PublicationPlan

__all__ = ["publish"]


@click.command(cls=Verb)
@click.argument("production_id", metavar="ID")
@click.option("--platform", required=True, metavar="NAME", help="Where: folder, youtube, and so on.")
@click.option("--preview", is_flag=True, help="Show what the platform would be told, and send nothing.")
def publish(production_id: str, platform: str, *, preview: bool) -> None:
    """Publish a finished production on a platform, once: repeated, it finds what is there or goes on.

    A video is uploaded as private wherever the platform can; platforms.NAME.privacy says what it becomes.
    Exits 3 when the platform's quota of today is used up, and says when it can.
    """
    with _republisher() as republisher:
        if preview:
            plan = republisher.preview(production_id, platform)
            answer({"plan": plan.model_dump(mode="json")}, _preview(plan))
            return
        found = republisher.publish(
            production_id, platform, lambda why, seconds: note(f"{why} Looking again in {seconds:.0f} s.")
        )
    text = f"Published on {found.platform} as {found.remote_id}: {found.location}"
    answer({"production_id": production_id, "publication": found.model_dump(mode="json")}, text)


@contextmanager
def _republisher() -> "Iterator[Republisher]":
    """Yield what publishes, from where the production is: this machine, or a deployed environment."""
    from reelwright.cli.configuring import open_configuration  # noqa: PLC0415 (heavy)
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)
    from reelwright.pipeline.republishing import Republisher  # noqa: PLC0415 (heavy)

    name = check_environment_name(environment_name())
    check_writable(ROOT)
    snapshot = open_configuration(name).refresh()
    with closing(Republisher.for_environment(name, snapshot, root=ROOT)) as republisher:
        yield republisher


def _preview(plan: "PublicationPlan") -> str:
    lines = [
        f"To {plan.platform}, account {plan.account}, as {plan.privacy}:",
        f"  title        {plan.title}",
        *(f"  {'description' if not at else '':<11}  {line}" for at, line in enumerate(_lines(plan))),
        f"  tags         {', '.join(plan.tags)}",
        f"  files        {', '.join(_files(plan))}",
        f"  declared     {', '.join(_declared(plan))}",
        *(f"  note         {sentence}" for sentence in plan.told),
    ]
    return "\n".join(lines)


def _lines(plan: "PublicationPlan") -> list[str]:
    return plan.description.splitlines() or ["none"]


def _files(plan: "PublicationPlan") -> "Iterator[str]":
    yield "video"
    if plan.send_thumbnail:
        yield "thumbnail"
    if plan.send_captions:
        yield "captions"


def _declared(plan: "PublicationPlan") -> "Iterator[str]":
    yield "made by a machine" if plan.synthetic_media else "not said to be made by a machine"
    yield "made for kids" if plan.made_for_kids else "not made for kids"
    if plan.publish_at:
        yield f"public at {plan.publish_at:%Y-%m-%d %H:%M %Z}"
