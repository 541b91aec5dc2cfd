"""The panel that saves a view under a name, renames one, or brings the present one up to date."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.views import LONGEST
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.pills import Notice
from app.views.common.theme import theme


class ViewPanel(QWidget):
    """named carries the name to save or rename to; update_wished is for the present view."""

    named = Signal(str)
    update_wished = Signal()

    def __init__(self, *, present: str = "", rename: str = "") -> None:
        super().__init__()
        self.name = QLineEdit(rename)
        self.name.setFont(theme().font(Role.BODY))
        self.name.setMaxLength(LONGEST)
        self.name.setAccessibleName(tr("Name of the view"))
        self.name.setPlaceholderText(tr("Hot leads"))
        self.notice = Notice()
        words = tr("Rename") if rename else tr("Save as a new view") if present else tr("Save view")
        self.save = Btn(words, Kind.OUTLINE if present else Kind.PRIMARY)
        self.renew = Btn(tr("Save the changes of {view}", view=present), Kind.PRIMARY)
        caption = Label(tr("Name of the view"), Role.CAPTION, "secondary")
        caption.setBuddy(self.name)
        parts = (self.renew, column(caption, self.name, gap=4), self.notice, row(None, self.save))
        self.setLayout(column(*parts, gap=12, margins=(12, 12, 12, 12)))
        # Before it has a parent, a button would be shown as a window of its own.
        self.renew.setVisible(bool(present))
        self.setMinimumWidth(theme().px(280))
        self.save.clicked.connect(self.submit)
        self.renew.clicked.connect(self._renew)
        self.name.textChanged.connect(lambda _text: self._offer())
        self._offer()

    def submit(self) -> None:
        """Hand the name over, once."""
        if self.save.isEnabled():
            self._wait(waiting=True)
            self.named.emit(self.name.text().strip())

    def _renew(self) -> None:
        self._wait(waiting=True)
        self.update_wished.emit()

    def _wait(self, *, waiting: bool) -> None:
        for part in (self.save, self.renew, self.name):
            part.setEnabled(not waiting)

    def refuse(self, error: CaptelyError) -> None:
        """Say why it was not saved; the name stays."""
        self.notice.say_error(error)
        self._wait(waiting=False)
        self.focus()
        self.window().adjustSize()

    def focus(self) -> None:
        """Put the cursor into the name."""
        self.name.setFocus(Qt.FocusReason.PopupFocusReason)
        self.name.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)

    def _offer(self) -> None:
        self.save.setEnabled(bool(self.name.text().strip()))
