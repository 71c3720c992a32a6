"""What everything that runs in an environment has in common."""

from dataclasses import dataclass

from aws_cdk import RemovalPolicy, aws_kms, aws_logs, aws_sqs
from constructs import Construct

from infra.guardrails.grants import Grant
from infra.guardrails.nag import acknowledge

__all__ = ["House"]

_RETENTION = {
    1: aws_logs.RetentionDays.ONE_DAY,
    3: aws_logs.RetentionDays.THREE_DAYS,
    7: aws_logs.RetentionDays.ONE_WEEK,
    14: aws_logs.RetentionDays.TWO_WEEKS,
    30: aws_logs.RetentionDays.ONE_MONTH,
    90: aws_logs.RetentionDays.THREE_MONTHS,
    180: aws_logs.RetentionDays.SIX_MONTHS,
    365: aws_logs.RetentionDays.ONE_YEAR,
}
_TRACES = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Keys, logs and dead letters of one environment."""

    environment: str
    key: aws_kms.IKey
    dead_letters: aws_sqs.IQueue
    log_retention_days: int
    removal_policy: RemovalPolicy
    tracing: bool

    def log(self, scope: Construct, name: str) -> aws_logs.LogGroup:
        """Add a log group: encrypted, and kept for as long as the environment says."""
        keep = self.removal_policy == RemovalPolicy.RETAIN
        return aws_logs.LogGroup(
            scope,
            "Log",
            log_group_name=name,
            retention=_RETENTION[self.log_retention_days],
            encryption_key=self.key,
            # Its name is fixed: one left behind by a failed first deploy would stand in the way of the next.
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if keep else RemovalPolicy.DESTROY,
        )

    def trace(self, *more: str) -> list[Grant]:
        """Return what tracing needs, where the environment traces."""
        if not self.tracing:
            return []
        reason = "X-Ray has no resources to name: these actions only read sampling rules and add to traces."
        return [Grant("Trace", [*_TRACES, *more], ["*"], because=reason)]

    def accept_untraced(self, construct: Construct, *findings: str) -> None:
        """Acknowledge that something is not traced, where the environment does not trace."""
        for finding in () if self.tracing else findings:
            acknowledge(construct, finding, because="The environment's own file says that nothing is traced.")
