"""Where state is kept: of productions, and of how they are controlled."""

from typing import Any

from aws_cdk import RemovalPolicy, aws_dynamodb, aws_kms
from constructs import Construct

from infra.guardrails.stateful import protect

__all__ = ["RECENT_INDEX", "Table"]

RECENT_INDEX = "recent"
"""Lists items of one kind by their ids, which begin with the time they were made."""

_TEXT = aws_dynamodb.AttributeType.STRING


class Table(Construct):
    """A table paid by the request, restorable to any second of the last 35 days.

    Its keys, ``pk`` and ``sk``, leave room for everything that belongs to one thing.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: aws_kms.IKey,
        deletion_protection: bool,
        removal_policy: RemovalPolicy,
        expires_by: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.table = aws_dynamodb.Table(
            self,
            "Table",
            partition_key=_attribute("pk"),
            sort_key=_attribute("sk"),
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=aws_dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=aws_dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=deletion_protection,
            time_to_live_attribute=expires_by,
        )
        protect(self.table, logical_id=f"{construct_id}Table", removal_policy=removal_policy)

    def list_recent(self) -> None:
        """Add the index that lists what is new of one ``kind``; items without a kind are not in it."""
        self.table.add_global_secondary_index(
            index_name=RECENT_INDEX,
            partition_key=_attribute("kind"),
            sort_key=_attribute("id"),
            projection_type=aws_dynamodb.ProjectionType.ALL,
        )


def _attribute(name: str) -> Any:
    return aws_dynamodb.Attribute(name=name, type=_TEXT)
