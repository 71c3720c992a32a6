"""How AWS keeps things: documents and artifacts in S3, the audit trail in DynamoDB.

Every class takes its client; ``reelwright.environment.aws.aws_client`` makes one.
"""

from reelwright.storage.aws_artifacts import S3Artifacts
from reelwright.storage.aws_audit import DynamoAuditLog
from reelwright.storage.aws_documents import S3Documents

__all__ = ["DynamoAuditLog", "S3Artifacts", "S3Documents"]
