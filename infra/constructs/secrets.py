"""Where credentials are kept: those that providers issue, and the keys that we make ourselves."""

from collections.abc import Mapping
from typing import cast

from aws_cdk import RemovalPolicy, aws_kms, aws_lambda, aws_secretsmanager
from constructs import Construct

from infra.guardrails.nag import acknowledge
from infra.guardrails.stateful import protect
from reelwright.environment.publishing import PlatformSettings

__all__ = ["PlatformSecrets", "ProviderSecrets", "SigningSecret", "empty_secret"]

_ROTATION = "rate(30 days)"
_GENERATED_CHARS = 64


class ProviderSecrets(Construct):
    """One empty secret for each provider: values are set by operators and never pass through a template."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        providers: list[str],
        key: aws_kms.IKey,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.arns: dict[str, str] = {}
        """By provider."""
        for provider in providers:
            secret = empty_secret(
                self,
                provider,
                name=f"{prefix}providers/{provider}",
                description=f"Credential of {provider}; its value is set with: reelwright secrets set",
                key=key,
            )
            protect(secret, logical_id=_logical_id("Provider", provider), removal_policy=removal_policy)
            self.arns[provider] = secret.secret_arn
            _accept_unrotated(secret, "The provider")


class PlatformSecrets(Construct):
    """One empty secret for the account on each video platform, under the name that the settings give it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        platforms: Mapping[str, PlatformSettings],
        key: aws_kms.IKey,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        for platform, settings in platforms.items():
            name = settings.credential.name if settings.credential else f"platforms/{platform}"
            secret = empty_secret(
                self,
                platform,
                name=f"{prefix}{name}",
                description=f"Client of {platform}; its value is set with: reelwright secrets set {name}",
                key=key,
            )
            protect(secret, logical_id=_logical_id("Platform", platform), removal_policy=removal_policy)
            _accept_unrotated(secret, "The platform")


class SigningSecret(Construct):
    """Keys that sign the audit trail: a first one, which nobody has seen, and a new one every month."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        key: aws_kms.IKey,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.secret = aws_secretsmanager.Secret(
            self,
            "Secret",
            secret_name=name,
            description="Keys that sign the audit trail; renewed by rotation.",
            encryption_key=key,
            generate_secret_string=aws_secretsmanager.SecretStringGenerator(
                secret_string_template="{}",  # noqa: S106 (where the generated key goes, no key)
                generate_string_key="first",
                password_length=_GENERATED_CHARS,
                exclude_punctuation=True,
            ),
        )
        protect(self.secret, logical_id="SigningAuditSecret", removal_policy=removal_policy)

    def rotate_with(self, function: aws_lambda.IFunction) -> None:
        """Let the function renew the secret now, and then every month."""
        allowed = aws_lambda.CfnPermission(
            self,
            "MayRotate",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="secretsmanager.amazonaws.com",
            source_account=self.secret.stack.account,
        )
        schedule = aws_secretsmanager.CfnRotationSchedule(
            self,
            "Rotation",
            secret_id=self.secret.secret_arn,
            rotation_lambda_arn=function.function_arn,
            rotation_rules=aws_secretsmanager.CfnRotationSchedule.RotationRulesProperty(
                schedule_expression=_ROTATION
            ),
            rotate_immediately_on_update=True,
        )
        schedule.add_resource_dependency(allowed)


def _logical_id(kind: str, name: str) -> str:
    return f"{kind}{name.title().replace('-', '').replace('_', '')}Secret"


def _accept_unrotated(secret: aws_secretsmanager.Secret, issuer: str) -> None:
    acknowledge(
        secret,
        "AwsSolutions::AwsSolutions-SMG4",
        because=(
            f"{issuer} issues this key in its own console, so no schedule of ours can renew it. "
            "Every read is in CloudTrail, and `reelwright secrets check` tells its age."
        ),
    )


def empty_secret(
    scope: Construct, construct_id: str, *, name: str, description: str, key: aws_kms.IKey
) -> aws_secretsmanager.Secret:
    """Return a secret without a value."""
    secret = aws_secretsmanager.Secret(
        scope, construct_id, secret_name=name, description=description, encryption_key=key
    )
    # CDK would fill the secret with a random password, which readers could mistake for a credential.
    resource = cast("aws_secretsmanager.CfnSecret", secret.node.default_child)
    resource.add_property_deletion_override("GenerateSecretString")
    return secret
