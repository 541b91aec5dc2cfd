"""The first schema: contacts, journal, jobs, imports and exports."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    _make_contacts()
    _make_exports()
    _make_importing()
    _make_jobs()
    _make_journal()


def _only(condition: str) -> dict[str, Any]:
    """The condition of a partial index, for both databases."""
    where = sa.text(condition)
    return {"sqlite_where": where, "postgresql_where": where}


def _id() -> sa.Column[int]:
    return sa.Column("id", BIG, autoincrement=False, nullable=False)


def _texts(names: str) -> list[sa.Column[Any]]:
    """Columns of text that may be empty."""
    return [sa.Column(name, sa.Text()) for name in names.split()]


def _needed(names: str) -> list[sa.Column[Any]]:
    """Columns of text that every row has."""
    return [sa.Column(name, sa.Text(), nullable=False) for name in names.split()]


def _journalled() -> list[sa.Column[Any]]:
    """What every row ends with that the journal can delete and restore."""
    return [
        sa.Column("created_op", BIG, nullable=False),
        sa.Column("deleted_op", BIG),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
    ]


def _make_contacts() -> None:
    op.create_table(
        "contact",
        _id(),
        *_texts("first_name last_name full_name email phone mobile company domain title"),
        *_texts("seniority linkedin_url website address city postal_code region country"),
        *_texts("time_zone industry notes"),
        sa.Column("status", sa.Text(), server_default="new", nullable=False),
        sa.Column("score", sa.Integer()),
        sa.Column("score_at", BIG),
        *_texts("owner source"),
        sa.Column("last_contacted", BIG),
        *_texts("custom labelled"),
        sa.Column("created", BIG, nullable=False),
        sa.Column("updated", BIG, nullable=False),
        sa.Column("sort_name", sa.Text(), server_default="", nullable=False),
        sa.Column("company_key", sa.Text()),
        sa.Column("name_phone_key", BIG),
        sa.Column("name_mobile_key", BIG),
        sa.Column("name_company_key", BIG),
        *_journalled(),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
    )
    op.create_index(
        "ix_contact_company_key",
        "contact",
        ["company_key"],
        **_only("deleted_op IS NULL AND company_key IS NOT NULL"),
    )
    op.create_index(
        "ix_contact_email",
        "contact",
        ["email"],
        **_only("deleted_op IS NULL AND email IS NOT NULL"),
    )
    op.create_index(
        "ix_contact_name_company_key",
        "contact",
        ["name_company_key"],
        **_only("name_company_key IS NOT NULL"),
    )
    op.create_index(
        "ix_contact_name_mobile_key",
        "contact",
        ["name_mobile_key"],
        **_only("name_mobile_key IS NOT NULL"),
    )
    op.create_index(
        "ix_contact_name_phone_key",
        "contact",
        ["name_phone_key"],
        **_only("name_phone_key IS NOT NULL"),
    )
    op.create_index(
        "ix_contact_sort_name", "contact", ["sort_name", "id"], **_only("deleted_op IS NULL")
    )
    op.create_table(
        "custom_field",
        _id(),
        *_needed("name label kind"),
        sa.Column("choices", sa.Text()),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        *_journalled(),
        sa.PrimaryKeyConstraint("id", name="pk_custom_field"),
        sa.UniqueConstraint("name", name="uq_custom_field_name"),
    )
    op.create_table(
        "status",
        _id(),
        *_needed("key label"),
        sa.Column("tone", sa.Text(), server_default="neutral", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_journalled(),
        sa.PrimaryKeyConstraint("id", name="pk_status"),
        sa.UniqueConstraint("key", name="uq_status_key"),
    )
    op.create_table(
        "suppression",
        _id(),
        *_needed("kind value reason"),
        sa.Column("source", sa.Text()),
        sa.Column("added", BIG, nullable=False),
        *_journalled(),
        sa.PrimaryKeyConstraint("id", name="pk_suppression"),
        sa.UniqueConstraint("kind", "value", name="uq_suppression_kind_value"),
    )
    op.create_table(
        "tag",
        _id(),
        *_needed("name name_key"),
        sa.Column("tone", sa.Text(), server_default="neutral", nullable=False),
        *_journalled(),
        sa.PrimaryKeyConstraint("id", name="pk_tag"),
        sa.UniqueConstraint("name_key", name="uq_tag_name_key"),
    )
    op.create_table(
        "contact_key",
        sa.Column("contact", BIG, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name="fk_contact_key_contact"),
        sa.PrimaryKeyConstraint("contact", "email", name="pk_contact_key"),
    )
    op.create_index("ix_contact_key_email", "contact_key", ["email"])
    op.create_table(
        "contact_tag",
        sa.Column("contact", BIG, nullable=False),
        sa.Column("tag", BIG, nullable=False),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name="fk_contact_tag_contact"),
        sa.ForeignKeyConstraint(["tag"], ["tag.id"], name="fk_contact_tag_tag"),
        sa.PrimaryKeyConstraint("contact", "tag", name="pk_contact_tag"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contact_tag_tag", "contact_tag", ["tag", "contact"])


def _make_exports() -> None:
    op.create_table(
        "connection",
        sa.Column("name", sa.Text(), nullable=False),
        *_texts("account account_label fingerprint"),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("quota", sa.Text()),
        sa.Column("health", sa.Text(), server_default="unknown", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("fields", sa.Text()),
        sa.Column("fields_at", BIG),
        sa.Column("checked", BIG),
        sa.PrimaryKeyConstraint("name", name="pk_connection"),
    )
    op.create_table(
        "export_mapping",
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("container", sa.Text(), server_default="", nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("at_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("connector", "container", name="pk_export_mapping"),
    )
    op.create_table(
        "export_run",
        _id(),
        sa.Column("job", BIG),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("container", sa.Text(), server_default="", nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_label", sa.Text(), server_default="", nullable=False),
        *_needed("plan_digest mapping counts"),
        sa.Column("at_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_export_run"),
    )
    op.create_table(
        "export_item",
        _id(),
        sa.Column("run", BIG, nullable=False),
        *_needed("connector account"),
        sa.Column("container", sa.Text(), server_default="", nullable=False),
        sa.Column("contact", BIG, nullable=False),
        *_needed("dedupe_key payload_sha256"),
        sa.Column("remote_id", sa.Text()),
        sa.Column("action", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *_texts("error_kind error hint detail correlation"),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at_us", BIG, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["export_run.id"], name="fk_export_item_run"),
        sa.PrimaryKeyConstraint("id", name="pk_export_item"),
        sa.UniqueConstraint(
            "connector",
            "account",
            "container",
            "contact",
            name="uq_export_item_connector_account_container_contact",
        ),
    )
    op.create_index("ix_export_item_contact", "export_item", ["contact"])
    op.create_index("ix_export_item_run", "export_item", ["run", "state"])


def _make_importing() -> None:
    op.create_table(
        "import_batch",
        _id(),
        sa.Column("job", BIG),
        sa.Column("op", BIG),
        *_needed("file_name file_sha256 options counts"),
        sa.Column("lo", BIG),
        sa.Column("hi", BIG),
        sa.Column("at_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_batch"),
    )
    op.create_index("ix_import_batch_op", "import_batch", ["op"])
    op.create_table(
        "import_memory",
        *_needed("fingerprint mapping file_name"),
        sa.Column("at_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_import_memory"),
    )
    op.create_table(
        "import_origin",
        sa.Column("batch", BIG, nullable=False),
        sa.Column("lo", BIG, nullable=False),
        sa.Column("hi", BIG, nullable=False),
        sa.Column("row", BIG, nullable=False),
        sa.PrimaryKeyConstraint("batch", "lo", name="pk_import_origin"),
    )
    op.create_index("ix_import_origin_ids", "import_origin", ["lo", "hi"])


def _make_jobs() -> None:
    op.create_table(
        "job",
        _id(),
        *_needed("kind state actor label payload"),
        *_texts("cursor result"),
        sa.Column("done", BIG, server_default="0", nullable=False),
        sa.Column("total", BIG),
        sa.Column("ambiguous", sa.Integer(), server_default="0", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        *_texts("wish lease_owner"),
        sa.Column("lease_until", BIG),
        sa.Column("created", BIG, nullable=False),
        sa.Column("started", BIG),
        sa.Column("ended", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_state", "job", ["state", "id"])
    op.create_table(
        "job_item",
        _id(),
        sa.Column("job", BIG, nullable=False),
        sa.Column("contact", BIG),
        sa.Column("state", sa.Text(), nullable=False),
        *_texts("payload result"),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("updated", BIG, nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name="fk_job_item_job"),
        sa.PrimaryKeyConstraint("id", name="pk_job_item"),
    )
    op.create_index("ix_job_item_state", "job_item", ["job", "state", "id"])


def _make_journal() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )
    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal_head"),
    )
    op.create_table(
        "operation",
        _id(),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("seq", BIG),
        *_needed("kind label_key params actor device origin"),
        sa.Column("at_us", BIG, nullable=False),
        sa.Column("undoes", BIG),
        sa.Column("job_id", BIG),
        sa.Column("rows", BIG, server_default="0", nullable=False),
        sa.Column("undoable", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payload_digest", sa.LargeBinary()),
        sa.Column("prev", sa.LargeBinary()),
        sa.Column("hash", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["undoes"], ["operation.id"], name="fk_operation_undoes"),
        sa.PrimaryKeyConstraint("id", name="pk_operation"),
        sa.UniqueConstraint("seq", name="uq_operation_seq"),
        sa.UniqueConstraint("uuid", name="uq_operation_uuid"),
    )
    op.create_index("ix_operation_actor", "operation", ["actor", "id"])
    op.create_index("ix_operation_state", "operation", ["state"])
    op.create_index("ix_operation_undoes", "operation", ["undoes"])
    op.create_table(
        "search_dirty",
        sa.Column("id", BIG, nullable=False),
        sa.Column("lo", BIG, nullable=False),
        sa.Column("hi", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_dirty"),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "device", name="pk_setting"),
    )
    op.create_table(
        "subject",
        sa.Column("contact", BIG, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("contact", name="pk_subject"),
    )
    op.create_table(
        "change",
        sa.Column("op", BIG, nullable=False),
        sa.Column("tbl", sa.Text(), nullable=False),
        sa.Column("row", BIG, nullable=False),
        sa.Column("mask", sa.Text(), nullable=False),
        *_texts("before after"),
        sa.Column("leaf", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["op"], ["operation.id"], name="fk_change_op"),
        sa.PrimaryKeyConstraint("op", "tbl", "row", name="pk_change"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_change_row", "change", ["tbl", "row", "op"])
    op.create_table(
        "op_range",
        sa.Column("op", BIG, nullable=False),
        sa.Column("tbl", sa.Text(), nullable=False),
        sa.Column("lo", BIG, nullable=False),
        sa.Column("hi", BIG, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["op"], ["operation.id"], name="fk_op_range_op"),
        sa.PrimaryKeyConstraint("op", "tbl", "lo", name="pk_op_range"),
    )
    op.create_index("ix_op_range_rows", "op_range", ["tbl", "lo", "hi"])
