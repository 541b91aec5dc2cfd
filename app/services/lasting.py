"""What keeps a created row when its creation is undone: it was sent out, or others now use it."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.models.contacts import Contact, ContactTag, Status
from app.models.exports import ExportItem
from app.models.undoing import Lasting

_WRITTEN = ("sent", "ok", "ambiguous")


def _exported(lo: int, hi: int) -> Select[int]:
    return select(ExportItem.contact).where(
        ExportItem.contact.between(lo, hi), ExportItem.state.in_(_WRITTEN)
    )


def _tags_in_use(lo: int, hi: int) -> Select[int]:
    return (
        select(ContactTag.tag)
        .distinct()
        .join(Contact, Contact.id == ContactTag.contact)
        .where(ContactTag.tag.between(lo, hi), Contact.deleted_op.is_(None))
    )


def _statuses_in_use(lo: int, hi: int) -> Select[int]:
    used = select(Contact.id).where(Contact.status == Status.key, Contact.deleted_op.is_(None))
    return select(Status.id).where(Status.id.between(lo, hi), used.exists())


LASTING = (
    Lasting("contact", "exported", _exported),
    Lasting("tag", "used", _tags_in_use),
    Lasting("status", "used", _statuses_in_use),
)
"""What is known from the start; mail and paid calls add theirs with keep_when_undoing."""
