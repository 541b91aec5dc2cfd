"""First step of an import: choose, drop or paste a list, and see how it is read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QFrame, QStackedWidget, QVBoxLayout, QWidget

from app.core.errors import CaptelyError
from app.core.text import marked, tr, trn
from app.services.importing.mapping import Preview
from app.services.importing.samples import Look
from app.services.importing.shape import FileShape, OpenQuote, ReadOptions
from app.views.common.boxes import Card, Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.cells import Cell, Column, cell
from app.views.common.cells import Look as CellLook
from app.views.common.delegate import PADDING
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.illustrations import Illustration
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.painting import paint_box, text_width
from app.views.common.pills import IconMark, Notice
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD, Tone
from app.views.common.words import number, size
from app.views.importing.reading_form import ReadingForm

FILTER = marked(
    "Contact lists (*.csv *.tsv *.txt *.xlsx *.json *.gz *.bz2 *.xz *.zip);;All files (*)"
)
_PROMISES = (
    marked("You see every change first"),
    marked("Rejected rows go to a file"),
    marked("Undo whenever you like"),
)
_SIGNS = str.maketrans({" ": "·", "\t": "→", "\u00a0": "⍽", "\u200b": "▯", "\n": "↵", "\r": "↵"})


LEAST_PREVIEW = 224


class Dashed(QFrame):
    """A surface with a dashed edge, onto which files may be dropped."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the dashed frame."""
        painter, look = QPainter(self), theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("border.control"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(look.colour("bg.surface"))
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(rect, RADIUS_CARD, RADIUS_CARD)


class Tile(QWidget):
    """An icon on a tinted square."""

    def __init__(self, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.restyle()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.setFixedSize(theme().px(40), theme().px(40))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint square and icon."""
        painter = QPainter(self)
        ink, ground = theme().tokens.pill(Tone.SUCCESS)
        rect = QRectF(self.rect())
        paint_box(painter, rect, 6, ground)
        side = theme().px(20)
        spot = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
        paint_icon(painter, self._icon, spot, ink)


class DropZone(Dashed):
    """Asks for a file; below it the lists that were opened last."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.choose = Btn(tr("Choose a file"), Kind.PRIMARY, "folder-open")
        self.paste = Btn(tr("Paste contacts"), Kind.OUTLINE, "copy")
        title = Label(tr("Drop a contact list here"), Role.SUBTITLE)
        words = Para(
            tr("CSV, Excel or JSON, also compressed. It stays on this computer."),
            align=Qt.AlignmentFlag.AlignHCenter,
        )
        mark = Illustration("file-spreadsheet")
        buttons = box(row(self.choose, self.paste, gap=8))
        promises = [
            part
            for said in _PROMISES
            for part in (
                IconMark("check", "pill.success.fg", beside=Role.SMALL),
                Label(tr(said), Role.SMALL, "secondary"),
                16,
            )
        ]
        ticks = box(row(*promises[:-1], gap=8))
        self._recent_title = Label(tr("Opened lately"), Role.CAPTION, "secondary")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self.recent: list[Btn] = []
        layout = column(
            None, mark, 8, title, words, 8, buttons, 12, ticks, 16,
            self._recent_title, self._recent, None, gap=4, margins=(24,) * 4,
        )  # fmt: skip
        for part in (mark, title, buttons, ticks, self._recent_title):
            layout.setAlignment(part, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(layout)
        self.show_recent([])

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Offer the lists that were opened last."""
        for button in self.recent:
            button.deleteLater()
        self.recent = []
        for path in paths:
            button = Btn(path.name, Kind.LINK, "file-spreadsheet")
            button.setToolTip(str(path))
            button.clicked.connect(partial(self.opened.emit, path))
            self._recent.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
            self.recent.append(button)
        self._recent_title.setVisible(bool(paths))


class FileStep(QWidget):
    """chosen(path) when a file is picked; reread(changes) when it is to be read otherwise.

    totals_wished(line) when the last line is to be left out as one of totals.
    """

    chosen = Signal(object)
    reread = Signal(object)
    paste_wished = Signal()
    totals_wished = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.zone = DropZone()
        self.zone.choose.clicked.connect(self.ask)
        self.zone.paste.clicked.connect(self.paste_wished.emit)
        self.zone.opened.connect(self.chosen.emit)
        self.notice = Notice()
        self.quote = Notice(Tone.WARNING)
        self.totals = Notice(Tone.WARNING)
        self.name = ElidedLabel("", Role.STRONG)
        self.facts = ElidedLabel("", Role.BODY, "secondary")
        self.another = Btn(tr("Choose another"), Kind.OUTLINE, "upload")
        self.another.clicked.connect(self.ask)
        self.form = ReadingForm()
        self.form.reread.connect(self.reread.emit)
        self.preview_count = ElidedLabel("", Role.SMALL, "secondary")
        self.signs = Btn(tr("Show characters"), Kind.GHOST, "eye")
        self.signs.setCheckable(True)
        self.signs.toggled.connect(self._show_signs)
        self.model = ListModel((), self)
        self.table = Table(tr("Preview of the file"), (), sideways=True)
        self.table.setModel(self.model)
        self._preview: Preview | None = None
        self._folder = Path.home()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.zone)
        self._stack.addWidget(self._reading_page())
        self._column = column(self.notice, self.quote, self.totals, self._stack, gap=12)
        self.setLayout(self._column)

    def put_above(self, part: QWidget) -> None:
        """Show something else above all of it."""
        self._column.insertWidget(0, part)

    def _reading_page(self) -> QWidget:
        words = column(self.name, self.facts, gap=0)
        hint = Label(tr("Drop another file here"), Role.BODY, "secondary")
        line = row(Tile("file-spreadsheet"), words, hint, self.another, gap=12)
        line.setStretchFactor(words, 1)
        line.setContentsMargins(16, 12, 16, 12)
        file_card = Dashed()
        file_card.setLayout(line)
        table_card = Card(gap=0, padding=1)
        head = row(
            Label(tr("Preview"), Role.SUBTITLE), self.preview_count, self.signs,
            margins=(15, 8, 8, 8),
        )  # fmt: skip
        head.setStretchFactor(self.preview_count, 1)
        table_card.body.addLayout(head)
        table_card.body.addWidget(self.table, 1)
        self._table_card = table_card
        page = column(file_card, self.form, table_card, gap=16)
        page.setStretchFactor(table_card, 1)
        self.restyle()
        # In a low window with large text some rows are still to be seen.
        return Scrolled(box(page), tr("How the file is read"))

    def restyle(self) -> None:
        """Take the height of the present text size."""
        self._table_card.setMinimumHeight(theme().px(LEAST_PREVIEW))

    def ask(self) -> None:
        """Open the file dialog."""
        path, _filter = QFileDialog.getOpenFileName(
            self, tr("Choose a contact list"), str(self._folder), tr(FILTER)
        )
        if path:
            self.chosen.emit(Path(path))

    def take_focus(self) -> None:
        """Put the keyboard on what chooses a file."""
        button = self.zone.choose if self._stack.currentIndex() == 0 else self.another
        button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def start_over(self, recent: Sequence[Path] = ()) -> None:
        """Ask for a file again."""
        self._preview = None
        for notice in (self.notice, self.quote, self.totals):
            notice.say("")
            notice.offer("")
        self.zone.show_recent(recent)
        self._folder = recent[0].parent if recent else Path.home()
        self._stack.setCurrentIndex(0)

    def say_error(self, error: CaptelyError) -> None:
        """Tell why the file cannot be read, and offer what helps."""
        self.notice.say_error(error)
        self.notice.offer("")
        if isinstance(error, OpenQuote):
            self._offer_quote(self.notice, error.line)

    def can_mend(self, error: CaptelyError) -> bool:
        """Whether reading the file otherwise ends this error."""
        return isinstance(error, OpenQuote)

    def show_preview(self, preview: Preview, options: ReadOptions) -> None:
        """Show how the file was read."""
        shape = preview.shape
        self._preview = preview
        for notice in (self.notice, self.quote, self.totals):
            notice.say("")
            notice.offer("")
        if shape.footer:
            self.totals.say(_footer_words(shape))
        self.name.setText(shape.path.name)
        self.facts.setText(_facts(shape))
        self.form.show_preview(preview, options)
        self._show_rows(preview)
        self._stack.setCurrentIndex(1)

    def show_look(self, look: Look, *, totals_dropped: bool) -> None:
        """Show what reading the whole list has found."""
        preview = self._preview
        if preview is None:
            return
        self.form.show_look(look)
        if look.whole:
            self.facts.setText(_facts(preview.shape, look.rows))
            self._count(preview, look.rows)
        if look.open_quote is not None:
            self.quote.say(
                tr("Line {line} opens a quote that is never closed.", line=number(look.open_quote))
            )
            self._offer_quote(self.quote, look.open_quote)
        if look.totals is not None:
            line = look.totals
            self.totals.say(
                tr(
                    "The last line, {line}, is left out: it only adds up the others.",
                    line=number(line),
                )
                if totals_dropped
                else tr("The last line, {line}, looks like a line of totals.", line=number(line))
            )
            self.totals.offer("")
            if not totals_dropped:
                self.totals.offer(tr("Leave it out"), partial(self.totals_wished.emit, line))

    def _offer_quote(self, notice: Notice, line: int) -> None:
        words = tr("Import without line {line}", line=number(line))
        notice.offer(words, lambda: self.reread.emit({"keep_going": True}))

    def _show_signs(self, _on: bool) -> None:  # noqa: FBT001 - a Qt slot
        if self._preview is not None:
            self._show_rows(self._preview)

    def _show_rows(self, preview: Preview) -> None:
        names = preview.shape.names
        columns = [Column("line", tr("Row"), 64, weight=0, right=True)]
        columns += [
            Column(f"c{n}", name, _width(name, n, preview), weight=1)
            for n, name in enumerate(names)
        ]
        rows = [
            (Cell(number(raw.line), CellLook.QUIET, tip=raw.problem or ""),
             *_cells(raw.cells, len(names), raw.problem, signs=self.signs.isChecked()))
            for raw in preview.rows
        ]  # fmt: skip
        self.model.show(rows, columns)
        self.table.set_columns(columns)
        self._count(preview, None)

    def _count(self, preview: Preview, total: int | None) -> None:
        rows = preview.rows
        if not rows:
            self.preview_count.setText(tr("There are no rows below the column names."))
            return
        first, last = number(rows[0].line), number(rows[-1].line)
        if total is None:
            said = tr("Lines {first} to {last}, read as text.", first=first, last=last)
        else:
            said = tr(
                "Lines {first} to {last} of {total} rows, read as text.",
                first=first, last=last, total=number(total),
            )  # fmt: skip
        calm = tr("Nothing is changed or guessed yet.")
        self.preview_count.setText(f"{said} {calm}")


def _cells(
    values: Sequence[str], width: int, problem: str | None, *, signs: bool
) -> tuple[Cell, ...]:
    padded = [*values[:width], *[""] * (width - len(values))]
    if problem:
        return tuple(
            Cell(" ".join(value.split()), CellLook.PROBLEM, tip=problem) for value in padded
        )
    if signs:
        return tuple(cell(value.translate(_SIGNS)) for value in padded)
    return tuple(cell(" ".join(value.split())) for value in padded)


def _width(name: str, index: int, preview: Preview) -> int:
    """The width at 100 % text size at which the longest of the values is whole."""
    values = [" ".join(raw.cells[index].split()) for raw in preview.rows if index < len(raw.cells)]
    longest = text_width(max(values, key=len, default=""), Role.BODY)
    whole = max(longest, text_width(name, Role.CAPTION)) * 100 / theme().percent
    return min(320, max(72, round(whole) + 2 * PADDING + 2))


def _footer_words(shape: FileShape) -> str:
    (first, text), *_rest = shape.footer
    return tr(
        "Lines {first} to {last} are left out, they are the footer of a report: {words} …",
        first=number(first),
        last=number(shape.footer[-1][0]),
        words=text,
    )


def _facts(shape: FileShape, rows: int | None = None) -> str:
    parts = [trn("{n} column", "{n} columns", len(shape.columns)), size(shape.size)]
    if rows is not None:
        parts.insert(0, trn("{n} row", "{n} rows", rows))
    elif shape.lines:
        parts.insert(0, tr("about {n} rows", n=number(shape.lines)))
    if shape.compression:
        parts.append(tr("compressed ({kind})", kind=shape.compression))
    return ", ".join(parts)
