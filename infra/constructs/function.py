"""A function with a role, a log and a stated end for what it cannot do."""

from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import Duration, Size, Stack, aws_lambda, aws_logs
from constructs import Construct

from infra.bundling.recipes import PYTHON
from infra.constructs.house import House
from infra.functions import FunctionSpec
from infra.guardrails.grants import Grant, role_for
from infra.guardrails.nag import acknowledge

__all__ = ["Function"]

_RUNTIME = aws_lambda.Runtime(f"python{PYTHON}", aws_lambda.RuntimeFamily.PYTHON)


class Function(Construct):
    """One function of ``infra.functions``. It may do what the grants say, and write its own log."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        spec: FunctionSpec,
        house: House,
        code: aws_lambda.Code,
        variables: Mapping[str, str],
        grants: Iterable[Grant],
        layers: Sequence[aws_lambda.ILayerVersion] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        name = f"reelwright-{house.environment}-{spec.slug}"
        log = house.log(self, f"/reelwright/{house.environment}/{spec.slug}")
        own = [_write_log(log), *house.trace(), *_leave_dead_letters(house, spec)]
        role = role_for(
            self,
            "Role",
            service="lambda.amazonaws.com",
            description=f"What {name} may do.",
            grants=[*own, *grants],
        )
        self.function = aws_lambda.Function(
            self,
            "Function",
            function_name=name,
            description=spec.purpose,
            runtime=_RUNTIME,
            architecture=aws_lambda.Architecture.X86_64,
            handler=spec.handler,
            code=code,
            # Without updates: the role's policy is what stands above, not what CDK would add to it.
            role=role.without_policy_updates(),
            timeout=Duration.seconds(spec.timeout_seconds),
            memory_size=spec.memory_mb,
            ephemeral_storage_size=Size.mebibytes(spec.storage_mb),
            environment={"REELWRIGHT_ENV": house.environment, **variables},
            layers=list(layers) or None,
            log_group=log,
            tracing=aws_lambda.Tracing.ACTIVE if house.tracing else aws_lambda.Tracing.DISABLED,
            dead_letter_queue=house.dead_letters if spec.asynchronous else None,
        )
        _acknowledge(self.function, spec)
        house.accept_untraced(self.function, "Serverless::Serverless-LambdaTracing")


def _write_log(log: aws_logs.LogGroup) -> Grant:
    return Grant("WriteOwnLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [log.log_group_arn])


def _leave_dead_letters(house: House, spec: FunctionSpec) -> list[Grant]:
    if not spec.asynchronous:
        return []
    region = Stack.of(house.dead_letters).region
    return [
        Grant("LeaveDeadLetters", ["sqs:SendMessage"], [house.dead_letters.queue_arn]),
        Grant(
            "EncryptDeadLetters",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [house.key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"sqs.{region}.amazonaws.com"}},
        ),
    ]


def _acknowledge(function: aws_lambda.Function, spec: FunctionSpec) -> None:
    for finding in ("AwsSolutions::AwsSolutions-L1", "Serverless::Serverless-LambdaLatestVersion"):
        acknowledge(
            function,
            finding,
            because="All our tests run on this Python, and AWS maintains it until October 2029 (ADR 9).",
        )
    if not spec.asynchronous:
        acknowledge(
            function,
            "Serverless::Serverless-LambdaDLQ",
            because="Whoever calls this function waits for its answer and sees its errors.",
        )
