"""`reelwright config`: what every setting is, who says so, and how to change it and take it back."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Noun, environment_name
from reelwright.cli.configuring import (
    ACTOR,
    AT_ONCE,
    LAYER,
    REASON,
    actor_or_user,
    days_hours,
    open_configuration,
    read_input,
    shown,
    writable,
)
from reelwright.cli.making import PATH
from reelwright.cli.output import answer

if TYPE_CHECKING:
    from reelwright.config.schema import Change, Explanation, Revision

__all__ = ["config"]


@click.group(
    cls=Noun,
    lazy={
        "promote": "reelwright.cli.promote:promote",
        "backup": "reelwright.cli.keeping:backup",
        "restore": "reelwright.cli.keeping:restore",
        "audit": "reelwright.cli.keeping:audit",
    },
)
def config() -> None:
    """Read, explain and change settings; every change can be undone."""


@config.command("get")
@click.argument("key", required=False)
def _get(key: str | None) -> None:
    """Show setting KEY or the table of that name. Without KEY: all of them."""
    from reelwright.config.tree import plain  # noqa: PLC0415 (heavy)

    manager = open_configuration(environment_name())
    value = plain(manager.snapshot.settings if key is None else manager.get(key))
    snapshot = manager.snapshot
    data = {
        "key": key,
        "value": value,
        "fingerprint": snapshot.fingerprint,
        "generation": snapshot.generation,
    }
    answer(data, shown(value))


@config.command("explain")
@click.argument("key")
def _explain(key: str) -> None:
    """Show where setting KEY comes from: layer, version, age, reason, and what it hides."""
    explanation = open_configuration(environment_name()).explain(key)
    answer(_explained(explanation), "\n".join(_explanation_lines(explanation)))


@config.command("set")
@click.argument("key")
@click.argument("value")
@REASON
@ACTOR
@click.option(
    "--for", "lasting", metavar="TIME", help="How long, such as 90m or 1d 6h. [default: until unset]"
)
@LAYER
@AT_ONCE
def _set(
    key: str, value: str, *, reason: str, actor: str | None, lasting: str | None, layer: str, at_once: bool
) -> None:
    """Set KEY to VALUE for everybody, without a deploy. VALUE is read by the setting's type."""
    from reelwright.config.variables import read_setting  # noqa: PLC0415 (heavy)

    manager = open_configuration(environment_name(), at_once=at_once)
    version = manager.set_runtime_override(
        key,
        read_setting(key, value),
        actor=actor_or_user(actor),
        reason=reason,
        expires_in=days_hours(lasting),
        layer=writable(layer),
    )
    _tell_written(f"{key} is set", version.version, key, gradually=_is_gradual(layer, at_once=at_once))


@config.command("unset")
@click.argument("key")
@REASON
@ACTOR
@LAYER
@AT_ONCE
def _unset(key: str, *, reason: str, actor: str | None, layer: str, at_once: bool) -> None:
    """Take back what was set for KEY; the next layer below says it again."""
    manager = open_configuration(environment_name(), at_once=at_once)
    version = manager.clear_runtime_override(
        key, actor=actor_or_user(actor), reason=reason, layer=writable(layer)
    )
    _tell_written(
        f"What was set for {key} is taken back",
        version.version,
        key,
        gradually=_is_gradual(layer, at_once=at_once),
    )


@config.command("diff")
@click.argument("other", metavar="ENVIRONMENT")
def _diff(other: str) -> None:
    """Show what is different in another ENVIRONMENT, seen from this one (--env)."""
    here = environment_name()
    changes = open_configuration(here).diff(open_configuration(other))
    lines = [_change_line(change) for change in changes]
    data = {"from": here, "to": other, "changes": [_changed(change) for change in changes]}
    answer(data, "\n".join(lines) or f"{here} and {other} have the same settings.")


@config.command("history")
@click.argument("key", required=False)
def _history(key: str | None) -> None:
    """Show who changed what, when and why, newest first; with KEY, of that setting alone."""
    revisions = open_configuration(environment_name()).history(key)
    lines = [line for revision in revisions for line in _revision_lines(revision)]
    data = {"revisions": [_revised(revision) for revision in revisions]}
    answer(data, "\n".join(lines) or "Nothing was changed here yet.")


