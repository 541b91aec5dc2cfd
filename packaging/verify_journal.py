"""Verifies the journal of a Captely database with nothing but Python: no code of the product.

Usage: python verify_journal.py captely.db     Exit code: 0 whole, 1 altered, 2 cannot be read.

Run it on a backup, or while Captely is closed. It repeats what app/models/chain.py does:
leaf = SHA-256(salt, operation, table, row, mask, before, after); digest = SHA-256(leaves in
(table, row) order, ranges, both counts); hash = SHA-256(previous hash, header, digest).
"""

import sqlite3
import sys
from hashlib import sha256
from pathlib import Path

HEADER = "id uuid seq kind label_key params actor device origin at_us undoes job_id rows undoable"
CHANGES = """SELECT op, tbl, "row", mask, before, after, leaf, salt FROM change
    LEFT JOIN subject ON subject.contact = change."row" AND change.tbl = 'contact'
    WHERE op = ? ORDER BY tbl, "row" """
RANGES = "SELECT tbl, lo, hi, act FROM op_range WHERE op = ? ORDER BY tbl, lo"
ERASED = """SELECT 1 FROM op_range WHERE act = 'erase' AND op > ? AND tbl = ?
    AND lo <= ? AND hi >= ?"""


def packed(*parts: object) -> str:
    """Each part with its length before it; None is "-"."""
    return "".join("-," if part is None else f"{len(str(part))}:{part}," for part in parts)


def payload(database: sqlite3.Connection, operation: int) -> bytes | None:
    """The digest of what an operation recorded; None if values are gone unexplained."""
    digest, changes, ranges = sha256(), 0, 0
    for *entry, leaf, salt in database.execute(CHANGES, (operation,)):
        if entry[4] is None and entry[5] is None and leaf:
            if not database.execute(ERASED, (*entry[:3], entry[2])).fetchone():
                return None
            digest.update(leaf)
        else:
            digest.update(sha256(packed((salt or b"").hex(), *entry).encode()).digest())
        changes += 1
    for tbl, lo, hi, act in database.execute(RANGES, (operation,)):
        digest.update(packed(tbl, lo, hi, act).encode())
        ranges += 1
    digest.update(packed(changes, ranges).encode())
    return digest.digest()


def verify(database: sqlite3.Connection) -> tuple[int, str | None]:
    """(number of the last entry that holds, what is wrong with the next or None)."""
    previous, last = bytes(32), 0
    columns = ", ".join(f'"{name}"' for name in HEADER.split())
    sealed = f"SELECT prev, payload_digest, hash, {columns} FROM operation WHERE seq > 0"  # noqa: S608
    for linked, digest, hashed, *header in database.execute(f"{sealed} ORDER BY seq"):
        named = dict(zip(HEADER.split(), header, strict=True))
        found = payload(database, named["id"])
        if named["seq"] != last + 1:
            return last, "is missing"
        if linked != previous:
            return last, "does not follow the one before it"
        if found is None or found != digest:
            return last, "recorded something else than is there"
        if sha256(previous + packed(*named.values()).encode() + digest).digest() != hashed:
            return last, "says something else of itself"
        previous, last = hashed, last + 1
    if database.execute("SELECT seq, hash FROM journal_head").fetchone() != (last, previous):
        return last, "is missing: the journal ends elsewhere"
    return last, None


if __name__ == "__main__":
    try:
        address = Path(sys.argv[1]).absolute().as_uri() + "?mode=ro"
        good, fault = verify(sqlite3.connect(address, uri=True))
    except (IndexError, sqlite3.Error) as error:
        sys.exit(print(f"The journal cannot be read: {error}", file=sys.stderr) or 2)
    print(f"Entry {good + 1} {fault}." if fault else f"The journal is whole: {good} entries.")
    sys.exit(1 if fault else 0)
