"""First step of an import: choose or drop the file, and see it read before anything happens."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from app.core.text import tr
from app.services.importing.mapping import Preview
from app.services.importing.shape import FileShape
from app.views.common.boxes import Card, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.cells import Cell, Column, Look, cell
from app.views.common.fonts import Role
from app.views.common.inputs import Select
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.pills import IconMark, Notice
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD
from app.views.common.words import number, size

FILTER = "Contact lists (*.csv *.tsv *.txt *.xlsx *.json *.gz *.bz2 *.xz *.zip);;All files (*)"

_ENCODINGS = (
    "utf-8", "utf-16", "cp1252", "iso-8859-15", "mac_roman", "cp1250", "cp1251", "cp1253", "cp1254",
    "shift_jis", "euc_kr", "gb18030", "big5",
)  # fmt: skip
_DELIMITERS = ((",", "Comma  ,"), (";", "Semicolon  ;"), ("\t", "Tab"), ("|", "Bar  |"))


class DropZone(QWidget):
    """A dashed frame that asks for a file."""

    def __init__(self) -> None:
        super().__init__()
        self.choose = Btn(tr("Choose a file"), Kind.PRIMARY, "folder-open")
        title = Label(tr("Drop a contact list here"), Role.SUBTITLE)
        words = Para(
            tr("CSV, Excel or JSON, also compressed. You see every change before it happens."),
            align=Qt.AlignmentFlag.AlignHCenter,
        )
        mark = IconMark("file-spreadsheet", "accent.text", 32)
        layout = column(None, mark, 4, title, words, 8, self.choose, None, gap=4, margins=(24,) * 4)
        for part in (mark, title, self.choose):
            layout.setAlignment(part, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(layout)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the dashed frame."""
        painter, look = QPainter(self), theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(look.colour("border.control"), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(look.colour("bg.surface"))
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(rect, RADIUS_CARD, RADIUS_CARD)


class FileStep(QWidget):
    """chosen(path) when a file is picked; reread(name, value) when it is to be read otherwise."""

    chosen = Signal(object)
    reread = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.zone = DropZone()
        self.zone.choose.clicked.connect(self.ask)
        self.notice = Notice()
        self.name = ElidedLabel("", Role.STRONG)
        self.facts = ElidedLabel("", Role.BODY, "secondary")
        self.another = Btn(tr("Choose another"), Kind.OUTLINE, "folder-open")
        self.another.clicked.connect(self.ask)
        self.encoding = Select(tr("Encoding"))
        self.delimiter = Select(tr("Delimiter"))
        self.header = Select(tr("Column names"))
        self.sheet = Select(tr("Sheet"))
        self.preview_count = Label("", Role.BODY, "secondary")
        self.model = ListModel((), self)
        self.table = Table(tr("Preview of the file"), (), sideways=True)
        self.table.setModel(self.model)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.zone)
        self._stack.addWidget(self._reading_page())
        self.setLayout(column(self.notice, self._stack, gap=16))
        for control, option in (
            (self.encoding, "encoding"),
            (self.delimiter, "delimiter"),
            (self.header, "header_row"),
            (self.sheet, "sheet"),
        ):
            control.picked.connect(lambda value, name=option: self.reread.emit(name, value))

    def _reading_page(self) -> QWidget:
        words = column(self.name, self.facts, gap=0)
        line = row(IconMark("file-spreadsheet", "pill.success.fg", 24), words, self.another, gap=12)
        line.setStretchFactor(words, 1)
        file_card = Card(gap=8)
        file_card.body.addLayout(line)
        controls = row(gap=16)
        self._captioned: dict[Select, QWidget] = {}
        for control in (self.encoding, self.delimiter, self.header, self.sheet):
            caption = Label(control.accessibleName(), Role.CAPTION, "secondary")
            caption.setBuddy(control)
            self._captioned[control] = box(column(caption, control, gap=4))
            controls.addWidget(self._captioned[control], 1)
        form = Card(gap=8)
        form.body.addLayout(controls)
        table_card = Card(gap=0, padding=1)
        head = row(
            Label(tr("Preview"), Role.SUBTITLE), self.preview_count, None, margins=(16, 12, 16, 12)
        )
        table_card.body.addLayout(head)
        table_card.body.addWidget(self.table, 1)
        page = column(file_card, form, table_card, gap=16)
        page.setStretchFactor(table_card, 1)
        return box(page)

    def ask(self) -> None:
        """Open the file dialog."""
        path, _filter = QFileDialog.getOpenFileName(
            self, tr("Choose a contact list"), "", tr(FILTER)
        )
        if path:
            self.chosen.emit(Path(path))

    def take_focus(self) -> None:
        """Put the keyboard on what chooses a file."""
        button = self.zone.choose if self._stack.currentIndex() == 0 else self.another
        button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def start_over(self) -> None:
        """Ask for a file again."""
        self.notice.say("")
        self._stack.setCurrentIndex(0)

    def show_preview(self, preview: Preview) -> None:
        """Show how the file was read."""
        shape = preview.shape
        self.notice.say("")
        self.name.setText(shape.path.name)
        self.facts.setText(_facts(shape))
        self._show_choices(shape)
        self._show_rows(preview)
        self._stack.setCurrentIndex(1)

    def _show_choices(self, shape: FileShape) -> None:
        found = shape.encoding or ""
        names = [found, *(name for name in _ENCODINGS if name != found)] if found else []
        self.encoding.set_choices([(name, encoding_words(name)) for name in names])
        self.encoding.choose(found)
        known = dict(_DELIMITERS)
        delimiters = list(_DELIMITERS)
        if shape.delimiter and shape.delimiter not in known:
            delimiters.append((shape.delimiter, shape.delimiter))
        self.delimiter.set_choices([(key, tr(words)) for key, words in delimiters])
        self.delimiter.choose(shape.delimiter)
        last = max(10, shape.header_row)
        rows = [(n, tr("In row {n}", n=n)) for n in range(1, last + 1)]
        self.header.set_choices([*rows, (0, tr("None in this file"))])
        self.header.choose(shape.header_row)
        self.sheet.set_choices([(name, name) for name in shape.sheets])
        self.sheet.choose(shape.sheet)
        is_text = shape.kind == "csv"
        self._captioned[self.encoding].setVisible(is_text)
        self._captioned[self.delimiter].setVisible(is_text)
        self._captioned[self.header].setVisible(shape.kind != "json")
        self._captioned[self.sheet].setVisible(len(shape.sheets) > 1)

    def _show_rows(self, preview: Preview) -> None:
        names = preview.shape.names
        columns = [Column("line", tr("Row"), 64, weight=0, right=True)]
        columns += [
            Column(f"c{n}", name, _width(name, n, preview), weight=1)
            for n, name in enumerate(names)
        ]
        rows = [
            (Cell(str(raw.line), Look.QUIET), *_cells(raw.cells, len(names)))
            for raw in preview.rows
        ]
        self.model.show(rows, columns)
        self.table.set_columns(columns)
        self.preview_count.setText(
            tr("The first {n} rows, read as text. Nothing is changed yet.", n=len(rows))
        )


