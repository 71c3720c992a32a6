"""Where the credentials of the model and upload providers are kept."""

from typing import cast

from aws_cdk import RemovalPolicy, aws_kms, aws_secretsmanager
from constructs import Construct

from infra.guardrails.nag import acknowledge
from infra.guardrails.stateful import protect

__all__ = ["Credentials"]


class Credentials(Construct):
    """An empty secret: its value is set by an operator and never passes through a template."""

    def __init__(
        self, scope: Construct, construct_id: str, *, key: aws_kms.IKey, removal_policy: RemovalPolicy
    ) -> None:
        super().__init__(scope, construct_id)
        self.secret = aws_secretsmanager.Secret(
            self,
            "Secret",
            description="Credentials of model and upload providers, as one JSON object.",
            encryption_key=key,
        )
        # CDK would fill the secret with a random password, which readers could mistake for a credential.
        resource = cast("aws_secretsmanager.CfnSecret", self.secret.node.default_child)
        resource.add_property_deletion_override("GenerateSecretString")
        protect(self.secret, logical_id="CredentialsSecret", removal_policy=removal_policy)
        acknowledge(
            self.secret,
            "AwsSolutions::AwsSolutions-SMG4",
            because=(
                "Providers issue these keys in their own consoles, so no schedule of ours can renew them. "
                "The secret has a key of its own, is read by its ARN only, and every read is in CloudTrail."
            ),
        )
