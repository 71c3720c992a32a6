"""All functions of an environment, each with what it is told and what it may do."""

from collections.abc import Callable, Mapping

from aws_cdk import aws_lambda
from constructs import Construct

from infra.code import CodeShelf
from infra.constructs.function import Function
from infra.constructs.house import House
from infra.functions import FUNCTIONS, STEP_FUNCTIONS
from infra.guardrails.grants import Grant
from infra.permissions import Permissions

__all__ = ["VARIABLES", "Functions"]

_PRODUCTION = ("ARTIFACTS_BUCKET", "PRODUCTIONS_TABLE")
_WORKERS = (
    *("OpenStep", "FinishProduction", "FailProduction"),
    *(it.name for it in STEP_FUNCTIONS.values()),
)
"""They read and write productions, and artifacts: a large record lies among them too."""
_MODELS = ("LEDGER_TABLE", "MODELS_TABLE")
"""Whoever calls models needs both: money before the call, and how the model has been doing."""
_BUYERS = ("WriteScript", "Narrate", "Shoot")
_SWITCHED = ("CONTROL_TABLE",)
"""Whoever buys or publishes looks at the kill switches each time; they lie in the control table."""
_SETTINGS = (
    *("CONFIG_BUCKET", "CONTROL_TABLE", "CONFIGURATION_APPLICATION"),
    *("RUNTIME_ENVIRONMENT", "RUNTIME_PROFILE"),
)
"""Where the settings of this moment are read."""
VARIABLES = {
    **dict.fromkeys(_WORKERS, _PRODUCTION),
    **dict.fromkeys(_BUYERS, (*_PRODUCTION, *_MODELS, *_SWITCHED)),
    "Publish": (*_PRODUCTION, "MODELS_TABLE", *_SWITCHED),
    "BeginProduction": (*_PRODUCTION, *_MODELS, *_SETTINGS),
    "FailProduction": (*_PRODUCTION, "LEDGER_TABLE"),
    "AdvanceBatchItem": (*_PRODUCTION, "STATE_MACHINE"),
    "FinishBatch": (*_PRODUCTION, "LEDGER_TABLE"),
    "CheckModelHealth": ("MODELS_TABLE", *_SETTINGS),
    "CheckSpending": ("LEDGER_TABLE", *_SETTINGS),
    "CollectOutcomes": ("MODELS_TABLE", *_SETTINGS),
    "CheckConfiguration": ("CONFIGURATION_APPLICATION",),
    "MergeDefinitions": ("CONFIGURATION_APPLICATION", "CONFIG_BUCKET"),
    "SyncFlags": ("CONFIGURATION_APPLICATION", "CONTROL_TABLE"),
    "AuditChange": ("CONTROL_TABLE",),
    "CheckSecrets": (),
    "RotateSecret": (),
}
"""What each function is told of, by the names of ``Deployment``: nothing that it has no business with."""

_ASKS_FLAGS = "BeginProduction"
"""Flags are asked when a production begins, and never again."""
_AGENT_VARIABLES = ("FLAGS_ENVIRONMENT", "FLAGS_PROFILE")
_Names = Mapping[str, str]


