"""The sample data of a workspace: made-up contacts to try things on, brought in and taken out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from app.core.errors import InvalidInput, NotFound
from app.core.paths import resources
from app.core.text import marked, tr
from app.models.contacts import Contact, ContactTag, Tag
from app.models.importing import ImportBatch
from app.models.journal import Operation
from app.models.store import Store
from app.models.undoing import changed_since
from app.models.visibility import alive
from app.services.operations import Operations
from app.services.tags import tag_key

if TYPE_CHECKING:
    from app.services.importing.service import Importing

SOURCE = "Captely sample"
"""By this an import is known to be the sample; its contacts without a source get it too."""
TAG = "sample"
FILE = "contacts.csv"
COUNTRY = "FR"
_WHO = ("email", "phone", "mobile", "first_name", "last_name", "full_name", "linkedin_url")


@dataclass(frozen=True, slots=True)
class SampleState:
    """How many sample contacts are there, and how many of them somebody has changed since."""

    contacts: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Removed:
    """What taking the sample out did; kept are the changed contacts that were to stay."""

    contacts: int
    kept: int


class Sample:
    """The sample comes by an ordinary import, whose batches tell which contacts belong to it.

    Nobody who was there before is touched: a row of somebody known is skipped.
    """

    def __init__(
        self, store: Store, operations: Operations, importing: Callable[[], Importing]
    ) -> None:
        self._store = store
        self._operations = operations
        self._importing = importing

    def state(self) -> SampleState:
        """What is left of the sample."""
        with self._store.reading() as connection:
            batches = _batches(connection)
            present = _present(connection, batches)
            changed = _changed(connection, batches) & set(present)
        return SampleState(len(present), len(changed))

    def start(self) -> int:
        """Make the job that imports the sample; returns its id.

        Raises InvalidInput while sample contacts are there.
        """
        if self.state().contacts:
            raise InvalidInput(
                tr("The sample data is already here."), tr("Remove it first to begin anew.")
            )
        # What an import needs is not wanted by a window that only asks for the state.
        from app.services.importing.merging import OnDuplicate
        from app.services.importing.options import ImportOptions

        options = ImportOptions(
            tags=(TAG,),
            source=SOURCE,
            default_country=COUNTRY,
            on_duplicate=OnDuplicate.SKIP.value,
        )
        return self._importing().start(resources() / "samples" / FILE, options)

    def remove(self, *, keep_changed: bool = False) -> Removed:
        """Put the sample's contacts in the trash, as one step that undo takes back.

        The tag goes with them unless other contacts carry it. keep_changed leaves those that
        somebody has changed since. Raises NotFound when nothing of the sample is there.
        """
        label = marked("Remove the sample data")
        with self._operations.recording("sample.remove", label) as recorder:
            connection = recorder.connection
            batches = _batches(connection)
            present = _present(connection, batches)
            kept = _changed(connection, batches) & set(present) if keep_changed else set()
            removed = recorder.kill("contact", set(present) - kept)
            if not removed:
                raise NotFound(tr("There is no sample data here."))
            recorder.kill("tag", _unused_tag(connection))
        return Removed(removed, len(kept))


def among(connection: Connection, ids: Collection[int]) -> list[int]:
    """Those of `ids` that came with the sample, inside an open session."""
    batches = _batches(connection)
    return [one for one in ids if any(batch.lo <= one <= batch.hi for batch in batches)]


def sample_size(connection: Connection) -> int:
    """How many contacts of the sample are there, inside an open session.

    Who was given another name, address or number is somebody real by now, and none of them.
    """
    batches = _batches(connection)
    return len(set(_present(connection, batches)) - _changed(connection, batches, _WHO))


def sample_spans(connection: Connection) -> list[tuple[int, int]]:
    """The ids that contacts of the sample have or had, ends included."""
    return [(batch.lo, batch.hi) for batch in _batches(connection)]


def _batches(connection: Connection) -> Sequence[Any]:
    """The imports of the sample that created contacts, with when they became visible."""
    wanted = (
        select(ImportBatch.lo, ImportBatch.hi, ImportBatch.options, Operation.seq)
        .join(Operation, Operation.id == ImportBatch.op)
        .where(
            ImportBatch.file_name == FILE,
            ImportBatch.lo.is_not(None),
            Operation.seq.is_not(None),
        )
    )
    found = connection.execute(wanted).all()
    return [row for row in found if row.options.get("source") == SOURCE]


def _present(connection: Connection, batches: Sequence[Any]) -> list[int]:
    found: list[int] = []
    for batch in batches:
        own = Contact.id.between(batch.lo, batch.hi)
        found += connection.execute(select(Contact.id).where(own, alive(connection))).scalars()
    return found


def _changed(
    connection: Connection, batches: Sequence[Any], fields: Collection[str] = ()
) -> set[int]:
    """Those who are not as they came, in one of `fields` or, without any, in anything."""
    found: set[int] = set()
    for batch in batches:
        spans = [(batch.lo, batch.hi)]
        found.update(changed_since(connection, batch, "contact", spans, fields))
    return found


def _unused_tag(connection: Connection) -> list[int]:
    """The sample's tag, if nobody carries it who is not in the trash."""
    carriers = (
        select(func.count())
        .select_from(ContactTag)
        .join(Contact, Contact.id == ContactTag.contact)
        .where(ContactTag.tag == Tag.id, Contact.deleted_op.is_(None))
        .scalar_subquery()
    )
    wanted = select(Tag.id).where(
        Tag.name_key == tag_key(TAG), Tag.deleted_op.is_(None), carriers == 0
    )
    return list(connection.execute(wanted).scalars())
