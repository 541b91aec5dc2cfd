"""What the calls of providers came to: by provider, day, job or outcome, and as a CSV file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    case,
    cast,
    func,
    literal_column,
    select,
)

from app.core.cells import escape_cell
from app.core.errors import StorageError
from app.core.money import as_number
from app.core.text import tr
from app.models.credits import EnrichmentAttempt
from app.models.jobs import Job
from app.models.store import Store
from app.services.credits.names import OPEN, AttemptState
from app.services.credits.reading import LedgerFilter, LedgerRow, statement, total

Days = tuple[str, str] | None
"""The first and the last day, such as 2026-11-01, in the workspace's time zone; None is all."""

HEADER = ("day", "provider", "job", "outcome", "calls", "found", "credits", "held")

MOVEMENT_HEADER = (
    "row", "time", "movement", "credits", "from", "to", "balance", "job", "contact", "grant",
    "provider", "asked", "outcome", "note",
)  # fmt: skip


class By(StrEnum):
    """What calls are put together by."""

    PROVIDER = "provider"
    DAY = "day"
    JOB = "job"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Share:
    """The calls of one provider, day, job or outcome; credits and held are milli-credits.

    found counts calls that found something. name says more than key where there is more to say,
    such as a job's label. An outcome of open calls is empty.
    """

    key: str
    name: str
    calls: int
    found: int
    credits: int
    held: int


@dataclass(frozen=True, slots=True)
class DayShare:
    """The milli-credits that one provider was paid on a day, and its calls."""

    day: str
    provider: str
    credits: int
    calls: int


class Analysis:
    """Reads the calls that count: each that went out, and each that may still."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def total(self, wanted: LedgerFilter) -> int:
        """The milli-credits of these movements together."""
        with self._store.reading() as connection:
            return total(connection, wanted)

    def by(self, dimension: By, days: Days = None) -> list[Share]:
        """The shares, those with most credits first; days in their order."""
        key = _KEYS[dimension]
        with self._store.reading() as connection:
            wanted = _within(select(key.label("key"), *_counted()), days).group_by(key)
            rows = connection.execute(wanted).all()
            names = _labels(connection) if dimension is By.JOB else {}
        shares = [
            Share(str(r.key), names.get(r.key, ""), r.calls, r.hits, r.credits, r.held)
            for r in rows
        ]
        if dimension is By.DAY:
            return sorted(shares, key=lambda share: share.key)
        return sorted(shares, key=lambda share: (-share.credits, -share.calls, share.key))

    def by_day_and_provider(self, days: Days = None) -> list[DayShare]:
        """What each provider was paid on each day, days in their order."""
        day, provider = _KEYS[By.DAY], _KEYS[By.PROVIDER]
        wanted = _within(select(day, provider, *_counted()), days).group_by(day, provider)
        with self._store.reading() as connection:
            rows = connection.execute(wanted.order_by(day, provider)).all()
        return [DayShare(r.day, r.provider, r.credits, r.calls) for r in rows]

    def write(self, file: Path, days: Days = None) -> int:
        """Write a CSV file with a row for each day, provider, job and outcome; how many.

        Credits are decimal. Raises StorageError when it cannot be written.
        """
        keys = [_KEYS[each] for each in (By.DAY, By.PROVIDER, By.JOB, By.OUTCOME)]
        wanted = _within(select(*keys, *_counted()), days).group_by(*keys).order_by(*keys)
        with self._store.reading() as connection:
            rows = connection.execute(wanted).all()
        table = [
            (r[0], escape_cell(r[1]), r[2], escape_cell(r[3]), r.calls, r.hits,
             as_number(r.credits), as_number(r.held))
            for r in rows
        ]  # fmt: skip
        _write_table(file, HEADER, table)
        return len(table)

    def write_ledger(self, file: Path, wanted: LedgerFilter) -> int:
        """Write these movements to a CSV file, oldest first; how many. Raises StorageError."""
        with self._store.reading() as connection:
            rows = [_movement(row) for row in statement(connection, wanted)]
        _write_table(file, MOVEMENT_HEADER, rows)
        return len(rows)


def _movement(row: LedgerRow) -> tuple[object, ...]:
    cells = (row.category, row.provider, row.op, row.outcome, row.note)
    return (
        row.seq, row.at.isoformat(), row.kind, as_number(row.amount), row.source, row.target,
        as_number(row.balance), row.job, row.contact, *(escape_cell(each or "") for each in cells),
    )  # fmt: skip


def _write_table(file: Path, header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Write a CSV file, whole or not at all; raises StorageError."""
    draft = file.with_name(f".{file.name}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            writer.writerows(rows)
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StorageError(
            tr("{file} cannot be written: {why}", file=file.name, why=error.strerror or ""),
            tr("Choose another folder, or free some space."),
        ) from error


_KEYS: dict[By, ColumnElement[Any]] = {
    By.PROVIDER: EnrichmentAttempt.provider.expression,
    By.DAY: EnrichmentAttempt.day.expression,
    By.JOB: EnrichmentAttempt.job.expression,
    By.OUTCOME: func.coalesce(EnrichmentAttempt.outcome, literal_column("''")),
}


def _counted() -> tuple[ColumnElement[Any], ...]:
    attempt = EnrichmentAttempt
    is_open = attempt.state.in_(OPEN)
    found = func.sum(case((attempt.found > 0, 1), else_=0))
    credits_, held = (
        func.sum(attempt.charged),
        func.sum(case((is_open, attempt.max_price), else_=0)),
    )
    return (
        func.count().label("calls"),
        _whole(found).label("hits"),
        _whole(credits_).label("credits"),
        _whole(held).label("held"),
    )


def _whole(total: ColumnElement[Any]) -> ColumnElement[int]:
    """PostgreSQL adds whole numbers up to decimal ones."""
    return cast(func.coalesce(total, 0), BigInteger)


def _within(wanted: Select[Any], days: Days) -> Select[Any]:
    attempt = EnrichmentAttempt
    counts = wanted.where((attempt.state != AttemptState.RELEASED) | attempt.sent_at.is_not(None))
    return counts if days is None else counts.where(attempt.day.between(*days))


def _labels(connection: Connection) -> dict[int, str]:
    asked = select(EnrichmentAttempt.job).distinct()
    rows = connection.execute(select(Job.id, Job.label).where(Job.id.in_(asked)))
    return {row.id: row.label for row in rows}
