"""Small things to put into an emulator: functions of a few lines, stacks of a few resources."""

import io
import json
import zipfile
from typing import Any

from tests.emulator.emulator import ACCOUNT, REGION, Emulator
from tests.emulator.waiting import until

ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"
ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
RAISES = """
calls = 0
class ProductionBusy(Exception): pass
def handler(event, context):
    global calls
    calls += 1
    if event == "count":
        return calls
    raise ProductionBusy('{"code": "busy"}')
"""
"""A function that fails under a name of its own; asked to ``count``, it tells how often it was called."""


def make_role(emulator: Emulator, name: str, statement: dict[str, Any]) -> str:
    """Make a role for functions that may do one thing; return its ARN."""
    iam = emulator.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": []}))
    iam.put_role_policy(
        RoleName=name,
        PolicyName=name,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def make_function(emulator: Emulator, name: str, source: str, role: str = ROLE) -> str:
    """Make a Lambda function of ``source``, which defines ``handler``; return its ARN."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("main.py", source)
    made = emulator.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="main.handler",
        Timeout=20,
        Code={"ZipFile": packed.getvalue()},
    )
    return str(made["FunctionArn"])


def invoke(emulator: Emulator, name: str, event: Any = None) -> Any:
    """Invoke a function and return what it answers, an error's report included."""
    answer = emulator.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return json.load(answer["Payload"])


def run_machine(emulator: Emulator, name: str, definition: dict[str, Any], given: Any) -> dict[str, Any]:
    """Make a state machine and run it once; return how the execution ended."""
    states = emulator.client("stepfunctions")
    machine = states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
    run = states.start_execution(stateMachineArn=machine["stateMachineArn"], input=json.dumps(given))

    def ended() -> Any:
        told = states.describe_execution(executionArn=run["executionArn"])
        return told if told["status"] != "RUNNING" else None

    return dict(until(ended, "the execution has ended"))


def make_stack(emulator: Emulator, name: str, resources: dict[str, Any]) -> dict[str, str]:
    """Create a stack and return the physical id of each of its resources."""
    cloudformation = emulator.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))

    def finished() -> str:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        status = str(stack["StackStatus"])
        return "" if status.endswith("IN_PROGRESS") else f"{status} {stack.get('StackStatusReason', '')}"

    status = until(finished, f"stack {name} finished")
    assert status.startswith("CREATE_COMPLETE"), status
    found = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}


def listen(emulator: Emulator, name: str, pattern: dict[str, Any]) -> str:
    """Send events that match into a queue; return its URL."""
    queue = emulator.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    events = emulator.client("events")
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    target = {"Id": name, "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"}
    events.put_targets(Rule=name, Targets=[target])
    return str(queue)


def heard(emulator: Emulator, queue: str) -> list[dict[str, Any]]:
    """Take the events that have come into a queue."""
    answer = emulator.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]
