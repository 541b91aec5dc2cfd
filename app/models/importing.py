"""Where contacts came from: import batches, remembered mappings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigInt, JsonText


class ImportBatch(Base):
    """One finished or running import; op is its operation.

    New contacts have the ids lo..hi in file order: contact id - lo is an index into the batch's
    created rows, whose line numbers origin_rows resolves.
    """

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    job: Mapped[int | None] = mapped_column(BigInt)
    op: Mapped[int | None] = mapped_column(BigInt, index=True)
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str] = mapped_column(Text)
    options: Mapped[dict[str, Any]] = mapped_column(JsonText)
    counts: Mapped[dict[str, Any]] = mapped_column(JsonText)
    lo: Mapped[int | None] = mapped_column(BigInt)
    hi: Mapped[int | None] = mapped_column(BigInt)
    at_us: Mapped[int] = mapped_column(BigInt)


class ImportOrigin(Base):
    """A run of contacts whose file rows are consecutive: id - lo + row is the file row.

    Contacts that a batch changed are runs of one, with the first row that is about them.
    """

    __tablename__ = "import_origin"
    __table_args__ = (Index("ix_import_origin_ids", "lo", "hi"),)

    batch: Mapped[int] = mapped_column(BigInt, primary_key=True)
    lo: Mapped[int] = mapped_column(BigInt, primary_key=True)
    hi: Mapped[int] = mapped_column(BigInt)
    row: Mapped[int] = mapped_column(BigInt)


class ImportMemory(Base):
    """What was decided last for files with the same headers.

    mapping holds a recipe; of an older version, column to field alone.
    """

    __tablename__ = "import_memory"

    fingerprint: Mapped[str] = mapped_column(Text, primary_key=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JsonText)
    file_name: Mapped[str] = mapped_column(Text)
    at_us: Mapped[int] = mapped_column(BigInt)
