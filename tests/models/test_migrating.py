from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from app.core.errors import StorageError
from app.core.fields import DEFAULT_STATUSES
from app.core.paths import Workspace
from app.models.backing_up import save_copy
from app.models.contacts import Status
from app.models.journal import JournalHead
from app.models.migrating import BACKUPS_KEPT, MIGRATIONS, migrate
from app.models.store import Store
from app.models.tables import METADATA
from tests.models.bed import START, Bed
from tests.servers.postgres import fresh_database

ROOT = Path(__file__).parents[2]

LATEST = max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("0*.py"))

NEXT = '''
"""A further step."""

import sqlalchemy as sa
from alembic import op

revision = "0999"
down_revision = "{latest}"


def upgrade():
    op.add_column("contact", sa.Column("shoe_size", sa.Integer()))
    {more}
'''


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The migrations of a later version, which has one step more."""
    folder = tmp_path / "migrations 100%"
    shutil.copytree(MIGRATIONS, folder)
    (folder / "versions" / "0999_next.py").write_text(NEXT.format(latest=LATEST, more=""))
    return folder


@pytest.fixture
def file_bed(sqlite_url: str, tmp_path: Path) -> Iterator[Bed]:
    bed = Bed(sqlite_url, tmp_path / "workspace")
    yield bed
    bed.store.close()


def described(engine: Engine) -> dict[str, object]:
    """Columns, keys and indexes of every table, in a form that compares."""
    found: dict[str, object] = {}
    tables = inspect(engine)
    for name in sorted(set(tables.get_table_names()) - {"alembic_version"}):
        found[name] = {
            "columns": [
                (c["name"], str(c["type"]), c["nullable"], c["default"])
                for c in tables.get_columns(name)
            ],
            "pk": tables.get_pk_constraint(name),
            "fk": sorted(tables.get_foreign_keys(name), key=str),
            "unique": sorted(tables.get_unique_constraints(name), key=str),
        }
    with engine.connect() as connection:
        indexes = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            if engine.dialect.name == "sqlite"
            else "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        )
        found["indexes"] = sorted(
            tuple(row) for row in connection.execute(text(indexes)) if "alembic" not in row[0]
        )
        if engine.dialect.name == "sqlite":
            tables_sql = "SELECT sql FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%'"
            found["without rowid"] = connection.execute(text(tables_sql)).all().__len__()
    return found


def test_the_migrations_make_exactly_the_declared_tables_on_sqlite(file_bed: Bed, tmp_path: Path):
    migrated = create_engine(file_bed.store.url)
    declared = create_engine(f"sqlite:///{tmp_path / 'declared'}")
    METADATA.create_all(declared)

    assert described(migrated) == described(declared)
    migrated.dispose()
    declared.dispose()


def test_the_migrations_make_exactly_the_declared_tables_on_postgresql(
    postgres_server: str, tmp_path: Path
):
    with fresh_database(postgres_server) as one, fresh_database(postgres_server) as other:
        bed = Bed(one, tmp_path)
        bed.store.close()
        migrated, declared = create_engine(one), create_engine(other)
        METADATA.create_all(declared)

        assert described(migrated) == described(declared)
        migrated.dispose()
        declared.dispose()


def test_a_new_workspace_has_the_statuses_and_an_empty_chain(bed: Bed):
    assert [key for _, key in bed.rows(Status.position, Status.key)] == list(DEFAULT_STATUSES)
    assert bed.rows(JournalHead.seq, JournalHead.hash) == [(0, bytes(32))]
    with bed.operations.recording("status.create", "Add a status") as recorder:
        row = {"key": "won", "label": "Won", "position": 8}
        assert recorder.create("status", [row])[0] == len(DEFAULT_STATUSES) + 1


def test_a_workspace_that_is_up_to_date_is_left_alone(bed: Bed):
    assert migrate(bed.store, bed.workspace, now=START) is False
    assert list(bed.workspace.backups.iterdir()) == []


def test_opening_an_up_to_date_workspace_does_not_import_the_migration_tool(file_bed: Bed):
    program = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from app.core.paths import Workspace; from app.models.store import Store\n"
        "from app.models.migrating import migrate\n"
        f"store = Store({str(file_bed.store.url)!r})\n"
        "migrate(store, Workspace(Path('.')), now=datetime.now(UTC))\n"
        "sys.exit('alembic' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    done = subprocess.run([sys.executable, "-c", program], env=environment, check=False)

    assert done.returncode == 0


def test_an_upgrade_keeps_the_data_and_leaves_a_backup(file_bed: Bed, newer: Path):
    file_bed.add({"first_name": "Ada"})
    before = file_bed.dump()

    assert migrate(file_bed.store, file_bed.workspace, now=START, migrations=newer) is True

    assert file_bed.dump() == before
    with file_bed.store.reading() as connection:
        assert connection.execute(text("SELECT shoe_size FROM contact")).all() == [(None,)]
    (backup,) = file_bed.workspace.backups.iterdir()
    assert backup.name == f"before-upgrade-from-{LATEST}-20261123-100000.db"
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT first_name FROM contact").fetchall() == [("Ada",)]
        assert "shoe_size" not in [row[1] for row in copy.execute("PRAGMA table_info(contact)")]


def test_an_upgrade_works_on_postgresql_without_a_backup(
    postgres_url: str, newer: Path, tmp_path: Path
):
    bed = Bed(postgres_url, tmp_path / "workspace")
    bed.add({"first_name": "Ada"})

    assert migrate(bed.store, bed.workspace, now=START, migrations=newer) is True

    assert bed.get(1, "first_name") == "Ada"
    assert list(bed.workspace.backups.iterdir()) == []
    bed.store.close()


def test_an_upgrade_that_fails_changes_nothing(bed: Bed, newer: Path):
    broken = NEXT.format(latest=LATEST, more='op.execute("INSERT INTO nowhere VALUES (1)")')
    (newer / "versions" / "0999_next.py").write_text(broken)
    bed.add({"first_name": "Ada"})

    with pytest.raises(StorageError, match="could not be prepared for this version"):
        migrate(bed.store, bed.workspace, now=START, migrations=newer)

    with bed.store.reading() as connection:
        columns = [column["name"] for column in inspect(connection).get_columns("contact")]
    assert "shoe_size" not in columns
    assert migrate(bed.store, bed.workspace, now=START) is False
    assert bed.get(1, "first_name") == "Ada"


def test_only_the_newest_backups_are_kept(file_bed: Bed, newer: Path):
    for n in range(BACKUPS_KEPT + 2):
        file_bed.workspace.backups.joinpath(f"before-upgrade-{n}.db").write_text(str(n))
        os.utime(file_bed.workspace.backups / f"before-upgrade-{n}.db", (n, n))
    (file_bed.workspace.backups / "mine.db").write_text("kept")

    migrate(file_bed.store, file_bed.workspace, now=START, migrations=newer)

    names = sorted(file.name for file in file_bed.workspace.backups.iterdir())
    assert len(names) == BACKUPS_KEPT + 1
    assert "mine.db" in names
    assert "before-upgrade-6.db" in names
    assert "before-upgrade-2.db" not in names


def test_a_workspace_of_a_newer_version_is_refused_untouched(bed: Bed, newer: Path):
    migrate(bed.store, bed.workspace, now=START, migrations=newer)
    bed.add({"first_name": "Ada"})

    with pytest.raises(StorageError, match="newer Captely") as caught:
        migrate(bed.store, bed.workspace, now=START)

    assert caught.value.detail == "It has the schema 0999."
    assert bed.get(1, "first_name") == "Ada"


def test_a_database_of_something_else_is_refused_untouched(database_url: str, tmp_path: Path):
    store = Store(database_url)
    with store.writing("other") as connection:
        connection.execute(text("CREATE TABLE contact (mine TEXT)"))

    with pytest.raises(StorageError, match="not made by Captely"):
        migrate(store, Workspace(tmp_path), now=datetime.now(UTC))

    with store.reading() as connection:
        assert connection.execute(text("SELECT mine FROM contact")).all() == []
    store.close()


def test_a_damaged_database_is_not_copied_as_a_backup(file_bed: Bed):
    file_bed.add(*({"notes": f"{n} " * 300} for n in range(300)))
    file_bed.store.close()
    path = Path(file_bed.store.url.database)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 40_960] = os.urandom(40_960)
    path.write_bytes(data)
    target = file_bed.workspace.backups / "copy.db"

    with pytest.raises(StorageError, match="damaged"):
        save_copy(file_bed.store, target)

    assert list(file_bed.workspace.backups.iterdir()) == []


def test_a_backup_that_cannot_be_written_says_so(file_bed: Bed):
    with pytest.raises(StorageError, match=r"cannot be opened|could not be written"):
        save_copy(file_bed.store, file_bed.workspace.folder / "nowhere" / "copy.db")
