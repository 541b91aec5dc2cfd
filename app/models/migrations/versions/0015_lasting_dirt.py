"""Gives the contacts that wait for the search index ids that are never given again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table anew on SQLite; PostgreSQL has always counted on."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.rename_table("search_dirty", "search_dirty_before")
    op.create_table(
        "search_dirty",
        sa.Column("id", BIG, nullable=False),
        sa.Column("lo", BIG, nullable=False),
        sa.Column("hi", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_dirty"),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO search_dirty(lo, hi) SELECT lo, hi FROM search_dirty_before")
    op.drop_table("search_dirty_before")
