"""The steps of the pipeline: added, renamed, reordered and deleted, all undoable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from app.core.errors import InvalidInput, NotFound
from app.core.fields import DEFAULT_STATUSES, status_title
from app.core.text import fold, marked, search_words, tr, trn
from app.models.contacts import Contact, Status
from app.models.recorder import Recorder
from app.models.store import Store
from app.models.visibility import alive
from app.services.operations import Operations
from app.services.tags import check_tone

FIRST = DEFAULT_STATUSES[0]
"""The status of a new contact, which therefore stays in the list."""

LONGEST = 40


@dataclass(frozen=True, slots=True)
class StatusView:
    """One status in pipeline order; key is what contacts and files hold.

    An archived one is no longer offered, but contacts that have it keep it.
    """

    id: int
    key: str
    label: str
    tone: str
    position: int
    contacts: int
    archived: bool = False

    @property
    def title(self) -> str:
        """The label in the user's language, while it is a built-in one."""
        return status_title(self.key, self.label)


class Statuses:
    """Lists and changes the statuses; raises NotFound for one that is not there."""

    def __init__(self, store: Store, operations: Operations) -> None:
        self._store = store
        self._operations = operations

    def list(self) -> list[StatusView]:
        """Every status in pipeline order."""
        with self._store.reading() as connection:
            used = (
                select(Contact.status, func.count().label("contacts"))
                .where(alive(connection))
                .group_by(Contact.status)
                .subquery()
            )
            rows = (
                select(
                    Status.id,
                    Status.key,
                    Status.label,
                    Status.tone,
                    Status.position,
                    func.coalesce(used.c.contacts, 0),
                    Status.archived,
                )
                .outerjoin(used, used.c.status == Status.key)
                .where(Status.deleted_op.is_(None))
                .order_by(Status.position, Status.id)
            )
            return [StatusView(*row) for row in connection.execute(rows)]

    def keys(self) -> dict[str, str]:
        """The title of each status by its key, in pipeline order."""
        with self._store.reading() as connection:
            return {row.key: status_title(row.key, row.label) for row in _present(connection)}

    def add(self, label: str, tone: str = "neutral") -> str:
        """Add a status at the end and return its key; one deleted before comes back."""
        label, key = _checked(label)
        check_tone(tone)
        with self._operations.recording("status.create", "Add a status") as recorder:
            _refuse_same_label(recorder.connection, label, but=None)
            last = select(func.max(Status.position)).where(Status.deleted_op.is_(None))
            position = (recorder.connection.execute(last).scalar() or 0) + 1
            wanted = {"label": label, "tone": tone, "position": position}
            found = _by_key(recorder.connection, key)
            if found is None:
                recorder.create("status", [{"key": key, **wanted}])
            elif found.deleted_op is None:
                raise InvalidInput(
                    tr("There is already a status '{label}'.", label=found.label),
                    tr("Choose another name."),
                )
            else:
                recorder.revive("status", [found.id])
                recorder.update("status", {found.id: wanted})
        return key

    def rename(self, key: str, label: str) -> None:
        """Change what a status is called; contacts keep its key."""
        label, _ = _checked(label)
        with self._operations.recording("status.edit", "Rename a status") as recorder:
            status = _require(recorder.connection, key)
            _refuse_same_label(recorder.connection, label, but=status.id)
            recorder.update("status", {status.id: {"label": label}})

    def recolour(self, key: str, tone: str) -> None:
        """Give a status another of TONES."""
        check_tone(tone)
        with self._operations.recording("status.edit", "Recolour a status") as recorder:
            recorder.update("status", {_require(recorder.connection, key).id: {"tone": tone}})

    def archive(self, key: str, *, archived: bool = True) -> None:
        """Offer a status no longer, or again; its contacts keep it either way."""
        label = marked("Archive a status") if archived else marked("Offer a status again")
        with self._operations.recording("status.edit", label) as recorder:
            status = _require(recorder.connection, key)
            if key == FIRST:
                raise InvalidInput(
                    tr("'{label}' is the status of new contacts.", label=status.label),
                    tr("Rename it instead of archiving it."),
                )
            recorder.update("status", {status.id: {"archived": archived}})

    def reorder(self, keys: Sequence[str]) -> None:
        """Put the statuses in this order, which must name each exactly once."""
        with self._operations.recording("status.edit", "Reorder the statuses") as recorder:
            present = _present(recorder.connection)
            ids = {row.key: row.id for row in present}
            if sorted(keys) != sorted(ids):
                raise InvalidInput(
                    tr("The new order does not name each status exactly once."),
                    tr("Reload the list, somebody may have changed it, and try again."),
                )
            moved = {ids[key]: {"position": place} for place, key in enumerate(keys)}
            recorder.update("status", moved)

    def delete(self, key: str, *, move_to: str | None = None) -> int:
        """Delete a status, moving its contacts, those in the trash too; how many moved.

        Raises InvalidInput when contacts use it and move_to is not given.
        """
        with self._operations.recording("status.delete", "Delete a status") as recorder:
            status = _require(recorder.connection, key)
            if key == FIRST:
                raise InvalidInput(
                    tr("'{label}' is the status of new contacts.", label=status.label),
                    tr("Rename it instead of deleting it."),
                )
            moved = _move(recorder, status, move_to)
            recorder.kill("status", [status.id])
        return moved


