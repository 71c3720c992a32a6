"""What is done regularly without anybody asking."""

from dataclasses import dataclass

from aws_cdk import Duration, aws_events, aws_events_targets, aws_lambda, aws_sqs
from constructs import Construct

__all__ = ["SCHEDULES", "Schedule", "ScheduleSpec"]

_ATTEMPTS = 8
_LONGEST = Duration.hours(2)
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class ScheduleSpec:
    """A function that is called every so many minutes."""

    construct_id: str
    function: str
    minutes: int
    description: str


SCHEDULES = (
    ScheduleSpec("Daily", "CheckSecrets", _DAY_MINUTES, "Secrets are looked at before somebody has to."),
    # Breakers see an outage by the calls that fail. What only a look finds (a key that was taken back, a
    # model or a price that ends) changes slowly; an hour is soon enough, and the questions cost nothing.
    ScheduleSpec(
        "ModelHealth", "CheckModelHealth", 60, "Models are looked at before a production needs them."
    ),
    # AppConfig sends no event when a gradual deployment reaches more, so how far it got is asked for. That
    # also makes good for an event that was lost. A month of it costs less than half a dollar.
    ScheduleSpec("Flags", "SyncFlags", 1, "How far a deployment of flags got is read again."),
    ScheduleSpec("Spending", "CheckSpending", 15, "Money that nobody came back for is given back."),
    # It asks only for what is due, which thins out with age: most rounds ask nothing.
    ScheduleSpec("Outcomes", "CollectOutcomes", 60, "What became of publications is read back."),
)


class Schedule(Construct):
    """Calls a function regularly; a call that cannot be delivered is kept in the queue of dead letters."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        every: Duration,
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
            schedule=aws_events.Schedule.rate(every),
            targets=[target],
        )
