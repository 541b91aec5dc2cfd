"""Which widgets carry the style sheet, and how they change looks without holding the window.

Qt brings each widget below a changed style sheet to its style again, seen or not, which takes a
tenth of a millisecond for each. So the sheet belongs to parts of the window: those in view change
at once, the others one at a time in quiet moments, or when they are shown before their turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget
from shiboken6 import isValid

BETWEEN_MS = 20
"""Between two parts that nobody sees; keys and clicks come first."""


class Dressing(QObject):
    """The parts that carry the sheet; sheet tells which, restyle adapts one widget to the look."""

    def __init__(self, sheet: Callable[[], str], restyle: Callable[[QWidget], None]) -> None:
        super().__init__()
        self._sheet = sheet
        self._restyle = restyle
        self._parts: list[QWidget] = []
        self._stale: list[QWidget] = []
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(BETWEEN_MS)
        self._next.timeout.connect(self._dress_next)

    @property
    def waiting(self) -> bool:
        """Whether there are parts that nobody has seen in the present look."""
        return bool(self._stale)

    def dress(self, part: QWidget) -> None:
        """Give a part the sheet, with all that it holds and opens; none is within another."""
        self._parts = [known for known in self._parts if isValid(known)]
        if part not in self._parts:
            self._parts.append(part)
            part.installEventFilter(self)
        self._put_on(part)

    def renew(self, application: QApplication) -> None:
        """Bring everything to another look: what is in view now, the rest soon."""
        self._parts = [part for part in self._parts if isValid(part)]
        self._stale = [part for part in self._parts if not part.isVisible()]
        for part in self._parts:
            if part.isVisible():
                self._renew(part)
        for holder in self._holders():
            self._restyle(holder)
        for window in self._undressed(application):
            self._adapt(window)
        if self._stale:
            self._next.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A part is shown before its turn."""
        if event.type() is QEvent.Type.Show and watched in self._stale:
            self._stale.remove(watched)
            self._renew(watched)
        return False

    def _dress_next(self) -> None:
        self._stale = [part for part in self._stale if isValid(part)]
        if self._stale:
            self._renew(self._stale.pop(0))
            self._next.start()

    def _renew(self, part: QWidget) -> None:
        self._put_on(part)
        self._adapt(part)

    def _put_on(self, part: QWidget) -> None:
        sheet = self._sheet()
        if part.styleSheet() != sheet:
            part.setStyleSheet(sheet)

    def _adapt(self, part: QWidget) -> None:
        for widget in (part, *part.findChildren(QWidget)):
            self._restyle(widget)

    def _holders(self) -> set[QWidget]:
        """What only holds parts, such as a page; it carries no sheet but may have sizes."""
        found: set[QWidget] = set()
        for part in self._parts:
            above = part.parentWidget()
            while above is not None and above not in found:
                found.add(above)
                above = above.parentWidget()
        return found

    def _undressed(self, application: QApplication) -> list[QWidget]:
        """Windows of which no part carries the sheet."""
        dressed = {part.window() for part in self._parts}
        return [
            window
            for window in application.topLevelWidgets()
            if window not in dressed and window.parent() is None
        ]


def split(holder: QWidget) -> Iterator[QWidget]:
    """What a widget holds, part by part; of a stack each of its views."""
    for part in holder.children():
        if isinstance(part, QStackedWidget):
            yield from split(part)
        elif isinstance(part, QWidget) and not part.isWindow():
            yield part
