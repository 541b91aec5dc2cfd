"""Sets apart, by set-based SQL, the few rows of a list that need a closer look.

Nearly every row of a real list is settled here: its address stands once in the list and either
belongs to one contact, or to nobody and no record without an address shares a key with it. The
rest goes into the table `candidate` and is resolved one by one in file order, see matching.py.
Whole-table scans say NOT INDEXED: through the index of addresses they would jump about the file.
Addresses are compared in their order, in which both indexes are read from one end to the other.

A name with phone or company can only join two records of which at least one has no address (two
different addresses contradict), so those keys are looked at for rows without address (`bare_key`)
and for contacts without address only.
"""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from app.services.importing import staging

MANY = 20_000
"""From this many rows on the contacts are walked through instead of looked up one by one."""

KEYS = ("name_phone_key", "name_mobile_key", "name_company_key")


def alive_sql(hidden: Sequence[tuple[int, int]], alias: str = "c") -> str:
    """The condition for a contact that exists: not in the trash, not from an unfinished import."""
    parts = [f"{alias}.deleted_op IS NULL"]
    parts += [f"NOT {alias}.id BETWEEN {int(lo)} AND {int(hi)}" for lo, hi in hidden]
    return " AND ".join(parts)


def prepare(db: sqlite3.Connection, columns: Sequence[str]) -> None:
    """Make the tables of matching, empty; what an earlier matching left is dropped.

    columns are those of a row and its search text, which the table `merged` repeats.
    """
    staging.script(
        db,
        """
        DROP TABLE IF EXISTS fate; DROP TABLE IF EXISTS candidate; DROP TABLE IF EXISTS repeated;
        DROP TABLE IF EXISTS known; DROP TABLE IF EXISTS known_email;
        DROP TABLE IF EXISTS person; DROP TABLE IF EXISTS merged; DROP TABLE IF EXISTS diff;
        DROP TABLE IF EXISTS several;
        CREATE TABLE fate (n INTEGER PRIMARY KEY, contact INTEGER, first INTEGER, reason TEXT);
        CREATE TABLE candidate (n INTEGER PRIMARY KEY);
        CREATE TABLE repeated (email TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE known (key INTEGER, person INTEGER, n INTEGER, bare INTEGER,
            PRIMARY KEY (key, person)) WITHOUT ROWID;
        CREATE TABLE known_email (email TEXT, person INTEGER,
            PRIMARY KEY (email, person)) WITHOUT ROWID;
        CREATE TABLE several (contact INTEGER PRIMARY KEY);
        CREATE TABLE person (id INTEGER PRIMARY KEY, n INTEGER, state TEXT);
        CREATE TABLE diff (row INTEGER PRIMARY KEY, n INTEGER, version INTEGER, mask TEXT,
            before TEXT, after TEXT);
        """,
    )
    db.execute(f"CREATE TABLE merged (n INTEGER PRIMARY KEY, {', '.join(columns)})")


def index(db: sqlite3.Connection) -> None:
    """Index the rows by address and by the keys of rows without address."""
    staging.script(
        db,
        """
        CREATE INDEX IF NOT EXISTS row_by_email ON row (email) WHERE email IS NOT NULL;
        CREATE INDEX IF NOT EXISTS row_email_by_email ON row_email (email);
        CREATE INDEX IF NOT EXISTS row_email_by_n ON row_email (n);
        CREATE INDEX IF NOT EXISTS bare_by_key ON bare_key (key, n);
        """,
    )


def by_email(db: sqlite3.Connection, hidden: Sequence[tuple[int, int]]) -> None:
    """Settle the rows whose one address stands once in the list and belongs to a contact."""
    further = any_in(db, "row_email")
    _repeated(db, further=further)
    if not any_in(db, "crm.contact"):
        return
    alone = "r.email NOT IN (SELECT email FROM repeated)"
    if further:
        alone += " AND r.n NOT IN (SELECT n FROM row_email)"
    db.execute(
        f"""
        INSERT INTO fate (n, contact, reason) SELECT r.n, min(c.id), 'e-mail'
        FROM row r INDEXED BY row_by_email CROSS JOIN crm.contact c ON c.email = r.email
        WHERE r.email IS NOT NULL AND {alive_sql(hidden)} AND {alone} GROUP BY r.n
        """
    )
    if any_in(db, "crm.contact_key"):
        db.execute(
            f"""
            INSERT INTO fate (n, contact, reason) SELECT r.n, min(c.id), 'e-mail'
            FROM row r INDEXED BY row_by_email CROSS JOIN crm.contact_key k ON k.email = r.email
            CROSS JOIN crm.contact c ON c.id = k.contact
            WHERE r.email IS NOT NULL AND {alive_sql(hidden)} AND {alone} GROUP BY r.n
            ON CONFLICT (n) DO UPDATE SET contact = min(contact, excluded.contact)
            """
        )
    if further:
        _further_addresses(db)


def _repeated(db: sqlite3.Connection, *, further: bool) -> None:
    every = "SELECT email FROM row WHERE email IS NOT NULL"
    if further:
        every += " UNION ALL SELECT email FROM row_email"
    db.execute(
        f"INSERT INTO repeated SELECT email FROM ({every}) GROUP BY email HAVING count(*) > 1"
    )
    db.execute(
        "INSERT OR IGNORE INTO candidate SELECT e.n FROM repeated d "
        "CROSS JOIN row_email e ON e.email = d.email"
    )


