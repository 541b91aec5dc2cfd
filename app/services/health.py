"""Whether this computer and this workspace are in order, each problem with its remedy."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.errors import Busy, CaptelyError
from app.core.money import shown
from app.core.paths import Workspace
from app.core.text import grouped, marked, tr, trn
from app.models.store import Store
from app.services.audit import Audit
from app.services.credits import AttemptState, Credits, Integrity
from app.services.credits import State as LedgerState
from app.services.indexing import Indexing
from app.services.jobs import Jobs
from app.services.licence.refusals import SENTENCES
from app.services.licence.refusals import Code as State
from app.services.licence.service import Licences
from app.services.licence.standing import Standing
from app.services.secrets import Keyring
from app.services.witness import Verdict

LOW_DISK_BYTES = 500_000_000
CATCH_UP_SECONDS = 10.0
CLOCK_TROUBLE = (State.CLOCK_ROLLBACK, State.CLOCK_BEHIND)
LICENCE_LOST = frozenset(SENTENCES) - frozenset(CLOCK_TROUBLE)
"""States in which a licence is kept that does not count."""
REFUSED = "LICENCE_REFUSED"
ANOTHER_LICENCE = marked("Import another with: captely licence install FILE")
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
    licences: Licences

    def examine(self) -> list[Problem]:
        """Every problem found, most basic first; an empty list means all is in order."""
        checks = (
            self._disk, self._database, self._journal, self._licence, self._ledger, self._calls,
            self._keyring, self._jobs, self._search,
        )  # fmt: skip
        return [problem for check in checks for problem in check()]

    def licence(self) -> Standing:
        """How the licence stands, in order or not."""
        return self.licences.current()

    def ledger(self) -> Integrity:
        """Whether the ledger of credits is whole, as it was last found."""
        return self.credits.integrity

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

    def _licence(self) -> Iterator[Problem]:
        standing = self.licences.current()
        state = standing.state
        if state in CLOCK_TROUBLE:
            yield Problem("CLOCK_BACK", standing.message, tr("Then look again."))
        elif state in LICENCE_LOST:
            code = "LICENCE_EXPIRED" if state is State.EXPIRED else REFUSED
            yield Problem(code, standing.message, tr(ANOTHER_LICENCE), warning=code != REFUSED)
        elif state in (State.GRACE, State.PAST_DUE):
            yield Problem("LICENCE_ENDS", standing.message, tr(ANOTHER_LICENCE), warning=True)

    def _calls(self) -> Iterator[Problem]:
        unknown = [
            each for each in self.credits.open_attempts() if each.state is AttemptState.AMBIGUOUS
        ]
        if unknown:
            yield Problem(
                "CALLS_UNKNOWN",
                trn(
                    "{n} paid call has no known end; {credits} credits are held for it.",
                    "{n} paid calls have no known end; {credits} credits are held for them.",
                    len(unknown),
                    credits=shown(sum(each.max_price for each in unknown)),
                ),
                tr("They come back by themselves 72 hours after the call, or decide under Jobs."),
                warning=True,
            )

    def _ledger(self) -> Iterator[Problem]:
        found = self.credits.verify()
        if found.state is LedgerState.UNCHECKED:
            yield Problem(
                "LEDGER_UNCHECKED",
                tr("The seals of the credit ledger could not be compared."),
                tr("Unlock the computer's keyring, and look again."),
                warning=True,
            )
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
