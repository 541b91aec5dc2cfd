"""The journal's tables: operations, what they changed, and the head of their hash chain."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigInt, JsonText


class Operation(Base):
    """One labelled, undoable change.

    seq is given when the operation is sealed, without gaps and in commit order. params holds ids
    and numbers, never names of people. state is open, done or rolled_back.
    """

    __tablename__ = "operation"
    __table_args__ = (Index("ix_operation_actor", "actor", "id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    uuid: Mapped[str] = mapped_column(Text, unique=True)
    seq: Mapped[int | None] = mapped_column(BigInt, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    label_key: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]] = mapped_column(JsonText)
    actor: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    at_us: Mapped[int] = mapped_column(BigInt)
    undoes: Mapped[int | None] = mapped_column(BigInt, ForeignKey("operation.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(BigInt)
    rows: Mapped[int] = mapped_column(BigInt, server_default="0")
    undoable: Mapped[bool] = mapped_column(server_default="1")
    state: Mapped[str] = mapped_column(Text, index=True)
    payload_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    prev: Mapped[bytes | None] = mapped_column(LargeBinary)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class OpRange(Base):
    """Rows lo..hi of a table that an operation created, killed or revived, ends included."""

    __tablename__ = "op_range"
    __table_args__ = (Index("ix_op_range_rows", "tbl", "lo", "hi"),)

    op: Mapped[int] = mapped_column(BigInt, ForeignKey("operation.id"), primary_key=True)
    tbl: Mapped[str] = mapped_column(Text, primary_key=True)
    lo: Mapped[int] = mapped_column(BigInt, primary_key=True)
    hi: Mapped[int] = mapped_column(BigInt)
    act: Mapped[str] = mapped_column(Text)


class Change(Base):
    """The changed fields of one row in one operation.

    mask lists the changed fields, sorted, with commas; before and after are canonical JSON
    objects of exactly those fields. Erasure nulls both and keeps leaf.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_row", "tbl", "row", "op"),
        {"sqlite_with_rowid": False},
    )

    op: Mapped[int] = mapped_column(BigInt, ForeignKey("operation.id"), primary_key=True)
    tbl: Mapped[str] = mapped_column(Text, primary_key=True)
    row: Mapped[int] = mapped_column(BigInt, primary_key=True)
    mask: Mapped[str] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    leaf: Mapped[bytes | None] = mapped_column(LargeBinary)


class Subject(Base):
    """The random salt of one contact's leaves; erasure destroys it."""

    __tablename__ = "subject"

    contact: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary)


class JournalHead(Base):
    """One row: the last sequence number and hash, locked last in every commit."""

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInt)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Counter(Base):
    """The next free id of each table, so that ids can be reserved in ranges."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    next: Mapped[int] = mapped_column(BigInt)


class SearchDirty(Base):
    """Contacts lo..hi whose text the search index has not taken over yet.

    No id is given twice: two processes may take over the same row, and the slower of them would
    otherwise remove what was changed since, under the id that the faster one set free.
    """

    __tablename__ = "search_dirty"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    lo: Mapped[int] = mapped_column(BigInt)
    hi: Mapped[int] = mapped_column(BigInt)


class SettingRow(Base):
    """The stored value of a declared setting; device is empty for the whole workspace."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    device: Mapped[str] = mapped_column(Text, primary_key=True, server_default="")
    value: Mapped[Any] = mapped_column(JsonText)
