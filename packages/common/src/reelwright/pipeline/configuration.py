"""The configuration that productions of this machine pin."""

from collections.abc import Callable
from pathlib import Path

from reelwright.config.schema import Layer, OverriddenSetting, Snapshot
from reelwright.environment.fingerprint import fingerprint
from reelwright.environment.loader import load_environment, merge
from reelwright.environment.schema import Settings
from reelwright.pipeline.overrides import Overrides

__all__ = ["configuration_of"]


def configuration_of(name: str, root: Path, overrides: Overrides) -> Callable[[], Snapshot]:
    """Return what gives the newest snapshot of an environment, with the request's layer on top.

    ``root`` keeps what this machine remembers of the sources.
    """
    del root
    spec, tree = load_environment(name), overrides.tree()
    settings = Settings.model_validate(merge(spec.settings.model_dump(), tree))
    origins = {
        f"{section}.{key}": OverriddenSetting(
            key=f"{section}.{key}", value=value, layer=Layer.REQUEST, version=""
        )
        for section, table in tree.items()
        if isinstance(table, dict)
        for key, value in table.items()
    }
    snapshot = Snapshot(
        environment=spec.name,
        settings=settings,
        fingerprint=fingerprint(settings),
        generation=1,
        values={},
        origins=origins,
    )
    return lambda: snapshot
