"""The field mappings of a workspace: several named ones for each destination and account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from app.core.clock import Clock, to_us
from app.core.errors import InvalidInput, NotFound
from app.core.fields import Field
from app.core.text import marked, tr
from app.models.exports import ExportMapping
from app.models.store import Store
from app.services.connections import Connections, RemoteFields
from app.services.exporting.fields import local_fields
from app.services.exporting.mapping import FieldMapping, check
from app.services.exporting.mapping_file import mapping_from
from app.services.exporting.preview import Preview, ValueCount, count_values, preview
from app.services.exporting.suggest import Suggestion, automatic, suggestions

STANDARD = marked("Standard")
"""The title of the mapping that exists without having been saved."""
LONGEST_TITLE = 60
_ANY_ACCOUNT = ""


@dataclass(frozen=True, slots=True)
class Book:
    """The saved mappings of one destination and account by title, and which one is used."""

    used: str
    mappings: Mapping[str, FieldMapping]

    @property
    def titles(self) -> tuple[str, ...]:
        """Every title, the one in use among them even if it was never saved."""
        return tuple(dict.fromkeys((*self.mappings, self.used)))


@dataclass(frozen=True, slots=True)
class Editing:
    """What the editor of a mapping works with; label and key_field are the destination's."""

    name: str
    label: str
    key_field: str
    account: str
    book: Book
    mapping: FieldMapping
    local: tuple[Field, ...]
    remote: RemoteFields
    synonyms: Mapping[str, tuple[str, ...]]

    def suggestions(self, taken: Sequence[str] = ()) -> list[Suggestion]:
        """Which pairs names, labels and types suggest beside those already taken."""
        return suggestions(self.synonyms, self.local, self.remote.fields, taken)


@dataclass(frozen=True, slots=True)
class Before:
    """How the mappings of a destination were stored before a change, for its undo."""

    connector: str
    container: str
    document: Mapping[str, Any] | None


