"""Export to a file: which contacts, which columns in which order, which format, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.errors import Cancelled, CaptelyError
from app.core.fields import FIELDS, Field
from app.core.settings import FILE_DELIMITER, FILE_KIND, FILE_MARK, LEAVE_OUT_SUPPRESSED, Value
from app.core.text import marked, tr, trn
from app.services.exporting.files import CSV, FileOptions
from app.services.jobs import Lane
from app.views.common.boxes import Card, Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.inputs import Check, Segments
from app.views.common.labels import Label, Para
from app.views.common.page_header import PageHeader
from app.views.common.pills import Notice
from app.views.common.relay import Relay
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import contacts
from app.views.exporting.column_list import ColumnList, FileColumn
from app.views.exporting.mapping_words import OUR_KINDS
from app.views.exporting.scope import Scope
from app.views.exporting.scope_picker import ScopePicker

_KINDS: Mapping[str, tuple[str, str, str]] = {
    "csv": ("CSV", marked("For spreadsheets; can be imported here again without loss."), "csv"),
    "json": ("JSON", marked("For programs; every field with tags and further values."), "json"),
    "vcard": ("vCard", marked("For address books: names, addresses and numbers."), "vcf"),
}
_DELIMITERS: tuple[tuple[object, str], ...] = (
    (",", marked("Comma")),
    (";", marked("Semicolon")),
    ("\t", marked("Tab")),
    ("|", marked("Bar")),
)
_MEMORY = "exports.file"
_SIDE = 336


class FileView(QWidget):
    """closed when the user goes back."""

    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._relay = Relay(self)
        self._writing = False
        self.file_kind = CSV
        self.back = Btn(tr("Back"), Kind.GHOST)
        self.write = Btn(tr("Choose where and export"), Kind.PRIMARY, "download")
        self.header = PageHeader(tr("Export to a file"), self.back, self.write)
        self.notice = Notice()
        self.scope = ScopePicker(desk)
        self.leave_out = Check(tr("Leave out who must not be contacted"))
        self.leave_out.hide()
        kinds: list[tuple[object, str]] = [(kind, words[0]) for kind, words in _KINDS.items()]
        self.kinds = Segments(tr("Format"), kinds)
        self.about = Para("", Role.SMALL)
        self.delimiter = Segments(
            tr("Between the cells"), [(value, tr(words)) for value, words in _DELIMITERS]
        )
        self.separator = ","
        self.mark = Check(tr("Mark the file for Excel"))
        self.columns = ColumnList()
        self._options = QWidget()
        self._lay_out()
        self._wire()
        self.restyle()

    def _lay_out(self) -> None:
        self._options.setLayout(
            column(
                Label(tr("Between the cells"), Role.CAPTION, "secondary"),
                row(self.delimiter, None),
                self.mark,
                gap=8,
            )
        )
        who = Card(Label(tr("Which contacts"), Role.SUBTITLE), self.scope, self.leave_out, gap=12)
        form = Card(
            Label(tr("Format"), Role.SUBTITLE),
            row(self.kinds, None),
            self.about,
            self._options,
            gap=12,
        )
        final = Para(
            tr("A written file cannot be undone here; delete it where it lies."),
            Role.SMALL,
            "muted",
        )
        self._side = Scrolled(
            box(column(form, final, None, gap=16, margins=(0, 0, 0, 0))), tr("Format")
        )
        main = row(self._side, self.columns, gap=16)
        main.setStretchFactor(self.columns, 1)
        main.addStretch(0)
        whole = column(self.header, self.notice, who, gap=16, margins=(24, 16, 24, 24))
        whole.addLayout(main, 1)
        self.setLayout(whole)

    def restyle(self) -> None:
        """Take the width of the format in the present text size."""
        self._side.setFixedWidth(theme().px(_SIDE))

    def _wire(self) -> None:
        self.back.clicked.connect(self._leave)
        self.write.clicked.connect(self._ask)
        self.scope.counted.connect(self._counted)
        self.kinds.picked.connect(lambda kind: self.pick_kind(str(kind)))
        self.delimiter.picked.connect(lambda value: self._pick_delimiter(str(value)))
        self.columns.moved.connect(self._columns_moved)

    def show_scope(self, scope: Scope) -> None:
        """Begin with these contacts and the usual options."""
        self.notice.say("")
        self.notice.offer("")
        self.scope.show_scope(scope)
        values = self._desk.app.settings.all()
        self._show_usual(values)
        custom = self._desk.app.custom_fields
        self._desk.calls.read(self, custom.fields, self._show_fields)

    def _show_usual(self, values: Mapping[str, Value]) -> None:
        self.pick_kind(str(values[FILE_KIND.key]))
        self._pick_delimiter(str(values[FILE_DELIMITER.key]))
        self.mark.setChecked(bool(values[FILE_MARK.key]))
        self.leave_out.setChecked(bool(values[LEAVE_OUT_SUPPRESSED.key]))

    def _show_fields(self, own: Sequence[Field]) -> None:
        self.columns.show_columns([_column(field) for field in (*FIELDS, *own)])
        kept = self._desk.memory.get(_MEMORY).get("columns")
        if isinstance(kept, list) and kept:
            self.columns.take([str(key) for key in kept])

    def pick_kind(self, kind: str) -> None:
        """Write CSV, JSON or vCards."""
        self.file_kind = kind
        self.kinds.choose(kind)
        self.about.setText(tr(_KINDS[kind][1]))
        is_csv = kind == CSV
        self._options.setVisible(is_csv)
        self.columns.setVisible(is_csv)
        self._allow()

    def _pick_delimiter(self, delimiter: str) -> None:
        self.separator = delimiter
        self.delimiter.choose(delimiter)

    def _columns_moved(self) -> None:
        kept = [] if self.columns.is_usual else list(self.columns.chosen())
        self._desk.memory.put(_MEMORY, {"columns": kept})
        self._allow()

    def _counted(self) -> None:
        n = self.scope.withheld
        self.leave_out.setVisible(n > 0)
        words = trn(
            "Leave out {n} contact who must not be contacted",
            "Leave out {n} contacts who must not be contacted",
            n,
        )
        self.leave_out.setText(words)
        self.leave_out.updateGeometry()
        self._allow()

    def _allow(self) -> None:
        some = self.file_kind != CSV or not self.columns.columns or bool(self.columns.chosen())
        self.write.setEnabled(not self._writing and some and self.scope.count != 0)

    def options(self) -> FileOptions:
        """How the file is written."""
        chosen = () if self.columns.is_usual else self.columns.chosen()
        return FileOptions(
            columns=chosen if self.file_kind == CSV else (),
            delimiter=self.separator,
            mark=self.mark.isChecked(),
            suppressed=not self.leave_out.isChecked(),
        )

    def _ask(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        proposed = str(Path(folder) / f"contacts.{_KINDS[self.file_kind][2]}")
        chosen, _filter = QFileDialog.getSaveFileName(self, tr("Export contacts"), proposed)
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, file: Path) -> None:
        """Write the file; the dialog has asked whether one that exists is replaced."""
        exports, kind, options = self._desk.app.file_exports, self.file_kind, self.options()
        query = self.scope.scope.query
        self._relay = relay = Relay(self)
        relay.told.connect(lambda words: self._say_progress(file, words))
        self._writing = True
        self._allow()
        self._say_progress(file, "")
        self.notice.offer(tr("Cancel"), relay.cancel.set)
        self._desk.calls.call(
            Lane.BULK,
            self,
            lambda: exports.write(
                kind,
                file,
                query,
                replace=True,
                options=options,
                progress=relay,
                cancel=relay.cancel,
            ),
            lambda n: self._done(file, n),
            self._failed,
        )

    def _say_progress(self, file: Path, words: str) -> None:
        if self._writing:
            said = tr("Writing {file}", file=file.name)
            self.notice.say(f"{said} · {words}" if words else said, Tone.NEUTRAL)

    def _done(self, file: Path, written: int) -> None:
        self._end()
        said = tr("Wrote {contacts} to {file}", contacts=contacts(written), file=str(file))
        self.notice.say(said, Tone.SUCCESS)
        folder = QUrl.fromLocalFile(str(file.parent))
        self.notice.offer(tr("Show in folder"), lambda: QDesktopServices.openUrl(folder))

    def _failed(self, error: CaptelyError) -> None:
        self._end()
        self.notice.offer("")
        if isinstance(error, Cancelled):
            self.notice.say(error.message, Tone.NEUTRAL)
        else:
            self.notice.say_error(error)

    def _end(self) -> None:
        self._writing = False
        self._allow()

    def _leave(self) -> None:
        if not self._writing:
            self.closed.emit()
            return
        self._relay.cancel.set()


def _column(field: Field) -> FileColumn:
    note = tr("Your own field") if field.is_custom else tr(OUR_KINDS[field.kind])
    return FileColumn(field.key, field.title, note)
