"""What happens and is told: metrics, alarms, events."""

import json
from typing import Any

from tests.emulator.emulator import Emulator
from tests.emulator.samples import RAISES, heard, invoke, listen, make_function, make_stack
from tests.emulator.waiting import until

MEASURES = """
import json, time
def handler(event, context):
    emf = {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [
        {"Namespace": "Reelwright", "Dimensions": [["environment"]],
         "Metrics": [{"Name": "Failed", "Unit": "Count"}]}]},
        "environment": event, "Failed": 1}
    print(json.dumps(emf))
"""


def test_a_metric_in_the_log_moves_the_alarm_of_its_dimension_and_time_moves_it_back(
    emulator: Emulator,
) -> None:
    make_function(emulator, "measures", MEASURES)
    for environment in ("dev", "prod"):
        emulator.client("cloudwatch").put_metric_alarm(
            AlarmName=f"failed-{environment}",
            Namespace="Reelwright",
            MetricName="Failed",
            Dimensions=[{"Name": "environment", "Value": environment}],
            Statistic="Sum",
            Period=120,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
        )
    invoke(emulator, "measures", "dev")
    until(lambda: "ALARM" in history(emulator, "failed-dev"), "failed-dev was in alarm")
    until(lambda: state(emulator, "failed-dev") == "OK", "failed-dev is well again")
    assert "ALARM" not in history(emulator, "failed-prod")


def test_composite_and_expression_alarms_come_from_cloudformation(emulator: Emulator) -> None:
    child = {
        "AlarmName": "child",
        "Namespace": "N",
        "MetricName": "M",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "ignore",
    }
    expression = {
        "AlarmName": "expression",
        "Metrics": [{"Id": "share", "Expression": "1/2"}],
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    rule = {"AlarmName": "parent", "AlarmRule": 'ALARM("child")'}
    resources = {
        "Child": {"Type": "AWS::CloudWatch::Alarm", "Properties": child},
        "Expression": {"Type": "AWS::CloudWatch::Alarm", "Properties": expression},
        "Parent": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": rule, "DependsOn": "Child"},
    }
    assert make_stack(emulator, "alarms", resources)["Parent"] == "parent"
    for name in ("child", "expression"):
        emulator.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")
    assert [state(emulator, name) for name in ("parent", "expression")] == ["ALARM", "ALARM"]
    emulator.client("cloudformation").delete_stack(StackName="alarms")
    until(lambda: not state(emulator, "parent"), "the alarms are gone")


def test_changes_of_parameters_become_events(emulator: Emulator) -> None:
    queue = listen(
        emulator, "parameters", {"source": ["aws.ssm"], "detail": {"name": [{"prefix": "/told/"}]}}
    )
    parameters = emulator.client("ssm")
    for value in ("1", "2"):
        parameters.put_parameter(Name="/told/a", Value=value, Type="String", Overwrite=True)
    parameters.put_parameter(Name="/untold/a", Value="1", Type="String")
    parameters.delete_parameter(Name="/told/a")
    events: list[dict[str, Any]] = []
    until(lambda: events.extend(heard(emulator, queue)) or len(events) >= 3, "three events")
    assert [event["detail"]["operation"] for event in events] == ["Create", "Update", "Delete"]
    assert {event["detail"]["name"] for event in events} == {"/told/a"}


def test_an_event_that_a_function_cannot_take_ends_as_a_dead_letter_after_three_tries(
    emulator: Emulator,
) -> None:
    function = make_function(emulator, "never-takes", RAISES)
    queue = emulator.client("sqs").create_queue(QueueName="dead-letters")["QueueUrl"]
    emulator.client("lambda").update_function_configuration(
        FunctionName="never-takes",
        DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:000000000000:dead-letters"},
    )
    events = emulator.client("events")
    events.put_rule(Name="never-takes", EventPattern=json.dumps({"source": ["ours"]}))
    events.put_targets(Rule="never-takes", Targets=[{"Id": "never-takes", "Arn": function}])
    events.put_events(Entries=[{"Source": "ours", "DetailType": "t", "Detail": "{}"}])
    (letter,) = until(lambda: heard(emulator, queue), "a dead letter")
    assert letter["requestPayload"]["source"] == "ours"
    assert invoke(emulator, "never-takes", "count") == 4


def state(emulator: Emulator, alarm: str) -> str:
    found = emulator.client("cloudwatch").describe_alarms(
        AlarmNames=[alarm], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return "".join(str(one["StateValue"]) for one in found["MetricAlarms"] + found["CompositeAlarms"])


def history(emulator: Emulator, alarm: str) -> list[str]:
    items = emulator.client("cloudwatch").describe_alarm_history(AlarmName=alarm)["AlarmHistoryItems"]
    return [json.loads(item["HistoryData"])["newState"]["stateValue"] for item in items]
