"""Who may do what: wildcards have reasons, and nothing of one environment names another."""

import re
from collections.abc import Callable, Iterator
from itertools import chain

import pytest
from aws_cdk import App, Stack

from infra.app import DEPLOYABLE
from infra.constructs.batches import BATCH_FUNCTIONS
from infra.constructs.pipeline import STATE_FUNCTIONS
from infra.functions import FUNCTIONS
from infra.guardrails.grants import Grant, flat, role_for
from infra.wildcards import wildcards_of
from reelwright.config.secret_references import secret_references
from tests.infra.conftest import Assembly, Json, listed

PSEUDO = {"AWS::Partition", "AWS::Region", "AWS::AccountId"}
REFERENCE = re.compile(r"<([^<>]+)>")


def grants(assembly: Assembly) -> Iterator[tuple[str, Json]]:
    """Every statement of every role, with the role's logical id."""
    for name, role in assembly.of_type("AWS::IAM::Role").items():
        for policy in role["Policies"]:
            yield from ((name, statement) for statement in policy["PolicyDocument"]["Statement"])


def resources(statement: Json) -> list[str]:
    return [flat(resource) for resource in listed(statement["Resource"])]


def actions(assembly: Assembly, name: str) -> set[str]:
    return {action for statement in assembly.may(name).values() for action in listed(statement["Action"])}


def test_every_wildcard_that_grants_something_has_a_written_reason(assembly: Assembly) -> None:
    found = wildcards_of(assembly.folder, assembly.stack)
    assert len(found) > 30
    assert [(it.holder, it.sid) for it in found if len(it.reason) < 20] == []


def test_the_listing_misses_no_wildcard(assembly: Assembly) -> None:
    listed_here = {(it.holder, it.sid) for it in wildcards_of(assembly.folder, assembly.stack)}
    wide = {
        (name, statement["Sid"])
        for name, statement in grants(assembly)
        if any("*" in text for text in (*listed(statement["Action"]), *resources(statement)))
    }
    assert wide
    assert wide <= listed_here


PRODUCTIONS = {"UseProductions", "ProductionsKey", "UseArtifacts", "FindArtifacts", "ArtifactsKey"}
CONTROL = {"UseControl", "ControlKey"}
SETTINGS = CONTROL | {"ReadRuntimeProfile", "ReadParameters", "TellWhetherSecretsAreSet"}
LEDGER = {"UseLedger", "LedgerKey"}
MODELS = {"UseModels", "ModelsKey"}
PROVIDER_KEYS = {"ReadProviderKeys", "ProviderKeysKey"}
BUYING = LEDGER | MODELS | PROVIDER_KEYS
LETTERS = {"LeaveDeadLetters", "EncryptDeadLetters"}
SWITCHES = {"ReadFlagStates", "FlagStatesKey"}
DOCUMENTS = {"ReadDocuments", "FindDocuments", "DocumentsKey"}
MAY = {
    **dict.fromkeys(
        [
            *("OpenStep", "Assemble", "Review", "FinishProduction"),
        ],
        PRODUCTIONS,
    ),
    "Publish": PRODUCTIONS
    | MODELS
    | SWITCHES
    | {"ReadPlatformClients", "KeepRenewedClients", "PlatformClientsKey"},
    "WriteScript": PRODUCTIONS
    | BUYING
    | SWITCHES
    | {"InvokeModels", "InvokeGlobalProfiles", "InvokeBehindGlobalProfiles"},
    "Narrate": PRODUCTIONS | BUYING | SWITCHES | {"ReadVoice", "Speak"},
    "Shoot": PRODUCTIONS | BUYING | SWITCHES | {"InvokeModels", "FollowFootage", "FindFootage"},
    "BeginProduction": PRODUCTIONS | SETTINGS | DOCUMENTS | LEDGER | MODELS,
    "CheckModelHealth": LETTERS
    | SETTINGS
    | DOCUMENTS
    | MODELS
    | PROVIDER_KEYS
    | {"ListBedrock", "ListVoices"},
    "CheckSpending": LETTERS | SETTINGS | DOCUMENTS | LEDGER,
    "CollectOutcomes": LETTERS
    | SETTINGS
    | DOCUMENTS
    | {"ReadPublications", "KeepOutcomes", "PublicationsKey"}
    | {"ReadPlatformClients", "KeepRenewedClients", "PlatformClientsKey"},
    "FailProduction": PRODUCTIONS | {"ReadLedger", "LedgerKey"},
    "AdvanceBatchItem": PRODUCTIONS | {"LookAtExecutions"},
    "FinishBatch": PRODUCTIONS | LEDGER,
    "CheckConfiguration": set(),
    "MergeDefinitions": {
        "MergeDefinitions",
        "DeployByStrategy",
        "FindStrategies",
        "RememberDefinitions",
        "FindDefinitions",
        "DefinitionsKey",
    },
    "SyncFlags": CONTROL | LETTERS | {"ReadDeployments"},
    "AuditChange": CONTROL | LETTERS | {"ReadSigningKeys", "SigningKey"},
    "CheckSecrets": LETTERS | {"FindSecrets", "LookAtSecrets", "SecretsKey"},
    "RotateSecret": LETTERS | {"RotateSigningKeys", "SigningKey"},
}
"""The statements of every function, besides its own log and traces."""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_may_do_this_and_nothing_else(name: str, assembly: Assembly) -> None:
    assert assembly.may(name).keys() - {"WriteOwnLog", "Trace"} == MAY[name]


