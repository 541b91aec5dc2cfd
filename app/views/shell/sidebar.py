"""The sidebar: the product's mark, the places of the window, and who is working where."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from app.core.text import marked, tr
from app.views.common.boxes import fill
from app.views.common.buttons import NavItem
from app.views.common.fonts import Role
from app.views.common.icons import paint_mark
from app.views.common.labels import Label
from app.views.common.painting import hairline, paint_avatar, paint_text
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.shell.actions import GO

WIDE, NARROW = 220, 56

_GROUPS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    ("", (Place.CONTACTS, Place.IMPORT)),
    (marked("Outreach"), (Place.EXPORTS,)),
    (marked("Workspace"), (Place.HISTORY, Place.CONNECTIONS, Place.SETTINGS)),
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
        self._brand = _Brand()
        self._foot = _Person(person, workspace)
        self._buttons = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 16)
        layout.setSpacing(2)
        fill(layout, (self._brand, 8))
        for caption, places in _GROUPS:
            self._add_group(layout, caption, places)
        fill(layout, (None, self._foot))
        self.restyle()

    def _add_group(self, layout: QVBoxLayout, caption: str, places: Sequence[Place]) -> None:
        if caption:
            label = Label(tr(caption), Role.CAPTION, "secondary")
            label.setContentsMargins(8, 0, 0, 0)
            self._captions.append(label)
            fill(layout, (12, label, 4))
        for place in places:
            item = NavItem(GO[place].title, GO[place].icon)
            item.clicked.connect(lambda _on, chosen=place: self.picked.emit(chosen))
            self.items[place] = item
            self._buttons.addButton(item)
            layout.addWidget(item)

    def mark(self, place: Place) -> None:
        """Show where the window is."""
        self.items[place].setChecked(True)

    def set_narrow(self, narrow: object) -> None:
        """Icons only, for a small window."""
        self._narrow = bool(narrow)
        for item in self.items.values():
            item.set_narrow(narrow)
        for caption in self._captions:
            caption.setVisible(not narrow)
        for part in (self._brand, self._foot):
            part.narrow = bool(narrow)
            part.update()
        self.restyle()

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


class _Person(QWidget):
    """Who is working, in which workspace."""

    narrow = False

    def __init__(self, person: str, workspace: str) -> None:
        super().__init__()
        self.person, self.workspace = person, workspace
        self.setAccessibleName(
            tr("{person}, workspace {workspace}", person=person, workspace=workspace)
        )
        self.setToolTip(self.accessibleName())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Two lines and the rule above them."""
        return QSize(32, theme().px(48))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint avatar, name and workspace."""
        painter, look = QPainter(self), theme()
        hairline(painter, 0, self.width(), 1, look.colour("border.subtle"))
        side = look.px(28)
        top = self.height() - side - look.px(4)
        left = (self.width() - side) / 2 if self.narrow else 8.0
        paint_avatar(painter, QRectF(left, top, side, side), self.person)
        if self.narrow:
            return
        words = QRectF(
            left + side + 8, top - look.px(3), self.width() - left - side - 16, look.px(18)
        )
        paint_text(painter, words, self.person, Role.STRONG, look.colour("text.primary"))
        words.translate(0, look.px(16))
        paint_text(painter, words, self.workspace, Role.SMALL, look.colour("text.secondary"))
