"""What is done every day without anybody asking."""

from aws_cdk import Duration, aws_events, aws_events_targets, aws_lambda, aws_sqs
from constructs import Construct

__all__ = ["Daily"]

_ATTEMPTS = 8
_LONGEST = Duration.hours(2)


class Daily(Construct):
    """Calls a function once a day; a day that cannot be delivered is kept in the queue of dead letters."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        function: aws_lambda.IFunction,
        dead_letters: aws_sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        target = aws_events_targets.LambdaFunction(
            function, dead_letter_queue=dead_letters, retry_attempts=_ATTEMPTS, max_event_age=_LONGEST
        )
        aws_events.Rule(
            self,
            "Rule",
            description=description,
            schedule=aws_events.Schedule.rate(Duration.days(1)),
            targets=[target],
        )