def test_who_collects_outcomes_gets_at_publications_only_and_changes_none(assembly: Assembly) -> None:
    def partitions(sid: str) -> list[str]:
        (condition,) = assembly.may("CollectOutcomes")[sid]["Condition"].values()
        return list(condition["dynamodb:LeadingKeys"])

    assert partitions("ReadPublications") == ["publication#*", "quota#*", "outcome#*"]
    assert partitions("KeepOutcomes") == ["quota#*", "outcome#*"]
    assert assembly.may("CollectOutcomes")["KeepOutcomes"]["Action"] == "dynamodb:PutItem"


def test_no_action_is_a_wildcard(assembly: Assembly) -> None:
    given = chain.from_iterable(listed(statement["Action"]) for _, statement in grants(assembly))
    assert [action for action in given if "*" in action] == []


def test_roles_name_only_what_is_in_their_own_environment(assembly: Assembly) -> None:
    own = assembly.environment.name
    for name, statement in grants(assembly):
        for resource in resources(statement):
            inside = set(REFERENCE.findall(resource)) - PSEUDO
            here = {it.partition(".")[0] for it in inside} <= assembly.resources.keys() and inside
            in_path = f"reelwright/{own}/" in resource or f"reelwright-{own}" in resource
            # Code and voice lie in the bootstrap bucket under their hash: the same for every environment.
            code = re.fullmatch(r".*:s3:::cdk-\w+-assets-<[^/]+/[0-9a-f]{64}\.\w+", resource)
            # Models are AWS's and the same for every environment; test_model_permissions.py holds them.
            model = ":bedrock:" in resource
            # Step Functions keeps one rule in each account, to hear of executions that others wait for.
            rule = resource.endswith(":rule/StepFunctionsGetEventsForStepFunctionsExecutionRule")
            known = here or in_path or code or model or rule or resource == "*"
            assert known, (name, statement["Sid"], resource)


def test_no_template_names_another_environment(assembly: Assembly) -> None:
    written = (assembly.folder / f"{assembly.stack}.template.json").read_text(encoding="utf-8")
    others = set(DEPLOYABLE) - {assembly.environment.name}
    assert [name for name in others if re.search(rf"reelwright[-/]{name}\b", written, re.IGNORECASE)] == []


def test_a_star_for_a_resource_reaches_no_data(assembly: Assembly) -> None:
    for name, statement in grants(assembly):
        if "*" in resources(statement):
            services = {action.partition(":")[0] for action in listed(statement["Action"])}
            others = set(listed(statement["Action"])) if not services <= {"xray", "logs"} else set()
            assert others <= {
                "appconfig:ListDeploymentStrategies",
                "bedrock:ListAsyncInvokes",
                "bedrock:ListFoundationModels",
                "bedrock:ListInferenceProfiles",
                "polly:DescribeVoices",
                "polly:SynthesizeSpeech",
                "secretsmanager:ListSecrets",
            }, name


def test_keys_are_used_only_by_way_of_the_service_whose_data_they_encrypt(assembly: Assembly) -> None:
    using = [it for _, it in grants(assembly) if str(listed(it["Action"])[0]).startswith("kms:")]
    assert using
    assert all(list(it["Condition"]["StringEquals"]) == ["kms:ViaService"] for it in using)


def test_only_who_uses_or_looks_at_a_secret_can_read_it(assembly: Assembly) -> None:
    readers = {
        name for name, it in grants(assembly) if "secretsmanager:GetSecretValue" in listed(it["Action"])
    }
    assert readers == {
        assembly.function(name)["Role"]["Fn::GetAtt"][0]
        for name in (
            *("AuditChange", "CheckSecrets", "RotateSecret"),
            *("WriteScript", "Narrate", "Shoot", "Publish", "CheckModelHealth"),
            "CollectOutcomes",
        )
    }
    for name, sid in (("AuditChange", "ReadSigningKeys"), ("RotateSecret", "RotateSigningKeys")):
        assert assembly.may(name)[sid]["Resource"] == {"Ref": "SigningAuditSecret"}


def test_a_validator_may_write_its_log_and_nothing_else(assembly: Assembly) -> None:
    assert assembly.may("CheckConfiguration").keys() == {"WriteOwnLog", "Trace"}


