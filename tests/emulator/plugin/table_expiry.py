"""Time to live of a table made by CloudFormation; MiniStack forgets the property."""

from typing import Any

from ministack.services import dynamodb

from tests.emulator.plugin.patching import after_creation


def apply() -> None:
    after_creation("AWS::DynamoDB::Table", _set_time_to_live)
    after_creation("AWS::DynamoDB::GlobalTable", _set_time_to_live)


def _set_time_to_live(table: str, props: dict[str, Any]) -> None:
    wanted = props.get("TimeToLiveSpecification")
    if wanted:
        enabled = str(wanted.get("Enabled", True)).lower() == "true"
        specification = {"AttributeName": wanted["AttributeName"], "Enabled": enabled}
        dynamodb._update_ttl({"TableName": table, "TimeToLiveSpecification": specification})
