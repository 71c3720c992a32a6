"""What each part of the stack promises."""

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


def test_only_s3_itself_may_write_access_logs_and_only_for_our_bucket(assembly: Assembly) -> None:
    policies = assembly.of_type("AWS::S3::BucketPolicy").values()
    statements = [it for policy in policies for it in policy["PolicyDocument"]["Statement"]]
    (allowed,) = [it for it in statements if it["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert allowed["Action"] == "s3:PutObject"
    assert allowed["Condition"]["ArnLike"]["aws:SourceArn"] == {"Fn::GetAtt": ["ArtifactsBucket", "Arn"]}


def test_productions_are_paid_by_the_request_restorable_and_guarded(assembly: Assembly) -> None:
    table = assembly.only("AWS::DynamoDB::Table")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is assembly.environment.deploy.deletion_protection
    assert table["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": {"Fn::GetAtt": ["ProductionsKey", "Arn"]},
    }


def test_the_key_of_a_production_leaves_room_for_all_that_belongs_to_it(assembly: Assembly) -> None:
    assert assembly.only("AWS::DynamoDB::Table")["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]


def test_the_secret_has_a_key_of_its_own_and_no_value(assembly: Assembly) -> None:
    secret = assembly.only("AWS::SecretsManager::Secret")
    assert secret["KmsKeyId"] == {"Fn::GetAtt": ["CredentialsKey", "Arn"]}
    assert secret.keys() == {"Description", "KmsKeyId"}


def test_what_deploys_at_its_own_pace_has_an_environment_of_its_own(assembly: Assembly) -> None:
    assert assembly.only("AWS::AppConfig::Application")["Name"] == f"reelwright-{assembly.environment.name}"
    lanes = assembly.of_type("AWS::AppConfig::Environment").values()
    assert {lane["Name"] for lane in lanes} == {"flags", "runtime", "kill-switches"}
    assert all(lane["ApplicationId"] == {"Ref": "ConfigurationApplication"} for lane in lanes)


def test_configuration_in_use_cannot_be_deleted_where_data_is_guarded(assembly: Assembly) -> None:
    guarded = "APPLY" if assembly.environment.deploy.deletion_protection else "BYPASS"
    lanes = assembly.of_type("AWS::AppConfig::Environment").values()
    assert {lane["DeletionProtectionCheck"] for lane in lanes} == {guarded}


def test_the_template_deploys_no_configuration(assembly: Assembly) -> None:
    assert assembly.of_type("AWS::AppConfig::Deployment") == {}


def test_the_outputs_name_what_code_has_to_find(assembly: Assembly) -> None:
    assert {name: output["Value"] for name, output in assembly.template["Outputs"].items()} == {
        "ArtifactsBucketName": {"Ref": "ArtifactsBucket"},
        "ProductionsTableName": {"Ref": "ProductionsTable"},
        "CredentialsSecretArn": {"Ref": "CredentialsSecret"},
        "ConfigurationApplicationId": {"Ref": "ConfigurationApplication"},
    }
