"""What happened to one contact, newest first: each change with its time and author."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.core.fields import BY_KEY
from app.core.text import tr
from app.services.history import TimelineEntry
from app.views.common.boxes import Scrolled, box, column
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.labels import Label
from app.views.common.painting import RIGHT, paint_box, paint_text, text_width
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import long_time, short_time

_ICONS = (
    ("import", "upload", Tone.INFO),
    ("undo", "undo-2", Tone.WARNING),
    ("redo", "redo-2", Tone.WARNING),
    ("contact.create", "user-plus", Tone.SUCCESS),
    ("contact.delete", "trash-2", Tone.NEUTRAL),
    ("contact.restore", "rotate-ccw", Tone.SUCCESS),
    ("tag", "tag", Tone.VIOLET),
    ("export", "share-2", Tone.INFO),
)


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One entry in words."""

    icon: str
    tone: Tone
    title: str
    detail: str
    when: str
    moment: datetime


def icon_of(kind: str) -> tuple[str, Tone]:
    """The icon and tone of an operation's kind."""
    for beginning, icon, tone in _ICONS:
        if kind.startswith(beginning):
            return icon, tone
    return "pencil", Tone.NEUTRAL


def change_words(field: str, before: object, after: object) -> str:
    """One changed field in words; tags and labelled values are named, not listed."""
    known = BY_KEY.get(field)
    title = known.title if known else field.partition(":")[2] or field
    if not isinstance(after, str | int | float | None) or not isinstance(before, str | int | None):
        return title
    if after is None:
        return tr("{field} cleared", field=title)
    if before is None:
        return f"{title}: {after}"
    return f"{title}: {before} → {after}"


def timeline_rows(entries: Iterable[TimelineEntry], now: datetime) -> tuple[TimelineRow, ...]:
    """The rows of some entries, as seen at `now`."""
    return tuple(_row(entry, now) for entry in entries)


def _row(entry: TimelineEntry, now: datetime) -> TimelineRow:
    icon, tone = icon_of(entry.kind)
    who = tr("by {actor}", actor=entry.actor)
    undone = tr("undone since") if entry.undone else ""
    changes = ", ".join(change_words(*change) for change in entry.changes)
    detail = ", ".join(part for part in (changes, who, undone) if part)
    return TimelineRow(icon, tone, entry.label, detail, short_time(entry.at, now), entry.at)


class Timeline(QWidget):
    """The entries below one another."""

    def __init__(self) -> None:
        super().__init__()
        self._scroll = Scrolled(QWidget(), tr("History"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)

    def show_rows(self, rows: Iterable[TimelineRow]) -> None:
        """Show these entries."""
        parts: list[QWidget] = [_Entry(shown) for shown in rows]
        if not parts:
            parts = [Label(tr("Nothing happened yet"), Role.BODY, "secondary")]
        self._scroll.setWidget(box(column(*parts, None, gap=4, margins=(24, 12, 24, 16))))


class _Entry(QWidget):
    """Icon, title, time at the right, and a quiet second line."""

    def __init__(self, shown: TimelineRow) -> None:
        super().__init__()
        self._shown = shown
        self.setAccessibleName(f"{shown.title}, {shown.detail}, {shown.when}")
        self.setToolTip(f"{shown.title}\n{shown.detail}\n{long_time(shown.moment)}")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(theme().px(200), theme().line(Role.BODY) + theme().line(Role.SMALL) + 12)

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the entry."""
        painter, look, shown = QPainter(self), theme(), self._shown
        side = look.px(28)
        circle = QRectF(0, 4, side, side)
        ink, ground = look.tokens.pill(shown.tone)
        paint_box(painter, circle, side / 2, ground)
        paint_icon(painter, shown.icon, circle.adjusted(6, 6, -6, -6), ink)
        left = side + 12
        when = text_width(shown.when, Role.SMALL) + 2
        line = QRectF(left, 2, self.width() - left, look.line(Role.BODY))
        title = line.adjusted(0, 0, -when - 8, 0)
        paint_text(painter, title, shown.title, Role.STRONG, look.colour("text.primary"))
        paint_text(painter, line, shown.when, Role.SMALL, look.colour("text.secondary"), RIGHT)
        second = QRectF(left, line.bottom(), line.width(), look.line(Role.SMALL))
        paint_text(painter, second, shown.detail, Role.SMALL, look.colour("text.secondary"))
