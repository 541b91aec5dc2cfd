"""What was sent where: saved mappings, export runs, and the ledger of every remote write."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigInt, JsonText


class ExportMapping(Base):
    """The saved field mapping of one connector and container."""

    __tablename__ = "export_mapping"

    connector: Mapped[str] = mapped_column(Text, primary_key=True)
    container: Mapped[str] = mapped_column(Text, primary_key=True, server_default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(JsonText)
    at_us: Mapped[int] = mapped_column(BigInt)


class Connection(Base):
    """What is known of one connection; its key lies in the keyring, never here.

    Everything in the row was learnt with the key of `fingerprint` at `address`, and says nothing
    about another key. fields are the remote fields as last fetched, quota the last counters.
    """

    __tablename__ = "connection"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    account: Mapped[str | None] = mapped_column(Text)
    account_label: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, server_default="")
    quota: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    health: Mapped[str] = mapped_column(Text, server_default="unknown")
    message: Mapped[str] = mapped_column(Text, server_default="")
    fields: Mapped[list[Any] | None] = mapped_column(JsonText)
    fields_at: Mapped[int | None] = mapped_column(BigInt)
    checked: Mapped[int | None] = mapped_column(BigInt)


class ExportRun(Base):
    """One run of an export plan; account is the remote account it went to.

    counts are the plan's fates and, once it has run, its outcomes.
    """

    __tablename__ = "export_run"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    job: Mapped[int | None] = mapped_column(BigInt)
    connector: Mapped[str] = mapped_column(Text)
    container: Mapped[str] = mapped_column(Text, server_default="")
    account: Mapped[str] = mapped_column(Text)
    account_label: Mapped[str] = mapped_column(Text, server_default="")
    plan_digest: Mapped[str] = mapped_column(Text)
    mapping: Mapped[dict[str, Any]] = mapped_column(JsonText)
    counts: Mapped[dict[str, Any]] = mapped_column(JsonText)
    at_us: Mapped[int] = mapped_column(BigInt)


class ExportItem(Base):
    """The last known fate of one contact at one target; written before the call is made.

    action is create or update; state is pending, sent, ok, unchanged, failed or ambiguous.
    """

    __tablename__ = "export_item"
    __table_args__ = (
        UniqueConstraint("connector", "account", "container", "contact"),
        Index("ix_export_item_run", "run", "state"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    run: Mapped[int] = mapped_column(BigInt, ForeignKey("export_run.id"))
    connector: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(Text)
    container: Mapped[str] = mapped_column(Text, server_default="")
    contact: Mapped[int] = mapped_column(BigInt, index=True)
    dedupe_key: Mapped[str] = mapped_column(Text)
    payload_sha256: Mapped[str] = mapped_column(Text)
    remote_id: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text, server_default="")
    state: Mapped[str] = mapped_column(Text)
    error_kind: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    hint: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)
    correlation: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(server_default="0")
    at_us: Mapped[int] = mapped_column(BigInt)
