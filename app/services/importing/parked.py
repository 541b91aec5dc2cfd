"""The list of parked rows, and the paused job that imports it once there is room.

The list is on the disk before the import that leaves it is sealed, and its job is made in that very
transaction: whatever happens, each row is either imported, parked, or still in the first list.
"""
# ruff: noqa: S608 - a condition of ours

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.core.cells import escape_cell
from app.core.errors import StorageError
from app.core.paths import flush
from app.core.text import grouped, tr, trn
from app.services.importing import staging
from app.services.importing.fixes import Fixes
from app.services.importing.options import ImportOptions
from app.services.importing.parking import PARKED, Parking
from app.services.importing.planned import ImportPlan
from app.services.importing.rejects import file_stem
from app.services.importing.shape import OWN_COLUMNS, ReadOptions
from app.services.jobs.jobs import Jobs
from app.services.jobs.view import JobState

LINE = OWN_COLUMNS[0]
"""The column with the line at which a row stands in the first list."""
MARK = "parked"
"""What the payload of such a job has beside that of another import."""


@dataclass(frozen=True, slots=True)
class ParkingLot:
    """Where parked rows lie, as files in `folder`, and the jobs that fetch them."""

    folder: Path
    jobs: Jobs
    kind: str

    def write(self, plan: ImportPlan, payload: Mapping[str, Any], job: int) -> Path | None:
        """Write the rows that `plan` parks, in file order; None when there are none.

        payload and job are those of the import. Raises StorageError when it is not possible.
        """
        if not plan.counts.parked:
            return None
        path = self.folder / f"{file_stem(list_name(plan, payload))}-parked-{job}.csv"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(plan, path)
        except OSError as error:
            path.with_suffix(".part").unlink(missing_ok=True)
            raise StorageError(
                tr("The parked rows cannot be written: {path}", path=str(path)),
                tr("Make room or make the folder writable; nothing was imported yet."),
                str(error),
            ) from error
        return path

    def add(
        self, connection: Connection, plan: ImportPlan, payload: Mapping[str, Any], file: Path
    ) -> int:
        """Make the paused job of a list of parked rows, in the caller's session; its id."""
        name, stat = list_name(plan, payload), file.stat()
        rows, limit = plan.counts.parked, plan.wall.limit if plan.wall else 0
        wanted = {
            "path": str(file.absolute()),
            "options": later_options(plan).as_dict(),
            "size": stat.st_size,
            "mtime_ns": stat.st_mtime_ns,
            MARK: {"rows": rows, "of": name},
        }
        return self.jobs.add(
            connection, self.kind, tr("Parked rows of {name}", name=name), wanted,
            total=rows, state=JobState.PAUSED, message=waiting_words(rows, limit),
        )  # fmt: skip

    def again(self, connection: Connection, job: int, payload: Mapping[str, Any]) -> int:
        """Make the paused job anew of one that is given up after it had begun; its id."""
        rows, name = payload[MARK]["rows"], payload[MARK]["of"]
        return self.jobs.add(
            connection, self.kind, tr("Parked rows of {name}", name=name), payload,
            total=rows, state=JobState.PAUSED, message=tr("Job {id} was rolled back.", id=job),
        )  # fmt: skip

    def forget(self, job: int) -> None:
        """Remove what an import that is rolled back has parked."""
        for file in self.folder.glob(f"*-parked-{job}.csv"):
            file.unlink(missing_ok=True)


def list_name(plan: ImportPlan, payload: Mapping[str, Any]) -> str:
    """The name of the first list, also where its parked rows are imported."""
    return str((payload.get(MARK) or {}).get("of") or plan.source.name)


def waiting_words(rows: int, limit: int) -> str:
    """How many rows wait, and for what."""
    return trn(
        "{n} row parked: the plan holds {limit} contacts.",
        "{n} rows parked: the plan holds {limit} contacts.",
        rows,
        limit=grouped(limit),
    )


def later_options(plan: ImportPlan) -> ImportOptions:
    """The options by which the list of parked rows is read as the first list was.

    Its cells are as they were put right; only what is added to each row is added again.
    """
    options, own = ImportOptions.from_dict(plan.options), set(OWN_COLUMNS)
    orders, decimals = dict[str, str](), dict[str, str]()
    for index, _field, order, decimal in plan.targets:
        if index < len(plan.names):
            orders |= {plan.names[index]: order} if order else {}
            decimals |= {plan.names[index]: decimal} if decimal else {}
    return replace(
        options,
        read=ReadOptions(encoding="utf-8-sig", delimiter=",", header_row=1, quote='"'),
        mapping={name: field for name, field in plan.mapping.items() if name not in own},
        date_orders=orders,
        decimals=decimals,
        fixes=Fixes(constants=options.fixes.constants, splits=options.fixes.splits),
        parking=Parking.from_dict(options.parking.later()),
    )


def _write(plan: ImportPlan, path: Path) -> None:
    keep = [i for i, column in enumerate(plan.columns) if column not in OWN_COLUMNS]
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        # Distinct names and not the headers as they stand, for the mapping goes by them.
        writer.writerow([*(plan.names[i] for i in keep), LINE])
        writer.writerows(_rows(plan, keep))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    # Where the system can tell; without it only the name may be late.
    with suppress(OSError):
        flush(path.parent)


def _rows(plan: ImportPlan, keep: list[int]) -> Iterator[list[object]]:
    query = (
        "SELECT r.line, o.cells FROM fate f CROSS JOIN row r ON r.n = f.n "
        f"CROSS JOIN original o ON o.n = f.n WHERE {PARKED} ORDER BY f.n"
    )
    with staging.reading(plan.path) as db:
        for line, cells in db.execute(query):
            values = staging.opened_json(cells)
            yield [*(escape_cell(values[i]) for i in keep), line]
