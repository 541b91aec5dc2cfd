"""Takes an operation back as a further operation: what is still as it left it, and nothing else.

A field is restored when it still has the value that the operation gave it. A created row goes to
the trash unless it was changed or sent somewhere since. Everything else is kept and reported.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select
from sqlalchemy.engine import Row
from sqlalchemy.sql.elements import ColumnElement

from app.models.journal import Change, Operation, OpRange
from app.models.journalled import (
    TAGS,
    compared,
    image,
    is_column,
    read_fields,
    same,
    table_named,
)
from app.models.json_sql import (
    CHUNK,
    ids_select,
    is_sqlite,
    member,
    runs,
    same_member,
    within,
    without,
)
from app.models.recorder import Act, Recorder
from app.models.staging import STAGE, clear_stage, stage_select

CHANGED = "changed"
DELETED = "deleted"
WINDOW = 4 * CHUNK
"""Changed rows taken back at a time; bounds what the stage holds in memory."""

Runs = Sequence[tuple[int, int]]
Names = Collection[str]


@dataclass(frozen=True, slots=True)
class Kept:
    """Something left as it is: a field, or with field "" the row itself.

    by and at (microseconds UTC) tell who changed it since; reason is changed, deleted, or the
    name of the lasting effect, such as exported.
    """

    table: str
    row: int
    field: str
    by: str
    at: int
    reason: str = CHANGED


@dataclass(frozen=True, slots=True)
class Lasting:
    """Rows of `table` whose creation can no longer be taken back, and why.

    rows is given the lowest and highest id in question and selects those that must stay.
    """

    table: str
    reason: str
    rows: Callable[[int, int], Select[int]]


@dataclass(frozen=True, slots=True)
class Reversal:
    """What taking an operation back does to whole rows of one table, and which stay."""

    table: str
    act: Act
    ranges: Runs
    kept: Sequence[Kept]


def take_back(recorder: Recorder, target: Row[Any], lasting: Iterable[Lasting]) -> list[Kept]:
    """Undo the operation row `target` within `recorder`; what was kept."""
    connection = recorder.connection
    kept: list[Kept] = []
    for table in _in_order(connection, select(Change.tbl).where(Change.op == target.id)):
        kept += _restore_fields(recorder, target, table)
    for reversal in reversals(connection, target, lasting, lock=True):
        recorder.mark_runs(reversal.table, reversal.ranges, reversal.act)
        kept += reversal.kept
    return kept


def reversals(
    connection: Connection, target: Row[Any], lasting: Iterable[Lasting], *, lock: bool = False
) -> Iterator[Reversal]:
    """Which rows taking `target` back would kill or revive, and which it would keep.

    Contacts come first, and each step may be carried out before the next is asked for: whether a
    tag is still used depends on it.
    """
    effects = list(lasting)
    for table in _in_order(connection, select(OpRange.tbl).where(OpRange.op == target.id)):
        for act, spans in _ranges_by_act(connection, target, table).items():
            if lock and not is_sqlite(connection):
                _lock_rows(connection, table, spans)
            if act == "kill":
                yield _revival(connection, target, table, spans)
            else:
                concerned = [e for e in effects if e.table == table and act == "create"]
                yield _killing(connection, target, table, spans, concerned)


def _ranges_by_act(
    connection: Connection, target: Row[Any], table: str
) -> dict[str, list[tuple[int, int]]]:
    ranges = select(OpRange.act, OpRange.lo, OpRange.hi).where(
        OpRange.op == target.id, OpRange.tbl == table
    )
    by_act: dict[str, list[tuple[int, int]]] = {}
    for act, lo, hi in connection.execute(ranges.order_by(OpRange.lo)):
        by_act.setdefault(act, []).append((lo, hi))
    return by_act


def _in_order(connection: Connection, tables: Select[str]) -> list[str]:
    """The tables named, contacts first: whether a tag is still used depends on them."""
    named = connection.execute(tables.distinct()).scalars().all()
    return sorted(named, key=lambda name: (name != "contact", name))


def _lock_rows(connection: Connection, table: str, spans: Runs) -> None:
    rows = table_named(table)
    for part in within(connection, rows.c.id, spans):
        held = select(rows.c.id).where(part).order_by(rows.c.id).with_for_update()
        connection.execute(select(func.count()).select_from(held.subquery())).scalar()


def _dead(
    connection: Connection, rows: Table, spans: Runs, by: ColumnElement[bool]
) -> dict[int, int]:
    """The rows of `spans` in the trash, with the operation that put them there."""
    found: dict[int, int] = {}
    for part in within(connection, rows.c.id, spans):
        dead = select(rows.c.id, rows.c.deleted_op).where(part, by)
        found |= {row: op for row, op in connection.execute(dead)}  # noqa: C416 - rows, not pairs
    return found


def _revival(connection: Connection, target: Row[Any], table: str, spans: Runs) -> Reversal:
    rows = table_named(table)
    own = _dead(connection, rows, spans, rows.c.deleted_op == target.id)
    others = _dead(connection, rows, spans, rows.c.deleted_op != target.id)
    deleters = _first_deleters(connection, table, others)
    revived = sorted([*own, *(row for row, op in deleters.items() if op == target.id)])
    left = {row: op for row, op in sorted(others.items()) if deleters[row] != target.id}
    by = _who_did(connection, set(left.values()))
    kept = [Kept(table, row, "", *by[op], DELETED) for row, op in left.items()]
    return Reversal(table, "revive", runs(revived), kept)


def _first_deleters(connection: Connection, table: str, dead: Mapping[int, int]) -> dict[int, int]:
    """The deletion that each row's `deleted_op` stands for: itself, or the one it put back.

    Delete, restore and undo the restoration: the row is as the deletion left it, so undoing the
    deletion must bring it back.
    """
    found: dict[int, int] = {}
    left = _by_operation(dead)
    while left:
        undone = select(Operation.id, Operation.undoes).where(
            Operation.id.in_(ids_select(connection, left)), Operation.undoes.is_not(None)
        )
        undoes: dict[int, int] = dict(connection.execute(undone).all())  # type: ignore[arg-type]
        earlier: dict[int, int] = {}
        for op, rows in left.items():
            if op in undoes:
                earlier |= _killers(connection, table, rows, undoes[op])
            found.update((row, op) for row in rows if row not in earlier)
        left = _by_operation(earlier)
    return found


def _by_operation(dead: Mapping[int, int]) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = {}
    for row, op in sorted(dead.items()):
        rows.setdefault(op, []).append(row)
    return rows


def _killers(
    connection: Connection, table: str, rows: Sequence[int], before: int
) -> dict[int, int]:
    """The last deletion before the operation `before` of each of the sorted `rows` that has one."""
    kills = select(OpRange.op, OpRange.lo, OpRange.hi).where(
        OpRange.tbl == table,
        OpRange.act == "kill",
        OpRange.lo <= rows[-1],
        OpRange.hi >= rows[0],
        OpRange.op < before,
    )
    found: dict[int, int] = {}
    left = list(rows)
    for op, lo, hi in connection.execute(kills.order_by(OpRange.op.desc())):
        inside = slice(bisect_left(left, lo), bisect_right(left, hi))
        found.update((row, op) for row in left[inside])
        del left[inside]
    return found


def _who_did(connection: Connection, operations: Collection[int]) -> dict[int, tuple[str, int]]:
    asked = select(Operation.id, Operation.actor, Operation.at_us).where(
        Operation.id.in_(ids_select(connection, operations))
    )
    return {op: (actor, at) for op, actor, at in connection.execute(asked)}


def _killing(
    connection: Connection, target: Row[Any], table: str, spans: Runs, effects: Iterable[Lasting]
) -> Reversal:
    rows = table_named(table)
    staying = changed_since(connection, target, table, spans)
    for effect in effects:
        ids = effect.rows(spans[0][0], spans[-1][1])
        for row in connection.execute(ids).scalars().all():
            staying.setdefault(row, Kept(table, row, "", "", target.at_us, effect.reason))
    dead = _dead(connection, rows, spans, rows.c.deleted_op.is_not(None))
    holes = sorted({*staying, *dead})
    kept = [staying[row] for row in holes if row in staying and row not in dead]
    return Reversal(table, "kill", _cut(spans, holes), kept)


def _cut(spans: Runs, holes: Sequence[int]) -> list[tuple[int, int]]:
    left: list[tuple[int, int]] = []
    waiting = iter([*holes, None])
    hole = next(waiting)
    for lo, hi in spans:
        inside: list[int] = []
        while hole is not None and hole <= hi:
            if hole >= lo:
                inside.append(hole)
            hole = next(waiting)
        left += without(lo, hi, inside)
    return left


def changed_since(
    connection: Connection, target: Row[Any], table: str, spans: Runs, only: Names = ()
) -> dict[int, Kept]:
    """The rows whose fields, or only some, are no longer as they were when `target` was sealed.

    A row that was changed and changed back since is as it was.
    """
    pieces = [
        (start, min(hi, start + WINDOW - 1))
        for lo, hi in spans
        for start in range(lo, hi + 1, WINDOW)
    ]
    found: dict[int, Kept] = {}
    for part in within(connection, Change.__table__.c.row, pieces):
        found |= _changed_since(connection, target, table, part, only)
    return found


def _changed_since(
    connection: Connection, target: Row[Any], table: str, part: ColumnElement[bool], only: Names
) -> dict[int, Kept]:
    later = (
        select(Change.row, Change.before, Operation.actor, Operation.at_us)
        .join(Operation, Operation.id == Change.op)
        .where(Change.tbl == table, part, Operation.seq > target.seq)
        .order_by(Operation.seq.desc())
    )
    then: dict[int, dict[str, Any]] = {}
    newest: dict[int, Kept] = {}
    for row, before, by, at in connection.execute(later):
        if was := {name: v for name, v in image(before).items() if not only or name in only}:
            then.setdefault(row, {}).update(was)
            newest.setdefault(row, Kept(table, row, "", by, at))
    fields = sorted({name for was in then.values() for name in was})
    now = read_fields(connection, table_named(table), then, fields)
    return {
        row: newest[row]
        for row, was in then.items()
        if row in now and not all(same(now[row][name], value) for name, value in was.items())
    }


def _restore_fields(recorder: Recorder, target: Row[Any], table: str) -> list[Kept]:
    connection, kept, last = recorder.connection, list[Kept](), -1
    own = (Change.op == target.id, Change.tbl == table)
    while True:
        ahead = select(Change.row).where(*own, Change.row > last).order_by(Change.row).limit(WINDOW)
        hi = connection.execute(select(func.max(ahead.subquery().c.row))).scalar()
        if hi is None:
            return kept
        window = (*own, Change.row > last, Change.row <= hi)
        if not is_sqlite(connection):
            held = select(table_named(table).c.id).where(
                table_named(table).c.id.in_(select(Change.row).where(*window))
            )
            connection.execute(held.order_by("id").with_for_update()).all()
        _stage_unchanged(connection, table, window)
        left = _left_over(connection, window)
        recorder.take_stage(table)
        kept += _restore_singly(recorder, target, table, left)
        last = hi


def _stage_unchanged(connection: Connection, table: str, window: Sequence[Any]) -> None:
    """Stage the reverse of the changes whose every field still is as the operation left it."""
    clear_stage(connection)
    rows = table_named(table)
    for mask in list(connection.execute(select(Change.mask).distinct().where(*window)).scalars()):
        fields = mask.split(",")
        if TAGS not in fields:
            still = [_still_holds(connection, rows, name) for name in fields]
            reverse = (
                select(Change.row, Change.mask, Change.after, Change.before)
                .join(rows, rows.c.id == Change.row)
                .where(*window, Change.mask == mask, Change.before.is_not(None), *still)
            )
            stage_select(connection, reverse)


def _still_holds(connection: Connection, rows: Table, field: str) -> ColumnElement[bool]:
    after = Change.__table__.c.after
    if is_column(field):
        return compared(rows.c[field]).is_not_distinct_from(
            member(connection, after, rows.c[field])
        )
    column, _, key = field.partition(":")
    return same_member(connection, (compared(rows.c[column]), key), (after, field))


def _left_over(
    connection: Connection, window: Sequence[Any]
) -> dict[int, tuple[dict[str, Any], dict[str, Any]]]:
    staged = select(STAGE.c.row).where(STAGE.c.mask == Change.mask, STAGE.c.row == Change.row)
    rows = select(Change.row, Change.before, Change.after).where(
        *window, Change.before.is_not(None), ~staged.exists()
    )
    return {row: (image(before), image(after)) for row, before, after in connection.execute(rows)}


def _restore_singly(
    recorder: Recorder,
    target: Row[Any],
    table: str,
    changes: Mapping[int, tuple[dict[str, Any], dict[str, Any]]],
) -> list[Kept]:
    """Restore field by field where some field of the row has moved on or is no plain column."""
    fields = sorted({name for before, _ in changes.values() for name in before})
    present = recorder.read(table, changes, fields)
    wanted: dict[int, dict[str, Any]] = {}
    moved: list[tuple[int, str]] = []
    for row, now in present.items():
        before, after = changes[row]
        for name, was in before.items():
            if name == TAGS:
                wanted.setdefault(row, {})[name] = _tags_back(now[name], was, after[name])
            elif same(now[name], after[name]):
                wanted.setdefault(row, {})[name] = was
            elif not same(now[name], was):
                moved.append((row, name))
    recorder.update_known(table, present, wanted)
    return _who_changed(recorder.connection, target, table, moved)


def _tags_back(now: Iterable[int], before: Iterable[int], after: Iterable[int]) -> list[int]:
    """Each tag is a cell of its own: those added go, those removed return, others stay."""
    return sorted((set(now) - (set(after) - set(before))) | (set(before) - set(after)))


def _who_changed(
    connection: Connection, target: Row[Any], table: str, moved: Sequence[tuple[int, str]]
) -> list[Kept]:
    if not moved:
        return []
    rows = sorted({row for row, _ in moved})
    later = (
        select(Change.row, Change.mask, Operation.actor, Operation.at_us)
        .join(Operation, Operation.id == Change.op)
        .where(Change.tbl == table, Change.row.in_(ids_select(connection, rows)))
        .where(Operation.seq > target.seq)
        .order_by(Operation.seq)
    )
    newest: dict[tuple[int, str], tuple[str, int]] = {}
    for row, mask, by, at in connection.execute(later):
        newest.update({(row, name): (by, at) for name in mask.split(",")})
    return [
        Kept(table, row, name, *newest.get((row, name), ("", target.at_us))) for row, name in moved
    ]
