"""The key of the audit trail is renewed while entries are signed with it."""

from threading import Event, Thread

from tests.e2e.deployed.stack import Stack
from tests.emulator.waiting import until

KEY = "reelwright/dev/signing/audit"
PROBE = "/reelwright/dev/probe"


def test_a_secret_is_rotated_in_four_steps_while_its_readers_keep_working(stack: Stack) -> None:
    secrets = stack.client("secretsmanager")
    before = until(lambda: current_version(stack), "the first key, made by the rotation at deploy")
    calls = len(stack.watch.calls("rotate-secret"))
    stop = Event()
    writer = Thread(target=keep_changing, args=(stack, stop))
    writer.start()
    try:
        token = secrets.rotate_secret(SecretId=KEY)["VersionId"]
        until(lambda: current_version(stack) == token, "the new key is current", seconds=60)
        until(lambda: "AWSPENDING" not in str(stages(stack)), "nothing is pending", seconds=30)
    finally:
        stop.set()
        writer.join()
    assert stages(stack)[before] == ["AWSPREVIOUS"]
    until(lambda: len(stack.watch.calls("rotate-secret")) - calls == 4, "four steps in the log")
    until(lambda: signers(stack), "changes were noted meanwhile", seconds=60)
    stack.restart("audit-change")
    change(stack, "after the rotation")
    until(lambda: len(signers(stack)) == 2, "the new key signs, too", seconds=60)
    assert stack.watch.broken_audit() == []
    assert "ALARM" not in stack.watch.alarm_history("AuditFailed")


def signers(stack: Stack) -> set[str | None]:
    """Return the keys that the notes of our changes are signed with."""
    return {entry.key_id for entry in stack.watch.audit_entries(f"ssm{PROBE}")}


def stages(stack: Stack) -> dict[str, list[str]]:
    told: dict[str, list[str]] = stack.client("secretsmanager").describe_secret(SecretId=KEY)[
        "VersionIdsToStages"
    ]
    return told


def current_version(stack: Stack) -> str:
    return next((version for version, labels in stages(stack).items() if "AWSCURRENT" in labels), "")


def keep_changing(stack: Stack, stop: Event) -> None:
    """Change something that is audited, again and again."""
    count = 0
    while not stop.is_set():
        count += 1
        change(stack, str(count))
        stop.wait(0.5)


def change(stack: Stack, value: str) -> None:
    stack.client("ssm").put_parameter(Name=PROBE, Value=value, Type="String", Overwrite=True)
