"""Contacts with their tags, statuses, custom fields, and the suppression list."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigInt, JsonText


class Contact(Base):
    """One person. A blank field is NULL, never an empty string.

    full_name holds only what was typed; otherwise it is derived from first and last name.
    email is lower case, phone and mobile are E.164 where they could be read and as typed where
    not. custom is {name: value}, labelled is {"email": [["home", "a@b.example"], ...], ...}.
    The *_key and sort_name columns are derived from the others by services/identity.py.
    A row is alive when deleted_op is NULL and its created_op is not an open operation.
    """

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    first_name: Mapped[str | None] = mapped_column(Text)
    last_name: Mapped[str | None] = mapped_column(Text)
    full_name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    mobile: Mapped[str | None] = mapped_column(Text)
    company: Mapped[str | None] = mapped_column(Text)
    domain: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    seniority: Mapped[str | None] = mapped_column(Text)
    linkedin_url: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    postal_code: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    time_zone: Mapped[str | None] = mapped_column(Text)
    industry: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="new")
    score: Mapped[int | None]
    score_at: Mapped[int | None] = mapped_column(BigInt)
    owner: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    last_contacted: Mapped[int | None] = mapped_column(BigInt)
    custom: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    labelled: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    created: Mapped[int] = mapped_column(BigInt)
    updated: Mapped[int] = mapped_column(BigInt)
    sort_name: Mapped[str] = mapped_column(Text, server_default="")
    company_key: Mapped[str | None] = mapped_column(Text)
    name_phone_key: Mapped[int | None] = mapped_column(BigInt)
    name_mobile_key: Mapped[int | None] = mapped_column(BigInt)
    name_company_key: Mapped[int | None] = mapped_column(BigInt)
    created_op: Mapped[int] = mapped_column(BigInt)
    deleted_op: Mapped[int | None] = mapped_column(BigInt)
    version: Mapped[int] = mapped_column(server_default="1")


# An option for PostgreSQL here would import its dialect at every start; see `for_servers`.
def _live_index(name: str, *columns: Any) -> Index:  # noqa: ANN401
    alive = text("deleted_op IS NULL")
    return Index(name, *columns, sqlite_where=alive)


def _key_index(name: str, column: Any) -> Index:  # noqa: ANN401
    present = text(f"deleted_op IS NULL AND {column.key} IS NOT NULL")
    return Index(name, column, sqlite_where=present)


def _match_index(name: str, column: Any) -> Index:  # noqa: ANN401
    """Dead contacts too: taking back an import would else seek each of its keys in the index."""
    return Index(name, column, sqlite_where=text(f"{column.key} IS NOT NULL"))


CONTACT_INDEXES: tuple[Index, ...] = (
    _key_index("ix_contact_email", Contact.email),
    _match_index("ix_contact_name_phone_key", Contact.name_phone_key),
    _match_index("ix_contact_name_mobile_key", Contact.name_mobile_key),
    _match_index("ix_contact_name_company_key", Contact.name_company_key),
    _live_index("ix_contact_sort_name", Contact.sort_name, Contact.id),
    _key_index("ix_contact_company_key", Contact.company_key),
)
"""Dropped before and rebuilt after a bulk load into an empty workspace."""


def for_servers() -> None:
    """Give these indexes their conditions on PostgreSQL too, before one is made there."""
    for index in CONTACT_INDEXES:
        index.dialect_options["postgresql"]["where"] = index.dialect_options["sqlite"]["where"]


class ContactKey(Base):
    """A further labelled e-mail of a contact, by which it is also recognised."""

    __tablename__ = "contact_key"

    contact: Mapped[int] = mapped_column(BigInt, ForeignKey("contact.id"), primary_key=True)
    email: Mapped[str] = mapped_column(Text, primary_key=True, index=True)


class Tag(Base):
    """A managed tag; name is unique when folded."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text, unique=True)
    tone: Mapped[str] = mapped_column(Text, server_default="neutral")
    created_op: Mapped[int] = mapped_column(BigInt)
    deleted_op: Mapped[int | None] = mapped_column(BigInt)
    version: Mapped[int] = mapped_column(server_default="1")


class ContactTag(Base):
    """Which contact carries which tag; journalled as the contact's field `tags`."""

    __tablename__ = "contact_tag"
    __table_args__ = (
        Index("ix_contact_tag_tag", "tag", "contact"),
        {"sqlite_with_rowid": False},
    )

    contact: Mapped[int] = mapped_column(BigInt, ForeignKey("contact.id"), primary_key=True)
    tag: Mapped[int] = mapped_column(BigInt, ForeignKey("tag.id"), primary_key=True)


class Status(Base):
    """One step of the pipeline, editable by the user; an archived one is no longer offered."""

    __tablename__ = "status"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(Text, unique=True)
    label: Mapped[str] = mapped_column(Text)
    tone: Mapped[str] = mapped_column(Text, server_default="neutral")
    position: Mapped[int]
    created_op: Mapped[int] = mapped_column(BigInt)
    deleted_op: Mapped[int | None] = mapped_column(BigInt)
    version: Mapped[int] = mapped_column(server_default="1")
    archived: Mapped[bool] = mapped_column(server_default=false())


class CustomField(Base):
    """A field the user made; kind is a core.fields.FieldKind and does not change."""

    __tablename__ = "custom_field"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text, unique=True)
    label: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[str] | None] = mapped_column(JsonText)
    position: Mapped[int] = mapped_column(server_default="0")
    created_op: Mapped[int] = mapped_column(BigInt)
    deleted_op: Mapped[int | None] = mapped_column(BigInt)
    version: Mapped[int] = mapped_column(server_default="1")


class Suppression(Base):
    """Somebody who must not be mailed or exported.

    kind is email, domain or contact; value is the lower-case address, the domain, or the contact
    id. reason is unsubscribed, bounced, do_not_contact or erased.
    """

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("kind", "value"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    added: Mapped[int] = mapped_column(BigInt)
    created_op: Mapped[int] = mapped_column(BigInt)
    deleted_op: Mapped[int | None] = mapped_column(BigInt)
    version: Mapped[int] = mapped_column(server_default="1")
