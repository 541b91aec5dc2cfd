"""Saved views of the contacts: a query with the way its contacts are shown."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigInt, JsonText


class SavedView(Base):
    """One named view; look is how it is shown, as services/views.py writes it.

    picks are contacts that the view has or lacks whatever its query says: {"kept": [ids],
    "hidden": [ids]}, NULL for none.
    """

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    query: Mapped[str | None] = mapped_column(Text)
    look: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    position: Mapped[int] = mapped_column(server_default="0")
    created_op: Mapped[int] = mapped_column(BigInt)
    deleted_op: Mapped[int | None] = mapped_column(BigInt)
    version: Mapped[int] = mapped_column(server_default="1")
    picks: Mapped[dict[str, list[int]] | None] = mapped_column(JsonText)
