"""Every row of the list with what would become of it, one fate at a time or all of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.fields import BY_KEY
from app.core.identity import display_name
from app.core.text import marked, tr
from app.services.importing.planned import ImportPlan, PlannedRow
from app.views.common.boxes import box, column, row
from app.views.common.buttons import TabBtn
from app.views.common.cells import Cell, Column, Look, cell
from app.views.common.pills import Empty
from app.views.common.run import Calls
from app.views.common.table import Table
from app.views.common.table_model import PagedModel
from app.views.common.tokens import Tone
from app.views.common.words import day_or_time, number, parsed

# Fate in the plan, its count, words, tone.
FATES: tuple[tuple[str, str, str, Tone], ...] = (
    ("created", "created", marked("New"), Tone.INFO),
    ("updated", "updated", marked("Updated"), Tone.SUCCESS),
    ("unchanged", "unchanged", marked("Unchanged"), Tone.NEUTRAL),
    ("duplicate", "duplicates", marked("Twice in the file"), Tone.VIOLET),
    ("parked", "parked", marked("Parked"), Tone.WARNING),
    ("rejected", "rejected", marked("Rejected"), Tone.DANGER),
)


def row_columns() -> tuple[Column, ...]:
    """The columns of the table in the user's language."""
    return (
        Column("line", tr("Row"), 64, weight=0, right=True),
        Column("fate", tr("Fate"), 152, weight=0),
        Column("name", tr("Person"), 144, weight=2),
        Column("email", tr("E-mail"), 168, weight=2, rank=2),
        Column("why", tr("What happens"), 224, weight=5),
    )


class RowsView(QWidget):
    """The rows of the plan, in the order of the file."""

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self._plan: ImportPlan | None = None
        self.tabs: dict[str, TabBtn] = {"": TabBtn(tr("All"))}
        self.tabs |= {fate: TabBtn(tr(words)) for fate, _count, words, _tone in FATES}
        self.model: PagedModel[PlannedRow] = PagedModel(calls, row_columns(), shape, self)
        self.table = Table(tr("Rows of the file"), row_columns())
        self.table.setModel(self.model)
        self.nothing = Empty("list-checks", tr("No rows"), tr("No row of the file has this fate."))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.nothing)
        bar = box(row(*self.tabs.values(), None, gap=4, margins=(8, 4, 8, 8)))
        self.setLayout(column(bar, self.stack, gap=0))
        for fate, tab in self.tabs.items():
            tab.clicked.connect(partial(self.show_fate, fate))

    def start_over(self) -> None:
        """Forget the plan, whose file may go."""
        self._plan = None
        self.model.show(0, None)

    def show_plan(self, plan: ImportPlan) -> None:
        """Show the rows of another plan."""
        self._plan = plan
        counts = plan.counts.as_dict()
        self.tabs[""].set_count(plan.counts.all)
        for fate, count, _words, _tone in FATES:
            self.tabs[fate].set_count(counts[count])
            self.tabs[fate].setVisible(counts[count] > 0)
        shown = next((fate for fate, tab in self.tabs.items() if tab.isChecked()), "")
        self.show_fate(shown if shown and not self.tabs[shown].isHidden() else "")

    def show_fate(self, fate: str) -> None:
        """Show the rows of one fate, or all."""
        plan = self._plan
        if plan is None:
            return
        self.tabs[fate].setChecked(True)
        counts = plan.counts.as_dict()
        keys = {own: count for own, count, _words, _tone in FATES}
        total = counts[keys[fate]] if fate else plan.counts.all
        # The reason of a rejected row needs the room that its other cells leave empty.
        self.table.leave_out(*({"": (), "rejected": ("fate", "email")}.get(fate, ("fate",))))
        self.model.show(0, None)
        self.model.show(total, lambda lo, hi: plan.rows(fate or None, lo, hi - lo))
        self.stack.setCurrentIndex(0 if total else 1)


def shape(planned: PlannedRow, key: str) -> Cell:
    """One planned row as a cell."""
    if key == "line":
        return Cell(number(planned.line), Look.FIGURE)
    if key == "fate":
        words, tone = next((w, t) for own, _c, w, t in FATES if own == planned.fate)
        return Cell(tr(words), Look.PILL, tone)
    if key == "name":
        return cell(_name(planned), Look.STRONG)
    if key == "email":
        return cell(str(planned.values.get("email") or ""))
    why = _why(planned)
    return Cell(why, Look.PROBLEM if planned.fate == "rejected" else Look.TEXT, tip=why)


def _name(planned: PlannedRow) -> str:
    if planned.fate == "rejected":
        return ", ".join(part for part in planned.cells[:3] if part)
    first, last, full = (planned.values.get(k) for k in ("first_name", "last_name", "full_name"))
    return display_name(first, last, full)


def _why(planned: PlannedRow) -> str:
    if planned.fate == "rejected":
        return planned.reason
    if planned.fate == "updated":
        return ", ".join(_change(field, *pair) for field, pair in planned.changes.items())
    if planned.fate == "duplicate" and planned.first is not None:
        return tr("Same person as row {line}; its values are taken together", line=planned.first)
    if planned.fate == "duplicate":
        return tr("Same person as an earlier row; its values are taken together")
    if planned.fate == "parked":
        return tr("Waits until the plan has room")
    if planned.fate == "unchanged":
        return tr("Already there with these values")
    return tr("Becomes a new contact")


def _change(field: str, before: object, after: object) -> str:
    known = BY_KEY.get(field)
    title = known.title if known else field.partition(":")[2] or field
    before, after = _said(field, before), _said(field, after)
    if not before:
        return tr("{field}: {after}", field=title, after=after)
    return tr("{field}: {before} → {after}", field=title, before=before, after=after)


def _said(field: str, value: object) -> str:
    if value in (None, "", []):
        return ""
    if field == "last_contacted" and (moment := parsed(value)) is not None:
        return day_or_time(moment)
    return str(value)
