"""Opens the database of a workspace, which is made or upgraded first."""

from __future__ import annotations

from datetime import datetime

from app.core.paths import Workspace
from app.models.migrating import migrate
from app.models.store import Store


def open_store(workspace: Workspace, url: str | None, *, now: datetime) -> Store:
    """The database at `url`, else the workspace's own file with the search file beside it.

    It is upgraded before anybody reads the search file. Raises StorageError.
    """
    plain = Store(url) if url else Store.on_file(workspace.database)
    migrate(plain, workspace, now=now)
    if not plain.is_sqlite:
        return plain
    plain.close()
    return Store.on_file(workspace.database, workspace.search)
