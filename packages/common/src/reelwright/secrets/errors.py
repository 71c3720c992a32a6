"""What can go wrong with secrets. No message ever holds a value."""

from reelwright.errors import InvalidInput, Permanent, Retryable

__all__ = [
    "AuthenticationFailed",
    "RotationRefused",
    "SecretMalformed",
    "SecretMissing",
    "SecretsUnavailable",
]


class SecretMissing(InvalidInput):
    """There is no such secret, or it has no value yet."""

    code = "secret_missing"


class SecretMalformed(InvalidInput):
    """The stored value is not of the kind that its name asks for."""

    code = "secret_malformed"


class SecretsUnavailable(Retryable):
    """The store of secrets cannot be reached, and nothing is cached."""

    code = "secrets_unavailable"


class AuthenticationFailed(Permanent):
    """A provider refused the credential. Raised by whoever used it, so that it is read again once."""

    code = "authentication_failed"


class RotationRefused(InvalidInput):
    """This kind of secret cannot be renewed by us."""

    code = "rotation_refused"
