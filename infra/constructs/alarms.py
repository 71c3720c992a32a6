"""Alarms, and where they are heard."""

from aws_cdk import (
    Duration,
    Stack,
    aws_cloudwatch,
    aws_cloudwatch_actions,
    aws_iam,
    aws_kms,
    aws_lambda,
    aws_sns,
    aws_sqs,
)
from constructs import Construct

from infra.alarm_list import ALARMS, AlarmSpec, runbook_line
from reelwright.observability.metrics import NAMESPACE

__all__ = ["AlarmTopic", "Alarms"]

_FIVE_MINUTES = Duration.minutes(5)


class AlarmTopic(Construct):
    """The topic that alarms publish to; people and tools subscribe to it."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, key: aws_kms.IKey) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        self.topic = aws_sns.Topic(
            self, "Topic", topic_name=f"{name}-alarms", master_key=key, enforce_ssl=True
        )
        alarms = stack.format_arn(service="cloudwatch", resource=f"alarm:{name}-*")
        self.topic.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="AlarmsMayPublish",
                principals=[aws_iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": alarms},
                },
            )
        )


class Alarms(Construct):
    """Every alarm of an environment. Silence is not an alarm: missing data never rings."""

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, environment: str, topic: aws_sns.ITopic
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = name
        self._action = aws_cloudwatch_actions.SnsAction(topic)
        ours = {spec.name: self._on_our_metric(spec, environment) for spec in ALARMS}
        self.guards = [ours[spec.name] for spec in ALARMS if spec.guards_deployments]
        """Those that roll a deployment of configuration back."""

    def add(
        self,
        name: str,
        metric: aws_cloudwatch.IMetric,
        *,
        meaning: str,
        next_step: str,
        runbook: str,
        threshold: float = 1,
        periods: int = 1,
    ) -> aws_cloudwatch.Alarm:
        """Add an alarm that rings when the metric reaches the threshold."""
        alarm = aws_cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._name}-{name}",
            alarm_description=runbook_line(runbook, meaning, next_step),
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._action)
        return alarm

    def add_function(self, name: str, function: aws_lambda.IFunction) -> None:
        """Ring when a function raises what nobody expected, or runs out of time or memory."""
        self.add(
            f"{name}Errors",
            function.metric_errors(period=_FIVE_MINUTES),
            meaning=f"{name} failed.",
            next_step="read its log around the time of the alarm.",
            runbook="FunctionErrors",
        )

    def add_dead_letters(self, queue: aws_sqs.IQueue) -> None:
        """Ring as soon as an event could not be dealt with."""
        self.add(
            "DeadLetters",
            queue.metric_approximate_number_of_messages_visible(period=_FIVE_MINUTES, statistic="Maximum"),
            meaning="An event could not be dealt with, and waits in the queue of dead letters.",
            next_step="read the message and the function's log; put the cause right, then redrive the queue.",
            runbook="DeadLetters",
        )

    def add_executions(self, state_machine_arn: str) -> None:
        """Ring when an execution of the state machine fails."""
        self.add(
            "ExecutionsFailed",
            _executions_failed(state_machine_arn),
            meaning="An execution of the state machine failed.",
            next_step="open the execution: its error says what to do; then reelwright productions resume.",
            runbook="ExecutionsFailed",
        )

    def add_batches(self, state_machine_arn: str) -> None:
        """Ring when a batch is given up; items that fail are told in its report, and ring as productions."""
        self.add(
            "BatchesStopped",
            _executions_failed(state_machine_arn),
            meaning="A batch was given up before its end.",
            next_step="read its report; put the cause right, then reelwright batch --resume its id.",
            runbook="BatchesStopped",
        )

    def _on_our_metric(self, spec: AlarmSpec, environment: str) -> aws_cloudwatch.Alarm:
        own = {spec.metric.dimension: spec.value} if spec.value else {}
        metric = aws_cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=spec.metric.title,
            dimensions_map={"environment": environment} | own,
            statistic=spec.statistic,
            period=Duration.minutes(spec.minutes),
        )
        return self.add(
            spec.name,
            metric,
            meaning=spec.meaning,
            next_step=spec.next_step,
            runbook=spec.runbook,
            threshold=spec.threshold,
            periods=spec.periods,
        )


def _executions_failed(state_machine_arn: str) -> aws_cloudwatch.Metric:
    return aws_cloudwatch.Metric(
        namespace="AWS/States",
        metric_name="ExecutionsFailed",
        dimensions_map={"StateMachineArn": state_machine_arn},
        statistic="Sum",
        period=_FIVE_MINUTES,
    )
