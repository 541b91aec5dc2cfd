"""Changes many contacts at once: first a plan, then exactly that plan, as one undoable step."""

from __future__ import annotations

import secrets
import threading
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import select

from app.core.text import grouped, tr
from app.models.jobs import Job
from app.models.store import Store
from app.services.bulk import running
from app.services.bulk.acts import Edit
from app.services.bulk.edits import check, kind_of, label_of
from app.services.bulk.planning import Progress, make_plan, silent
from app.services.bulk.plans import BulkOutcome, BulkPlan, write_plan
from app.services.bulk.running import KIND, Applier, BulkJob, refuse_stale
from app.services.jobs import Jobs, JobState
from app.services.operations import Operations
from app.services.search import Search

SMALL = 20_000
"""Up to so many contacts are changed in one transaction; more are a job."""

Selection = Sequence[int] | str
"""Contacts by id, or all that a query finds."""


class Bulk:
    """Plans and makes changes of many contacts.

    Values are texts as a user types them; plan raises InvalidInput for one that no contact can
    have, while what a single contact cannot have is counted as blocked.
    """

    def __init__(
        self,
        store: Store,
        operations: Operations,
        search: Search,
        jobs: Jobs,
        plans: Path,
        default_country: Callable[[], str] = str,
    ) -> None:
        """plans is the folder for the plans of jobs; default_country as in Contacts."""
        self._store = store
        self._operations = operations
        self._search = search
        self._jobs = jobs
        self._plans = plans
        self._default_country = default_country
        work = BulkJob(store, operations, plans)
        jobs.register(KIND, work.handle, discard=work.discard)

    def plan(
        self,
        chosen: Selection,
        edits: Sequence[Edit],
        *,
        progress: Progress = silent,
        cancel: threading.Event | None = None,
    ) -> BulkPlan:
        """What `edits` would do to the chosen contacts, without doing it."""
        check(edits)
        ids = self._chosen(chosen)
        country = self._default_country()
        with self._store.reading() as connection:
            return make_plan(connection, edits, ids, country, progress=progress, cancel=cancel)

    def is_large(self, plan: BulkPlan) -> bool:
        """True for a plan that is carried out by a job."""
        return len(plan.ids) > SMALL

    def run(self, plan: BulkPlan) -> BulkOutcome:
        """Do a small plan at once; raises StalePlan when a contact changed since it was made.

        Raises LimitReached when the subscription plan does not hold who would be restored.
        """
        label, kind = label_of(plan.edits, plan.changed), kind_of(plan.edits)
        returns, changed = running.returns_of(self._operations, plan), 0
        with self._operations.recording(kind, label) as recorder:
            refuse_stale(recorder.connection, plan)
            applier = Applier(recorder, plan.edits, self._default_country())
            for start in range(0, len(plan.ids), running.STEP):
                changed += applier.apply(plan.ids[start : start + running.STEP])
            returns.admit(recorder.connection, recorder.op)
        return BulkOutcome(changed)

    def start(self, plan: BulkPlan) -> int:
        """Make the job that does a plan of any size; returns its id, to be run in its lane.

        Raises StalePlan like run.
        """
        with self._store.reading() as connection:
            refuse_stale(connection, plan)
        name = f"bulk-{secrets.token_hex(6)}.plan"
        digest = write_plan(plan, self._plans / name)
        payload = {
            "plan": name,
            "digest": digest,
            "edits": [edit.as_json() for edit in plan.edits],
            "country": self._default_country(),
        }
        words = tr(label_of(plan.edits, len(plan.ids)), n=grouped(plan.changed))
        return self._jobs.create(KIND, words, payload, total=len(plan.ids))

    def sweep(self) -> int:
        """Remove plan files that no unfinished job needs, such as a kill leaves; how many."""
        wanted = select(Job.payload).where(
            Job.kind == KIND, Job.state.not_in((JobState.DONE, JobState.CANCELLED))
        )
        with self._store.reading() as connection:
            needed = {str(payload["plan"]) for payload in connection.execute(wanted).scalars()}
        left = [file for file in self._plans.glob("bulk-*.plan") if file.name not in needed]
        for file in left:
            file.unlink(missing_ok=True)
        return len(left)

    def _chosen(self, chosen: Selection) -> array[int]:
        if isinstance(chosen, str):
            return self._search.ids(chosen, sort="id").ids
        return array("q", sorted(set(chosen)))
