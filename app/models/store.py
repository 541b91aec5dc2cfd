"""The door to the database: reading and writing sessions on SQLite and on PostgreSQL.

SQLite runs in WAL mode. Writers begin with BEGIN IMMEDIATE: with the driver's default
transactions two writers that read before they write lose updates without any error.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import QueuePool

from app.core.errors import Busy, InvalidInput
from app.core.text import tr
from app.models.base import Base
from app.models.interrupts import Interrupt, cut_short
from app.models.journal import Counter
from app.models.store_errors import forget_values, is_interrupt, is_locked, storage_error
from app.models.waiting import GaveWay, Hands, giving_way

BUSY_SECONDS = 30.0
POLL_SECONDS = 0.002
BULK_GAP_SECONDS = 0.004
CONNECT_SECONDS = 10
WRITE_CACHE_KIB = 65_536
READ_CACHE_KIB = 4_096
SEARCH_CACHE_KIB = 12_288
"""What each of several readers keeps of the two files, all of it resident.

More of it makes no search faster: the system keeps the files in memory as well.
"""
LOG_PAGES = 128_000
"""How long the write-ahead log may get before any commit copies it back, see `shorten_log`."""


class _Turn:
    """One writer at a time in this process; a person's edit goes before bulk chunks."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._writing: str | None = None
        self._thread = 0
        self._people = 0

    @contextmanager
    def taken(self, label: str, *, bulk: bool) -> Iterator[None]:
        if self._thread == threading.get_ident():
            # Waiting for oneself would end as "busy" after half a minute, far from the mistake.
            raise RuntimeError(f"writing {label!r} inside writing {self._writing!r}")
        with self._condition:
            self._people += not bulk
            try:
                if not self._condition.wait_for(lambda: self._free(bulk=bulk), BUSY_SECONDS):
                    raise _busy(self._writing)
                self._writing, self._thread = label, threading.get_ident()
            finally:
                self._people -= not bulk
        try:
            yield
        finally:
            with self._condition:
                self._writing, self._thread = None, 0
                self._condition.notify_all()

    def is_wanted(self) -> bool:
        """True while a person waits for their turn."""
        return self._people > 0

    def _free(self, *, bulk: bool) -> bool:
        return self._writing is None and not (bulk and self._people)


class Store:
    """Reading and writing sessions on one workspace's database.

    search, if given, is the SQLite file of the search index, attached to readers as `search`.
    """

    def __init__(self, url: URL | str, *, search: Path | None = None) -> None:
        self.url = _parsed(url)
        self.search = search if self.is_sqlite else None
        self._file = Path(self.url.database or "") if self.is_sqlite else None
        self._hands = Hands(self._file) if self._file else None
        self._turn = _Turn()
        self._readers = self._engine(read_only=True)
        self._writers = self._engine(read_only=False) if self.is_sqlite else self._readers

    @classmethod
    def on_file(cls, database: Path, search: Path | None = None) -> Self:
        """A store on a SQLite file."""
        return cls(URL.create("sqlite", database=str(database)), search=search)

    @property
    def is_sqlite(self) -> bool:
        """False on PostgreSQL."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self, interrupt: Interrupt | None = None) -> Iterator[Connection]:
        """A consistent view for reading.

        Raises Interrupted when `interrupt` is stopped meanwhile, StorageError when the database
        cannot be read, Busy when too many read at once for half a minute. One thread has one
        session at a time: with a second inside it, some threads could wait for one another.
        """
        try:
            with self._readers.connect() as connection:
                if not self.is_sqlite:
                    connection.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                raw = connection.connection.driver_connection
                with (interrupt or Interrupt()).watching(raw), connection.begin():
                    yield connection
        except NoneFree as error:
            raise Busy(
                tr("Too much is being looked up at once."), tr("Wait a moment and try again.")
            ) from error
        except DBAPIError as error:
            if is_interrupt(error):
                raise cut_short(interrupt) from error
            if (said := storage_error(error, self._file)) is None:
                forget_values(error)
                raise
            raise said from error

    @contextmanager
    def writing(
        self,
        label: str,
        *,
        durable: bool = False,
        bulk: bool = False,
        yielding: bool = False,
        attach: Path | None = None,
    ) -> Iterator[Connection]:
        """The only way to change the database: commits at the end, rolls back on any error.

        label names the work in a Busy sentence. durable waits for the disk before it returns
        (money). bulk lets people's edits go first and leaves them a gap afterwards; yielding does
        so even in the midst of its statements (SQLite only). attach names a finished plan file
        that is readable as the schema `plan` meanwhile (SQLite only).
        Raises Busy after 30 s of waiting, StorageError when the disk or file refuses, RuntimeError
        inside another writing session of the same thread, and GaveWay, with nothing changed, when
        somebody wants to write while a yielding session does.
        """
        try:
            with (
                self._turn.taken(label, bulk=bulk),
                self._writers.connect() as plain,
                _attached(plain.connection.driver_connection, attach),
                self._giving_way(plain.connection.driver_connection, yielding=yielding),
                plain.execution_options(captely_durable=durable, captely_bulk=bulk) as connection,
                connection.begin(),
            ):
                yield connection
        except (DBAPIError, sqlite3.Error) as error:
            if (said := storage_error(error, self._file)) is None:
                forget_values(error)
                raise
            raise said from error
        except GaveWay:
            _pause(BULK_GAP_SECONDS)
            raise
        if bulk:
            _pause(BULK_GAP_SECONDS)

    def is_wanted(self) -> bool:
        """True while somebody waits to write, in this process or, on SQLite, in another."""
        return self._turn.is_wanted() or (self._hands is not None and self._hands.are_up())

    def shorten_log(self) -> None:
        """Copy the log back between two sessions of bulk work, or a person's commit will."""
        # Its length cannot be looked up in its files: to close one lets go of SQLite's own locks.
        if self.is_sqlite:
            with closing(self._writers.raw_connection()) as connection:
                plain: Any = connection.driver_connection
                plain.execute("PRAGMA main.wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Close every connection."""
        self._readers.dispose()
        if self._writers is not self._readers:
            self._writers.dispose()

    @contextmanager
    def _giving_way(self, connection: Any, *, yielding: bool) -> Iterator[None]:  # noqa: ANN401
        if not (yielding and self.is_sqlite):
            yield
            return
        with giving_way(connection, self.is_wanted):
            yield

    def _engine(self, *, read_only: bool) -> Engine:
        if not self.is_sqlite:
            return create_engine(
                self.url,
                pool_size=8,
                pool_pre_ping=True,
                hide_parameters=True,
                connect_args={"connect_timeout": CONNECT_SECONDS},
            )
        engine = create_engine(
            self.url,
            poolclass=QueuePool,
            hide_parameters=True,
            pool_size=3 if read_only else 1,
            # The one used last has most of what is wanted in its cache; the others stay small.
            pool_use_lifo=True,
            max_overflow=5,
            connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS, "uri": True},
        )
        event.listen(engine, "connect", self._prepare_reader if read_only else _prepare_writer)
        event.listen(engine, "begin", _begin_reading if read_only else self._begin_writing)
        return engine

    def _prepare_reader(self, connection: Any, _record: object) -> None:  # noqa: ANN401
        _prepare(connection)
        connection.execute(f"PRAGMA cache_size = -{READ_CACHE_KIB}")
        if self.search is not None:
            connection.execute("ATTACH DATABASE ? AS search", (str(self.search),))
            # An attached file has a cache of its own, of 2 MB by default.
            connection.execute(f"PRAGMA search.cache_size = -{SEARCH_CACHE_KIB}")
        connection.execute("PRAGMA query_only = ON")

    def _begin_writing(self, connection: Connection) -> None:
        options = connection.get_execution_options()
        level = "FULL" if options.get("captely_durable") else "NORMAL"
        connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
        hands = None if options.get("captely_bulk") else self._hands
        deadline, waited = time.monotonic() + BUSY_SECONDS, False
        while not _begun(connection, deadline):
            waited = True
            if hands is not None:
                hands.raise_one()
            # SQLite's own busy handler backs off to 100 ms, far longer than a chunk takes.
            _pause(POLL_SECONDS)
        if waited and hands is not None:
            hands.lower()


