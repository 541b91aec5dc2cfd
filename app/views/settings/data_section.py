"""Where the data lies, how much room it takes, and the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from app.core.text import tr, trn
from app.services.data_folder import DataFolder, look_at
from app.views.common.boxes import row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.words import short_time, size
from app.views.settings.rows import SettingRow
from app.views.settings.section import Change, Section

if TYPE_CHECKING:
    from app.views.common.desk import Desk


class DataSection(Section):
    """The workspace's folder; measured each time it comes into view."""

    def __init__(self, desk: Desk, change: Change) -> None:
        super().__init__(desk, change)
        self.folder = desk.app.workspace.folder
        self.open = Btn(tr("Open folder"), Kind.OUTLINE, "folder-open")
        self.open.clicked.connect(self._open)
        self.copy = IconBtn("copy", tr("Copy the path"))
        self.copy.clicked.connect(self._copy)
        self.room = Label("", Role.FIGURE, "secondary")
        self.free = Label("", Role.FIGURE, "secondary")
        self.backup = Label("", Role.FIGURE, "secondary")
        buttons = row(self.copy, self.open, gap=8)
        self._backups = SettingRow(
            "data.backup",
            tr("Copies of the database"),
            tr("Made by themselves before a new version changes its form."),
            self.backup,
            finds=tr("backup restore safety"),
        )
        self._card = self.add_rows(
            SettingRow(
                "data.folder",
                tr("Data folder"),
                str(self.folder),
                buttons,
                finds=tr("workspace path directory location database files storage"),
            ),
            SettingRow(
                "data.size",
                tr("Room it takes"),
                tr("Contacts, history, search and copies together."),
                self.room,
                finds=tr("size disk space megabytes"),
            ),
            SettingRow(
                "data.free",
                tr("Free on this disk"),
                tr("On the disk of the data folder; imports and copies need room too."),
                self.free,
                finds=tr("space disk full"),
            ),
            self._backups,
        )
        self._card.show_row(self._backups, shown=False)
        self.column.addStretch(1)

    def load(self) -> None:
        """Measure the folder in the background."""
        workspace = self.desk.app.workspace
        self.desk.calls.read(self, lambda: look_at(workspace), self._show)

    def _show(self, found: DataFolder) -> None:
        self.room.setText(size(found.size))
        self.free.setText(tr("not known") if found.free is None else size(found.free))
        self._card.show_row(self._backups, shown=found.last_backup is not None)
        if found.last_backup is not None:
            when = short_time(found.last_backup, self.desk.app.clock.now())
            copies = trn("{n} copy", "{n} copies", found.backups)
            self.backup.setText(tr("{copies}, the last one: {when}", copies=copies, when=when))

    def _open(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.folder))):
            self.desk.say(tr("No program here can show folders. It is {path}", path=self.folder))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(str(self.folder))
        self.desk.say(tr("The path is copied"))
