"""Every change of one contact's fields, in pages, with the edits of one sitting folded together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, literal, select

from app.models.contacts import Tag
from app.models.journal import Change, Operation
from app.models.journalled import TAGS, image
from app.models.store import Store
from app.services.entries import Entry, entries, entry
from app.services.history import History
from app.services.rows import ContactView, past_view

SITTING = timedelta(minutes=10)
"""Changes of one field by one person this close together are shown as one."""

PAGE = 50


@dataclass(frozen=True, slots=True)
class FieldStep:
    """One field's change: from `before` to `after`, values as in the journal.

    operations are those folded into it, newest first; putting back what the last of them replaced
    restores `before`. undone is True once it was taken back.
    """

    field: str
    before: Any
    after: Any
    kind: str
    label: str
    actor: str
    origin: str
    at: datetime
    undone: bool
    operations: tuple[int, ...]

    @property
    def oldest(self) -> int:
        """The first operation of the sitting."""
        return self.operations[-1]


@dataclass(frozen=True, slots=True)
class FieldPage:
    """Some steps, newest first; older is the cursor of the next page, None on the last one.

    tags names every tag id that occurs, those deleted since too.
    """

    steps: tuple[FieldStep, ...]
    older: int | None
    tags: Mapping[int, str]


class FieldHistory:
    """Reads the changes of single fields from the journal."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._history = History(store)

    def page(
        self,
        contact: int,
        field: str | None = None,
        *,
        before: int | None = None,
        limit: int = PAGE,
    ) -> FieldPage:
        """The newest changes of a contact's fields, or of one field, older than cursor `before`."""
        wanted = (
            entries()
            .add_columns(Change.before.label("was"), Change.after.label("became"))
            .join(Change, Change.op == Operation.id)
            .where(Change.tbl == "contact", Change.row == contact)
            .limit(limit + 1)
        )
        if field is not None:
            mask = literal(",") + Change.mask + literal(",")
            wanted = wanted.where(mask.contains(f",{field},", autoescape=True))
        if before is not None:
            wanted = wanted.where(Operation.seq < before)
        with self._store.reading() as connection:
            rows = connection.execute(wanted).all()
            shown = rows[:limit]
            steps = tuple(fold_steps(_steps(shown, field)))
            tags = _tag_names(connection, steps)
        return FieldPage(steps, shown[-1].seq if len(rows) > limit else None, tags)

    def fields(self, contact: int) -> tuple[str, ...]:
        """The fields of a contact that were ever changed, for a filter."""
        masks = select(Change.mask).distinct().join(Operation, Operation.id == Change.op)
        wanted = masks.where(
            Change.tbl == "contact", Change.row == contact, Operation.state == "done"
        )
        with self._store.reading() as connection:
            found = connection.execute(wanted).scalars().all()
        return tuple(sorted({name for mask in found for name in mask.split(",")}))

    def as_of(self, contact: int, moment: datetime) -> ContactView | None:
        """The contact as it was at `moment`, None if it was not there then."""
        held = self._history.as_of([contact], moment).get(contact)
        if held is None:
            return None
        with self._store.reading() as connection:
            named = select(Tag.id, Tag.name).where(Tag.id.in_(held.get(TAGS, ())))
            tags = tuple(sorted(name for _id, name in connection.execute(named)))
        return past_view(contact, held, tags)


def fold_steps(steps: Iterable[FieldStep]) -> Iterator[FieldStep]:
    """Steps newest first, with those of one field, person and sitting made one.

    Something else by somebody else in between keeps them apart, and so does having been undone.
    """
    open_steps: dict[str, FieldStep] = {}
    ordered: list[FieldStep] = []
    for step in steps:
        newer = open_steps.get(step.field)
        if newer is not None and _one_sitting(newer, step):
            joined = replace(
                newer, before=step.before, operations=(*newer.operations, *step.operations)
            )
            ordered[ordered.index(newer)] = open_steps[step.field] = joined
        else:
            open_steps[step.field] = step
            ordered.append(step)
    yield from ordered


def _one_sitting(newer: FieldStep, older: FieldStep) -> bool:
    alike = (newer.actor, newer.origin, newer.kind, newer.undone) == (
        older.actor,
        older.origin,
        older.kind,
        older.undone,
    )
    return alike and newer.kind == "contact.edit" and newer.at - older.at <= SITTING


def _steps(rows: Iterable[Any], field: str | None) -> Iterator[FieldStep]:
    for row in rows:
        done, was, became = entry(row), image(row.was), image(row.became)
        for name in was:
            if field in (None, name):
                yield _step(done, name, was[name], became.get(name))


def _step(done: Entry, field: str, before: Any, after: Any) -> FieldStep:  # noqa: ANN401
    return FieldStep(
        field,
        before,
        after,
        done.kind,
        done.label,
        done.actor,
        done.origin,
        done.at,
        done.undone,
        (done.id,),
    )


def _tag_names(connection: Connection, steps: Iterable[FieldStep]) -> dict[int, str]:
    ids = {
        tag
        for step in steps
        if step.field == TAGS
        for tag in (*(step.before or ()), *(step.after or ()))
    }
    if not ids:
        return {}
    named = select(Tag.id, Tag.name).where(Tag.id.in_(ids))
    return {tag: name for tag, name in connection.execute(named)}  # noqa: C416 - rows, not pairs
