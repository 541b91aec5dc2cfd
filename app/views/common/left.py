"""Shows on what uses a limit of the plan how much of it is left, and what helps where none is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.services.billing.left import Left, left_of, may_try
from app.views.common.announcing import announce
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.labels import Para, let_grow
from app.views.common.painting import paint_tinted
from app.views.common.pills import IconMark
from app.views.common.places import TRIAL, Place
from app.views.common.tokens import Tone

if TYPE_CHECKING:
    from app.services.billing.account import Account
    from app.views.common.desk import Desk


class LeftMark(QObject):
    """Keeps what is left of one limit on some buttons; quiet ones only tell it when asked.

    changed is emitted when a button has become wider or narrower by it.
    """

    changed = Signal()

    def __init__(
        self, desk: Desk, limit: str, buttons: Sequence[Btn], quiet: Sequence[Btn] = ()
    ) -> None:
        super().__init__(buttons[0])
        self._limit, self._buttons, self._quiet = limit, buttons, quiet
        desk.plan.read.connect(self.show_account)
        self.show_account(desk.plan.account)

    def show_account(self, account: Account | None) -> None:
        """Show what is left by this reading."""
        left = left_of(account, self._limit)
        before = [button.trail for button in self._buttons]
        for button in (*self._buttons, *self._quiet):
            button.show_trail("" if button in self._quiet else left.short, left.said)
        if before != [button.trail for button in self._buttons]:
            self.changed.emit()


class WallNote(QWidget):
    """Says that nothing is left of a limit, and leads to the plan, or to a trial in one click.

    It comes and goes with the account while `watch` names a limit; `say` shows other sentences.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._limit = ""
        self.words = Para("", tone="primary")
        self.plan = Btn(tr("Plan and usage"), Kind.LINK)
        self.trial = Btn(tr("Ask for a trial"), Kind.LINK)
        links = row(self.plan, self.trial, None, gap=16)
        said = column(self.words, links, gap=4)
        mark = IconMark("triangle-alert", "pill.warning.fg")
        line = row(mark, said, margins=(12, 8, 12, 8))
        line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        line.setStretchFactor(said, 1)
        self.setLayout(line)
        let_grow(self)
        self.plan.clicked.connect(lambda: desk.go(Place.PLAN, "overview"))
        self.trial.clicked.connect(lambda: desk.go(Place.PLAN, TRIAL))
        desk.plan.read.connect(self._show_account)
        self.hide()

    def text(self) -> str:
        """The words shown now."""
        return self.words.text() if not self.isHidden() else ""

    def watch(self, limit: str) -> None:
        """Follow one limit from now on, "" for none."""
        self._limit = limit
        self._show_account(self._desk.plan.account)

    def say(self, text: str) -> None:
        """Show these sentences instead; empty ones hide it."""
        self.trial.setVisible(may_try(self._desk.plan.account))
        news = bool(text) and text != self.text()
        self.words.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        if news and self.isVisible():
            announce(self, text)

    def _show_account(self, account: Account | None) -> None:
        if self._limit:
            left = left_of(account, self._limit)
            self.say(whole(left) if left.is_used_up else "")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the tinted box."""
        paint_tinted(self, Tone.WARNING)


def whole(left: Left) -> str:
    """All that there is to say."""
    return f"{left.said} {left.help}".strip()
