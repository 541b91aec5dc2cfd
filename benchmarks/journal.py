"""How long edits, imports and their undo take in a large workspace, journal and chain included.

python -m benchmarks.journal [CONTACTS]     The search index is brought up to date elsewhere.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.core.actor import Actor, Origin
from app.core.clock import SystemClock
from app.core.events import Bus
from app.core.paths import Workspace
from app.models.migrating import migrate
from app.models.recorder import Recorder
from app.models.store import Store, reserve
from app.services.audit import Audit
from app.services.history import History
from app.services.operations import Operations
from benchmarks.report import Figure, show

EDITED = 10_000
IMPORTED = 100_000
UPDATED = 40_000
CHUNK = 20_000

_PEOPLE = """
WITH RECURSIVE n(i) AS (SELECT :lo UNION ALL SELECT i + 1 FROM n WHERE i < :hi)
INSERT INTO contact (id, first_name, last_name, email, phone, company, title, city, country, notes,
    created, updated, sort_name, company_key, name_phone_key, name_company_key, created_op)
SELECT i, 'First' || (i % 997), 'Last' || i, 'p' || i || '@example' || (i % 50) || '.com',
    '+3312' || (1000000 + i), 'Company ' || (i % 5000), 'Head of things', 'Paris', 'FR',
    'met at the fair, wants to hear about prices', 1, 1, 'first' || (i % 997) || ' last' || i,
    'company ' || (i % 5000), random(), random(), :op
FROM n
"""


class Workbench:
    """A workspace with many contacts, and what is done to it."""

    def __init__(self, folder: Path, contacts: int) -> None:
        workspace = Workspace(folder).prepare()
        self.store = Store.on_file(workspace.database)
        self.contacts = contacts
        clock = SystemClock()
        migrate(self.store, workspace, now=datetime.now(UTC))
        actor = Actor("benchmark", "here", Origin.CLI)
        self.operations = Operations(self.store, Bus(), clock, actor)
        self.bring_in(contacts)

    def bring_in(self, rows: int, updates: int = 0) -> int:
        """An import of new contacts, and of updates to others, as the importer writes it."""
        op = self.operations.begin("import", "Import {n} rows")
        for start in range(0, rows, CHUNK):
            with self.operations.resume(op) as recorder:
                insert_people(recorder, min(CHUNK, rows - start))
        with self.operations.resume(op, sealing=True) as recorder:
            if updates:
                stage_updates(recorder.connection, updates)
                recorder.update_staged("contact", "planned")
        return op

    def edit(self, fields: Callable[[int], dict[str, Any]]) -> int:
        """Change scattered contacts in one operation."""
        step = self.contacts // EDITED
        with self.operations.recording("contact.edit", "Edit {n} contacts") as recorder:
            return recorder.update("contact", {1 + n * step: fields(n) for n in range(EDITED)})


def insert_people(recorder: Recorder, rows: int) -> None:
    """Made-up contacts, by one statement."""
    lo = reserve(recorder.connection, "contact", rows)
    people = {"lo": lo, "hi": lo + rows - 1, "op": recorder.op}
    recorder.connection.execute(text(_PEOPLE), people)
    recorder.created("contact", lo, lo + rows - 1)


def stage_updates(connection: Connection, rows: int) -> None:
    """Blanks to fill, in four different sets of fields."""
    connection.execute(
        text(
            "CREATE TEMP TABLE planned AS SELECT id AS row,"
            " CASE id % 4 WHEN 0 THEN 'industry' WHEN 1 THEN 'seniority' WHEN 2 THEN 'mobile'"
            " ELSE 'region' END AS mask, '' AS before, '' AS after FROM contact"
            " WHERE deleted_op IS NULL AND industry IS NULL ORDER BY id LIMIT :rows"
        ),
        {"rows": rows},
    )
    connection.execute(text("CREATE UNIQUE INDEX temp.planned_row ON planned (row)"))
    connection.execute(
        text(
            "UPDATE planned SET before = json_object(mask, NULL),"
            " after = json_object(mask, 'v' || row)"
        )
    )


def timed(work: Callable[[], object]) -> float:
    """The seconds that `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(folder: Path, contacts: int) -> list[Figure]:
    """Every figure of journal.md that has a budget, and what else a user would notice."""
    bench = Workbench(folder, contacts)
    undo, redo = bench.operations.undo, bench.operations.redo
    figures = []

    def note(what: str, seconds: float, budget: float | None = None) -> None:
        figures.append(Figure(what, seconds, "s", budget))

    kinds: dict[str, Callable[[int], dict[str, Any]]] = {
        "city": lambda n: {"city": f"Rome {n % 7}"},
        "company and name": lambda n: {"company": f"New {n % 99}", "last_name": f"New{n}"},
        "custom and labelled": lambda n: {
            "custom:size": n,
            "labelled:email": [["home", f"h{n}@home.example"]],
        },
    }
    for kind, fields in kinds.items():
        note(f"edit of 10,000: {kind}", timed(lambda fields=fields: bench.edit(fields)))
        note(f"undo of it: {kind}", timed(undo), 0.5)
        note(f"redo of it: {kind}", timed(redo))
    bench.bring_in(IMPORTED)
    note("undo of an import of 100,000 new", timed(undo), 1.0)
    note("redo of it", timed(redo))
    mixed = timed(lambda: bench.bring_in(IMPORTED - UPDATED, UPDATED))
    note("import of 60,000 new and 40,000 updates, applied", mixed)
    note("undo of it", timed(undo), 2.0)
    history = History(bench.store)
    early = history.operations(1, 3)[0].at
    note("100,000 contacts as of then", timed(lambda: history.as_of(range(1, 100_001), early)))
    note("verifying the whole chain", timed(Audit(bench.store).verify))
    bench.store.close()
    return figures


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        kept = show(measure(Path(folder), int((sys.argv[1:] or ["1000000"])[0])))
    sys.exit(0 if kept else 1)
