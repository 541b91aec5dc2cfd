"""Third step of an import: what would become of each row, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QVBoxLayout, QWidget

from app.core.errors import CaptelyError
from app.core.fields import BY_KEY
from app.core.identity import display_name
from app.core.text import tr, trn
from app.services.importing.planned import ImportPlan, PlannedRow
from app.views.common.boxes import Card, Scrolled, box, column, row
from app.views.common.buttons import TabBtn
from app.views.common.cells import Cell, Column, Look, cell
from app.views.common.figures import Figures
from app.views.common.fonts import Role
from app.views.common.inputs import Radio
from app.views.common.labels import Label, Para
from app.views.common.pills import Empty, IconMark, Notice
from app.views.common.run import Calls
from app.views.common.table import Table
from app.views.common.table_model import PagedModel
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import number
from app.views.importing.draft import Draft
from app.views.importing.options_panel import WIDTH

PARTS = (
    ("created", tr("New"), "chart.1"),
    ("updated", tr("Updated"), "chart.2"),
    ("unchanged", tr("Unchanged"), "chart.6"),
    ("duplicates", tr("Twice in the file"), "chart.4"),
    ("rejected", tr("Rejected"), "chart.5"),
)

# Fate in the plan, its count, words, tone.
_FATES: tuple[tuple[str, str, str, Tone], ...] = (
    ("created", "created", "New", Tone.INFO),
    ("updated", "updated", "Updated", Tone.SUCCESS),
    ("unchanged", "unchanged", "Unchanged", Tone.NEUTRAL),
    ("duplicate", "duplicates", "Twice in the file", Tone.VIOLET),
    ("rejected", "rejected", "Rejected", Tone.DANGER),
)

COLUMNS = (
    Column("line", tr("Row"), 64, weight=0, right=True),
    Column("fate", tr("Fate"), 152, weight=0),
    Column("name", tr("Person"), 144, weight=2),
    Column("email", tr("E-mail"), 168, weight=2, rank=2),
    Column("why", tr("What happens"), 224, weight=5),
)

_POLICIES = (
    ("fill", "Fill blanks only", "Your values stay."),
    ("update", "Take the file's values", "Old values stay in the history."),
    ("skip", "Skip the row", "Nothing of it is taken."),
    ("create", "Create a second contact", "Nobody is recognised."),
)


class ReviewStep(QWidget):
    """policy_picked when people already there are to be treated otherwise."""

    policy_picked = Signal(str)

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self._plan: ImportPlan | None = None
        self.notice = Notice()
        self.warnings = Notice(Tone.WARNING)
        self.figures = Figures(tr("What would happen"), PARTS)
        self.tabs: dict[str, TabBtn] = {"": TabBtn(tr("All"))}
        self.tabs |= {fate: TabBtn(tr(words)) for fate, _count, words, _tone in _FATES}
        self.model: PagedModel[PlannedRow] = PagedModel(calls, COLUMNS, shape, self)
        self.table = Table(tr("Rows of the file"), COLUMNS)
        self.table.setModel(self.model)
        self.nothing = Empty("list-checks", tr("No rows"), tr("No row of the file has this fate."))
        self._list = QStackedWidget()
        self._list.addWidget(self.table)
        self._list.addWidget(self.nothing)
        self.radios: dict[str, Radio] = {}
        self._policies = QButtonGroup(self)
        self._undo_words = Para("")
        self._lay_out()
        for fate, tab in self.tabs.items():
            tab.clicked.connect(lambda _on, chosen=fate: self.show_fate(chosen))

    def _lay_out(self) -> None:
        self._tab_row = row(*self.tabs.values(), None, gap=4, margins=(8, 8, 8, 8))
        card = Card(gap=0, padding=1)
        card.body.addLayout(self._tab_row)
        card.body.addWidget(self._list, 1)
        main = row(card, self._panel(), gap=16)
        main.setStretchFactor(card, 1)
        whole = column(self.notice, self.figures, self.warnings, gap=16)
        whole.addLayout(main, 1)
        self.setLayout(whole)

    def _panel(self) -> QWidget:
        policy = Card(Label(tr("If a person exists already"), Role.SUBTITLE), gap=4)
        for key, words, sentence in _POLICIES:
            radio = Radio(tr(words))
            radio.clicked.connect(lambda _on, chosen=key: self.policy_picked.emit(chosen))
            self._policies.addButton(radio)
            self.radios[key] = radio
            policy.body.addWidget(radio)
            small = Para(tr(sentence), Role.SMALL)
            small.setContentsMargins(0, 0, 0, 0)
            policy.body.addLayout(row(small, margins=(24, 0, 0, 4)))
        head = row(
            IconMark("undo-2", "accent.text"), Label(tr("You can undo this"), Role.SUBTITLE), None
        )
        undo = Card(gap=8)
        undo.body.addLayout(head)
        undo.body.addWidget(self._undo_words)
        panel = QWidget()
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(
            Scrolled(box(column(policy, undo, None, gap=16)), tr("Rules of the import"))
        )
        panel.setFixedWidth(theme().px(WIDTH))
        return panel

    def show_waiting(self, draft: Draft) -> None:
        """The plan is being made."""
        self._plan = None
        self.notice.say(tr("Comparing the file with your contacts"), Tone.NEUTRAL)
        self.radios[draft.on_duplicate].setChecked(True)
        self._allow(enabled=False)

    def show_progress(self, words: str) -> None:
        """How far the planning is; Back stops it."""
        if self._plan is None:
            self.notice.say(words or tr("Comparing the file with your contacts"), Tone.NEUTRAL)

    def show_plan(self, plan: ImportPlan) -> None:
        """Show the five numbers and the rows."""
        self._plan = plan
        counts = plan.counts.as_dict()
        self.notice.say("")
        self.warnings.say(_warning_words(plan))
        self.figures.show_numbers(counts)
        self.tabs[""].set_count(plan.counts.rows)
        for fate, count, _words, _tone in _FATES:
            self.tabs[fate].set_count(counts[count])
            self.tabs[fate].setVisible(counts[count] > 0)
        self._undo_words.setText(_undo_words(plan))
        self._allow(enabled=True)
        self.show_fate("rejected" if plan.counts.rejected else "")

    def show_error(self, error: CaptelyError) -> None:
        """The plan could not be made."""
        self.notice.say_error(error)
        self._allow(enabled=True)

    def show_fate(self, fate: str) -> None:
        """Show the rows of one fate, or all."""
        plan = self._plan
        if plan is None:
            return
        self.tabs[fate].setChecked(True)
        counts = plan.counts.as_dict()
        keys = {own: count for own, count, _words, _tone in _FATES}
        total = counts[keys[fate]] if fate else plan.counts.rows
        # The reason of a rejected row needs the room that its other cells leave empty.
        self.table.leave_out(*({"": (), "rejected": ("fate", "email")}.get(fate, ("fate",))))
        self.model.show(0, None)
        self.model.show(total, lambda lo, hi: plan.rows(fate or None, lo, hi - lo))
        self._list.setCurrentIndex(0 if total else 1)

    def _allow(self, *, enabled: bool) -> None:
        for radio in self.radios.values():
            radio.setEnabled(enabled)


def shape(planned: PlannedRow, key: str) -> Cell:
    """One planned row as a cell."""
    if key == "line":
        return Cell(number(planned.line), Look.FIGURE)
    if key == "fate":
        words, tone = next((w, t) for own, _c, w, t in _FATES if own == planned.fate)
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
    if planned.reason:
        return planned.reason
    if planned.fate == "updated":
        return ", ".join(_change(field, *pair) for field, pair in planned.changes.items())
    if planned.fate == "duplicate" and planned.first is not None:
        return tr("Same person as row {line}; its values are taken together", line=planned.first)
    if planned.fate == "duplicate":
        return tr("Same person as an earlier row; its values are taken together")
    if planned.fate == "unchanged":
        return tr("Already there with these values")
    return tr("Becomes a new contact")


def _change(field: str, before: object, after: object) -> str:
    known = BY_KEY.get(field)
    title = known.title if known else field.partition(":")[2] or field
    if before in (None, "", []):
        return tr("{field}: {after}", field=title, after=after)
    return tr("{field}: {before} → {after}", field=title, before=before, after=after)


def _undo_words(plan: ImportPlan) -> str:
    new = trn("{n} new contact goes", "{n} new contacts go", plan.counts.created)
    old = trn("{n} updated one gets", "{n} updated ones get", plan.counts.updated)
    return tr("At any time, in one step: {new}, {old} the old values back.", new=new, old=old)


def _warning_words(plan: ImportPlan) -> str:
    shown: Sequence[str] = [
        tr(
            "{message} ({n} rows, the first is {line})",
            message=w["message"],
            n=number(w["count"]),
            line=w["lines"][0],
        )
        if w.get("lines")
        else str(w["message"])
        for w in plan.warnings[:3]
    ]
    return "\n".join(shown)
