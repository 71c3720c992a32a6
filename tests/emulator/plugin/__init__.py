"""What MiniStack 1.5.33 lacks and our stack needs, each in a module of its own.

Runs in the emulator's process and interpreter. A module's ``apply`` replaces functions of the emulator; it
reaches other services by their functions, never by the emulator's HTTP API, which would deadlock it.
A test that is green only thanks to this package mostly exercises it: tests/infra asserts the same promises
on the template.
"""

from tests.emulator.plugin import (
    alarms,
    appconfig_deployments,
    appconfig_validators,
    appconfig_versions,
    bucket_deletion,
    call_events,
    deliveries,
    lambda_errors,
    log_metrics,
    map_states,
    parameter_events,
    permissions,
    secret_creation,
    secret_rotation,
    table_expiry,
    ticking,
)

PARTS = (
    permissions,
    lambda_errors,
    log_metrics,
    alarms,
    table_expiry,
    secret_creation,
    secret_rotation,
    parameter_events,
    call_events,
    deliveries,
    map_states,
    bucket_deletion,
    appconfig_versions,
    appconfig_validators,
    appconfig_deployments,
    ticking,
)


def apply() -> None:
    """Put every part in place; raise if the emulator is no longer the one that the parts were written for."""
    for part in PARTS:
        part.apply()
