"""What is said at the start about jobs that a crash or an end left over."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.text import tr, trn
from app.services.jobs import JobState, JobView
from app.views.common.announcing import announce
from app.views.common.boxes import row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.desk import Desk
from app.views.common.jobs_read import JobsRead
from app.views.common.labels import Para
from app.views.common.pills import IconMark
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.shell.job_acts import JobActs


class LeftOver(QWidget):
    """Stays above the page until each of these jobs is decided, or it is put away."""

    def __init__(self, desk: Desk, acts: JobActs) -> None:
        super().__init__()
        self._desk = desk
        self._reading = JobsRead(desk, self)
        self._waiting: set[int] = set()
        self._crashed = False
        self.words = Para("", tone="warning")
        self.decide = Btn(tr("Decide"), Kind.OUTLINE)
        self.later = IconBtn("x", tr("Decide later"))
        self.later.clicked.connect(self.hide)
        line = row(
            IconMark("triangle-alert", "pill.warning.fg"),
            self.words,
            self.decide,
            self.later,
            gap=12,
            margins=(24, 4, 8, 4),
        )
        line.setStretchFactor(self.words, 1)
        line.setAlignment(self.words, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()
        acts.taken.connect(self._take)
        desk.bridge.job_changed.connect(lambda event: self._take(event.job))

    def load(self) -> None:
        """Look for jobs that stopped with the process that ran them."""
        jobs = self._desk.app.jobs
        self._reading.read(lambda: jobs.views(active=True), self._loaded)

    def _loaded(self, views: Sequence[JobView]) -> None:
        left = {view.id for view in views if view.state is JobState.INTERRUPTED}
        self._crashed = bool(left & {view.id for view in self._desk.app.recovered})
        self._waiting = left
        if left:
            self._say()
            self.show()
            announce(self, self.words.text())

    def _take(self, view: JobView) -> None:
        if view.id in self._waiting and view.state is not JobState.INTERRUPTED:
            self._waiting.discard(view.id)
            self._say()
            self.setVisible(bool(self._waiting) and self.isVisible())

    def _say(self) -> None:
        count = len(self._waiting)
        waiting = trn("{n} job needs a decision.", "{n} jobs need a decision.", count)
        crashed = tr("Captely closed unexpectedly. {waiting}", waiting=waiting)
        self.words.setText(crashed if self._crashed else waiting)
        self.setAccessibleName(self.words.text())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the ground and the line below."""
        painter = QPainter(self)
        _ink, ground = theme().tokens.pill(Tone.WARNING)
        painter.fillRect(self.rect(), ground)
        edge = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(edge, theme().colour("border.subtle"))
