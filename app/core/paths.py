"""Where things lie on disk: the workspace folder, the log, and the shipped resources."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.core.errors import InvalidInput, StorageError
from app.core.frozen import is_frozen
from app.core.text import tr

# Folders that other programs copy behind SQLite's back, which corrupts a database in WAL mode.
_SYNCED = (
    "dropbox",
    "onedrive",
    "google drive",
    "googledrive",
    "icloud",
    "mobile documents",
    "box sync",
)


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace's folder and the files in it."""

    folder: Path

    @property
    def database(self) -> Path:
        """Contacts, journal, jobs: everything that is kept."""
        return self.folder / "captely.db"

    @property
    def search(self) -> Path:
        """The search index, which can be rebuilt from the database."""
        return self.folder / "search.db"

    @property
    def plans(self) -> Path:
        """Plan files of imports and exports that are not finished."""
        return self.folder / "plans"

    @property
    def backups(self) -> Path:
        """Copies of the database made before migrations."""
        return self.folder / "backups"

    @property
    def logs(self) -> Path:
        """The log, which never holds keys or contact data."""
        return self.folder / "logs"

    @property
    def rejects(self) -> Path:
        """Rows that imports could not take, ready to be corrected."""
        return self.folder / "rejects"

    @property
    def parked(self) -> Path:
        """Rows of imports that wait until the plan has room for them."""
        return self.folder / "parked"

    @property
    def drafts(self) -> Path:
        """What is begun in the window and not finished."""
        return self.folder / "drafts"

    @property
    def marker(self) -> Path:
        """The file whose presence makes this a sandbox for good."""
        return self.folder / "SANDBOX"

    @property
    def is_sandbox(self) -> bool:
        """True for a workspace that only ever talks to the practice servers."""
        return self.marker.exists()

    def make_sandbox(self) -> Workspace:
        """Mark a new, still empty workspace as a sandbox.

        Raises InvalidInput when it already holds a database: real contacts stay real.
        """
        if self.database.exists() and not self.is_sandbox:
            raise InvalidInput(
                tr("This workspace holds real contacts and cannot become a sandbox."),
                tr("Choose an empty folder with --workspace."),
            )
        self.prepare()
        self.marker.write_text("practice servers only\n", encoding="utf-8")
        return self

    def prepare(self) -> Workspace:
        """Make the folder and what belongs in it.

        Raises StorageError when it cannot be written or lies in a cloud-synced folder.
        """
        self._refuse_synced()
        try:
            for folder in (self.folder, self.plans, self.backups, self.logs, self.rejects):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                tr("The workspace folder cannot be used: {folder}", folder=str(self.folder)),
                tr("Choose another folder with --workspace, or make this one writable."),
                str(error),
            ) from error
        return self

    def _refuse_synced(self) -> None:
        parts = [part.casefold() for part in self.folder.absolute().parts]
        for name in _SYNCED:
            if any(part == name or part.startswith(f"{name} ") for part in parts):
                raise StorageError(
                    tr("This folder is copied by a cloud service, which damages databases."),
                    tr("Choose a folder on this computer; share a workspace through PostgreSQL."),
                    str(self.folder),
                )


def default_workspace() -> Workspace:
    """CAPTELY_WORKSPACE, else the platform's data folder for Captely."""
    named = os.environ.get("CAPTELY_WORKSPACE")
    return Workspace(Path(named)) if named else usual_workspace()


def usual_workspace() -> Workspace:
    """The platform's data folder for Captely, where a person's own contacts are."""
    return Workspace(Path(platformdirs.user_data_dir("Captely", appauthor=False)))


def demo_workspace() -> Workspace:
    """The demo's own folder, beside the usual one."""
    return Workspace(Path(platformdirs.user_data_dir("Captely demo", appauthor=False)))


def ledger_seals() -> Path:
    """Where the seals of ledgers lie on a computer without a keyring, outside any workspace."""
    return Path(platformdirs.user_config_dir("Captely", appauthor=False)) / "ledger"


def computer_folder() -> Path:
    """Where this computer keeps what belongs to it and not to a workspace that may be copied."""
    return Path(platformdirs.user_state_dir("Captely", appauthor=False))


def resources() -> Path:
    """The folder of fonts, icons, themes and samples, in the tree and in the frozen build."""
    if is_frozen():
        return Path(getattr(sys, "_MEIPASS", Path(sys.executable).parent)) / "resources"
    return Path(__file__).resolve().parents[2] / "resources"


def flush(path: Path) -> None:
    """Wait until `path`, a file or a folder, is on the disk itself."""
    if path.is_dir() and os.name == "nt":
        return  # Windows can neither open nor flush a folder.
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
