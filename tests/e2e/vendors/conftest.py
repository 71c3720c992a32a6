import pytest


@pytest.fixture(autouse=True)
def signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials for requests to simulated AWS, which any will do for."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDSIMULATED")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulated")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
