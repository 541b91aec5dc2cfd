"""A few rows of a plan beside the contacts they belong to, to judge the rule for both by."""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.models.contacts import Contact
from app.models.store import Store
from app.services.importing import staging
from app.services.importing.merging import person
from app.services.importing.planned import ImportPlan

FEW = 3
_WORTH = "EXISTS (SELECT 1 FROM diff d WHERE d.row = f.contact)"


@dataclass(frozen=True, slots=True)
class Pair:
    """A row and its contact: on which ground they are the same person, and what both say.

    file is what the row gives, contact what the contact has, after what it will have; fields are
    those that the row gives, the differing ones first.
    """

    line: int
    contact_id: int
    ground: str
    file: Mapping[str, Any]
    contact: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields that the row gives, those in which both differ first."""
        return tuple(
            sorted(self.file, key=lambda f: (self.file[f] == self.contact.get(f), _place(f)))
        )


def _place(field: str) -> int:
    first = ("first_name", "last_name", "full_name", "email", "company", "phone", "title")
    return first.index(field) if field in first else len(first)


def grounds(plan: ImportPlan) -> dict[str, int]:
    """How many rows were recognised on which ground."""
    with staging.reading(plan.path) as db:
        query = "SELECT reason, count(*) FROM fate WHERE contact IS NOT NULL GROUP BY 1"
        return dict(db.execute(query))


def sample_pairs(store: Store, plan: ImportPlan, limit: int = FEW) -> list[Pair]:
    """Some rows that belong to contacts, those that change something first."""
    columns = plan.layout.values
    query = (
        f"SELECT r.n, r.line, f.contact, f.reason, {', '.join(f'r.{c}' for c in columns)} "
        "FROM fate f JOIN row r ON r.n = f.n WHERE f.contact IS NOT NULL "
        f"ORDER BY NOT {_WORTH}, f.reason = 'e-mail', f.n LIMIT ?"
    )
    found = []
    with staging.reading(plan.path) as db:
        for _, line, contact, ground, *values in db.execute(query, (limit,)).fetchall():
            after = db.execute("SELECT after FROM diff WHERE row = ?", (contact,)).fetchone()
            changes = staging.opened_json(after[0]) if after else {}
            found.append((line, contact, ground, person(columns, values), changes))
    with store.reading() as connection:
        return [
            Pair(line, contact, ground, given, known := _contact(connection, contact, given),
                 {**known, **changes})
            for line, contact, ground, given, changes in found
        ]  # fmt: skip


def _contact(connection: Any, contact: int, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    columns = [name for name in given if ":" not in name and name != "tags"]
    wanted = [getattr(Contact, name) for name in columns]
    row = connection.execute(select(Contact.custom, *wanted).where(Contact.id == contact)).first()
    if row is None:
        return {}
    known = dict(zip(columns, row[1:], strict=True))
    known |= {f"custom:{name}": value for name, value in (row.custom or {}).items()}
    return {name: value for name, value in known.items() if value is not None}
