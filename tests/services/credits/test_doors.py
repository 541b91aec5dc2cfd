"""The doors of imports and contacts: what is full, and how much of it still fits."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import insert

from app.core import errors
from app.models.contacts import Contact
from app.models.importing import ImportBatch
from app.models.journal import Operation
from app.services.credits import Code
from tests.services.credits.bench import FREE, Bench


def add_contacts(bench: Bench, n: int) -> None:
    rows = [{"id": i, "created": 0, "updated": 0, "created_op": 1} for i in range(1, n + 1)]
    with bench.store.writing("contacts") as connection:
        connection.execute(insert(Contact), rows)


def add_import(bench: Bench, number: int, moment: datetime, state: str = "done") -> None:
    at = int(moment.timestamp() * 1_000_000)
    with bench.store.writing("import") as connection:
        connection.execute(
            insert(Operation).values(
                id=number, uuid=str(number), seq=number, kind="import", label_key="", params={},
                actor="ada", device="", origin="cli", at_us=at, state=state, rows=1,
            )
        )  # fmt: skip
        connection.execute(
            insert(ImportBatch).values(
                id=number, job=number, op=number, file_name="p.csv", file_sha256="",
                options={}, counts={"rows": 1, "rejected": 0}, at_us=at,
            )
        )  # fmt: skip


def test_contacts_beyond_the_plan_are_refused_and_what_fits_is_said(bench: Bench):
    bench.plan(FREE)
    add_contacts(bench, 40)
    assert bench.credits.doors.contacts(60) is None
    denial = bench.credits.doors.contacts(150)
    assert denial is not None
    assert (denial.code, denial.limit, denial.used, denial.needed) == (Code.CONTACTS, 100, 40, 150)
    assert denial.error().message == "60 of 150 fit: your plan holds 100 contacts."
    assert isinstance(denial.error(), errors.ContactLimit)
    assert bench.credits.doors.contact_room().fits(150) == 60


def test_over_the_limit_nothing_fits_and_nothing_is_taken_away(bench: Bench):
    bench.plan(FREE)
    add_contacts(bench, 130)
    assert bench.credits.doors.contact_room().fits(1) == 0
    assert bench.credits.doors.contacts(0) is None
    assert len(bench.rows(Contact.id)) == 130


def test_a_second_import_of_the_month_is_refused_on_free_until_the_next(bench: Bench):
    bench.plan(FREE)
    add_import(bench, 1, datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
    add_import(bench, 2, datetime(2026, 11, 10, tzinfo=UTC), state="rolled_back")
    assert bench.credits.doors.imports() is None
    add_import(bench, 3, datetime(2026, 11, 23, tzinfo=UTC))
    denial = bench.credits.doors.imports()
    assert denial is not None
    assert (denial.code, denial.limit, denial.used, denial.needed) == (Code.IMPORTS, 1, 1, 1)
    assert denial.resets_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert denial.error().exit_code == 3
    bench.at("2026-12-01T00:00:00")
    assert bench.credits.doors.imports() is None
