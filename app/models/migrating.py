"""Brings a workspace's database to the schema of this version, after a backup.

A database that is up to date costs one query: alembic is imported only when there is work.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import CaptelyError, StorageError
from app.core.fields import STATUS_LABELS, STATUS_TONES
from app.core.paths import Workspace
from app.core.text import tr
from app.models.backing_up import keep_newest, save_copy
from app.models.chain import GENESIS
from app.models.contacts import Status
from app.models.journal import Counter, JournalHead
from app.models.store import Store

MIGRATIONS = Path(__file__).with_name("migrations")
BACKUPS_KEPT = 5
_STAMP = "alembic_version"
_LOCK = 0x0CAF_7E1C


def migrate(
    store: Store, workspace: Workspace, *, now: datetime, migrations: Path = MIGRATIONS
) -> bool:
    """Make or upgrade the tables; False when there was nothing to do.

    A SQLite database with data is first copied to the workspace's folder of backups, named after
    `now`; a PostgreSQL database is its administrator's to back up. Raises StorageError when the
    database is newer than this version, is not Captely's, or cannot be upgraded; nothing is
    changed then.
    """
    known = _revisions(migrations)
    with store.reading() as connection:
        stamped = _stamped(connection)
    if stamped == known[-1]:
        return False
    if stamped is not None and stamped not in known:
        raise StorageError(
            tr("This workspace was made by a newer Captely."),
            tr("Install the newest version, then open it again."),
            tr("It has the schema {revision}.", revision=stamped),
        )
    if stamped is not None and store.is_sqlite:
        _back_up(store, workspace, stamped, now)
    with store.writing(tr("Prepare the workspace")) as connection:
        return _upgrade(connection, migrations, known[-1])


def _revisions(migrations: Path) -> list[str]:
    """The revisions that this version has, oldest first: what their files begin with."""
    return sorted(file.name.partition("_")[0] for file in (migrations / "versions").glob("0*.py"))


def _stamped(connection: Connection) -> str | None:
    tables = inspect(connection)
    if tables.has_table(_STAMP):
        found = connection.execute(text(f"SELECT version_num FROM {_STAMP}"))  # noqa: S608
        return found.scalar()
    if tables.get_table_names():
        raise StorageError(
            tr("This database was not made by Captely."),
            tr("Choose an empty folder or an empty database."),
        )
    return None


def _back_up(store: Store, workspace: Workspace, stamped: str, now: datetime) -> None:
    name = f"before-upgrade-from-{stamped}-{now:%Y%m%d-%H%M%S}.db"
    save_copy(store, workspace.backups / name)
    keep_newest(workspace.backups, "before-upgrade-*.db", BACKUPS_KEPT)


def _upgrade(connection: Connection, migrations: Path, latest: str) -> bool:
    if connection.dialect.name != "sqlite":
        # Two seats that start together: the second waits here and then finds it done.
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    stamped = _stamped(connection)
    if stamped == latest:
        return False
    try:
        _run_alembic(connection, migrations)
        if stamped is None:
            _seed(connection)
    except CaptelyError:
        raise
    except SQLAlchemyError as error:
        raise StorageError(
            tr("The workspace could not be prepared for this version; nothing was changed."),
            tr("Try again; if it fails again, go back to the version before and report this."),
            str(error),
        ) from error
    return True


def _run_alembic(connection: Connection, migrations: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _seed(connection: Connection) -> None:
    """What every workspace begins with: the statuses, and the journal's empty chain."""
    statuses = [
        {
            "id": place,
            "key": key,
            "label": label,
            "tone": STATUS_TONES.get(key, "neutral"),
            "position": place,
            "created_op": 0,
        }
        for place, (key, label) in enumerate(STATUS_LABELS.items(), 1)
    ]
    connection.execute(insert(Status), statuses)
    connection.execute(insert(Counter).values(name="status", next=len(statuses) + 1))
    connection.execute(insert(JournalHead).values(id=1, seq=0, hash=GENESIS))
