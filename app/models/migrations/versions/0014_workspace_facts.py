"""Adds what a workspace knows of itself, and gives it its identity."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the table with the workspace's UUID in it."""
    facts = op.create_table(
        "workspace_fact",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "device", name="pk_workspace_fact"),
    )
    op.bulk_insert(facts, [{"key": "identity", "device": "", "value": str(uuid.uuid4())}])