def _cells(values: list[str], width: int) -> tuple[Cell, ...]:
    padded = [*values[:width], *[""] * (width - len(values))]
    return tuple(cell(" ".join(value.split())) for value in padded)


def _width(name: str, index: int, preview: Preview) -> int:
    longest = max(
        (len(raw.cells[index]) for raw in preview.rows if index < len(raw.cells)), default=0
    )
    return min(320, max(72, 8 * max(len(name), longest) + 24))


def _facts(shape: FileShape) -> str:
    parts = [tr("{n} columns", n=len(shape.columns)), size(shape.size)]
    if shape.lines:
        parts.insert(0, tr("about {n} rows", n=number(shape.lines)))
    if shape.compression:
        parts.append(tr("compressed ({kind})", kind=shape.compression))
    return ", ".join(parts)


_ENCODING_WORDS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with mark",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252, Western",
    "iso-8859-15": "Latin-9, Western",
    "mac_roman": "Mac Roman",
    "cp1250": "Windows-1250, Central Europe",
    "cp1251": "Windows-1251, Cyrillic",
    "cp1253": "Windows-1253, Greek",
    "cp1254": "Windows-1254, Turkish",
    "shift_jis": "Shift JIS, Japanese",
    "euc_kr": "EUC-KR, Korean",
    "gb18030": "GB 18030, Chinese",
    "big5": "Big5, Chinese",
}


def encoding_words(name: str) -> str:
    """How people call an encoding."""
    return tr(_ENCODING_WORDS.get(name, name))
