"""What a deployed environment is made of: the names that its stack gave."""

from collections.abc import Mapping

from reelwright.environment.errors import InvalidEnvironment
from reelwright.environment.loader import check_environment_name
from reelwright.environment.schema import EnvironmentName, Strict

__all__ = ["OUTPUTS", "PREFIX", "Deployment"]

PREFIX = "REELWRIGHT_"


class Deployment(Strict):
    """Names of one environment's resources; empty where the holder has no business with one.

    A function is told only what it may use. The command line reads all of them from the stack's outputs.
    """

    environment: EnvironmentName
    artifacts_bucket: str = ""
    config_bucket: str = ""
    productions_table: str = ""
    control_table: str = ""
    """Audit trail, last known good configuration, state of flag deployments."""
    ledger_table: str = ""
    """Charges and the totals of budgets."""
    models_table: str = ""
    """Health of models, and answers that were paid for."""
    configuration_application: str = ""
    """Id of the AppConfig application."""
    runtime_environment: str = ""
    """Id of its environment for overrides. Permissions name ids, so readers ask by them too."""
    runtime_profile: str = ""
    """Id of its profile for overrides."""
    flags_environment: str = ""
    """Id of its environment for flags, for who has AppConfig's agent beside it."""
    flags_profile: str = ""
    """Id of its profile for flags."""
    state_machine: str = ""
    """ARN of the state machine that makes productions."""
    batch_machine: str = ""
    """ARN of the state machine that makes batches of them."""

    @property
    def parameters_path(self) -> str:
        """Where this environment's parameters live in SSM, with a slash at the end."""
        return f"/reelwright/{self.environment}/settings/"

    @property
    def secrets_prefix(self) -> str:
        """What the names of this environment's secrets begin with."""
        return f"reelwright/{self.environment}/"

    @classmethod
    def from_variables(cls, variables: Mapping[str, str]) -> "Deployment":
        """Return what a function's environment says: ``REELWRIGHT_ENV`` and the like."""
        name = variables.get(f"{PREFIX}ENV", "")
        if not name:
            raise InvalidEnvironment(
                "REELWRIGHT_ENV is not set.",
                next_step="A function of the stack is told its environment by the stack.",
            )
        told = {field: variables.get(f"{PREFIX}{field.upper()}", "") for field in OUTPUTS}
        return cls(environment=check_environment_name(name), **told)

    @classmethod
    def from_outputs(cls, environment: str, outputs: Mapping[str, str]) -> "Deployment":
        """Return what a stack's outputs say; those of other versions that are missing stay empty."""
        told = {field: outputs.get(output, "") for field, output in OUTPUTS.items()}
        return cls(environment=check_environment_name(environment), **told)


OUTPUTS: dict[str, str] = {
    "artifacts_bucket": "ArtifactsBucketName",
    "config_bucket": "ConfigBucketName",
    "productions_table": "ProductionsTableName",
    "control_table": "ControlTableName",
    "ledger_table": "LedgerTableName",
    "models_table": "ModelsTableName",
    "configuration_application": "ConfigurationApplicationId",
    "runtime_environment": "RuntimeEnvironmentId",
    "runtime_profile": "RuntimeProfileId",
    "flags_environment": "FlagsEnvironmentId",
    "flags_profile": "FlagsProfileId",
    "state_machine": "StateMachineArn",
    "batch_machine": "BatchStateMachineArn",
}
"""The stack's output for each name."""
