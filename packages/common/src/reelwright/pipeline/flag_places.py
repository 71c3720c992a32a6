"""Where the flags of a place are read: documents or a table, or AppConfig's agent if settings say so."""

import sys
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol

from reelwright.clock import Clock, SystemClock
from reelwright.config.local import LocalPlace
from reelwright.environment.deployment import Deployment
from reelwright.environment.schema import EnvironmentName, Settings
from reelwright.flags.agent import AgentFlags
from reelwright.flags.local import DocumentFlagStates
from reelwright.flags.ports import FlagSource
from reelwright.flags.reading import FlagReader
from reelwright.flags.remembering import FileFlagMemory
from reelwright.observability.emf import EmfMetrics
from reelwright.pipeline.flagging import FlagsFor

__all__ = ["cloud_flags", "local_flags"]

_MEMORY = "flags-last-known-good.json"
_PLACES = 4


def local_flags(root: Path, environment: EnvironmentName, clock: Clock) -> FlagsFor:
    """Return those of an environment on this machine: a document beside its runtime overrides."""
    place = LocalPlace(environment, root, clock)
    reader = FlagReader(
        DocumentFlagStates(place.runtime(), environment=environment, only="flags"),
        clock=clock,
        memory=FileFlagMemory(place.folder / _MEMORY),
        environment=environment,
    )
    application = f"reelwright-{environment}"
    return _Flags(reader, partial(AgentFlags, application=application, environment=environment, clock=clock))


def cloud_flags(deployment: Deployment, client: Any, clock: Clock) -> FlagsFor:
    """Return those of a deployed environment: in the control table, where the sync function keeps them.

    What was read last stays with the process, for the case that the table is away.
    """
    if not isinstance(clock, SystemClock):
        return _in_table(deployment, client, clock)
    return _of_this_process(deployment, client)


class _Answering(Protocol):
    """What both kinds of flags can do."""

    def under(self, overrides: Any) -> FlagSource:
        """Return the same flags with overrides of one's own."""
        ...


class _Flags:
    """The flags of a place, by what settings have to say of them."""

    def __init__(self, reader: _Answering, agent_at: Callable[[str], _Answering]) -> None:
        self._reader = reader
        self._agent_at = lru_cache(maxsize=_PLACES)(agent_at)
        """At one address always the same one, for it keeps what it was told."""

    def __call__(self, settings: Settings) -> FlagSource:
        """Return the flags as these settings have them."""
        said = settings.flags
        flags = self._agent_at(said.agent_url) if said.source == "agent" else self._reader
        return flags.under(said.overrides)


@lru_cache(maxsize=_PLACES)
def _of_this_process(deployment: Deployment, client: Any) -> FlagsFor:
    return _in_table(deployment, client, SystemClock())


def _in_table(deployment: Deployment, client: Any, clock: Clock) -> FlagsFor:
    from reelwright.flags.aws import DynamoFlagStates  # noqa: PLC0415 (loads botocore, on AWS only)

    # Both profiles are read, for beside them stands how long ago AppConfig was asked for each.
    metrics = EmfMetrics(deployment.environment, sys.stdout, clock)
    states = DynamoFlagStates(client, deployment.control_table, clock=clock, metrics=metrics)
    reader = FlagReader(states, clock=clock, environment=deployment.environment)
    ids = (deployment.flags_environment, deployment.flags_profile)
    agent = partial(
        AgentFlags,
        application=deployment.configuration_application,
        ids=ids if all(ids) else None,
        environment=deployment.environment,
        clock=clock,
    )
    return _Flags(reader, agent)
