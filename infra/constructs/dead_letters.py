"""Where events end that could not be dealt with."""

from aws_cdk import Duration, aws_kms, aws_sqs
from constructs import Construct

from infra.guardrails.nag import acknowledge

__all__ = ["DeadLetters"]


class DeadLetters(Construct):
    """A queue that keeps events for two weeks, until somebody has seen why and redrives them."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, key: aws_kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self.queue = aws_sqs.Queue(
            self,
            "Queue",
            queue_name=f"{name}-dead-letters",
            encryption=aws_sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        acknowledge(
            self.queue,
            "Serverless::Serverless-SQSRedrivePolicy",
            because="This queue is where dead letters end; an alarm rings as soon as one is in it.",
        )