class Mappings:
    """Keeps the mappings of each destination and container, by account and title."""

    def __init__(self, store: Store, connections: Connections, clock: Clock) -> None:
        self._store = store
        self._connections = connections
        self._clock = clock

    def fields(self, name: str, *, refresh: bool = False) -> tuple[tuple[Field, ...], RemoteFields]:
        """Our fields and the destination's, for editing a mapping; raises OutsideError."""
        with self._store.reading() as session:
            local = local_fields(session)
        return local, self._connections.fields(name, refresh=refresh)

    def editing(self, name: str, container: str = "", *, refresh: bool = False) -> Editing:
        """Everything that an editor needs; raises OutsideError when fields cannot be fetched."""
        local, remote = self.fields(name, refresh=refresh)
        connector = self._connections.open(name)
        connector.close()
        account = self._connections.view(name).account
        book = self.book(name, container)
        mapping = book.mappings.get(book.used) or automatic(connector, local, remote.fields)
        return Editing(
            name=name,
            label=connector.label,
            key_field=connector.key_field,
            account=account.label if account else "",
            book=book,
            mapping=mapping,
            local=local,
            remote=remote,
            synonyms=connector.synonyms,
        )

    def get(self, name: str, container: str = "") -> FieldMapping:
        """The mapping in use, else the automatic one; raises OutsideError, InvalidInput."""
        book = self.book(name, container)
        return book.mappings.get(book.used) or self.automatic(name)

    def book(self, name: str, container: str = "") -> Book:
        """The saved mappings for the account that the key opens."""
        kind = self._connections.kind(name).name
        with self._store.reading() as session:
            stored = _accounts(_document(session, kind, container))
        # What was saved before an account was known holds for the first one that is.
        found = stored.get(self._account(name)) or stored.get(_ANY_ACCOUNT) or {}
        titled = found.get("mappings", {})
        mappings = {title: mapping_from(name, written) for title, written in titled.items()}
        return Book(found.get("used", STANDARD), mappings)

    def automatic(self, name: str) -> FieldMapping:
        """The mapping that names, labels and types suggest; raises OutsideError."""
        local, remote = self.fields(name)
        connector = self._connections.open(name)
        try:
            return automatic(connector, local, remote.fields)
        finally:
            connector.close()

    def save(
        self, mapping: FieldMapping, container: str = "", *, title: str | None = None
    ) -> Before:
        """Keep a mapping and use it from now on; without a title it replaces the one in use.

        Raises InvalidInput when it could not work, or for a title that is none.
        """
        self.check(mapping)
        named = None if title is None else _checked_title(title)

        def keep(book: dict[str, Any]) -> None:
            used = named or book["used"]
            book["mappings"][used] = mapping.as_dict()
            book["used"] = used

        return self._change(mapping.connector, container, keep)

    def use(self, name: str, title: str, container: str = "") -> Before:
        """Use a saved mapping from now on; raises NotFound."""

        def choose(book: dict[str, Any]) -> None:
            if title not in book["mappings"] and title != STANDARD:
                raise NotFound(tr("There is no mapping named {title}.", title=title))
            book["used"] = title

        return self._change(name, container, choose)

    def remove(self, name: str, title: str, container: str = "") -> Before:
        """Forget a saved mapping; in its place the automatic one is used, or another saved one."""

        def forget(book: dict[str, Any]) -> None:
            book["mappings"].pop(title, None)
            if book["used"] == title:
                book["used"] = next(iter(book["mappings"]), STANDARD)

        return self._change(name, container, forget)

    def put_back(self, before: Before) -> None:
        """Store the mappings as they were before a change."""
        with self._store.writing("put mappings back") as session:
            _write(session, before.connector, before.container, before.document, self._now())

    def check(self, mapping: FieldMapping) -> None:
        """Raise InvalidInput with a sentence when a rule could never work."""
        local, remote = self.fields(mapping.connector)
        connector = self._connections.open(mapping.connector)
        try:
            check(mapping, connector, local, remote.fields)
        finally:
            connector.close()

    def preview(self, editing: Editing, mapping: FieldMapping, ids: Sequence[int]) -> Preview:
        """What each rule sends for the first of these contacts."""
        remote = {each.name: each for each in editing.remote.fields}
        with self._store.reading() as session:
            return preview(session, mapping, editing.key_field, remote, ids)

    def count_values(self, field: Field, ids: Sequence[int] | None = None) -> list[ValueCount]:
        """The values that a field has and how often, among `ids` or everybody; commonest first."""
        with self._store.reading() as session:
            return count_values(session, field, ids)

    def _change(self, name: str, container: str, change: Any) -> Before:  # noqa: ANN401
        kind, account = self._connections.kind(name).name, self._account(name)
        with self._store.writing("save mapping") as session:
            document = _document(session, kind, container, lock=True)
            accounts = {key: dict(book) for key, book in _accounts(document).items()}
            book = accounts.get(account) or accounts.get(_ANY_ACCOUNT) or {}
            fresh = {
                "used": book.get("used", STANDARD),
                "mappings": dict(book.get("mappings", {})),
            }
            change(fresh)
            accounts[account] = fresh
            _write(session, kind, container, {"accounts": accounts}, self._now())
        return Before(kind, container, document)

    def _account(self, name: str) -> str:
        account = self._connections.view(name).account
        return account.id if account else _ANY_ACCOUNT

    def _now(self) -> int:
        return to_us(self._clock.now())


def _checked_title(title: str) -> str:
    short = " ".join(title.split())
    if not short or len(short) > LONGEST_TITLE:
        raise InvalidInput(
            tr("A mapping needs a name of at most {n} letters.", n=LONGEST_TITLE),
            tr("Type another name."),
        )
    return short


def _accounts(document: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The books by account of a stored document; a single mapping is one for any account."""
    if document is None:
        return {}
    if "accounts" in document:
        return dict(document["accounts"])
    return {_ANY_ACCOUNT: {"used": STANDARD, "mappings": {STANDARD: document}}}


def _here(connector: str, container: str) -> Any:  # noqa: ANN401
    return (ExportMapping.connector == connector) & (ExportMapping.container == container)


def _document(
    session: Connection, connector: str, container: str, *, lock: bool = False
) -> Mapping[str, Any] | None:
    wanted = select(ExportMapping.mapping).where(_here(connector, container))
    return session.execute(wanted.with_for_update() if lock else wanted).scalar_one_or_none()


def _write(
    session: Connection,
    connector: str,
    container: str,
    document: Mapping[str, Any] | None,
    now_us: int,
) -> None:
    here = _here(connector, container)
    if document is None:
        session.execute(delete(ExportMapping).where(here))
        return
    values = {"mapping": dict(document), "at_us": now_us}
    if session.execute(update(ExportMapping).where(here).values(**values)).rowcount == 0:
        row = {"connector": connector, "container": container, **values}
        session.execute(insert(ExportMapping).values(**row))