@config.command("rollback")
@click.argument("version")
@REASON
@ACTOR
@LAYER
@AT_ONCE
def _rollback(version: str, *, reason: str, actor: str | None, layer: str, at_once: bool) -> None:
    """Bring back what VERSION of a layer said, as a new version."""
    manager = open_configuration(environment_name(), at_once=at_once)
    written = manager.rollback(version, actor=actor_or_user(actor), reason=reason, layer=writable(layer))
    _tell_written(
        f"The layer {layer} says what version {version} said",
        written.version,
        None,
        gradually=_is_gradual(layer, at_once=at_once),
    )


@config.command("validate")
@click.argument("file", required=False, type=PATH)
def _validate(file: Path | None) -> None:
    """Check a document of settings in FILE for this environment. Without FILE: all bundled environments."""
    from reelwright.config.checking import check_settings_document  # noqa: PLC0415 (heavy)
    from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment  # noqa: PLC0415 (heavy)

    if file is None:
        for name in ENVIRONMENT_NAMES:
            load_environment(name)
        checked = [f"environments/{name}.toml" for name in ENVIRONMENT_NAMES]
    else:
        check_settings_document(read_input(file), environment_name())
        checked = [str(file)]
    answer({"valid": True, "checked": checked}, "\n".join(f"{name}: valid" for name in checked))


@config.command("schema")
@click.option("--document", is_flag=True, help="The schema of operators' documents instead of the settings'.")
def _schema(*, document: bool) -> None:
    """Print the JSON schema of all settings."""
    from reelwright.cli.output import as_json  # noqa: PLC0415 (only here)
    from reelwright.config.documents import SettingsDocument  # noqa: PLC0415 (heavy)
    from reelwright.environment.schema import Settings  # noqa: PLC0415 (heavy)

    schema = (SettingsDocument if document else Settings).model_json_schema()
    answer(schema, as_json(schema))


def _tell_written(what: str, version: str, key: str | None, *, gradually: bool) -> None:
    lines = [
        f"{what}, in version {version}.",
        *(["  It reaches readers gradually; to reach all of them now: --at-once"] if gradually else []),
        f"  Undo: {'reelwright config history' if key is None else f'reelwright config unset {key}'}",
    ]
    answer({"version": version, "key": key, "gradual": gradually}, "\n".join(lines))


def _is_gradual(layer: str, *, at_once: bool) -> bool:
    """Return whether a change is rolled out by AppConfig: overrides of deployed environments are."""
    return environment_name() != "local" and layer == "runtime" and not at_once


def _explained(explanation: "Explanation") -> dict[str, Any]:
    return {
        "key": explanation.key,
        "value": explanation.value,
        "layer": explanation.layer.value,
        "version": explanation.version,
        "age_seconds": round(explanation.age_seconds, 3),
        "reason": explanation.reason,
        "shadowed": [
            {"layer": hidden.layer.value, "value": hidden.value, "version": hidden.version}
            for hidden in explanation.shadowed
        ],
    }


def _explanation_lines(explanation: "Explanation") -> Iterator[str]:
    value = shown(explanation.value)
    yield (
        f"{explanation.key}:\n{value}"
        if isinstance(explanation.value, Mapping)
        else f"{explanation.key} = {value}"
    )
    yield f"  layer    {explanation.layer.value}, version {explanation.version or '—'}"
    yield f"  age      {explanation.age_seconds:.0f} s"
    yield f"  because  {explanation.reason}"
    for hidden in explanation.shadowed:
        yield f"  hides    {hidden.layer.value}: {' · '.join(shown(hidden.value).splitlines())}"


def _changed(change: "Change") -> dict[str, Any]:
    return {"key": change.key, "old": change.old, "new": change.new, "layer": change.layer.value}


def _change_line(change: "Change") -> str:
    return f"{change.key}: {shown(change.old)} → {shown(change.new)}  ({change.layer.value})"


def _revised(revision: "Revision") -> dict[str, Any]:
    return {
        "layer": revision.layer.value,
        "version": revision.version,
        "at": revision.at.isoformat(),
        "actor": revision.actor,
        "reason": revision.reason,
        "restored_from": revision.restored_from,
        "changes": [_changed(change) for change in revision.changes],
    }


def _revision_lines(revision: "Revision") -> Iterator[str]:
    back = f", back to {revision.restored_from}" if revision.restored_from else ""
    yield (
        f"{revision.at:%Y-%m-%d %H:%M:%S} UTC  {revision.layer.value} {revision.version}{back}"
        f"  {revision.actor}: {revision.reason}"
    )
    for change in revision.changes:
        yield f"    {_change_line(change)}"
