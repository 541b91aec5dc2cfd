"""Asks the doors of the subscription plan what a list may bring in; the sample is free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from app.core.errors import ContactLimit, LimitReached
from app.core.plans import UNLIMITED
from app.core.text import tr
from app.models.store import Store
from app.services.importing.options import ImportOptions
from app.services.importing.planned import ImportPlan
from app.services.sample import SOURCE

if TYPE_CHECKING:
    from app.services.credits.doors import Doors


@dataclass(frozen=True, slots=True)
class Admission:
    """Knows the doors of one workspace; without any, everything is allowed."""

    store: Store
    doors: Callable[[], Doors] | None = None

    def places(self, options: ImportOptions) -> tuple[int, int]:
        """How many contacts the plan holds, UNLIMITED for any number, and how many count."""
        if self.doors is None or options.source == SOURCE:
            return UNLIMITED, 0
        door = self.doors().for_contacts()
        with self.store.reading() as connection:
            room = door.room(connection)
        return room.limit, room.used

    def require_import(
        self, path: Path, source: str, rows: int | None = None, taken: int = 0
    ) -> None:
        """Raise ImportLimit when this month's imports are used up; rows is None if not counted.

        taken are those of the rows that create or change somebody.
        """
        if self.doors is not None and source != SOURCE:
            door = self.doors().for_imports()
            with self.store.reading() as connection:
                door.look(connection, path.name, rows, taken)

    def refusal(self, plan: ImportPlan) -> LimitReached | None:
        """Why the subscription plan does not allow `plan` to be carried out; None if it does."""
        try:
            counts = plan.counts
            self.require_import(plan.source, plan.options["source"], counts.rows, counts.taken)
            require_consent(plan)
        except LimitReached as refused:
            return refused
        return None

    def is_free(self, plan: ImportPlan) -> bool:
        """Whether `plan` uses none of the month's imports, as left-over rows that come back."""
        if self.doors is None or plan.options.get("source") == SOURCE:
            return True
        from app.services.credits.imports import comes_back

        with self.store.reading() as connection:
            counts = plan.counts
            return comes_back(connection, plan.source.name, counts.rows, counts.taken)

    def entrance(self, plan: ImportPlan) -> Callable[[Connection], None]:
        """What asks once more within the transaction that takes the places.

        To be called before it; the result raises ImportLimit and ContactLimit.
        """
        if self.doors is None or plan.options.get("source") == SOURCE:
            return lambda _connection: None
        contacts, imports = self.doors().for_contacts(), self.doors().for_imports()

        def ask(connection: Connection) -> None:
            counts = plan.counts
            imports.admit(connection, plan.source.name, counts.rows, counts.taken)
            contacts.admit(connection, counts.created)

        return ask


def require_consent(plan: ImportPlan, *, fetching: bool = False) -> None:
    """Raise ContactLimit when new people do not fit and nobody said that they may be parked.

    fetching is set for a list of parked rows, of which something has to come in.
    """
    wall, options = plan.wall, ImportOptions.from_dict(plan.options)
    if wall is None or (options.parking.allowed and not (fetching and not plan.counts.rows)):
        return
    hint = (
        tr("Choose a larger plan, or delete contacts that you no longer need; then resume it.")
        if fetching
        else tr("Import those who fit and park the others (--park), or choose a larger plan.")
    )
    raise ContactLimit(wall.message, hint, limit=wall.limit, used=wall.used, needed=wall.newcomers)
