"""The problem rows of a plan: filters, the grid, and everything that puts cells right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QApplication, QMenu, QStackedWidget, QWidget

from app.core.errors import CaptelyError
from app.core.text import marked, tr
from app.services.importing.fixes import Fixes, Replacement, Rule
from app.services.importing.problems import (
    Changing,
    Overview,
    ProblemRow,
    Problems,
    Wanted,
)
from app.services.importing.repairs import REPAIRS, Problem, title
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, IconBtn, Kind, TabBtn
from app.views.common.inputs import Select
from app.views.common.latest import Latest
from app.views.common.pills import Empty
from app.views.common.run import Calls
from app.views.common.table_model import PAGE
from app.views.common.words import number
from app.views.importing.changes_view import ChangesView
from app.views.importing.draft import Draft
from app.views.importing.problem_grid import (
    ProblemModel,
    ProblemTable,
    grid_columns,
    main_flaw,
)
from app.views.importing.whole_row import WHOLE, WholeRow

_LEVELS = (
    ("", marked("All")),
    ("errors", marked("Errors")),
    ("warnings", marked("Warnings")),
    ("fixed", marked("Fixed")),
)
GRID, NOTHING, CHANGES = range(3)

Answer = Callable[[Changing], None]
Failed = Callable[[CaptelyError], None]


class ProblemsView(QWidget):
    """fixed carries the new Fixes and what was done; replacing asks what a replacement would do."""

    fixed = Signal(object, str)
    replacing_wished = Signal(object, object, object)

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self._draft: Draft | None = None
        self._problems: Problems | None = None
        self._overview = Overview()
        self._wanted = Wanted()
        self._pending: Callable[[], tuple[Fixes, str]] | None = None
        self._counting, self._changing = Latest(calls, self), Latest(calls, self)
        self.tabs = {key: TabBtn(tr(words)) for key, words in _LEVELS}
        self.filter = Select(tr("Column and kind of problem"))
        self.fix_all = Btn(tr("Fix all like this"), Kind.OUTLINE, "sparkles")
        self.replace = IconBtn("search", tr("Find and replace"), Kind.OUTLINE)
        self.model = ProblemModel(calls, self)
        self.table = ProblemTable()
        self.table.setModel(self.model)
        self.nothing = Empty("circle-check", "", "")
        self.changes = ChangesView()
        self.stack = QStackedWidget()
        for part in (self.table, self.nothing, self.changes):
            self.stack.addWidget(part)
        bar = row(*self.tabs.values(), None, self.filter, gap=4, margins=(8, 4, 8, 8))
        self.whole = WholeRow()
        self.setLayout(column(bar, self.stack, self.whole, gap=0))
        self.tabs[""].setChecked(True)
        self._wire()

    def _wire(self) -> None:
        for key, tab in self.tabs.items():
            tab.clicked.connect(partial(self.show_level, key))
        self.filter.picked.connect(self.show_only)
        self.fix_all.clicked.connect(self.offer_rule)
        self.replace.clicked.connect(self.search)
        self.model.edited.connect(self._edited)
        self.table.repair_wished.connect(self.repair)
        self.table.clear_wished.connect(self._clear_current)
        self.table.menu_wished.connect(self._menu)
        self.table.chosen.connect(lambda _row: self._show_buttons())
        self.model.dataChanged.connect(lambda *_: self._show_buttons())
        self.changes.applied.connect(self._apply_pending)
        self.changes.closed.connect(self.close_changes)

    def show_plan(
        self, draft: Draft, problems: Problems, overview: Overview, first: list[ProblemRow]
    ) -> None:
        """Show the problems of another plan; first are the rows of the page in view."""
        self._draft, self._problems, self._overview = draft, problems, overview
        for key, tab in self.tabs.items():
            tab.set_count(overview.count(Wanted(key)) or 0)
        self._show_filters()
        self._use_columns()
        self._show_rows(first)
        if self.stack.currentIndex() == CHANGES and self._pending is None:
            self.close_changes()

    @property
    def wanted(self) -> Wanted:
        """What is listed now."""
        return self._wanted

    @property
    def page(self) -> int:
        """The page of rows in view."""
        return max(0, self.table.currentIndex().row()) // PAGE

    def start_over(self) -> None:
        """Forget plan and filters, for another list."""
        self._wanted, self._pending = Wanted(), None
        self._problems, self._overview = None, Overview()
        self._counting.drop()
        self._changing.drop()
        self.model.show(0, None)
        self.tabs[""].setChecked(True)

    def show_level(self, key: str) -> None:
        """List the rows of one level; what would change is left for them."""
        if self.stack.currentIndex() == CHANGES:
            self.close_changes()
        self.tabs[key].setChecked(True)
        self._wanted = Wanted(key, self._wanted.column, self._wanted.problem)
        self._show_rows()

    def show_only(self, key: object) -> None:
        """List the rows with one kind of problem in one column: "3:comma", "3:", or "" for all."""
        column_, _, kind = str(key).partition(":")
        self._wanted = Wanted(
            self._wanted.level,
            int(column_) if column_ else None,
            Problem(kind) if kind else None,
        )
        self._use_columns()
        self._show_rows()

    def _show_filters(self) -> None:
        names = self._problems.names if self._problems is not None else ()
        choices: list[tuple[object, str]] = [("", tr("Any problem"))]
        for place in dict.fromkeys(col for col, _, _ in self._overview.kinds):
            kinds = [(kind, n) for col, kind, n in self._overview.kinds if col == place]
            name = names[place] if 0 <= place < len(names) else tr("Row")
            if len(kinds) > 1:
                total = sum(n for _, n in kinds)
                choices.append((f"{place}:", _counted_words(name, total)))
            choices += [
                (f"{place}:{kind.value}", _counted_words(f"{name}: {title(kind)}", n))
                for kind, n in kinds
            ]
        wanted = self._wanted
        column_ = "" if wanted.column is None else f"{wanted.column}:"
        self.filter.set_choices(choices)
        self.filter.choose(f"{column_}{wanted.problem.value if wanted.problem else ''}")

    def _use_columns(self) -> None:
        problems = self._problems
        if problems is None:
            return
        people = [t.index for t in problems.targets
                  if t.field.key in ("first_name", "last_name", "full_name")
                  and t.index < len(problems.names)]  # fmt: skip
        keys = {t.field.key: t.index for t in problems.targets if t.index < len(problems.names)}
        usual = [keys[key] for key in ("email", "phone", "company") if key in keys]
        flawed = self._overview.columns
        first = [self._wanted.column] if self._wanted.column is not None else []
        shown = list(dict.fromkeys([*first, *flawed, *usual]))[:3]
        columns = grid_columns(problems.names, shown)
        if self.model.use_columns(columns, people):
            self.table.set_columns(columns)

    def _shown(self) -> list[int]:
        return [int(c.key[1:]) for c in self.model.columns if c.key[1:].isdigit()]

    def _show_rows(self, first: list[ProblemRow] | None = None) -> None:
        problems, wanted = self._problems, self._wanted
        self._counting.drop()
        if problems is None:
            return
        count = self._overview.count(wanted)
        if count is None:
            self._counting.read(
                lambda: problems.count(wanted),
                lambda n: self._list(n, first),
                # The plan may be gone by then; the next one is counted anew.
                lambda _error: None,
            )
        else:
            self._list(count, first)

    def _list(self, count: int, first: list[ProblemRow] | None) -> None:
        problems, wanted = self._problems, self._wanted
        if problems is None:
            return
        index, top = self.table.currentIndex(), self.table.verticalScrollBar().value()
        pages = {self.page: first} if first else None
        self.model.show(count, lambda lo, hi: problems.rows(wanted, lo, hi - lo), pages)
        if count:
            row_ = min(max(0, index.row()), count - 1)
            column_ = index.column() if index.isValid() else self._wrong_column(row_)
            self.table.setCurrentIndex(self.model.index(row_, column_))
            self.table.verticalScrollBar().setValue(top)
        self._say_nothing()
        if self.stack.currentIndex() != CHANGES:
            self.stack.setCurrentIndex(GRID if count else NOTHING)
        self._show_buttons()

    def _wrong_column(self, at: int) -> int:
        """Where the wrong cell of a row is shown, to begin with."""
        row_ = self.model.row(at)
        flaw = main_flaw(row_) if row_ is not None else None
        keys = [column.key for column in self.model.columns]
        return keys.index(f"c{flaw.column}") if flaw and f"c{flaw.column}" in keys else 0

    def _say_nothing(self) -> None:
        if self._wanted == Wanted():
            self.nothing.say(
                tr("Nothing wants a look"), tr("Every row can be imported as it stands.")
            )
        elif self._wanted == Wanted("fixed"):
            self.nothing.say(
                tr("Nothing was put right yet"), tr("What you correct is listed here.")
            )
        else:
            self.nothing.say(tr("No rows"), tr("No row has this problem any more."))

    def current(self) -> ProblemRow | None:
        """The row that has the focus."""
        return self.model.row(self.table.currentIndex().row())

    def _show_buttons(self) -> None:
        shown = self.stack.currentIndex() == GRID
        self.fix_all.setEnabled(shown and self._rule_of(self.current()) is not None)
        self.replace.setEnabled(bool(self._problems and self._problems.names))
        names = self._problems.names if self._problems is not None else ()
        self.whole.show_row(names, self.current() if shown else None)

    # What puts cells right

    def _edited(self, row_: ProblemRow, column_: int, text: str) -> None:
        problems, draft = self._problems, self._draft
        if problems is not None and draft is not None:
            fixes = draft.fixes.with_edit(row_.line, problems.names[column_], text)
            self.fixed.emit(fixes, tr("Row {line} was changed.", line=row_.line))

    def repair(self, at: int) -> None:
        """Do what is offered for one row."""
        row_, draft = self.model.row(at), self._draft
        flaw = main_flaw(row_) if row_ is not None else None
        if row_ is None or flaw is None or draft is None:
            return
        if flaw.problem is Problem.TOTALS:
            fixes = draft.fixes.without_line(row_.line)
            self.fixed.emit(fixes, tr("Row {line} is left out.", line=row_.line))
        elif flaw.put is not None:
            self._edited(row_, flaw.column, flaw.put)

    def _clear_current(self) -> None:
        row_, column_ = self.current(), self.model.column_of(self.table.currentIndex())
        if row_ is not None and column_ < 0 and (flaw := main_flaw(row_)) is not None:
            column_ = flaw.column
        if row_ is not None and 0 <= column_ < len(row_.cells) and row_.cells[column_]:
            self._edited(row_, column_, "")

    def _leave_out(self) -> None:
        row_, draft = self.current(), self._draft
        if row_ is not None and draft is not None:
            fixes = draft.fixes.without_line(row_.line)
            self.fixed.emit(fixes, tr("Row {line} is left out.", line=row_.line))

    def _rule_of(self, row_: ProblemRow | None, *, clear: bool = False) -> Rule | None:
        """The rule that treats every cell like the wrong one of a row."""
        problems, flaw = self._problems, main_flaw(row_) if row_ is not None else None
        if problems is None or flaw is None or flaw.problem in WHOLE or flaw.column < 0:
            return None
        name = problems.names[flaw.column]
        if flaw.repair is None or clear:
            return Rule(name, "clear", flaw.problem.value)
        return Rule(name, flaw.repair.key)

    def offer_rule(self, *, clear: bool = False) -> None:
        """Show what fixing all like the current row would change."""
        problems, rule = self._problems, self._rule_of(self.current(), clear=bool(clear))
        if problems is None or rule is None:
            return
        wrong = title(Problem(rule.problem) if rule.problem else REPAIRS[rule.repair].problem)
        words = tr("{problem}: {repair}", problem=wrong, repair=tr(REPAIRS[rule.repair].question))
        self.changes.show_rule(words)
        self._pending = partial(self._by_rule, rule)
        self._open_changes()
        self._changing.read(
            lambda: problems.by_rule(rule), self.changes.show_changes, self.changes.show_error
        )

    def _by_rule(self, rule: Rule) -> tuple[Fixes, str]:
        fixes = self._draft.fixes if self._draft is not None else Fixes()
        return fixes.with_rule(rule), tr("All cells like this were put right.")

    def search(self) -> None:
        """Find and replace over a column."""
        problems = self._problems
        if problems is None:
            return
        column_ = self.model.column_of(self.table.currentIndex())
        row_, names = self.current(), problems.names
        text = row_.cells[column_] if row_ is not None and 0 <= column_ < len(row_.cells) else ""
        self._pending = self._by_search
        self._changing.drop()
        self._open_changes()
        usual = next(iter(self._shown()), 0)
        name = names[column_] if column_ >= 0 else names[usual]
        self.changes.show_search(names, name, text, self._ask)

    def _ask(self, wanted: Replacement, done: Answer, failed: Failed) -> None:
        self.replacing_wished.emit(wanted, done, failed)

    def _by_search(self) -> tuple[Fixes, str]:
        fixes = self._draft.fixes if self._draft is not None else Fixes()
        wanted = self.changes.wanted
        words = tr("“{find}” was replaced.", find=wanted.find)
        return fixes.with_replacement(wanted), words

    def _open_changes(self) -> None:
        self.filter.setEnabled(False)
        self.stack.setCurrentIndex(CHANGES)

    def _apply_pending(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            self.close_changes()
            self.fixed.emit(*pending())

    def close_changes(self) -> None:
        """Back to the grid."""
        self._pending = None
        self._changing.drop()
        self.filter.setEnabled(True)
        self.stack.setCurrentIndex(GRID if self.model.rowCount() else NOTHING)
        self.table.setFocus()
        self._show_buttons()

    def _menu(self, at: QPoint) -> None:
        self.menu().popup(self.table.viewport().mapToGlobal(at))

    def menu(self) -> QMenu:
        """What can be done with the current row."""
        menu = QMenu(self.table)
        menu.aboutToHide.connect(menu.deleteLater)
        row_ = self.current()
        flaw = main_flaw(row_) if row_ is not None else None
        repair = menu.addAction(
            tr("Fix this"), lambda: self.repair(self.table.currentIndex().row())
        )
        repair.setEnabled(flaw is not None and (flaw.put is not None or flaw.problem in WHOLE[2:]))
        like = menu.addAction(tr("Fix all like this"), self.offer_rule)
        like.setEnabled(self._rule_of(row_) is not None)
        menu.addAction(tr("Change the cell"), self.table.edit_cell)
        menu.addAction(tr("Leave the cell blank"), self._clear_current)
        blank = menu.addAction(tr("Leave all like this blank"), lambda: self.offer_rule(clear=True))
        blank.setEnabled(like.isEnabled())
        menu.addSeparator()
        menu.addAction(tr("Leave the line out"), self._leave_out)
        menu.addAction(tr("Copy the cell"), self._copy)
        return menu

    def _copy(self) -> None:
        row_, column_ = self.current(), self.model.column_of(self.table.currentIndex())
        if row_ is not None:
            text = row_.cells[column_] if column_ >= 0 else "\t".join(row_.cells)
            QApplication.clipboard().setText(text)


def _counted_words(words: str, count: int) -> str:
    return tr("{words} ({n})", words=words, n=number(count))
