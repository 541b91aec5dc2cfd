"""The card of the licence: the workspace's ID to buy one for, and the ways to bring one in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy

from app.core.text import tr
from app.views.common.boxes import Card, box, column
from app.views.common.buttons import Btn, Kind
from app.views.common.flow import Flow
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para


class LicenceCard(Card):
    """copied, file_wished and pasted say which button was used."""

    copied = Signal()
    file_wished = Signal()
    pasted = Signal()

    def __init__(self) -> None:
        super().__init__(gap=8)
        self.id = Label("", Role.CODE)
        self.id.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = Btn(tr("Copy workspace ID"), Kind.OUTLINE, "copy")
        self.file = Btn(tr("Choose a file"), Kind.OUTLINE, "file")
        self.paste = Btn(tr("Paste"), Kind.OUTLINE, "file-text")
        self.copy.clicked.connect(self.copied.emit)
        self.file.clicked.connect(self.file_wished.emit)
        self.paste.clicked.connect(self.pasted.emit)
        buttons = Flow(gap=8)
        for button in (self.copy, self.file, self.paste):
            buttons.addWidget(button)
        ground = box(buttons)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        ground.setSizePolicy(policy)
        words = tr(
            "A licence is made for one workspace, by this ID. Choose its file, paste its text, or "
            "drop the file anywhere on this window."
        )
        self.body.addWidget(Label(tr("Licence"), Role.SUBTITLE))
        self.body.addWidget(Para(words))
        name = Label(tr("Workspace ID"), Role.CAPTION, "secondary")
        self.body.addLayout(column(name, self.id, gap=4))
        self.body.addWidget(ground)

    def show_workspace(self, workspace: str) -> None:
        """Show the workspace's UUID."""
        self.id.setText(workspace)
