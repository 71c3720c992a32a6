"""What roles may do. A grant that names more than single resources says why it cannot be narrower."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import Stack, aws_iam
from constructs import Construct

from infra.guardrails.nag import acknowledge

__all__ = ["WILDCARD_METADATA", "Grant", "flat", "role_for"]

WILDCARD_METADATA = "reelwright:wildcard"
"""Type of the construct metadata by which the written reason of a wildcard gets into the assembly."""

_ANY = "*"


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement of a role's policy.

    ``sid`` says in CamelCase what it is for. ``because`` is needed as soon as an action or a resource
    has a wildcard: it ends up in the listing of `python -m infra.wildcards`.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str]
    because: str = ""
    conditions: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a wildcard without a reason, and a reason without a wildcard."""
        wide = any(_ANY in text for text in (*self.actions, *self.resources))
        if wide != bool(self.because):
            raise ValueError(f"{self.sid}: a wildcard has a reason, and only a wildcard has one")

    def statement(self) -> aws_iam.PolicyStatement:
        """Return the statement as CDK writes it."""
        return aws_iam.PolicyStatement(
            sid=self.sid,
            actions=list(self.actions),
            resources=list(self.resources),
            conditions=self.conditions or None,
        )


def role_for(
    scope: Construct, construct_id: str, *, service: str, description: str, grants: Iterable[Grant]
) -> aws_iam.Role:
    """Return a role for an AWS service that may do exactly what the grants say, and never more.

    The policy stands in the role, so that there is no moment in which the role exists without it.
    """
    grants = tuple(grants)
    document = aws_iam.PolicyDocument(statements=[grant.statement() for grant in grants])
    role = aws_iam.Role(
        scope,
        construct_id,
        assumed_by=aws_iam.ServicePrincipal(service),
        description=description,
        inline_policies={"Grants": document},
    )
    for grant in grants:
        if grant.because:
            _explain(role, grant)
    if service == "lambda.amazonaws.com":
        _acknowledge_star(role, grants)
    return role


def _explain(role: aws_iam.Role, grant: Grant) -> None:
    role.node.add_metadata(WILDCARD_METADATA, {"sid": grant.sid, "because": grant.because})
    for finding in _findings(Stack.of(role), grant):
        acknowledge(role, f"AwsSolutions::AwsSolutions-IAM5[{finding}]", because=grant.because)


def _acknowledge_star(role: aws_iam.Role, grants: Sequence[Grant]) -> None:
    """Acknowledge the finding of another pack, which does not say which statement it is about."""
    starred = [grant for grant in grants if _ANY in grant.resources]
    if starred:
        reasons = " ".join(f"{grant.sid}: {grant.because}" for grant in starred)
        acknowledge(role, "Serverless::Serverless-LambdaStarPermissions", because=reasons)


def _findings(stack: Stack, grant: Grant) -> list[str]:
    """Return what the rule pack calls the wildcards of a grant."""
    actions = [f"Action::{action}" for action in grant.actions if _ANY in action]
    resources = [f"Resource::{flat(stack.resolve(it))}" for it in grant.resources if _ANY in it]
    return [*actions, *resources]


def flat(value: Any) -> str:
    """Write a resolved value on one line, as the rule pack does: references in angle brackets."""
    if isinstance(value, str):
        return value
    ((function, inner),) = value.items()
    if function == "Ref":
        return f"<{inner}>"
    if function == "Fn::GetAtt":
        return f"<{'.'.join(inner)}>"
    if function == "Fn::Sub":
        return str(inner).replace("${", "<").replace("}", ">")
    return "".join(flat(part) for part in inner[1])
