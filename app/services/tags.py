"""The managed list of tags: created on use, renamed, merged, recoloured, deleted, all undoable."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from app.core.errors import InvalidInput, NotFound
from app.core.text import fold, tr, trn
from app.models.contacts import Contact, ContactTag, Tag
from app.models.recorder import Recorder
from app.models.store import Store
from app.models.visibility import alive
from app.services.operations import Operations

TONES = ("neutral", "accent", "success", "warning", "danger", "info")
"""The colours a tag or status may have; the theme decides what they look like."""

LONGEST = 80


@dataclass(frozen=True, slots=True)
class TagView:
    """One tag and how many contacts carry it."""

    id: int
    name: str
    tone: str
    contacts: int


class Tags:
    """Lists and changes the tags of a workspace.

    Its methods raise NotFound for a tag that is not there and InvalidInput for a bad name.
    """

    def __init__(self, store: Store, operations: Operations) -> None:
        self._store = store
        self._operations = operations

    def list(self) -> list[TagView]:
        """Every tag in alphabetical order."""
        with self._store.reading() as connection:
            carried = (
                select(ContactTag.tag, func.count().label("contacts"))
                .join(Contact, Contact.id == ContactTag.contact)
                .where(alive(connection))
                .group_by(ContactTag.tag)
                .subquery()
            )
            rows = (
                select(Tag.id, Tag.name, Tag.tone, func.coalesce(carried.c.contacts, 0))
                .outerjoin(carried, carried.c.tag == Tag.id)
                .where(Tag.deleted_op.is_(None))
                .order_by(Tag.name_key)
            )
            return [TagView(*row) for row in connection.execute(rows)]

    def create(self, name: str, tone: str = "neutral") -> int:
        """Add a tag and return its id; one that is there already is returned as it is."""
        check_tone(tone)
        with self._operations.recording("tag.create", "Add a tag") as recorder:
            return ensure_tags(recorder, [name], tone)[0]

    def rename(self, tag: int, name: str) -> None:
        """Give a tag another name; one that another tag has is refused: merge them instead."""
        name = tag_name(name)
        with self._operations.recording("tag.edit", "Rename a tag") as recorder:
            self._require(recorder.connection, tag)
            other = _by_key(recorder.connection, tag_key(name))
            if other is not None and other.id != tag and other.deleted_op is None:
                raise InvalidInput(
                    tr("There is already a tag '{name}'.", name=other.name),
                    tr("Merge the two tags instead."),
                )
            if other is not None and other.id != tag:
                # The name of a deleted tag is free, but the database keeps names unique.
                recorder.update("tag", {other.id: {"name_key": f"{other.name_key}\x01{other.id}"}})
            recorder.update("tag", {tag: {"name": name, "name_key": tag_key(name)}})

    def recolour(self, tag: int, tone: str) -> None:
        """Give a tag another of TONES."""
        check_tone(tone)
        with self._operations.recording("tag.edit", "Recolour a tag") as recorder:
            self._require(recorder.connection, tag)
            recorder.update("tag", {tag: {"tone": tone}})

    def merge(self, tag: int, into: int) -> int:
        """Give every contact of `tag` the tag `into` and delete `tag`; how many gained it."""
        if tag == into:
            raise InvalidInput(tr("A tag cannot be merged with itself."), tr("Choose another tag."))
        with self._operations.recording("tag.merge", "Merge two tags") as recorder:
            for one in (tag, into):
                self._require(recorder.connection, one)
            carriers = _carriers(recorder.connection, tag)
            gained = recorder.tag(carriers, into)
            recorder.untag(carriers, tag)
            recorder.kill("tag", [tag])
        return gained

    def delete(self, tag: int) -> int:
        """Take a tag from all its contacts and from the list; how many carried it."""
        with self._operations.recording("tag.delete", "Delete a tag") as recorder:
            self._require(recorder.connection, tag)
            lost = recorder.untag(_carriers(recorder.connection, tag), tag)
            recorder.kill("tag", [tag])
        return lost

    def named(self, name: str) -> int:
        """The id of the tag called so, however it is capitalised or accented."""
        with self._store.reading() as connection:
            found = _by_key(connection, tag_key(name))
        if found is None or found.deleted_op is not None:
            raise NotFound(
                tr("There is no tag '{name}'.", name=name), tr("Tags are listed under Settings.")
            )
        return int(found.id)

    def _require(self, connection: Connection, tag: int) -> None:
        present = select(Tag.id).where(Tag.id == tag, Tag.deleted_op.is_(None))
        if connection.execute(present).first() is None:
            raise NotFound(tr("This tag no longer exists."), tr("Undo brings it back."))


def ensure_tags(recorder: Recorder, names: Iterable[str], tone: str = "neutral") -> list[int]:
    """The ids of the tags called so, in their order; new ones are added in this operation.

    Raises InvalidInput for a name that no tag can have.
    """
    ids: dict[str, int] = {}
    for name in names:
        written = tag_name(name)
        key = tag_key(written)
        if key not in ids:
            ids[key] = _ensure(recorder, written, key, tone)
    return list(ids.values())


def existing_tags(connection: Connection, names: Iterable[str]) -> tuple[list[int], list[str]]:
    """The ids of those tags that there are, and the names of the others."""
    wanted = {tag_key(name): name for name in names}
    rows = select(Tag.name_key, Tag.id).where(
        Tag.name_key.in_(list(wanted)), Tag.deleted_op.is_(None)
    )
    found = {row.name_key: row.id for row in connection.execute(rows)}
    return list(found.values()), [name for key, name in wanted.items() if key not in found]


def tag_name(name: str) -> str:
    """`name` with single spaces; raises InvalidInput when no tag can be called so."""
    tidy = " ".join(name.split())
    if not tidy or not tag_key(tidy):
        raise InvalidInput(tr("A tag needs a name."), tr("Write a word such as prospect."))
    if re.search(r'[,";|]', tidy):
        raise InvalidInput(
            tr("The tag '{name}' holds a comma, semicolon, bar or quote.", name=tidy),
            tr("These part tags from one another in files and queries; leave them out."),
        )
    if len(tidy) > LONGEST:
        raise InvalidInput(
            trn("A tag is at most {n} letter long.", "A tag is at most {n} letters long.", LONGEST),
            tr("Shorten it; longer texts belong in the notes."),
        )
    return tidy


def tag_key(name: str) -> str:
    """What makes two names the same tag."""
    return fold(" ".join(name.split()))


def check_tone(tone: str) -> None:
    """Raises InvalidInput unless `tone` is one of TONES."""
    if tone not in TONES:
        raise InvalidInput(
            tr("There is no colour '{tone}'.", tone=tone),
            tr("Choose one of {tones}.", tones=", ".join(TONES)),
        )


def _ensure(recorder: Recorder, name: str, key: str, tone: str) -> int:
    found = _by_key(recorder.connection, key)
    if found is None:
        return recorder.create("tag", [{"name": name, "name_key": key, "tone": tone}])[0]
    if found.deleted_op is not None:
        recorder.revive("tag", [found.id])
        recorder.update("tag", {found.id: {"name": name, "tone": tone}})
    return int(found.id)


def _by_key(connection: Connection, key: str) -> Any:  # noqa: ANN401
    columns = select(Tag.id, Tag.name, Tag.name_key, Tag.deleted_op)
    return connection.execute(columns.where(Tag.name_key == key)).first()


def _carriers(connection: Connection, tag: int) -> list[int]:
    carried = select(ContactTag.contact).where(ContactTag.tag == tag).order_by(ContactTag.contact)
    return list(connection.execute(carried).scalars())
