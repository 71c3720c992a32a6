"""What holds data must outlive mistakes: a fixed logical id, and a stated end."""

from typing import cast

from aws_cdk import CfnResource, RemovalPolicy, Resource

__all__ = ["protect"]


def protect(resource: Resource, *, logical_id: str, removal_policy: RemovalPolicy) -> None:
    """Pin the resource's logical id and say what becomes of it when the stack no longer has it.

    CloudFormation replaces a resource whose logical id changes, and ids follow from the construct tree;
    a pinned one lets the tree be rearranged without losing a table.
    """
    cast("CfnResource", resource.node.default_child).override_logical_id(logical_id)
    resource.apply_removal_policy(removal_policy)
