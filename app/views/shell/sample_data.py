"""The ribbon of a workspace with sample data, and what brings that data in and takes it out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.changes import Changes
from app.core.text import tr, trn
from app.services.sample import Removed, SampleState
from app.views.common.boxes import box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.labels import Para
from app.views.common.latest import Latest, Once
from app.views.common.pills import IconMark
from app.views.common.popover import Popover
from app.views.common.sample_actions import ADD, REMOVE
from app.views.common.theme import theme
from app.views.common.tokens import Tone


class SampleRibbon(QWidget):
    """Seen above every page while sample contacts are there."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading, self._acting = Latest(desk.calls, self), Once(desk.calls, self)
        self.state = SampleState()
        self.words = Para("", tone="primary")
        self.remove = Btn(REMOVE.title, Kind.LINK)
        mark = IconMark("sparkles", "pill.violet.fg")
        line = row(mark, self.words, self.remove, gap=8, margins=(24, 4, 24, 4))
        line.setStretchFactor(self.words, 1)
        line.setAlignment(self.words, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()
        self.remove.clicked.connect(self.ask_to_remove)
        desk.bridge.changed.connect(self._changed)

    def provide(self, window: QWidget) -> None:
        """Carry out the two actions of the sample."""
        provide = self._desk.actions.provide
        provide(ADD, self.add, window, when=lambda: not (self._acting.waits or self.state.contacts))
        provide(REMOVE, self.ask_to_remove, window, when=lambda: self.state.contacts > 0)

    def load(self) -> None:
        """Look whether sample contacts are there."""
        app = self._desk.app
        self._reading.read(lambda: app.sample.state(), self._show)

    def add(self) -> None:
        """Import the sample in the background; a second click is harmless."""
        app = self._desk.app
        self._acting.edit(
            lambda: app.runner.start_job(app.sample.start()),
            lambda future: self._acting.follow(future, lambda _view: None),
        )

    def ask_to_remove(self) -> None:
        """Take the sample out at once; ask first where somebody has changed some of it."""
        if self.state.changed:
            self.ask()
        else:
            self._remove(keep_changed=False)

    def ask(self) -> Popover:
        """Ask whether the changed ones go too."""
        question = Question(self.state)
        popover = Popover(question, REMOVE.title, self)
        question.all.clicked.connect(lambda: self._agreed(popover, keep_changed=False))
        question.others.clicked.connect(lambda: self._agreed(popover, keep_changed=True))
        popover.open_below(self.remove, right=True)
        question.others.setFocus(Qt.FocusReason.PopupFocusReason)
        return popover

    def _agreed(self, popover: Popover, *, keep_changed: bool) -> None:
        popover.close()
        self._remove(keep_changed=keep_changed)

    def _remove(self, *, keep_changed: bool) -> None:
        app = self._desk.app

        def work() -> Removed:
            return app.sample.remove(keep_changed=keep_changed)

        # The window says of every change what it was, with Undo.
        self._acting.edit(work, lambda removed: self._show(SampleState(*(removed.kept,) * 2)))

    def _changed(self, changes: Changes) -> None:
        if changes.touches("contact"):
            self.load()

    def _show(self, state: SampleState) -> None:
        self.state = state
        people = trn("{n} made-up contact", "{n} made-up contacts", state.contacts)
        self.words.setText(tr("Sample workspace: {people} to try things on", people=people))
        self.setAccessibleName(self.words.text())
        self.setVisible(state.contacts > 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the ribbon."""
        _ink, ground = theme().tokens.pill(Tone.VIOLET)
        QPainter(self).fillRect(self.rect(), ground)


class Question(QWidget):
    """Whether the changed sample contacts go too."""

    def __init__(self, state: SampleState) -> None:
        super().__init__()
        changed = trn(
            "{n} of these contacts was changed since it came.",
            "{n} of these contacts were changed since they came.",
            state.changed,
        )
        self.others = Btn(tr("Keep the changed ones"), Kind.OUTLINE)
        self.all = Btn(tr("Remove all"), Kind.OUTLINE)
        back = tr("Undo brings back what is removed.")
        buttons = box(row(None, self.all, self.others, gap=8))
        words = column(Para(changed, tone="primary"), Para(back), gap=4)
        self.setLayout(column(words, buttons, gap=12, margins=(16, 16, 16, 16)))
