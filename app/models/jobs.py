"""Durable background work: jobs, their items, and the lease that lets one process run each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigInt, JsonText


class Job(Base):
    """One piece of background work that survives a restart.

    state is queued, running, paused, interrupted, done, failed or cancelled. payload is what the
    job needs to run again from the start, cursor how far it came, result what its verb prints.
    A process holds lease_owner until lease_until (microseconds UTC) and renews it.
    """

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state", "state", "id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JsonText)
    cursor: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    done: Mapped[int] = mapped_column(BigInt, server_default="0")
    total: Mapped[int | None] = mapped_column(BigInt)
    ambiguous: Mapped[int] = mapped_column(server_default="0")
    message: Mapped[str] = mapped_column(Text, server_default="")
    wish: Mapped[str | None] = mapped_column(Text)
    lease_owner: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[int | None] = mapped_column(BigInt)
    created: Mapped[int] = mapped_column(BigInt)
    started: Mapped[int | None] = mapped_column(BigInt)
    ended: Mapped[int | None] = mapped_column(BigInt)


class JobItem(Base):
    """One step of a job that must happen at most once.

    state is waiting, asked, done, failed, skipped or ambiguous; asked is committed before the
    outside world is called.
    """

    __tablename__ = "job_item"
    __table_args__ = (Index("ix_job_item_state", "job", "state", "id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    job: Mapped[int] = mapped_column(BigInt, ForeignKey("job.id"))
    contact: Mapped[int | None] = mapped_column(BigInt)
    state: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    attempts: Mapped[int] = mapped_column(server_default="0")
    updated: Mapped[int] = mapped_column(BigInt)
