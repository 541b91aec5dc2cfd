"""Lets each computer of a team sign the end of its chain of credits, for the others to check."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add what is signed, by which key, and the signature; chains of before are signed later."""
    for name in ("digest", "public", "signature"):
        op.add_column("ledger_chain", sa.Column(name, sa.Text(), nullable=True))
