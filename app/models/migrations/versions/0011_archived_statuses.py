"""Statuses that are no longer offered but keep their contacts, and colours that are stored."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_TONES = (
    ("new", "info"),
    ("contacted", "accent"),
    ("qualified", "success"),
    ("nurture", "warning"),
    ("customer", "success"),
)
"""How the window has shown these so far, whatever was stored."""


def upgrade() -> None:
    """Add the mark; every status there is stays offered and looks as before."""
    archived: sa.Column[bool] = sa.Column(
        "archived", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("status", archived)
    status = sa.table("status", sa.column("key", sa.Text()), sa.column("tone", sa.Text()))
    for key, tone in _TONES:
        plain = (status.c.key == key) & (status.c.tone == "neutral")
        op.execute(status.update().where(plain).values(tone=tone))
