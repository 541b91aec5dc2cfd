"""The sidebar: the mark, the places of the window, background work, and who works where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from app.core.text import marked, tr, trn
from app.views.common.boxes import fill
from app.views.common.buttons import NavItem
from app.views.common.fonts import Role
from app.views.common.icons import paint_mark
from app.views.common.labels import Label
from app.views.common.painting import paint_text
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.common.words import number
from app.views.shell.actions import GO
from app.views.shell.credit_meter import CreditMeter
from app.views.shell.sidebar_foot import OfflinePill, PersonButton
from app.views.shell.trial_pill import TrialPill

if TYPE_CHECKING:
    from app.services.billing.account import Account

WIDE, NARROW = 220, 56

_GROUPS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    ("", (Place.CONTACTS, Place.IMPORT)),
    (marked("Outreach"), (Place.EXPORTS,)),
    (
        marked("Workspace"),
        (Place.HISTORY, Place.CONNECTIONS, Place.VOCABULARY, Place.PLAN, Place.SETTINGS),
    ),
)


class Sidebar(QWidget):
    """Emits picked with the Place that was clicked."""

    picked = Signal(object)

    def __init__(self, person: str, workspace: str) -> None:
        super().__init__()
        self.setAccessibleName(tr("Places"))
        self.items: dict[Place, NavItem] = {}
        self._captions: list[Label] = []
        self._narrow = False
        self._wished: bool | None = None
        self._brand = _Brand()
        self.jobs = NavItem(tr("Background work"), "list-checks")
        self.jobs.setCheckable(False)
        self.trial = TrialPill()
        self.meter = CreditMeter()
        self.offline = OfflinePill()
        self.person = PersonButton(person, workspace)
        self._buttons = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 16)
        layout.setSpacing(2)
        fill(layout, (self._brand, 12))
        for caption, places in _GROUPS:
            self._add_group(layout, caption, places)
        fill(layout, (None, self.jobs, 4, self.trial, 4, self.meter, self.offline, 4, self.person))
        self.restyle()

    def _add_group(self, layout: QVBoxLayout, caption: str, places: Sequence[Place]) -> None:
        if caption:
            label = Label(tr(caption), Role.CAPTION, "muted")
            label.setContentsMargins(8, 0, 0, 0)
            self._captions.append(label)
            fill(layout, (16, label, 4))
        for place in places:
            item = NavItem(GO[place].title, GO[place].icon)
            item.clicked.connect(lambda _on, chosen=place: self.picked.emit(chosen))
            self.items[place] = item
            self._buttons.addButton(item)
            layout.addWidget(item)

    def count_jobs(self, count: int) -> None:
        """Show how many jobs have not ended."""
        said = (
            trn("{n} has not ended", "{n} have not ended", count) if count else tr("nothing runs")
        )
        self.jobs.show_badge(number(count) if count else "", said)

    def show_account(self, account: Account) -> None:
        """Show the credits at the foot, and the days of a trial."""
        self.trial.show_account(account)
        self.meter.show_account(account)
        self._place_meter()

    def _place_meter(self) -> None:
        """The meter gives way first where the window is low."""
        layout = self.layout()
        if layout is not None and self.meter.known:
            others = layout.minimumSize().height()
            if self.meter.isVisibleTo(self):
                others -= self.meter.sizeHint().height() + 2
            self.meter.setVisible(others + self.meter.sizeHint().height() + 2 <= self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See whether there is room for the meter."""
        super().resizeEvent(event)
        self._place_meter()

    def mark(self, place: Place) -> None:
        """Show where the window is."""
        self.items[place].setChecked(True)

    @property
    def is_narrow(self) -> bool:
        """Whether only the icons are there."""
        return self._narrow

    def wish(self, narrow: object) -> None:
        """Icons only, or their words too, however large the window is."""
        self._wished = bool(narrow)
        self.set_narrow(narrow)

    def set_narrow(self, narrow: object) -> None:
        """Icons only, for a small window, unless somebody wished otherwise."""
        narrow = bool(narrow) if self._wished is None else self._wished
        self._narrow = narrow
        for item in self.items.values():
            item.set_narrow(narrow)
        self.jobs.set_narrow(narrow)
        for caption in self._captions:
            caption.setVisible(not narrow)
        for part in (self._brand, self.trial, self.meter, self.offline, self.person):
            part.narrow = bool(narrow)
            part.update()
        self.restyle()
        self._place_meter()

    def restyle(self) -> None:
        """Take the width of the present text size."""
        self.setFixedWidth(theme().px(NARROW if self._narrow else WIDE))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the ground and the line at the right."""
        painter, look = QPainter(self), theme()
        painter.fillRect(self.rect(), look.colour("bg.sidebar"))
        edge = QRectF(self.width() - 1, 0, 1, self.height())
        painter.fillRect(edge, look.colour("border.subtle"))


class _Brand(QWidget):
    """Mark and name."""

    narrow = False

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Captely")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As high as a page header."""
        return QSize(32, theme().px(32))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint mark and name."""
        painter, look = QPainter(self), theme()
        side = look.px(24)
        left = (self.width() - side) / 2 if self.narrow else 8.0
        box = QRectF(left, (self.height() - side) / 2, side, side)
        painter.save()
        paint_mark(painter, box, look.colour("accent.solid"), look.colour("accent.on"))
        painter.restore()
        if not self.narrow:
            room = QRectF(left + side + 8, 0, self.width(), self.height())
            paint_text(painter, room, "Captely", Role.SUBTITLE, look.colour("text.primary"))
