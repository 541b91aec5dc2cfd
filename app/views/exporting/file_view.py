"""Export to a file: which contacts, which format, where."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QLineEdit, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.jobs import Lane
from app.views.common.boxes import Card, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.inputs import Radio
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.page_header import PageHeader
from app.views.common.pills import Notice
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import contacts
from app.views.exporting.scope import Scope

_KINDS = (
    ("csv", "CSV for spreadsheets", "Every field; can be imported here again without loss.", "csv"),
    ("json", "JSON for programs", "Every field with tags, own fields and further values.", "json"),
    ("vcard", "vCard for address books", "Names, addresses and numbers.", "vcf"),
)


class FileView(QWidget):
    """closed when the user goes back."""

    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._scope = Scope()
        self._kind = "csv"
        self._cancel = threading.Event()
        self.back = Btn(tr("Back"), Kind.GHOST)
        self.write = Btn(tr("Choose where and export"), Kind.PRIMARY, "download")
        self.header = PageHeader(tr("Export to a file"), self.back, self.write)
        self.notice = Notice()
        self.query = QLineEdit()
        self.query.setFont(theme().font(Role.BODY))
        self.query.setAccessibleName(tr("Which contacts"))
        self.query.setPlaceholderText(tr("All contacts, or a search such as status:new tag:fair"))
        self._scope_words = ElidedLabel("", Role.BODY, "secondary")
        self.radios: dict[str, Radio] = {}
        self._group = QButtonGroup(self)
        self._lay_out()
        self.back.clicked.connect(self.closed.emit)
        self.write.clicked.connect(self._ask)
        self.query.textChanged.connect(self._query_typed)

    def _lay_out(self) -> None:
        who = Card(Label(tr("Which contacts"), Role.SUBTITLE), self.query, self._scope_words, gap=8)
        form = Card(Label(tr("Format"), Role.SUBTITLE), gap=4)
        for kind, words, sentence, _ending in _KINDS:
            radio = Radio(tr(words))
            radio.setChecked(kind == self._kind)
            radio.clicked.connect(lambda _on, chosen=kind: self._pick(chosen))
            self._group.addButton(radio)
            self.radios[kind] = radio
            form.body.addWidget(radio)
            form.body.addLayout(row(Para(tr(sentence), Role.SMALL), margins=(24, 0, 0, 4)))
        parts = (self.header, self.notice, who, form, None)
        self.setLayout(column(*parts, gap=16, margins=(24, 16, 24, 24)))

    def show_scope(self, scope: Scope) -> None:
        """Begin with these contacts."""
        self.notice.say("")
        self.notice.offer("")
        self._scope = scope
        typed = "" if scope.query.startswith("id:") else scope.query
        with QSignalBlocker(self.query):
            self.query.setText(typed)
        self._scope_words.setText(tr("Chosen: {scope}", scope=scope.words))

    def _query_typed(self, text: str) -> None:
        self._scope = Scope(text.strip())
        self._scope_words.setText(
            tr("Whoever this finds")
            if text.strip()
            else tr("Chosen: {scope}", scope=self._scope.words)
        )

    def _pick(self, kind: str) -> None:
        self._kind = kind

    def _ask(self) -> None:
        ending = next(e for kind, _w, _s, e in _KINDS if kind == self._kind)
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        proposed = str(Path(folder) / f"contacts.{ending}")
        chosen, _filter = QFileDialog.getSaveFileName(self, tr("Export contacts"), proposed)
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, file: Path) -> None:
        """Write the file; the dialog has asked whether one that exists is replaced."""
        exports, kind, query = self._desk.app.file_exports, self._kind, self._scope.query
        self._cancel = cancel = threading.Event()
        self.write.setEnabled(False)
        self.notice.say(tr("Writing {file}", file=file.name), Tone.NEUTRAL)
        self.notice.offer(tr("Cancel"), cancel.set)
        self._desk.calls.call(
            Lane.BULK,
            self,
            lambda: exports.write(kind, file, query, replace=True, cancel=cancel),
            lambda n: self._done(file, n),
            self._failed,
        )

    def _done(self, file: Path, written: int) -> None:
        self.write.setEnabled(True)
        said = tr("Wrote {contacts} to {file}", contacts=contacts(written), file=str(file))
        self.notice.say(said, Tone.SUCCESS)
        folder = QUrl.fromLocalFile(str(file.parent))
        self.notice.offer(tr("Open the folder"), lambda: QDesktopServices.openUrl(folder))

    def _failed(self, error: CaptelyError) -> None:
        self.write.setEnabled(True)
        self.notice.offer("")
        self.notice.say_error(error)
