"""What every table shares: the declarative base and the column types of both databases."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import BigInteger, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

BigInt = BigInteger().with_variant(Integer(), "sqlite")
"""64-bit integers; on SQLite the plain INTEGER that a row id needs."""


class JsonText(TypeDecorator[Any]):
    """JSON kept as canonical text, so that both databases hash and compare the same bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: object) -> str | None:  # noqa: ANN401, ARG002
        """Sorted keys and no spaces; None stays NULL."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: object) -> Any:  # noqa: ANN401, ARG002
        """The value that was stored."""
        return None if value is None else json.loads(value)


# Made once: json.dumps with options makes a new encoder for each of a bulk edit's images.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: object) -> str:
    """The one way a value is written as JSON: sorted keys, no spaces, real letters."""
    return _ENCODER.encode(value)


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