class Functions(Construct):
    """Functions are added one by one, for some of them must be there before others can be described."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        house: House,
        code: CodeShelf,
        names: Callable[[], _Names],
        agent_layer_arn: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._agent = (
            aws_lambda.LayerVersion.from_layer_version_arn(self, "Agent", agent_layer_arn)
            if agent_layer_arn
            else None
        )
        self._house = house
        self._code = code
        self._names = names
        self.by_name: dict[str, aws_lambda.Function] = {}

    def add_validator(self) -> aws_lambda.Function:
        """Add the one function that may do nothing: it judges what it is handed."""
        return self._add("CheckConfiguration", [])

    def add_others(self, permissions: Permissions) -> None:
        """Add all other functions."""
        grants = _grants(permissions)
        for name in FUNCTIONS:
            if name not in self.by_name:
                agents = permissions.flags_by_agent() if self._has_agent(name) else []
                self._add(name, [*grants[name](), *agents], self._voice(name))

    def _add(self, name: str, grants: list[Grant], more: _Names | None = None) -> aws_lambda.Function:
        spec = FUNCTIONS[name]
        names = self._names()
        told = {f"REELWRIGHT_{variable}": names[variable] for variable in VARIABLES[name]}
        voice = (
            [Grant("ReadVoice", ["s3:GetObject"], [file.arn for file in self._code.voice])] if more else []
        )
        made = Function(
            self,
            name,
            spec=spec,
            house=self._house,
            code=self._code.code(spec.bundle),
            variables=told | dict(more or {}) | dict(self._agents(name)),
            grants=[*grants, *voice],
            layers=[self._agent] if self._agent and self._has_agent(name) else [],
        )
        self.by_name[name] = made.function
        return made.function

    def _has_agent(self, name: str) -> bool:
        return self._agent is not None and name == _ASKS_FLAGS

    def _agents(self, name: str) -> _Names:
        """Return what the agent is to fetch before anybody asks, and by which ids it is asked."""
        if not self._has_agent(name):
            return {}
        names = self._names()
        parts = {
            "applications": names["CONFIGURATION_APPLICATION"],
            "environments": names["FLAGS_ENVIRONMENT"],
            "configurations": names["FLAGS_PROFILE"],
        }
        path = "".join(f"/{kind}/{each}" for kind, each in parts.items())
        told = {f"REELWRIGHT_{variable}": names[variable] for variable in _AGENT_VARIABLES}
        return told | {"AWS_APPCONFIG_EXTENSION_PREFETCH_LIST": path}

    def _voice(self, name: str) -> _Names:
        """Return where the voice is, for functions that speak."""
        if FUNCTIONS[name].bundle != "speech":
            return {}
        model, config = self._code.voice
        return {
            "REELWRIGHT_VOICE_BUCKET": model.bucket.bucket_name,
            "REELWRIGHT_VOICE_KEY": model.key,
            "REELWRIGHT_VOICE_CONFIG_KEY": config.key,
        }


def _grants(may: Permissions) -> dict[str, Callable[[], list[Grant]]]:
    def work() -> list[Grant]:
        return [*may.productions(), *may.artifacts()]

    def settings() -> list[Grant]:
        return [*may.control(), *may.configuration_sources()]

    return {
        **dict.fromkeys(_WORKERS, work),
        "WriteScript": lambda: [*work(), *may.write(), *may.flag_states()],
        "Narrate": lambda: [*work(), *may.speak(), *may.flag_states()],
        "Shoot": lambda: [*work(), *may.shoot(), *may.flag_states()],
        "Publish": lambda: [*work(), *may.publish(), *may.flag_states()],
        # It looks for a route before anything is spent, so it asks budgets and health, and buys nothing.
        "BeginProduction": lambda: [*work(), *may.spending(), *may.standings(), *settings()],
        # What failed tells nobody what it had cost by then.
        "FailProduction": lambda: [*work(), *may.look_at_spending()],
        "AdvanceBatchItem": lambda: [*work(), *may.look_at_executions()],
        "FinishBatch": lambda: [*work(), *may.spending()],
        "CheckModelHealth": lambda: [*settings(), *may.look_at_models()],
        "CheckSpending": lambda: [*settings(), *may.spending()],
        "CollectOutcomes": lambda: [*settings(), *may.collect_outcomes()],
        "MergeDefinitions": may.definitions,
        "SyncFlags": lambda: [*may.deployments(), *may.control()],
        "AuditChange": lambda: [*may.control(), *may.read_signing_keys()],
        "CheckSecrets": may.check_secrets,
        "RotateSecret": may.rotate_signing_keys,
    }
