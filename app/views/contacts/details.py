"""The details of a contact: label over value, and quietly where each value came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from app.core.fields import FIELDS, Field, FieldKind
from app.core.identity import display_name
from app.core.text import tr
from app.services.history import Source
from app.services.rows import ContactView
from app.views.common.boxes import Scrolled, box, column
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.labels import Label
from app.views.common.painting import RIGHT, paint_box, paint_text, text_width
from app.views.common.ring import Ringed
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CONTROL
from app.views.common.words import day_or_time, long_time, number, parsed
from app.views.contacts.vocabulary import Vocabulary

_HIDDEN = frozenset({"status", "score"})


def typed_values(contact: ContactView) -> dict[str, str]:
    """The contact's values as one would type them, by field key."""
    typed = {key: _typed(value) for key, value in contact.values.items()}
    typed["tags"] = ", ".join(contact.tags)
    derived = display_name(typed.get("first_name"), typed.get("last_name"), None)
    if typed.get("full_name") == derived:
        # Nobody typed it; it follows from the other two.
        del typed["full_name"]
    typed |= {f"custom:{name}": _typed(value) for name, value in contact.custom.items()}
    return {key: value for key, value in typed.items() if value}


def _typed(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return str(value)


class Details(QWidget):
    """All fields that have a value; edit_wished(key) when one is clicked."""

    edit_wished = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._scroll = Scrolled(QWidget(), tr("Details"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self.rows: dict[str, DetailRow] = {}

    def show_contact(
        self, contact: ContactView, sources: Mapping[str, Source], vocabulary: Vocabulary
    ) -> None:
        """Show a contact with the sources of its values."""
        typed = typed_values(contact)
        self.rows = {}
        parts: list[QWidget] = []
        for field in (*FIELDS, *vocabulary.custom):
            if field.key in _HIDDEN or field.key not in typed:
                continue
            source = sources.get(field.key)
            shown = DetailRow(field, _shown(field, typed[field.key]), source)
            if field.editable:
                shown.clicked.connect(lambda _on=False, key=field.key: self.edit_wished.emit(key))
            self.rows[field.key] = shown
            parts.append(shown)
            for label, value in contact.labelled.get(field.key, ()):
                parts.append(DetailRow(field, str(value), None, str(label)))
        if not parts:
            parts.append(Label(tr("No details yet"), Role.BODY, "secondary"))
        self._scroll.setWidget(box(column(*parts, None, gap=4, margins=(12, 12, 12, 16))))


def _shown(field: Field, typed: str) -> str:
    if field.kind is FieldKind.MOMENT:
        moment = parsed(typed)
        return day_or_time(moment) if moment else typed
    return typed


def source_words(source: Source) -> str:
    """Where a value came from, as short as it stays clear."""
    if source.file and source.row is not None:
        return tr("{file}, row {row}", file=source.file, row=number(source.row))
    return source.file or source.label


class DetailRow(Ringed, QAbstractButton):
    """Label over value, with the source at the right; a click edits it."""

    def __init__(self, field: Field, value: str, source: Source | None, label: str = "") -> None:
        QAbstractButton.__init__(self)
        self.title = f"{field.title}, {label}" if label else field.title
        self.value = value
        self.source = source_words(source) if source is not None else ""
        self._hovered = False
        self._editable = field.editable and not label
        self.setAccessibleName(f"{self.title}: {value}")
        self.setToolTip(self._tip(source))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if self._editable:
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _tip(self, source: Source | None) -> str:
        if source is None:
            return self.value
        moment = parsed(source.at)
        when = long_time(moment) if moment else ""
        return "\n".join(
            part for part in (self.value, f"{source_words(source)}, {source.actor}", when) if part
        )

    def sizeHint(self) -> QSize:
        """Label and as many lines as the value has, four at most."""
        lines = min(4, self.value.count("\n") + 1)
        height = theme().line(Role.CAPTION) + lines * theme().line(Role.BODY) + 8
        return QSize(theme().px(200), height)

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be edited."""
        self._hovered = self._editable
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """End that."""
        self._hovered = False
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Only what can be edited reacts."""
        if self._editable:
            super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint label, value and source."""
        painter, look = QPainter(self), theme()
        if self._hovered:
            paint_box(painter, QRectF(self.rect()), RADIUS_CONTROL, look.colour("bg.hover"))
        inner = QRectF(self.rect()).adjusted(12, 4, -12, -4)
        caption = QRectF(
            inner.topLeft(), QPointF(inner.right(), inner.top() + look.line(Role.CAPTION))
        )
        paint_text(painter, caption, self.title, Role.CAPTION, look.colour("text.secondary"))
        if self.source and not self._hovered:
            room = min(text_width(self.source, Role.SMALL) + 2, inner.width() * 0.55)
            spot = QRectF(inner.right() - room, caption.top(), room, caption.height())
            ink = look.colour("text.muted")
            paint_text(painter, spot, self.source, Role.SMALL, ink, RIGHT)
        elif self._hovered:
            side = look.px(16)
            spot = QRectF(inner.right() - side, inner.center().y() - side / 2, side, side)
            paint_icon(painter, "pencil", spot, look.colour("text.secondary"))
        height = look.line(Role.BODY)
        top = caption.bottom()
        for line in self.value.split("\n")[:4]:
            spot = QRectF(inner.left(), top, inner.width(), height)
            paint_text(painter, spot, line, Role.BODY, look.colour("text.primary"))
            top += height
