"""The head of the contacts page: the search, and what brings contacts in and out."""

from __future__ import annotations

from app.core.text import tr
from app.services.billing.left import CONTACTS, IMPORTS
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.desk import Desk
from app.views.common.left import LeftMark
from app.views.common.page_header import PageHeader
from app.views.contacts.query_line import QueryLine


class ContactsHead(PageHeader):
    """Its buttons tell what is left of the plan; marks are those who know."""

    def __init__(self, desk: Desk) -> None:
        self.search = QueryLine(tr("Search contacts"), "Ctrl+F")
        self.import_ = Btn(tr("Import"), Kind.OUTLINE, "upload")
        self.export = IconBtn("share-2", tr("Export contacts"), Kind.OUTLINE)
        self.add = Btn(tr("Add contact"), Kind.PRIMARY, "plus")
        self.buttons = (self.import_, self.export, self.add)
        super().__init__(tr("Contacts"), self.search, *self.buttons)
        self.marks = (
            LeftMark(desk, IMPORTS, [self.import_]),
            LeftMark(desk, CONTACTS, [self.add]),
        )