def _further_addresses(db: sqlite3.Connection) -> None:
    """A row with several addresses may hit several contacts, so it is a candidate if any does."""
    there = (
        "EXISTS (SELECT 1 FROM crm.contact c WHERE c.email = {0} AND c.deleted_op IS NULL) "
        "OR EXISTS (SELECT 1 FROM crm.contact_key k WHERE k.email = {0})"
    )
    db.execute(
        "INSERT OR IGNORE INTO candidate SELECT e.n FROM row_email e WHERE "
        + there.format("e.email")
    )
    db.execute(
        "INSERT OR IGNORE INTO candidate SELECT r.n FROM row r "
        "WHERE r.n IN (SELECT n FROM row_email) AND (" + there.format("r.email") + ")"
    )


def by_keys(db: sqlite3.Connection) -> None:
    """Find the rows that may be somebody by name and phone or by name and company."""
    if any_in(db, "bare_key"):
        _within_the_list(db)
    if any_in(db, "crm.contact"):
        _in_the_workspace(db)


def _within_the_list(db: sqlite3.Connection) -> None:
    unsettled = "r.n NOT IN (SELECT n FROM fate)"
    shares = " OR ".join(f"r.{key} IN (SELECT key FROM bare_key)" for key in KEYS)
    # A row with an address meets a row without one: both are candidates.
    staging.script(
        db,
        f"""
        CREATE TEMP TABLE met (n INTEGER PRIMARY KEY);
        INSERT INTO met SELECT r.n FROM row r NOT INDEXED
            WHERE r.email IS NOT NULL AND ({shares});
        INSERT OR IGNORE INTO candidate SELECT r.n FROM met r WHERE {unsettled};
        """,
    )
    for key in KEYS:
        db.execute(
            "INSERT OR IGNORE INTO candidate SELECT b.n FROM met CROSS JOIN row r ON r.n = met.n "
            f"CROSS JOIN bare_key b ON b.key = r.{key}"
        )
    db.execute("DROP TABLE met")
    db.execute(
        "INSERT OR IGNORE INTO candidate SELECT n FROM bare_key WHERE key IN "
        "(SELECT key FROM bare_key GROUP BY key HAVING min(n) < max(n))"
    )


def _in_the_workspace(db: sqlite3.Connection) -> None:
    number = (
        "EXISTS (SELECT 1 FROM crm.contact c WHERE c.name_phone_key = {0} AND {1}) "
        "OR EXISTS (SELECT 1 FROM crm.contact c WHERE c.name_mobile_key = {0} AND {1})"
    )
    company = "EXISTS (SELECT 1 FROM crm.contact c WHERE c.name_company_key = {0} AND {1})"
    alive = "c.deleted_op IS NULL"
    either = f"{number} OR {company}".format("b.key", alive)
    db.execute(f"INSERT OR IGNORE INTO candidate SELECT b.n FROM bare_key b WHERE {either}")
    without_address = f"{alive} AND c.email IS NULL"
    (rows,) = db.execute("SELECT coalesce(max(n), 0) FROM row").fetchone()
    if rows >= MANY:
        shares = _gathered_keys(db, without_address)
    else:
        shares = " OR ".join(
            [
                number.format("r.name_phone_key", without_address),
                number.format("r.name_mobile_key", without_address),
                company.format("r.name_company_key", without_address),
            ]
        )
    db.execute(
        "INSERT OR IGNORE INTO candidate SELECT r.n FROM row r NOT INDEXED "
        f"WHERE r.email IS NOT NULL AND r.n NOT IN (SELECT n FROM fate) AND ({shares})"
    )


def _gathered_keys(db: sqlite3.Connection, which: str) -> str:
    """Gather the keys of some contacts; the condition for rows that share one.

    Contacts without address are few: one walk through all contacts costs a long list less than
    looking each of its rows up in three indexes of a million entries.
    """
    db.execute("CREATE TEMP TABLE IF NOT EXISTS gathered (key INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM gathered")
    found = db.execute(f"SELECT {', '.join(KEYS)} FROM crm.contact c NOT INDEXED WHERE {which}")
    db.executemany(
        "INSERT OR IGNORE INTO gathered VALUES (?)",
        ((key,) for keys in found for key in keys if key is not None),
    )
    return " OR ".join(f"r.{key} IN (SELECT key FROM gathered)" for key in KEYS)


def promote(db: sqlite3.Connection, n: int) -> bool:
    """Make a row a candidate; False when it is one already, or has its fate."""
    inserted = db.execute(
        "INSERT OR IGNORE INTO candidate SELECT ?1 WHERE ?1 NOT IN (SELECT n FROM fate)", (n,)
    )
    return inserted.rowcount > 0


def concerned(db: sqlite3.Connection, key: int, after: int, *, bare_only: bool) -> list[int]:
    """Rows behind `after` that may be the person who has just got a key.

    A key arises when two rows or a row and a contact become one person, the name from one and
    the phone from the other.
    """
    if not bare_only:
        return _with_key(db, key, after)
    found = db.execute("SELECT n FROM bare_key WHERE key = ? AND n > ?", (key, after))
    return [n for (n,) in found]


def is_bare(db: sqlite3.Connection, key: int) -> bool:
    """Whether a row without address has this key."""
    found = db.execute("SELECT 1 FROM bare_key WHERE key = ? LIMIT 1", (key,))
    return found.fetchone() is not None


def _with_key(db: sqlite3.Connection, key: int, after: int) -> list[int]:
    # Rarely needed, so these indexes are made only now.
    rows: list[int] = []
    for column in KEYS:
        db.execute(f"CREATE INDEX IF NOT EXISTS row_{column} ON row ({column})")
        rows += [
            n
            for (n,) in db.execute(f"SELECT n FROM row WHERE {column} = ? AND n > ?", (key, after))
        ]
    return rows


def any_in(db: sqlite3.Connection, table: str) -> bool:
    """True when the table has a row."""
    return db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None
