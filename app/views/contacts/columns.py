"""The columns of the contacts table, and how a contact's row becomes cells."""

from __future__ import annotations

from datetime import datetime

from app.core.text import tr
from app.services.rows import ContactRow
from app.views.common.cells import MISSING, Cell, Column, Look, cell
from app.views.common.words import long_time, short_time
from app.views.contacts.vocabulary import Vocabulary

COLUMNS: tuple[Column, ...] = (
    Column("check", "", 40, weight=0),
    Column("name", tr("Name"), 192, weight=1, sort="name"),
    Column("company", tr("Company"), 144, weight=1, rank=1, sort="company"),
    Column("email", tr("E-mail"), 216, weight=6, rank=3, sort="email"),
    Column("status", tr("Status"), 116, weight=0, sort="status"),
    Column("tags", tr("Tags"), 104, weight=1, rank=4),
    Column("phone", tr("Phone"), 128, weight=0, rank=6),
    Column("updated", tr("Changed"), 108, weight=0, rank=5, right=True, sort="updated"),
)


def shape(contact: ContactRow, key: str, vocabulary: Vocabulary, now: datetime) -> Cell:
    """The cell of one contact in the column `key`."""
    if key == "name":
        return Cell(contact.name or tr("No name"), Look.PERSON)
    if key == "status":
        label, tone = vocabulary.status(contact.status)
        return Cell(label, Look.PILL, tone)
    if key == "tags":
        names = ", ".join(contact.tags)
        return Cell(names, Look.TAGS, tip=names) if names else Cell(MISSING, Look.QUIET)
    if key == "updated":
        return Cell(short_time(contact.updated, now), tip=long_time(contact.updated))
    written = str(getattr(contact, key, None) or "")
    shown = cell(written)
    return Cell(shown.text, shown.look, tip=written)
