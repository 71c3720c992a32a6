"""No function of this environment can read anything of another one, whatever it tries."""

import pytest

from tests.e2e.deployed.stack import Stack
from tests.emulator.samples import invoke, make_function

TRIES = """
from boto3 import client
from botocore.exceptions import ClientError

SECRET = "reelwright/prod/signing/audit"
PROFILE = {"EnvironmentIdentifier": "runtime", "ConfigurationProfileIdentifier": "settings"}
HEAD = {"pk": {"S": "audit"}, "sk": {"S": "head"}}
ATTEMPTS = {
    "parameters": lambda: client("ssm").get_parameters_by_path(Path="/reelwright/prod/settings/"),
    "secret": lambda: client("secretsmanager").get_secret_value(SecretId=SECRET),
    "dates": lambda: client("secretsmanager").describe_secret(SecretId="reelwright/prod/providers/runway"),
    "document": lambda: client("s3").get_object(Bucket="reelwright-prod-config", Key="settings.json"),
    "record": lambda: client("dynamodb").get_item(TableName="Reelwright-prod-ControlTable", Key=HEAD),
    "override": lambda: client("appconfigdata").start_configuration_session(
        ApplicationIdentifier="PROD", **PROFILE),
}

def handler(event, context):
    return [name for name, attempt in ATTEMPTS.items() if not denied(attempt)]

def denied(attempt):
    try:
        attempt()
    except ClientError as error:
        return "AccessDenied" in error.response["Error"]["Code"]
    return False
"""


@pytest.fixture(scope="session")
def production_environment(stack: Stack) -> str:
    """Something of the environment prod to be read, in the same account; the id of its application."""
    secrets = stack.client("secretsmanager")
    for name in ("signing/audit", "providers/runway"):
        secrets.create_secret(Name=f"reelwright/prod/{name}", SecretString="{}")
    stack.client("ssm").put_parameter(Name="/reelwright/prod/settings/video/fps", Value="60", Type="String")
    stack.client("s3").create_bucket(Bucket="reelwright-prod-config")
    stack.client("s3").put_object(Bucket="reelwright-prod-config", Key="settings.json", Body=b"{}")
    stack.client("dynamodb").create_table(
        TableName="Reelwright-prod-ControlTable",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    )
    appconfig = stack.client("appconfig")
    application = str(appconfig.create_application(Name="reelwright-prod")["Id"])
    appconfig.create_environment(ApplicationId=application, Name="runtime")
    appconfig.create_configuration_profile(ApplicationId=application, Name="settings", LocationUri="hosted")
    return application


def test_no_function_of_dev_can_read_anything_of_prod(stack: Stack, production_environment: str) -> None:
    source = TRIES.replace("PROD", production_environment)
    functions = stack.client("lambda").list_functions()["Functions"]
    ours = {each["FunctionName"]: each["Role"] for each in functions if "-dev-" in each["FunctionName"]}
    assert len(ours) >= 12
    could: dict[str, list[str]] = {}
    for name, role in ours.items():
        probe = name.replace("reelwright-dev", "probe")
        make_function(stack.emulator, probe, source, role)
        could[name] = invoke(stack.emulator, probe)
    assert {name: read for name, read in could.items() if read} == {}


def test_an_operator_can_so_there_was_something_to_read(stack: Stack, production_environment: str) -> None:
    assert production_environment
    found = stack.client("ssm").get_parameters_by_path(Path="/reelwright/prod/settings/", Recursive=True)
    assert [parameter["Value"] for parameter in found["Parameters"]] == ["60"]
