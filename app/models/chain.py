"""The hash chain over the journal: leaves, digests, the head, and the check of all of them.

    leaf   = SHA-256 of salt, operation, table, row, mask, before and after
    digest = SHA-256 of the leaves in (table, row) order, then the ranges, then both counts
    hash   = SHA-256 of the previous hash, the operation's header and its digest

Parts are written as "length:text,", so that no two different entries read the same. A leaf is
kept only when erasure has removed its images; the salt then goes too, and nobody can try names
against what is left. packaging/verify_journal.py repeats all of this without our code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, case, func, insert, literal, select, update
from sqlalchemy.engine import Row

from app.models.base import canonical
from app.models.journal import Change, JournalHead, Operation, OpRange, Subject
from app.models.json_sql import is_sqlite

GENESIS = bytes(32)
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Seal:
    """What sealing gave an operation."""

    seq: int
    rows: int
    hash: bytes


def packed(*parts: object) -> str:
    """The parts, each with its length before it; None is "-"."""
    return "".join(
        ["-," if part is None else f"{len(text := str(part))}:{text}," for part in parts]
    )


def leaf(
    salt: bytes | None,
    op: int,
    table: str,
    row: int,
    mask: str,
    before: str | None,
    after: str | None,
) -> bytes:
    """The hash of one change."""
    return _leaf(salt, packed(op, table), row, mask, before, after)


def _leaf(
    salt: bytes | None, within: str, row: int, mask: str, before: str | None, after: str | None
) -> bytes:
    """A leaf, given the operation and the table packed: thousands of changes share them.

    The parts are written out as `packed` would: a call for each takes twice as long.
    """
    own, number = (salt or b"").hex(), str(row)
    was = "-," if before is None else f"{len(before)}:{before},"
    now = "-," if after is None else f"{len(after)}:{after},"
    entry = f"{len(own)}:{own},{within}{len(number)}:{number},{len(mask)}:{mask},{was}{now}"
    return hashlib.sha256(entry.encode()).digest()


def header(operation: Row[Any], seq: int, rows: int) -> str:
    """What the chain says of an operation beside its changes."""
    return packed(
        operation.id,
        operation.uuid,
        seq,
        operation.kind,
        operation.label_key,
        canonical(operation.params),
        operation.actor,
        operation.device,
        operation.origin,
        operation.at_us,
        operation.undoes,
        operation.job_id,
        rows,
        int(operation.undoable),
    )


def linked(previous: bytes, head: str, digest: bytes) -> bytes:
    """The hash of an operation that follows `previous`."""
    return hashlib.sha256(previous + head.encode() + digest).digest()


def salt_subjects(connection: Connection, op: int) -> None:
    """Give every contact changed by `op` the random salt of its leaves, if it has none yet."""
    salt = func.randomblob(16) if is_sqlite(connection) else func.uuid_send(func.gen_random_uuid())
    unsalted = select(Change.row, salt).where(
        Change.op == op,
        Change.tbl == "contact",
        ~select(Subject.contact).where(Subject.contact == Change.row).exists(),
    )
    fill = insert(Subject).from_select(["contact", "salt"], unsalted)
    connection.execute(fill)


def payload_digest(connection: Connection, op: int) -> tuple[bytes, int]:
    """The digest of everything `op` recorded, and how many rows that is."""
    digest, changes, ranges, rows = hashlib.sha256(), 0, 0, 0
    for one in _leaves(connection, op):
        digest.update(one)
        changes += 1
    for tbl, lo, hi, act in _ranges(connection, op):
        digest.update(packed(tbl, lo, hi, act).encode())
        ranges += 1
        rows += hi - lo + 1
    digest.update(packed(changes, ranges).encode())
    return digest.digest(), changes + rows


def seal(connection: Connection, op: int) -> Seal:
    """Append `op` to the chain; the head is locked last, so that nobody waits for a long one."""
    salt_subjects(connection, op)
    digest, rows = payload_digest(connection, op)
    operation = connection.execute(select(*Operation.__table__.c).where(Operation.id == op)).one()
    last = connection.execute(select(JournalHead.seq, JournalHead.hash).with_for_update()).one()
    seq = last.seq + 1
    hashed = linked(last.hash, header(operation, seq, rows), digest)
    connection.execute(
        update(Operation)
        .where(Operation.id == op)
        .values(
            seq=seq, rows=rows, state="done", payload_digest=digest, prev=last.hash, hash=hashed
        )
    )
    connection.execute(update(JournalHead).values(seq=seq, hash=hashed))
    return Seal(seq, rows, hashed)


def _leaves(connection: Connection, op: int) -> Iterator[bytes]:
    salted = case((Change.tbl == literal("contact"), Subject.salt))
    rows = (
        select(
            Change.row, Change.mask, Change.before, Change.after, Change.leaf, salted.label("salt")
        )
        .outerjoin(Subject, and_(Subject.contact == Change.row, Change.tbl == "contact"))
        .order_by(Change.row)
        .execution_options(yield_per=CHUNK)
    )
    tables = select(Change.tbl).distinct().where(Change.op == op)
    # Sorted here and not by the database, whose order of letters depends on its locale.
    for table in sorted(connection.execute(tables).scalars()):
        of_table = rows.where(Change.op == op, Change.tbl == table)
        own = packed(op, table)
        for part in connection.execute(of_table).partitions():
            for row, mask, before, after, kept, salt in part:
                erased = before is None and after is None
                yield kept if erased and kept else _leaf(salt, own, row, mask, before, after)


def _ranges(connection: Connection, op: int) -> list[tuple[str, int, int, str]]:
    found = select(OpRange.tbl, OpRange.lo, OpRange.hi, OpRange.act).where(OpRange.op == op)
    return sorted((tbl, lo, hi, act) for tbl, lo, hi, act in connection.execute(found))
