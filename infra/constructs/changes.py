"""What changed, and who is told: EventBridge rules for the audit trail and for the flag document."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration, Stack, aws_events, aws_events_targets, aws_lambda, aws_sqs
from constructs import Construct

__all__ = ["Changes"]

_ATTEMPTS = 8
_LONGEST = Duration.hours(2)
_DEPLOYMENTS = ("On Deployment Start", "On Deployment Complete", "On Deployment Rolled Back")
_SECRET_CALLS = (
    "CancelRotateSecret",
    "CreateSecret",
    "DeleteResourcePolicy",
    "DeleteSecret",
    "PutResourcePolicy",
    "PutSecretValue",
    "RestoreSecret",
    "RotateSecret",
    "UpdateSecret",
    "UpdateSecretVersionStage",
)


class Changes(Construct):
    """Rules for every place where configuration can change. What cannot be delivered is kept."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: str,
        audit: aws_lambda.IFunction,
        sync: aws_lambda.IFunction,
        dead_letters: aws_sqs.IQueue,
        application_id: str,
        config_bucket_name: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._dead_letters = dead_letters
        self._rule(
            "Deployments",
            "Configuration is deployed, or rolled back.",
            [audit, sync],
            source="aws.appconfig",
            kinds=_DEPLOYMENTS,
            detail={"Application": {"Id": [application_id]}},
        )
        self._tell_of_documents(config_bucket_name, audit)
        self._tell_of_parameters(environment, audit)
        self._tell_of_secrets(environment, audit)

    def _tell_of_documents(self, bucket_name: str, audit: aws_lambda.IFunction) -> None:
        self._rule(
            "Documents",
            "A configuration document is written or deleted.",
            [audit],
            source="aws.s3",
            kinds=("Object Created", "Object Deleted"),
            detail={"bucket": {"name": [bucket_name]}},
        )

    def _tell_of_parameters(self, environment: str, audit: aws_lambda.IFunction) -> None:
        self._rule(
            "Parameters",
            "A parameter of this environment is written or deleted.",
            [audit],
            source="aws.ssm",
            kinds=("Parameter Store Change",),
            detail={"name": [{"prefix": f"/reelwright/{environment}/"}]},
        )

    def _tell_of_secrets(self, environment: str, audit: aws_lambda.IFunction) -> None:
        self._rule(
            "Secrets",
            "A secret of this environment is written, renewed or deleted.",
            [audit],
            source="aws.secretsmanager",
            kinds=("AWS API Call via CloudTrail",),
            detail={"eventName": list(_SECRET_CALLS), "requestParameters": self._secrets(environment)},
        )

    def _rule(
        self,
        construct_id: str,
        description: str,
        functions: Sequence[aws_lambda.IFunction],
        *,
        source: str,
        kinds: Sequence[str],
        detail: Mapping[str, Any],
    ) -> None:
        aws_events.Rule(
            self,
            construct_id,
            description=description,
            event_pattern=aws_events.EventPattern(source=[source], detail_type=list(kinds), detail=detail),
            targets=[self._target(function) for function in functions],
        )

    def _target(self, function: aws_lambda.IFunction) -> aws_events_targets.LambdaFunction:
        return aws_events_targets.LambdaFunction(
            function,
            dead_letter_queue=self._dead_letters,
            retry_attempts=_ATTEMPTS,
            max_event_age=_LONGEST,
        )

    def _secrets(self, environment: str) -> dict[str, Any]:
        """Match calls by how they name the secret: by name, by ARN, or as the name of a new one."""
        prefix = f"reelwright/{environment}/"
        arn = Stack.of(self).format_arn(service="secretsmanager", resource=f"secret:{prefix}")
        return {"$or": [{"secretId": [{"prefix": prefix}, {"prefix": arn}]}, {"name": [{"prefix": prefix}]}]}