def reserve(connection: Connection, table: str, rows: int) -> int:
    """The first of `rows` fresh consecutive ids of `table`; gaps after a roll-back are harmless.

    On PostgreSQL they are taken in a transaction of their own: the counter's row would otherwise
    stay locked until the whole session commits, and colleagues would wait for a long import.
    """
    if connection.dialect.name == "sqlite":
        return _count_up(connection, table, rows)
    with connection.engine.begin() as short:
        return _count_up(short, table, rows)


def _count_up(connection: Connection, table: str, rows: int) -> int:
    taken = (
        _upsert(connection)(Counter)
        .values(name=table, next=rows + 1)
        .on_conflict_do_update(index_elements=["name"], set_={"next": Counter.next + rows})
        .returning(Counter.next)
    )
    return int(connection.execute(taken).scalar_one()) - rows


def store_row(
    connection: Connection, kind: type[Base], place: Mapping[str, str], values: Mapping[str, Any]
) -> None:
    """Store values in the row at a place, which is there or not; two at once do not fail."""
    row = _upsert(connection)(kind).values(**place, **values)
    connection.execute(row.on_conflict_do_update(index_elements=list(place), set_=dict(values)))


def _upsert(connection: Connection) -> Callable[[type[Base]], Any]:
    if connection.dialect.name == "sqlite":
        return sqlite.insert
    # The dialect of a server costs a sixth of the start of a workspace that has none.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert


def next_id(connection: Connection, table: str) -> int:
    """The id that the next reservation would begin with."""
    return connection.execute(select(Counter.next).where(Counter.name == table)).scalar() or 1


def _parsed(url: URL | str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InvalidInput(
            tr("The database address cannot be read."),
            tr("Write it like postgresql://user@host/database."),
        ) from error
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _prepare(connection: Any) -> None:  # noqa: ANN401
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"PRAGMA cache_size = -{WRITE_CACHE_KIB}")
    # By default an edit of some thousand rows would wait for its own copying into the main file.
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")


def _prepare_writer(connection: Any, _record: object) -> None:  # noqa: ANN401
    _prepare(connection)
    connection.execute("PRAGMA busy_timeout = 0")


@contextmanager
def _attached(connection: Any, plan: Path | None) -> Iterator[None]:  # noqa: ANN401
    if plan is None:
        yield
        return
    # Immutable: BEGIN IMMEDIATE would otherwise take a write lock on the plan file as well.
    address = f"{plan.absolute().as_uri()}?immutable=1"
    connection.execute("ATTACH DATABASE ? AS plan", (address,))
    try:
        yield
    finally:
        connection.execute("DETACH DATABASE plan")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begun(connection: Connection, deadline: float) -> bool:
    """Begin a writing transaction; False when somebody else has one, at `deadline` the error."""
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except SQLAlchemyError as error:
        if not is_locked(error) or time.monotonic() > deadline:
            raise
        return False
    return True


def _pause(seconds: float) -> None:
    """Let other writers in; real time, whatever clock the services run on."""
    threading.Event().wait(seconds)


def _busy(label: str | None) -> Busy:
    return Busy(
        tr("The workspace is busy with other work: {work}.", work=label or tr("writing")),
        tr("Wait for it to finish, or pause it under Jobs, and try again."),
    )
