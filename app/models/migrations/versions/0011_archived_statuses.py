"""Statuses that are no longer offered but keep their contacts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the mark; every status there is stays offered."""
    archived: sa.Column[bool] = sa.Column(
        "archived", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("status", archived)
