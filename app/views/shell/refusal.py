"""Shown instead of the window when the workspace cannot be opened."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog

from app.core.errors import CaptelyError
from app.core.text import tr
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.theme import theme


class RefusalDialog(QDialog):
    """Cause, next step, and Quit."""

    def __init__(self, error: CaptelyError) -> None:
        super().__init__()
        self.setWindowTitle("Captely")
        leave = Btn(tr("Quit"), Kind.PRIMARY)
        leave.clicked.connect(self.accept)
        parts = (
            Label(tr("Captely cannot open this workspace"), Role.SUBTITLE),
            Para(error.message),
            Para(error.hint or tr("Your data was not changed.")),
            row(None, leave),
        )
        theme().dress(self)
        self.setLayout(column(*parts, gap=12, margins=(24, 24, 24, 24)))
