"""A table for ledgers, made once and emptied often: moto takes its time to start."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto import mock_aws

from tests.contract.aws_places import TABLE, a_table


@contextmanager
def a_moto_table() -> Iterator[Any]:
    """A client of moto with an empty table."""
    with mock_aws():
        yield a_table()


def emptied(client: Any) -> Any:
    """The table as it is when it is new."""
    for item in client.scan(TableName=TABLE, ProjectionExpression="pk, sk")["Items"]:
        client.delete_item(TableName=TABLE, Key=item)
    return client
