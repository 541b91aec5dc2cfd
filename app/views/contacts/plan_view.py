"""What a change of many contacts would do: its numbers, who is left out and why, some examples."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.text import marked, tr, trn
from app.services.bulk import BulkPlan, Sample
from app.views.common.boxes import Meter, column
from app.views.common.figures import Figures
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.words import number
from app.views.contacts.vocabulary import Vocabulary

PARTS = (
    ("changed", marked("Will change"), "chart.1"),
    ("equal", marked("Already equal"), "border.control"),
    ("blocked", marked("Blocked"), "pill.warning.fg"),
)
WAIT_MS = 150
MOST_LINES = 4


def sentence(plan: BulkPlan) -> str:
    """9,412 will change, 588 already equal, 0 blocked."""
    words = tr(
        "{changed} will change, {equal} already equal, {blocked} blocked",
        changed=number(plan.changed),
        equal=number(plan.equal),
        blocked=number(plan.blocked),
    )
    if not plan.missing:
        return words
    gone = trn("{n} is not there any more", "{n} are not there any more", plan.missing)
    return f"{words}, {gone}"


class PlanView(QWidget):
    """Shows a plan, or that it is being made."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self.figures = Figures(tr("What will happen"), [(k, tr(w), t) for k, w, t in PARTS])
        self.words = Para("")
        self.progress = Meter(tr("Counting"))
        self._lines = QWidget()
        self._lines.setLayout(QVBoxLayout())
        self.setLayout(column(self.figures, self.words, self.progress, self._lines, gap=8))
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(self._show_waiting)
        self.progress.hide()

    def wait(self) -> None:
        """A plan is being made; said only if it takes a moment."""
        self._wait.start()

    def show_progress(self, words: str) -> None:
        """How far the counting is."""
        if not self.progress.isHidden():
            self.words.setText(tr("Counting, nothing is changed yet: {progress}", progress=words))

    def show_nothing(self, words: str) -> None:
        """There is no plan, for the reason given."""
        self._end_waiting()
        self.figures.show_numbers({})
        self.words.setText(words)
        self._show_lines([])

    def show_plan(self, plan: BulkPlan) -> None:
        """Show numbers, reasons and examples."""
        self._end_waiting()
        self.figures.show_numbers(
            {"changed": plan.changed, "equal": plan.equal, "blocked": plan.blocked}
        )
        self.words.setText(sentence(plan))
        lines = [f"{number(block.count)}: {block.reason}" for block in plan.blocks]
        lines += [self._example(sample) for sample in plan.samples]
        self._show_lines(lines[:MOST_LINES])

    def _example(self, sample: Sample) -> str:
        before, after = (self._value(sample, text) for text in (sample.before, sample.after))
        return f"{sample.name or sample.contact}: {sample.title}, {before} → {after}"

    def _value(self, sample: Sample, text: str) -> str:
        if sample.key == "status":
            return self._vocabulary.status(text)[0]
        return text.partition("\n")[0] or "—"

    def _show_waiting(self) -> None:
        self.progress.show()
        self.progress.show_parts([("accent.solid", 1.0)], 3.0)
        self.words.setText(tr("Counting, nothing is changed yet"))

    def _end_waiting(self) -> None:
        self._wait.stop()
        self.progress.hide()

    def _show_lines(self, lines: list[str]) -> None:
        layout = self._lines.layout()
        if layout is None:
            raise AssertionError("the lines have a layout")
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        while (item := layout.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for line in lines:
            label: Label = ElidedLabel(line, Role.BODY, "secondary")
            label.setToolTip(line)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            layout.addWidget(label)
        self._lines.setVisible(bool(lines))
