"""Offers to bring parked rows in as soon as the plan has room for them, as after an upgrade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.text import tr, trn
from app.services.billing.left import CONTACTS, left_of
from app.services.jobs import JobView
from app.views.common.announcing import announce
from app.views.common.boxes import row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.desk import Desk
from app.views.common.jobs_read import JobsRead
from app.views.common.labels import Para
from app.views.common.pills import IconMark
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import number
from app.views.shell.job_acts import JobActs

if TYPE_CHECKING:
    from app.services.billing.account import Account


class ParkedOffer(QWidget):
    """Stands above the page until the rows are brought in, or it is put away.

    Put away, it comes back when there is room for another number of them.
    """

    def __init__(self, desk: Desk, acts: JobActs) -> None:
        super().__init__()
        self._desk, self._acts = desk, acts
        self._reading = JobsRead(desk, self)
        self._room: int | None = 0
        self._jobs: list[JobView] = []
        self._put_away = ""
        self.words = Para("", tone="primary")
        self.resume = Btn(tr("Resume"), Kind.OUTLINE, "play")
        self.later = IconBtn("x", tr("Put this message away"))
        mark = IconMark("circle-check", "pill.info.fg")
        line = row(mark, self.words, self.resume, self.later, gap=12, margins=(24, 4, 8, 4))
        line.setStretchFactor(self.words, 1)
        line.setAlignment(self.words, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()
        self.resume.clicked.connect(self._resume)
        self.later.clicked.connect(self.put_away)
        desk.plan.read.connect(self.show_account)

    def show_account(self, account: Account) -> None:
        """Look for parked rows when there is room for another number of contacts."""
        room = left_of(account, CONTACTS).n
        if room == self._room:
            return
        self._room = room
        if room == 0:
            self._show([])
        else:
            jobs = self._desk.app.jobs
            self._reading.read(lambda: jobs.views(active=True), self._show)

    def put_away(self) -> None:
        """Not this one again."""
        self._put_away = self.words.text()
        self.hide()

    def _show(self, views: Sequence[JobView]) -> None:
        self._jobs = [view for view in views if view.dropped]
        words = self._said(sum(view.parked for view in self._jobs))
        shown = bool(words) and words != self._put_away
        self.words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(shown)
        if shown:
            announce(self, words)

    def _said(self, parked: int) -> str:
        if not parked or self._room == 0:
            return ""
        if self._room is None or self._room >= parked:
            return trn(
                "There is room now for {n} parked row.",
                "There is room now for all {n} parked rows.",
                parked,
            )
        return tr(
            "There is room now for {n} of {parked} parked rows.",
            n=number(self._room),
            parked=number(parked),
        )

    def _resume(self) -> None:
        """Each brings in as many as there is room for by then, and parks the others again."""
        for view in self._jobs:
            self._acts.resume(view.id)
        self._jobs = []
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the ground and the line below."""
        painter = QPainter(self)
        _ink, ground = theme().tokens.pill(Tone.INFO)
        painter.fillRect(self.rect(), ground)
        edge = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(edge, theme().colour("border.subtle"))
