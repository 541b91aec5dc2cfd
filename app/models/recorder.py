"""Writes the changes of one open operation, each with its place in the journal.

Everything is set-based: changed rows go to a temporary stage with their images before and after,
from there into `change` by one statement and into the table by one UPDATE per set of fields.
Creations, deletions and restorations are ranges: a million new contacts are one row of journal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal

from sqlalchemy import (
    Connection,
    Table,
    delete,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from app.core.changes import Span
from app.models.applying import apply_stage, insert_tags, write_labelled_keys
from app.models.base import BigInt, canonical
from app.models.contacts import Contact, ContactTag
from app.models.creating import prepared
from app.models.journal import Change, OpRange, SearchDirty
from app.models.journalled import (
    TAGS,
    check_field,
    image,
    is_searched,
    read_fields,
    same,
    settled,
    table_named,
)
from app.models.json_sql import CHUNK, ids_select, joined, rows_as_table, runs, within
from app.models.spans import Touched
from app.models.staging import (
    STAGE,
    Staged,
    clear_stage,
    stage_next,
    stage_rows,
    staged_masks,
    staged_rows,
)
from app.models.store import reserve

DIRTY_GAP = 32
"""Contacts this close together share one range for the indexer; a few too many cost nothing."""
Act = Literal["create", "kill", "revive"]
Runs = Sequence[tuple[int, int]]


class Recorder:
    """One open operation inside one writing session.

    Fields are named as in core.fields, with custom:<name>, labelled:<field> (a list of
    [label, value]) and tags (a list of tag ids). A blank value is None. Raises ValueError for a
    field that the journal does not keep. resumed is for an operation that earlier sessions began.
    """

    def __init__(
        self, connection: Connection, op: int, at_us: int, *, resumed: bool = False
    ) -> None:
        self.connection = connection
        self.op = op
        self.at_us = at_us
        self._fresh: list[tuple[str, int, int]] = []
        self._changed: set[str] = set()
        self._touched: dict[str, Touched] = {}
        self._resumed = resumed
        if resumed:
            self._recall()

    def spans(self) -> dict[str, Span]:
        """The rows touched by table; of an operation over many sessions, spans that hold them."""
        if self._resumed:
            self._note_earlier()
        return {name: touched.span() for name, touched in self._touched.items()}

    def is_empty(self) -> bool:
        """True when the operation has recorded nothing, in this session or before."""
        changes = select(Change.op).where(Change.op == self.op)
        ranges = select(OpRange.op).where(OpRange.op == self.op)
        return self.connection.execute(changes.union_all(ranges).limit(1)).first() is None

    def create(self, table: str, rows: Sequence[Mapping[str, Any]]) -> range:
        """Insert `rows` and return their ids, consecutive and in the order given."""
        if not rows:
            return range(0)
        target = table_named(table)
        lo = reserve(self.connection, table, len(rows))
        ids = range(lo, lo + len(rows))
        made = prepared(target, rows, ids, op=self.op, at_us=self.at_us)
        self.connection.execute(insert(target), made.rows)
        insert_tags(self.connection, made.tags)
        if made.labelled:
            write_labelled_keys(self.connection, ids_select(self.connection, made.labelled))
        self.created(table, ids[0], ids[-1])
        return ids

    def created(self, table: str, lo: int, hi: int) -> None:
        """Record that lo..hi are inserted by SQL with this operation as their created_op.

        Chunks that follow one another become one range.
        """
        grown = (
            update(OpRange)
            .where(OpRange.op == self.op, OpRange.tbl == table, OpRange.act == "create")
            .where(OpRange.hi == lo - 1)
            .values(hi=hi)
        )
        if not self.connection.execute(grown).rowcount:
            self._add_ranges(table, [(lo, hi)], "create")
        self._fresh.append((table, lo, hi))
        self._note(table, [(lo, hi)])
        self._mark_dirty(table, [(lo, hi)])

    def read(
        self, table: str, ids: Iterable[int], fields: Collection[str]
    ) -> dict[int, dict[str, Any]]:
        """The present `fields` of those rows that exist, held for this session to change."""
        wanted = sorted(set(ids))
        return read_fields(self.connection, table_named(table), wanted, fields, lock=True)

    def update(self, table: str, changes: Mapping[int, Mapping[str, Any]]) -> int:
        """Set fields of existing rows; the number of rows that really changed.

        changes maps a row to its fields and their new values. What is equal already is left out,
        and so are rows that do not exist.
        """
        left, changed = iter(sorted(changes)), 0
        while chunk := list(islice(left, CHUNK)):
            wanted = {row: changes[row] for row in chunk}
            fields = sorted({field for after in wanted.values() for field in after})
            for field in fields:
                check_field(table_named(table), field)
            changed += self.update_known(table, self.read(table, chunk, fields), wanted)
        return changed

    def update_known(
        self,
        table: str,
        present: Mapping[int, Mapping[str, Any]],
        changes: Mapping[int, Mapping[str, Any]],
    ) -> int:
        """Like update for one chunk of rows whose `present` fields `read` has just given."""
        staged = _differences(present, changes)
        if not staged:
            return 0
        clear_stage(self.connection)
        stage_rows(self.connection, staged)
        return self.take_stage(table)

    def update_staged(self, table: str, staged: str) -> int:
        """Make the changes in the table `staged`, also "schema.table"; how many rows.

        Its columns are row (the primary key), mask, before and after, canonical as in Change, and
        every row is a real difference. On PostgreSQL the caller has locked the rows with `read`.
        """
        changed, last = 0, -1
        while (reached := stage_next(self.connection, staged, last)) is not None:
            changed += self.take_stage(table)
            last = reached
        return changed

    def take_stage(self, table: str) -> int:
        """Make and record what lies on this connection's stage; how many rows."""
        masks = staged_masks(self.connection)
        if not masks:
            return 0
        self._record_stage(table)
        apply_stage(self.connection, table_named(table), masks, self.at_us)
        touched = runs(staged_rows(self.connection, masks))
        self._note(table, touched)
        searched = [mask for mask in masks if is_searched(mask)]
        if len(searched) < len(masks):
            touched = runs(staged_rows(self.connection, searched))
        self._mark_dirty(table, joined(touched, DIRTY_GAP))
        return sum(masks.values())

    def tag(self, contacts: Iterable[int], tag_id: int) -> int:
        """Give contacts a tag; how many did not carry it yet."""
        return self._retag(contacts, lambda held: [*held, tag_id])

    def untag(self, contacts: Iterable[int], tag_id: int) -> int:
        """Take a tag from contacts; how many carried it."""
        return self._retag(contacts, lambda held: [tag for tag in held if tag != tag_id])

    def tag_range(self, lo: int, hi: int, tag_id: int) -> None:
        """Give a tag to the contacts lo..hi, which this operation has created."""
        carried = select(Contact.id, literal(tag_id)).where(
            Contact.id.between(lo, hi), Contact.created_op == self.op
        )
        self.connection.execute(insert(ContactTag).from_select(["contact", "tag"], carried))

    def kill(self, table: str, ids: Iterable[int]) -> int:
        """Put rows in the trash; how many were not there yet."""
        return self._mark(table, ids, "kill")

    def revive(self, table: str, ids: Iterable[int]) -> int:
        """Take rows back from the trash; how many were in it."""
        return self._mark(table, ids, "revive")

    def mark_runs(self, table: str, ranges: Runs, act: Act) -> None:
        """Kill or revive inclusive ranges of which the caller knows that every row can be."""
        target = table_named(table)
        for part in within(self.connection, target.c.id, ranges):
            self._set_deleted(target, part, act)
        self._remember_marked(table, ranges, act)

    def _mark(self, table: str, ids: Iterable[int], act: Act) -> int:
        target, left, marked = table_named(table), iter(sorted(set(ids))), list[int]()
        possible = target.c.deleted_op.is_(None)
        possible = possible if act == "kill" else not_(possible)
        while chunk := list(islice(left, CHUNK)):
            within = target.c.id.in_(ids_select(self.connection, chunk))
            found = select(target.c.id).where(within, possible).order_by(target.c.id)
            rows = list(self.connection.execute(found.with_for_update()).scalars())
            marked += rows
        self.mark_runs(table, runs(marked), act)
        return len(marked)

    def _set_deleted(self, target: Table, which: ColumnElement[bool], act: Act) -> None:
        values: dict[str, Any] = {
            "deleted_op": self.op if act == "kill" else None,
            "version": target.c.version + 1,
        }
        if "updated" in target.c:
            values["updated"] = self.at_us
        self.connection.execute(update(target).where(which).values(values))

    def _remember_marked(self, table: str, ranges: Runs, act: Act) -> None:
        """A row that this operation made itself needs no second entry: it never was before."""
        older = [(lo, hi) for lo, hi in ranges if not self._is_fresh(table, lo)]
        self._add_ranges(table, older, act)
        self._note(table, ranges)
        self._mark_dirty(table, joined(ranges, DIRTY_GAP))

    def _is_fresh(self, table: str, row: int) -> bool:
        return any(name == table and lo <= row <= hi for name, lo, hi in self._fresh)

    def _retag(self, contacts: Iterable[int], wanted: Callable[[list[int]], list[int]]) -> int:
        left, changed = iter(sorted(set(contacts))), 0
        while chunk := list(islice(left, CHUNK)):
            held = self.read("contact", chunk, [TAGS])
            changes = {row: {TAGS: wanted(fields[TAGS])} for row, fields in held.items()}
            changed += self.update_known("contact", held, changes)
        return changed

    def _record_stage(self, table: str) -> None:
        own = (literal(self.op), literal(table))
        rows = select(*own, STAGE.c.row, STAGE.c.mask, STAGE.c.before, STAGE.c.after)
        if table in self._changed and (again := self._merge_changes(table)):
            rows = rows.where(STAGE.c.row.not_in(ids_select(self.connection, again)))
        for name, lo, hi in self._fresh:
            if name == table:
                # What a row is made with is no change of it.
                rows = rows.where(not_(STAGE.c.row.between(lo, hi)))
        fill = insert(Change).from_select(["op", "tbl", "row", "mask", "before", "after"], rows)
        self.connection.execute(fill)
        self._changed.add(table)

    def _merge_changes(self, table: str) -> list[int]:
        """Fold the stage into what this operation has changed before; the rows concerned."""
        own = (Change.op == self.op, Change.tbl == table)
        twice = (
            select(STAGE.c.row, Change.before, Change.after, STAGE.c.before, STAGE.c.after)
            .join(Change, Change.row == STAGE.c.row)
            .where(*own)
        )
        rows = self.connection.execute(twice).all()
        for row, first, then, before, after in rows:
            old = {**image(before), **image(first)}
            new = {**image(then), **image(after)}
            differing = {field: old[field] for field in new if not same(old[field], new[field])}
            row_of = (*own, Change.row == row)
            if differing:
                _, mask, was, is_now = _staged(row, differing, {f: new[f] for f in differing})
                values = {"mask": mask, "before": was, "after": is_now}
                self.connection.execute(update(Change).where(*row_of).values(values))
            else:
                self.connection.execute(delete(Change).where(*row_of))
        return [row for row, *_ in rows]

    def _add_ranges(self, table: str, ranges: Runs, act: Act) -> None:
        rows = rows_as_table(self.connection, {"lo": BigInt, "hi": BigInt}, ranges)
        values = select(literal(self.op), literal(table), rows.c.lo, rows.c.hi, literal(act))
        self.connection.execute(
            insert(OpRange).from_select(["op", "tbl", "lo", "hi", "act"], values)
        )

    def _mark_dirty(self, table: str, ranges: Runs) -> None:
        if table == "contact" and ranges:
            rows = rows_as_table(self.connection, {"lo": BigInt, "hi": BigInt}, ranges)
            values = select(rows.c.lo, rows.c.hi)
            self.connection.execute(insert(SearchDirty).from_select(["lo", "hi"], values))

    def _note(self, table: str, ranges: Runs) -> None:
        if ranges:
            self._touched.setdefault(table, Touched()).add(ranges)

    def _recall(self) -> None:
        own = OpRange.op == self.op, OpRange.act == "create"
        made = select(OpRange.tbl, OpRange.lo, OpRange.hi).where(*own)
        for tbl, lo, hi in self.connection.execute(made).all():
            self._fresh.append((tbl, lo, hi))
            self._note(tbl, [(lo, hi)])
        self._changed = set(self._tables_of(Change))

    def _tables_of(self, kind: type[Change | OpRange]) -> Iterator[str]:
        """The tables in which this operation has rows of `kind`, each found by one look."""
        last: str | None = ""
        while last is not None:
            following = select(func.min(kind.tbl)).where(kind.op == self.op, kind.tbl > last)
            last = self.connection.execute(following).scalar()
            if last is not None:
                yield last

    def _note_earlier(self) -> None:
        """What earlier sessions changed, from the first to the last row: more rather than less."""
        for tbl in list(self._tables_of(Change)):
            rows = select(func.min(Change.row), func.max(Change.row)).where(
                Change.op == self.op, Change.tbl == tbl
            )
            lo, hi = self.connection.execute(rows).one()
            self._note(tbl, [(lo, hi)])
        for tbl in list(self._tables_of(OpRange)):
            ranges = select(func.min(OpRange.lo), func.max(OpRange.hi)).where(
                OpRange.op == self.op, OpRange.tbl == tbl, OpRange.act != "create"
            )
            lo, hi = self.connection.execute(ranges).one()
            if lo is not None:
                self._note(tbl, [(lo, hi)])


def _differences(
    present: Mapping[int, Mapping[str, Any]], changes: Mapping[int, Mapping[str, Any]]
) -> list[Staged]:
    staged: list[Staged] = []
    for row, wanted in changes.items():
        if (held := present.get(row)) is None:
            continue
        after = {field: settled(field, value) for field, value in wanted.items()}
        after = {field: value for field, value in after.items() if not same(value, held[field])}
        if after:
            staged.append(_staged(row, {field: held[field] for field in after}, after))
    return staged


def _staged(row: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> Staged:
    return row, ",".join(sorted(after)), canonical(before), canonical(after)
