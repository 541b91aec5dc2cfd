"""Whether this computer and this workspace are in order, each problem with its remedy."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.errors import Busy, CaptelyError
from app.core.paths import Workspace
from app.core.text import grouped, marked, tr, trn
from app.models.store import Store
from app.services.audit import Audit
from app.services.credits import Credits
from app.services.indexing import Indexing
from app.services.jobs import Jobs
from app.services.secrets import Keyring
from app.services.witness import Verdict

LOW_DISK_BYTES = 500_000_000
CATCH_UP_SECONDS = 10.0
IF_RESTORED = marked("If you restored a copy yourself, say so with: captely audit verify --accept")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it should be; a warning leaves the workspace in order."""

    code: str
    message: str
    hint: str = ""
    warning: bool = False

    @classmethod
    def of(cls, error: CaptelyError) -> Problem:
        """The problem that an error tells of."""
        return cls(error.code, error.message, error.hint)

    def as_dict(self) -> dict[str, str]:
        """The problem as `doctor --json` prints it."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "severity": "warning" if self.warning else "error",
        }


@dataclass(frozen=True, slots=True)
class Health:
    """Examines one workspace through the services that use it."""

    workspace: Workspace
    store: Store
    audit: Audit
    keyring: Keyring
    jobs: Jobs
    indexing: Indexing
    credits: Credits

    def examine(self) -> list[Problem]:
        """Every problem found, most basic first; an empty list means all is in order."""
        checks = (
            self._disk, self._database, self._journal, self._ledger, self._keyring, self._jobs,
            self._search,
        )  # fmt: skip
        return [problem for check in checks for problem in check()]

    def _disk(self) -> Iterator[Problem]:
        free = shutil.disk_usage(self.workspace.folder).free
        if free < LOW_DISK_BYTES:
            yield Problem(
                "DISK_LOW",
                tr("Only {megabytes} MB are free on this disk.", megabytes=grouped(free // 10**6)),
                tr("Free some space before a large import."),
            )

    def _database(self) -> Iterator[Problem]:
        if not self.store.is_sqlite:
            return
        with self.store.reading() as connection:
            said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if said != "ok":
            yield Problem(
                "DATABASE_DAMAGED",
                tr("The workspace's database is damaged."),
                tr("Restore a backup from the folder backups beside it."),
            )

    def _journal(self) -> Iterator[Problem]:
        outcome = self.audit.verify()
        if outcome.witness in (Verdict.CUT, Verdict.OTHER):
            yield Problem("JOURNAL_REPLACED", outcome.message, tr(IF_RESTORED))
        elif not outcome.ok:
            yield Problem("JOURNAL_BROKEN", outcome.message, tr("Keep this workspace as it is."))

    def _ledger(self) -> Iterator[Problem]:
        found = self.credits.verify()
        if not found.ok:
            yield Problem(
                "LEDGER_BROKEN",
                found.message,
                tr("Packs and credits carried over wait until: captely credits verify --accept"),
            )

    def _keyring(self) -> Iterator[Problem]:
        state = self.keyring.state()
        if not state.ok:
            # A server has none and needs none: its keys come from the environment.
            yield Problem("NO_KEYRING", state.message, state.hint, warning=True)

    def _jobs(self) -> Iterator[Problem]:
        waiting = [job for job in self.jobs.views(limit=1000) if job.state == "interrupted"]
        if waiting:
            yield Problem(
                "JOBS_INTERRUPTED",
                trn("{n} job was interrupted.", "{n} jobs were interrupted.", len(waiting)),
                tr("See them with: captely jobs; then resume or cancel each."),
            )

    def _search(self) -> Iterator[Problem]:
        # What the last command left for the next search to do is no problem, if it can be done.
        with contextlib.suppress(Busy):
            self.indexing.drain(CATCH_UP_SECONDS)
        pending = self.indexing.pending()
        if pending:
            yield Problem(
                "SEARCH_BEHIND",
                trn(
                    "{n} contact is not searchable yet.",
                    "{n} contacts are not searchable yet.",
                    pending,
                ),
                tr("Any search catches up by itself."),
            )
