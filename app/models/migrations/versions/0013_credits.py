"""The credit ledger: its tables, the triggers that keep it append-only, and the views of usage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_APPEND_ONLY = ("transfer", "credit_grant")
_REFUSAL = "the ledger is append-only"

_USAGE = """
CREATE VIEW usage_attempt AS
SELECT job, contact, provider, day, month,
    CASE state WHEN 'settled' THEN found WHEN 'released' THEN 0 ELSE wanted END AS found,
    CASE state WHEN 'settled' THEN charged WHEN 'released' THEN 0 ELSE max_price END AS credits
FROM enrichment_attempt
WHERE state <> 'released' OR sent_at IS NOT NULL
"""
_ENRICHED = """
CREATE VIEW usage_enrichment AS
SELECT DISTINCT job, contact, day, month
FROM enrichment_attempt
WHERE state <> 'released' OR sent_at IS NOT NULL
"""

_SQLITE_MOVE = """
CREATE TRIGGER transfer_moves AFTER INSERT ON transfer BEGIN
    UPDATE account SET balance = balance - NEW.amount WHERE id = NEW.debit;
    UPDATE account SET balance = balance + NEW.amount WHERE id = NEW.credit;
END
"""
_SQLITE_REPLACE = """
CREATE TRIGGER transfer_no_replace BEFORE INSERT ON transfer
WHEN EXISTS (SELECT 1 FROM transfer WHERE seq = NEW.seq OR idem_key = NEW.idem_key
             OR (chain = NEW.chain AND n = NEW.n))
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
"""
_POSTGRES_MOVE = """
CREATE FUNCTION captely_transfer_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE account SET balance = balance - NEW.amount WHERE id = NEW.debit;
    UPDATE account SET balance = balance + NEW.amount WHERE id = NEW.credit;
    RETURN NULL;
END $$
"""
_POSTGRES_REFUSE = f"""
CREATE FUNCTION captely_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'check_violation';
END $$
"""


def upgrade() -> None:
    """Make everything; the ledger is empty until the first month is granted."""
    _make_ledger()
    _make_attempts()
    op.execute(_USAGE)
    op.execute(_ENRICHED)
    if op.get_bind().dialect.name == "sqlite":
        _guard_on_file()
    else:
        _guard_on_server()


def _id(name: str = "id") -> sa.Column[int]:
    return sa.Column(name, BIG, autoincrement=False, nullable=False)


def _numbers(names: str, *, needed: bool = True) -> list[sa.Column[int]]:
    return [sa.Column(name, BIG, nullable=not needed) for name in names.split()]


def _texts(names: str, *, needed: bool = True) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=not needed) for name in names.split()]


def _make_ledger() -> None:
    op.create_table(
        "credit_grant",
        _id(),
        *_texts("category"),
        sa.Column("priority", sa.Integer(), nullable=False),
        *_numbers("amount effective_at"),
        *_numbers("expires_at unit_cost_minor", needed=False),
        *_texts("source_ref"),
        *_texts("period", needed=False),
        sa.CheckConstraint("amount > 0", name="ck_credit_grant_amount"),
        sa.PrimaryKeyConstraint("id", name="pk_credit_grant"),
        sa.UniqueConstraint("source_ref", name="uq_credit_grant_source_ref"),
    )
    op.create_index("ix_credit_grant_period", "credit_grant", ["period"])
    op.create_table(
        "account",
        _id(),
        *_texts("kind"),
        *_numbers("grant_id", needed=False),
        sa.Column("balance", BIG, server_default="0", nullable=False),
        sa.CheckConstraint("kind = 'issuer' OR balance >= 0", name="ck_account_balance"),
        sa.ForeignKeyConstraint(["grant_id"], ["credit_grant.id"], name="fk_account_grant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
    )
    op.create_table(
        "ledger_chain",
        *_texts("id device kid"),
        *_numbers("n"),
        *_texts("mac"),
        *_texts("anchor anchor_mac", needed=False),
        *_numbers("created"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_chain"),
    )
    _make_transfer()
    op.execute("INSERT INTO account (id, kind) VALUES (1, 'issuer'), (2, 'debt')")


def _make_transfer() -> None:
    op.create_table(
        "transfer",
        _id("seq"),
        *_texts("idem_key kind"),
        *_numbers("debit credit amount"),
        *_numbers("attempt_id", needed=False),
        *_texts("group_id", needed=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        *_numbers("at"),
        *_texts("chain"),
        *_numbers("n"),
        *_texts("prev mac"),
        sa.CheckConstraint("amount > 0", name="ck_transfer_amount"),
        sa.CheckConstraint("debit <> credit", name="ck_transfer_sides"),
        sa.ForeignKeyConstraint(["debit"], ["account.id"], name="fk_transfer_debit"),
        sa.ForeignKeyConstraint(["credit"], ["account.id"], name="fk_transfer_credit"),
        sa.ForeignKeyConstraint(["chain"], ["ledger_chain.id"], name="fk_transfer_chain"),
        sa.PrimaryKeyConstraint("seq", name="pk_transfer"),
        sa.UniqueConstraint("idem_key", name="uq_transfer_idem_key"),
        sa.UniqueConstraint("chain", "n", name="uq_transfer_chain_n"),
    )
    op.create_index("ix_transfer_debit", "transfer", ["debit"])
    op.create_index("ix_transfer_credit", "transfer", ["credit"])
    op.create_index("ix_transfer_attempt_id", "transfer", ["attempt_id", "seq"])


def _make_attempts() -> None:
    op.create_table(
        "enrichment_attempt",
        _id(),
        *_numbers("job job_item contact"),
        *_texts("provider op"),
        sa.Column("n", sa.Integer(), nullable=False),
        *_texts("state"),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), server_default="0", nullable=False),
        *_numbers("max_price"),
        sa.Column("charged", BIG, server_default="0", nullable=False),
        *_texts("external_id fingerprint provider_request_id outcome", needed=False),
        *_texts("provider_cost rate_card_version", needed=False),
        *_texts("day month"),
        *_numbers("reserved_at"),
        *_numbers("sent_at ended_at", needed=False),
        sa.CheckConstraint("max_price >= 0", name="ck_enrichment_attempt_max_price"),
        sa.CheckConstraint(
            "charged >= 0 AND charged <= max_price", name="ck_enrichment_attempt_charged"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_enrichment_attempt"),
        sa.UniqueConstraint(
            "job_item", "provider", "op", "n", name="uq_enrichment_attempt_job_item_provider_op_n"
        ),
    )
    for name, columns in (
        ("day", ["day", "job", "contact"]),
        ("month", ["month", "provider"]),
        ("job", ["job", "state"]),
        ("state", ["state"]),
        ("fingerprint", ["fingerprint"]),
    ):
        op.create_index(f"ix_enrichment_attempt_{name}", "enrichment_attempt", columns)


def _guard_on_file() -> None:
    # REPLACE deletes the row that it replaces without asking the triggers of deletion.
    op.execute(_SQLITE_REPLACE)
    op.execute(_SQLITE_MOVE)
    for name in _APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {name}_no_{act.lower()} BEFORE {act} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )


def _guard_on_server() -> None:
    op.execute(_POSTGRES_MOVE)
    op.execute(_POSTGRES_REFUSE)
    op.execute(
        "CREATE TRIGGER transfer_moves AFTER INSERT ON transfer "
        "FOR EACH ROW EXECUTE FUNCTION captely_transfer_moves()"
    )
    for name in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {name} "
            "FOR EACH ROW EXECUTE FUNCTION captely_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION captely_append_only()"
        )
