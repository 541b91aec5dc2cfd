"""What stands in the place of the whole list while there is nobody: a welcome, or what to do."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget

from app.core.text import tr
from app.services.billing.left import CONTACTS, IMPORTS
from app.views.common import sample_actions
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.left import LeftMark
from app.views.common.pills import Empty
from app.views.common.places import Place
from app.views.contacts.actions import ADD
from app.views.contacts.welcome import Welcome

MEMORY = "contacts.welcome"


class Beginning(QStackedWidget):
    """The welcome is for a workspace in which nothing was ever done, until a choice is made."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._nobody = False
        self.welcome = Welcome()
        self.empty = Empty(
            "user",
            tr("Bring in the people you sell to"),
            tr("Everything stays on this computer. Drop a CSV or Excel file anywhere."),
        )
        self.first_import = self.empty.add(Btn(tr("Import a file"), Kind.PRIMARY, "upload"))
        self.first_add = self.empty.add(Btn(tr("Add a contact"), Kind.OUTLINE, "plus"))
        self.addWidget(self.empty)
        self.addWidget(self.welcome)
        for button in (self.first_import, self.welcome.import_):
            button.clicked.connect(lambda: desk.go(Place.IMPORT))
        LeftMark(desk, IMPORTS, [self.first_import])
        LeftMark(desk, IMPORTS, [self.welcome.import_])
        LeftMark(desk, CONTACTS, [self.first_add])
        self.first_add.clicked.connect(lambda: desk.actions.run(ADD))
        self.welcome.sample.clicked.connect(lambda: desk.actions.run(sample_actions.ADD))
        self.welcome.empty.clicked.connect(self._start_empty)
        self.hide()

    @property
    def is_welcome(self) -> bool:
        """Whether the welcome is in view."""
        return not self.isHidden() and self.currentWidget() is self.welcome

    def show_nobody(self, nobody: object) -> None:
        """There is nobody at all, or somebody; a new workspace is welcomed first."""
        before, self._nobody = self._nobody, bool(nobody)
        if not self._nobody:
            self.hide()
        elif self._desk.memory.get(MEMORY).get("passed"):
            self.show()
        elif not before:
            operations = self._desk.app.operations
            self._desk.calls.read(self, operations.is_untouched, self._decide)

    def _decide(self, untouched: bool) -> None:  # noqa: FBT001 - an answer of a call
        self.setCurrentWidget(self.welcome if untouched else self.empty)
        self.setVisible(self._nobody)

    def _start_empty(self) -> None:
        self._desk.memory.put(MEMORY, {"passed": True})
        self.setCurrentWidget(self.empty)
        self.first_import.setFocus()
