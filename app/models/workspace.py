"""What a workspace knows of itself: its identity, its licence, and the marks of each computer."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base

IDENTITY = "identity"
"""The key of the workspace's UUID, which is made together with its tables and never changes."""


class WorkspaceFact(Base):
    """One fact by its key; device is empty for what holds for everybody in the workspace."""

    __tablename__ = "workspace_fact"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    device: Mapped[str] = mapped_column(Text, primary_key=True, server_default="")
    value: Mapped[str] = mapped_column(Text)
