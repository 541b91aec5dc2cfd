"""Every table of the product, gathered so that the metadata is whole."""

from __future__ import annotations

from sqlalchemy import MetaData

from app.models import contacts, exports, importing, jobs, journal, views, workspace
from app.models import credits as ledger
from app.models.base import Base

MODULES = (contacts, ledger, exports, importing, jobs, journal, views, workspace)
"""Where the tables are declared; importing them is what adds them to the metadata."""

contacts.for_servers()

METADATA: MetaData = Base.metadata
