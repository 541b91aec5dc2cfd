"""What a rule or a replacement would change, before and after, with the button that applies it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr, trn
from app.services.importing.fixes import Replacement
from app.services.importing.problems import Change, Changing
from app.views.common.boxes import Rule, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.cells import Cell, Column, Look, cell
from app.views.common.fonts import Role
from app.views.common.inputs import Check, Select
from app.views.common.labels import ElidedLabel, Para
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.theme import theme
from app.views.common.words import number

Ask = Callable[[Replacement, Callable[[Changing], None], Callable[[CaptelyError], None]], None]
TYPING_MS = 150


def _columns() -> tuple[Column, ...]:
    return (
        Column("line", tr("Row"), 64, weight=0, right=True),
        Column("before", tr("In the file"), 160, weight=1),
        Column("after", tr("Afterwards"), 160, weight=1),
    )


class ChangesView(QWidget):
    """A title, what is to be found where it can be typed, the first changes, and Apply.

    applied is emitted when the user agrees; closed when nothing is to be changed.
    """

    applied = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._ask: Ask | None = None
        self._names: Sequence[str] = ()
        self._turn = 0
        self.count = 0
        self.title = ElidedLabel("", Role.SUBTITLE)
        self.words = Para("", Role.BODY)
        self.apply = Btn(tr("Apply"), Kind.OUTLINE, "check")
        self.cancel = Btn(tr("Cancel"), Kind.GHOST)
        self.apply.clicked.connect(self._apply)
        self.cancel.clicked.connect(self.closed.emit)
        self.model = ListModel(_columns(), self)
        self.table = Table(tr("What would change"), _columns())
        self.table.setModel(self.model)
        self.form = self._form()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._find)
        head = row(self.title, self.cancel, self.apply, margins=(15, 8, 8, 8))
        head.setStretchFactor(self.title, 1)
        self.setLayout(
            column(
                head, self.form, row(self.words, margins=(15, 0, 15, 8)), Rule(), self.table, gap=0
            )
        )

    def _form(self) -> QWidget:
        self.where = Select(tr("Column"))
        self.wanted_text = QLineEdit()
        self.put = QLineEdit()
        self.whole = Check(tr("Whole cell"))
        self.match_case = Check(tr("Match case"))
        for line, name in ((self.wanted_text, tr("Find")), (self.put, tr("Replace with"))):
            line.setAccessibleName(name)
            line.setPlaceholderText(name)
            line.setFont(theme().font(Role.BODY))
            line.textEdited.connect(lambda _text: self._typed())
        self.where.picked.connect(lambda _value: self._find())
        for check in (self.whole, self.match_case):
            check.clicked.connect(lambda _on: self._find())
        typed = row(self.where, self.wanted_text, self.put, gap=8)
        for part in (self.where, self.wanted_text, self.put):
            typed.setStretchFactor(part, 1)
        checks = row(self.whole, self.match_case, None, gap=16)
        return box(column(typed, checks, gap=8, margins=(15, 0, 15, 8)))

    @property
    def wanted(self) -> Replacement:
        """What was typed."""
        return Replacement(
            str(self.where.value()),
            self.wanted_text.text(),
            self.put.text(),
            whole=self.whole.isChecked(),
            match_case=self.match_case.isChecked(),
        )

    def show_rule(self, title: str) -> None:
        """Begin with a rule, whose changes follow."""
        self._ask = None
        self._turn += 1
        self.form.hide()
        self.title.setText(title)
        self._wait()

    def show_search(self, names: Sequence[str], column_: str, text: str, ask: Ask) -> None:
        """Begin to find and replace in a column."""
        self._ask = ask
        self.form.show()
        self.title.setText(tr("Find and replace"))
        self.where.set_choices([(name, name) for name in names])
        self.where.choose(column_)
        self.wanted_text.setText(text)
        self.put.clear()
        self.wanted_text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.wanted_text.selectAll()
        self._find()

    def show_changes(self, changing: Changing) -> None:
        """Show what would change."""
        self.count = changing.count
        self.model.show([_cells(change) for change in changing.first])
        rest = changing.count - len(changing.first)
        words = trn("{n} cell changes.", "{n} cells change.", changing.count)
        if rest > 0:
            words += " " + trn("{n} more like these.", "{n} more like these.", rest)
        self.words.setText(words if changing.count else tr("Nothing changes."))
        cells = trn("Apply to {n} cell", "Apply to {n} cells", changing.count)
        self.apply.setText(cells if changing.count else tr("Apply"))
        self.apply.updateGeometry()
        self.apply.setEnabled(changing.count > 0)
        if self._ask is None and self.apply.isEnabled():
            self.apply.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_error(self, error: CaptelyError) -> None:
        """Tell why it cannot be said."""
        self._wait()
        self.words.setText(f"{error.message} {error.hint}")

    def _wait(self) -> None:
        self.count = 0
        self.model.show([])
        self.words.setText(tr("Looking"))
        self.apply.setText(tr("Apply"))
        self.apply.updateGeometry()
        self.apply.setEnabled(False)

    def _typed(self) -> None:
        self._doubt()
        self._typing.start()

    def _doubt(self) -> None:
        """What is shown is not what is asked for now, so it cannot be applied."""
        self._turn += 1
        self.count = 0
        self.apply.setEnabled(False)

    def _find(self) -> None:
        if self._ask is None:
            return
        self._doubt()
        turn = self._turn
        if not self.wanted_text.text():
            self._wait()
            self.words.setText(tr("Type what is to be found."))
            return
        self._ask(
            self.wanted,
            lambda changing: self.show_changes(changing) if turn == self._turn else None,
            lambda error: self.show_error(error) if turn == self._turn else None,
        )

    def _apply(self) -> None:
        if self.count:
            self.count = 0
            self.apply.setEnabled(False)
            self.applied.emit()


def _cells(change: Change) -> tuple[Cell, ...]:
    return (
        Cell(number(change.line), Look.FIGURE),
        cell(" ".join(change.before.split())),
        Cell(" ".join(change.after.split()), Look.STRONG)
        if change.after.strip()
        else Cell(tr("blank"), Look.QUIET),
    )
