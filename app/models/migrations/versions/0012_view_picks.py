"""Lets a saved view keep some contacts and hide others, whatever its query finds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; no view has any so far."""
    op.add_column("saved_view", sa.Column("picks", sa.Text()))
