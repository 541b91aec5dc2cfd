"""The search index as tables: attached files on SQLite, a table with a GIN index on PostgreSQL.

Both hold the text that services/search_text makes of a contact. Neither belongs to the metadata
of the workspace: the index can be made again from the contacts at any time.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text

_indexes = MetaData()

DOC_SQLITE = Table(
    "doc",
    _indexes,
    Column("contact", BigInteger, primary_key=True),
    Column("text", Text, nullable=False),
    schema="search",
)
WORDS_SQLITE = Table(
    "words",
    _indexes,
    Column("rowid", BigInteger, primary_key=True),
    Column("words", Text),
    schema="search",
)
"""The full-text index; `words MATCH` is asked through the column of the table's own name."""

DOC_POSTGRES = Table(
    "search_doc",
    _indexes,
    Column("contact", BigInteger, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
)

WORDS_POSTGRES = (
    "array_to_tsvector(array_remove(string_to_array(translate(text, {codes}, {blanks}), ' '), ''))"
)
# Every control character parts words; the words themselves are taken as they are, because the
# server's own parser would cut some of them otherwise than the rest of the product does.
_CODES = "".join(chr(n) for n in range(1, 32))
_CUSTOM_CODES = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def words_expression() -> str:
    """The SQL of a document's words on PostgreSQL, as in its index."""
    marks = _CODES + _CUSTOM_CODES
    literal = "E'" + "".join(_escaped(mark) for mark in marks) + "'"
    return WORDS_POSTGRES.format(codes=literal, blanks=f"repeat(' ', {len(marks)})")


def create_postgres_search(connection: Connection) -> None:
    """Make the table and its index where they are missing."""
    if connection.dialect.name != "postgresql":
        return
    DOC_POSTGRES.create(connection, checkfirst=True)
    # The driver reads a per cent sign as a parameter.
    words = words_expression().replace("%", "%%")
    connection.exec_driver_sql(
        f"CREATE INDEX IF NOT EXISTS ix_search_doc_words ON search_doc USING gin (({words}))"
    )


def _escaped(mark: str) -> str:
    return f"\\x{ord(mark):02x}"