def status_names(connection: Connection) -> dict[str, str]:
    """The key of each status by its label and by its title, in pipeline order."""
    present = _present(connection)
    titles = {status_title(row.key, row.label): row.key for row in present}
    # What somebody has called so goes before what is translated so.
    return titles | {row.label: row.key for row in present}


def _move(recorder: Recorder, status: Any, move_to: str | None) -> int:  # noqa: ANN401
    users = list(
        recorder.connection.execute(
            select(Contact.id).where(Contact.status == status.key)
        ).scalars()
    )
    if not users:
        return 0
    if move_to is None:
        raise InvalidInput(
            trn(
                "{n} contact has the status '{label}'.",
                "{n} contacts have the status '{label}'.",
                len(users),
                label=status.label,
            ),
            tr("Choose the status that they get instead."),
        )
    target = _require(recorder.connection, move_to)
    if target.id == status.id:
        raise InvalidInput(
            tr("Contacts cannot move to the status that is deleted."), tr("Choose another one.")
        )
    return recorder.update("contact", {row: {"status": target.key} for row in users})


def _checked(label: str) -> tuple[str, str]:
    tidy = " ".join(label.split())
    key = search_words(tidy)[1:].replace(" ", "_")
    if not key or len(tidy) > LONGEST:
        raise InvalidInput(
            trn(
                "A status needs a name of at most {n} letter.",
                "A status needs a name of at most {n} letters.",
                LONGEST,
            ),
            tr("Write a short one such as Won or In talks."),
        )
    return tidy, key


def _refuse_same_label(connection: Connection, label: str, *, but: int | None) -> None:
    for row in _present(connection):
        titles = {fold(row.label), fold(status_title(row.key, row.label))}
        if row.id != but and fold(label) in titles:
            raise InvalidInput(
                tr("There is already a status '{label}'.", label=row.label),
                tr("Choose another name."),
            )


def _present(connection: Connection) -> Sequence[Any]:
    rows = select(Status.id, Status.key, Status.label).where(Status.deleted_op.is_(None))
    return connection.execute(rows.order_by(Status.position, Status.id)).all()


def _by_key(connection: Connection, key: str) -> Any:  # noqa: ANN401
    rows = select(Status.id, Status.key, Status.label, Status.deleted_op)
    return connection.execute(rows.where(Status.key == key)).first()


def _require(connection: Connection, key: str) -> Any:  # noqa: ANN401
    found = _by_key(connection, key)
    if found is None or found.deleted_op is not None:
        raise NotFound(
            tr("There is no status '{key}'.", key=key),
            tr("Choose one of {keys}.", keys=", ".join(row.key for row in _present(connection))),
        )
    return found