def test_a_production_begins_with_every_source_of_configuration(assembly: Assembly) -> None:
    may = assembly.may("BeginProduction")
    environment, profile = (assembly.resources[it] for it in ("ConfigurationRuntime", "SettingsProfile"))
    assert (environment["Properties"]["Name"], profile["Properties"]["Name"]) == ("runtime", "settings")
    assert flat(may["ReadRuntimeProfile"]["Resource"]).endswith(
        ":application/<ConfigurationApplication>/environment/<ConfigurationRuntime>"
        "/configuration/<SettingsProfile>"
    )
    assert {"ReadParameters", "TellWhetherSecretsAreSet", "ReadDocuments"} <= may.keys()
    assert "secretsmanager:GetSecretValue" not in actions(assembly, "BeginProduction")


def test_whoever_reads_configuration_may_ask_for_every_secret_that_no_setting_names_yet(
    assembly: Assembly,
) -> None:
    grant = assembly.may("BeginProduction")["TellWhetherSecretsAreSet"]
    kinds = {arn.rpartition(f"reelwright/{assembly.environment.name}/")[2] for arn in resources(grant)}
    has_test_channels = assembly.environment.settings.platforms["youtube"].credential is not None
    assert kinds == ({"providers/*"} if has_test_channels else {"providers/*", "platforms/*"})
    needed = {it.name.partition("/")[0] for it in secret_references(assembly.environment.settings).values()}
    assert {kind.removesuffix("/*") for kind in kinds} == needed


def test_steps_can_neither_read_nor_change_configuration(assembly: Assembly) -> None:
    vendors = {
        "WriteScript": {"bedrock", "secretsmanager"},
        "Narrate": {"polly", "secretsmanager"},
        "Shoot": {"bedrock", "secretsmanager"},
        "Publish": {"secretsmanager"},
    }
    for name in ("OpenStep", "WriteScript", "Narrate", "Shoot", "Assemble", "Review", "Publish"):
        services = {action.partition(":")[0] for action in actions(assembly, name)}
        assert services == {"logs", "xray", "dynamodb", "kms", "s3"} | vendors.get(name, set())
        assert "ConfigBucket" not in str(assembly.may(name))
        others = {sid: it for sid, it in assembly.may(name).items() if sid != "ReadFlagStates"}
        assert "ControlTable" not in str(others)


def test_who_buys_or_publishes_may_read_the_kill_switches_and_nothing_else_beside_them(
    assembly: Assembly,
) -> None:
    for name in ("WriteScript", "Narrate", "Shoot", "Publish"):
        may = assembly.may(name)["ReadFlagStates"]
        assert may["Action"] == "dynamodb:Query"
        assert may["Resource"] == {"Fn::GetAtt": ["ControlTable", "Arn"]}
        assert may["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["flags"]}}
        key = assembly.may(name)["FlagStatesKey"]
        assert listed(key["Action"]) == ["kms:Decrypt", "kms:DescribeKey"]


def test_nobody_deletes_versions_documents_tables_or_buckets(assembly: Assembly) -> None:
    for _, statement in grants(assembly):
        deleting = {it for it in listed(statement["Action"]) if ":Delete" in it}
        if "s3:DeleteObject" in deleting:  # in a versioned bucket this hides, and deletes nothing
            assert resources(statement) == ["<ArtifactsBucket.Arn>/*"]
        assert deleting <= {
            "appconfig:DeleteHostedConfigurationVersion",
            "dynamodb:DeleteItem",
            "logs:DeleteLogDelivery",
            "s3:DeleteObject",
        }


def test_the_state_machine_may_invoke_its_own_functions_only(assembly: Assembly) -> None:
    invoking = [it for _, it in grants(assembly) if "lambda:InvokeFunction" in listed(it["Action"])]
    functions = {it["Sid"]: sorted(resources(it)) for it in invoking}
    for makes, sid in (("productions", "RunSteps"), ("batches", "RunBatches")):
        machine = assembly.resources[assembly.machine(makes)]["Properties"]
        named = {
            flat(arn)
            for name, arn in machine["DefinitionSubstitutions"].items()
            if name in (*STATE_FUNCTIONS, *BATCH_FUNCTIONS)
        }
        assert functions.pop(sid) == sorted(named)
    assert functions == {}


@pytest.mark.parametrize(
    ("action", "resource", "because"),
    [("s3:GetObject", "arn:x/*", ""), ("s3:*", "arn:x", ""), ("s3:GetObject", "arn:x", "why not")],
)
def test_a_grant_has_a_reason_exactly_if_it_is_wide(action: str, resource: str, because: str) -> None:
    with pytest.raises(ValueError, match="a wildcard has a reason"):
        Grant("Some", [action], [resource], because=because)


def test_a_role_can_do_what_it_was_granted_from_its_first_moment(new_app: Callable[[], App]) -> None:
    stack = Stack(new_app(), "Stack")
    grant = Grant("Read", ["s3:GetObject"], ["arn:aws:s3:::b/k"])
    role = role_for(stack, "Role", service="lambda.amazonaws.com", description="x", grants=[grant])
    assert [child.node.id for child in role.node.children] == ["Resource"]
