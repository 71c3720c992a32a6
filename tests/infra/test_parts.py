"""What each part of the stack promises."""

from reelwright.environment.deployment import OUTPUTS
from tests.infra.conftest import Assembly


def test_artifacts_are_versioned_logged_and_encrypted_with_the_productions_key(assembly: Assembly) -> None:
    bucket = assembly.of_type("AWS::S3::Bucket")["ArtifactsBucket"]
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": {"Fn::GetAtt": ["ProductionsKey", "Arn"]},
    }
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["LoggingConfiguration"]["DestinationBucketName"] == {"Ref": "AccessLogsBucket"}


def test_artifacts_last_as_long_as_the_environment_says(assembly: Assembly) -> None:
    deploy = assembly.environment.deploy
    (rule,) = assembly.of_type("AWS::S3::Bucket")["ArtifactsBucket"]["LifecycleConfiguration"]["Rules"]
    assert rule.get("ExpirationInDays") == deploy.artifact_expiry_days
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": deploy.noncurrent_version_days}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_access_logs_last_as_long_as_the_environment_says(assembly: Assembly) -> None:
    (rule,) = assembly.of_type("AWS::S3::Bucket")["AccessLogsBucket"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == assembly.environment.deploy.log_retention_days


def test_only_s3_itself_may_write_access_logs_and_only_for_our_buckets(assembly: Assembly) -> None:
    policies = assembly.of_type("AWS::S3::BucketPolicy").values()
    statements = [it for policy in policies for it in policy["PolicyDocument"]["Statement"]]
    allowed = [it for it in statements if it["Effect"] == "Allow"]
    assert all(it["Principal"] == {"Service": "logging.s3.amazonaws.com"} for it in allowed)
    assert all(it["Action"] == "s3:PutObject" for it in allowed)
    assert [it["Condition"]["ArnLike"]["aws:SourceArn"] for it in allowed] == [
        {"Fn::GetAtt": ["ArtifactsBucket", "Arn"]},
        {"Fn::GetAtt": ["ConfigBucket", "Arn"]},
    ]


def test_every_change_of_a_configuration_document_is_an_event(assembly: Assembly) -> None:
    bucket = assembly.of_type("AWS::S3::Bucket")["ConfigBucket"]
    events = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    assert bucket["NotificationConfiguration"] == events
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_documents_are_locked_where_the_environment_says(assembly: Assembly) -> None:
    days = assembly.environment.deploy.object_lock_days
    bucket = assembly.of_type("AWS::S3::Bucket")["ConfigBucket"]
    assert bucket.get("ObjectLockEnabled", False) is (days is not None)
    if days:
        assert bucket["ObjectLockConfiguration"]["Rule"] == {
            "DefaultRetention": {"Days": days, "Mode": "GOVERNANCE"}
        }


def test_prod_locks_its_documents_and_has_a_key_for_each_class_of_data(
    assemblies: dict[str, Assembly],
) -> None:
    prod = assemblies["prod"]
    assert prod.environment.deploy.object_lock_days
    keys = {
        name: prod.resources[name]["Properties"][field]["Fn::GetAtt"][0]
        for name, field in (("SigningAuditSecret", "KmsKeyId"),)
    }
    keys |= {
        name: prod.resources[name]["Properties"]["SSESpecification"]["KMSMasterKeyId"]["Fn::GetAtt"][0]
        for name in ("ProductionsTable", "ControlTable", "LedgerTable", "ModelsTable")
    }
    assert keys == {
        "SigningAuditSecret": "CredentialsKey",
        "ProductionsTable": "ProductionsKey",
        "ControlTable": "ConfigurationKey",
        "LedgerTable": "ProductionsKey",
        "ModelsTable": "ProductionsKey",
    }
    assert prod.only("AWS::SQS::Queue")["KmsMasterKeyId"] == {"Fn::GetAtt": ["OperationsKey", "Arn"]}


def test_tables_are_paid_by_the_request_restorable_and_guarded(assembly: Assembly) -> None:
    for table in assembly.of_type("AWS::DynamoDB::Table").values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["DeletionProtectionEnabled"] is assembly.environment.deploy.deletion_protection
        encrypted = table["SSESpecification"]
        assert (encrypted["SSEEnabled"], encrypted["SSEType"]) == (True, "KMS")


def test_the_key_of_an_item_leaves_room_for_all_that_belongs_to_one_thing(assembly: Assembly) -> None:
    for table in assembly.of_type("AWS::DynamoDB::Table").values():
        assert table["KeySchema"] == [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ]


def test_productions_are_listed_from_the_newest_and_never_expire(assembly: Assembly) -> None:
    table = assembly.of_type("AWS::DynamoDB::Table")["ProductionsTable"]
    (index,) = table["GlobalSecondaryIndexes"]
    assert index == {
        "IndexName": "recent",
        "KeySchema": [
            {"AttributeName": "kind", "KeyType": "HASH"},
            {"AttributeName": "id", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
    }
    assert "TimeToLiveSpecification" not in table


def test_items_of_control_and_of_models_expire_when_they_say(assembly: Assembly) -> None:
    for name in ("ControlTable", "ModelsTable"):
        table = assembly.of_type("AWS::DynamoDB::Table")[name]
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_no_charge_ever_expires(assembly: Assembly) -> None:
    assert "TimeToLiveSpecification" not in assembly.of_type("AWS::DynamoDB::Table")["LedgerTable"]


def test_what_is_done_regularly_is_called_by_a_rule_of_its_own(assembly: Assembly) -> None:
    regular = {
        resource["Targets"][0]["Arn"]["Fn::GetAtt"][0]: resource["ScheduleExpression"]
        for resource in assembly.of_type("AWS::Events::Rule").values()
        if "ScheduleExpression" in resource
    }
    slugs = {
        assembly.resources[name]["Properties"]["FunctionName"].removeprefix(
            f"reelwright-{assembly.environment.name}-"
        ): every
        for name, every in regular.items()
    }
    assert slugs == {
        "check-secrets": "rate(1 day)",
        "check-model-health": "rate(1 hour)",
        "check-spending": "rate(15 minutes)",
        "collect-outcomes": "rate(1 hour)",
        "sync-flags": "rate(1 minute)",
    }


def test_every_provider_and_platform_with_a_credential_has_an_empty_secret(assembly: Assembly) -> None:
    secrets = assembly.of_type("AWS::SecretsManager::Secret").values()
    empty = [it for it in secrets if "/signing/" not in it["Name"]]
    prefix = f"reelwright/{assembly.environment.name}/"
    providers = assembly.environment.settings.providers.keys() - {"embedded", "bedrock", "polly"}
    platforms = assembly.environment.settings.platforms.keys()
    account = "" if assembly.environment.name == "prod" else "-test"
    expected = {f"providers/{it}" for it in providers} | {f"platforms/{it}{account}" for it in platforms}
    assert {secret["Name"] for secret in secrets} == {f"{prefix}{it}" for it in (*expected, "signing/audit")}
    assert all(secret.keys() == {"Description", "KmsKeyId", "Name"} for secret in empty)


def test_our_own_keys_are_renewed_every_month_by_our_own_function(assembly: Assembly) -> None:
    schedule = assembly.only("AWS::SecretsManager::RotationSchedule")
    assert schedule["SecretId"] == {"Ref": "SigningAuditSecret"}
    secret = assembly.of_type("AWS::SecretsManager::Secret")["SigningAuditSecret"]
    assert secret["GenerateSecretString"] == {
        "SecretStringTemplate": "{}",
        "GenerateStringKey": "first",
        "PasswordLength": 64,
        "ExcludePunctuation": True,
    }
    assert schedule["RotationRules"] == {"ScheduleExpression": "rate(30 days)"}
    assert schedule["RotateImmediatelyOnUpdate"] is True
    (function, _) = schedule["RotationLambdaARN"]["Fn::GetAtt"]
    assert assembly.resources[function]["Properties"]["FunctionName"].endswith("rotate-secret")
    (allowed,) = (
        it
        for it in assembly.of_type("AWS::Lambda::Permission").values()
        if it["Principal"] == "secretsmanager.amazonaws.com"
    )
    assert allowed["SourceAccount"] == {"Ref": "AWS::AccountId"}


def test_the_outputs_name_what_code_has_to_find(assembly: Assembly) -> None:
    outputs = {name: output["Value"] for name, output in assembly.template["Outputs"].items()}
    assert outputs.keys() == {*OUTPUTS.values(), "AlarmTopicArn"}
    assert outputs["ArtifactsBucketName"] == {"Ref": "ArtifactsBucket"}
    assert outputs["ConfigBucketName"] == {"Ref": "ConfigBucket"}
    assert outputs["ProductionsTableName"] == {"Ref": "ProductionsTable"}
    assert outputs["ControlTableName"] == {"Ref": "ControlTable"}
    assert outputs["LedgerTableName"] == {"Ref": "LedgerTable"}
    assert outputs["ModelsTableName"] == {"Ref": "ModelsTable"}
    assert outputs["ConfigurationApplicationId"] == {"Ref": "ConfigurationApplication"}
    for output, makes in (("StateMachineArn", "productions"), ("BatchStateMachineArn", "batches")):
        assert outputs[output] == {"Fn::GetAtt": [assembly.machine(makes), "Arn"]}
