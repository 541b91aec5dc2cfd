"""The statements of a search: everything that matches, and how many that is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, cast, func, literal, literal_column, select
from sqlalchemy.sql.elements import ColumnElement

from app.models.contacts import Contact
from app.models.search import WORDS_SQLITE, words_expression
from app.services.filters import Filter
from app.services.text_filters import Group, World, document_table, fts5_query, tsquery


def matching(world: World, found: Filter, present: ColumnElement[bool]) -> Select[int]:
    """The ids of all contacts that are found and meet `present`, in no order."""
    wanted = select(Contact.id).where(present, *found.contact)
    if not found.text:
        return wanted
    doc = document_table(world)
    if not world.is_sqlite:
        # Not at the top: most workspaces have no server, and the dialect is slow to import.
        from sqlalchemy.dialects.postgresql import TSQUERY

        words: ColumnElement[Any] = literal_column(words_expression().replace("%", "%%"))
        asked = cast(literal(tsquery(found.tokens)), TSQUERY)
        wanted = wanted.join(doc, doc.c.contact == Contact.id)
        return wanted.where(words.op("@@")(asked), *found.text)
    wanted = wanted.join(WORDS_SQLITE, WORDS_SQLITE.c.rowid == Contact.id)
    wanted = wanted.where(match(found.tokens))
    if not found.covered:
        wanted = wanted.join(doc, doc.c.contact == Contact.id).where(*found.text)
    return wanted


def counted(world: World, found: Filter, present: ColumnElement[bool], *, exact: bool) -> int:
    """How many contacts are found; exact says that the index holds just what is present."""
    wanted: Select[Any]
    if world.is_sqlite and found.text and exact and not found.contact:
        wanted = select(func.count(WORDS_SQLITE.c.rowid)).where(match(found.tokens))
        if not found.covered:
            doc = document_table(world)
            wanted = wanted.join(doc, doc.c.contact == WORDS_SQLITE.c.rowid).where(*found.text)
    else:
        inner = matching(world, found, present).subquery()
        wanted = select(func.count()).select_from(inner)
    return int(world.connection.execute(wanted).scalar_one())


def match(tokens: tuple[Group, ...]) -> ColumnElement[bool]:
    """The condition that SQLite's full-text index answers."""
    return WORDS_SQLITE.c.words.bool_op("MATCH")(fts5_query(tokens))
