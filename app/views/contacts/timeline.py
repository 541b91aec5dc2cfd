"""What happened to one contact, newest first: made, changed, sent on; each with who and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.text import marked, tr, trn
from app.services.effects import Effect
from app.services.history import Source, TimelineEntry
from app.views.common.boxes import Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.inputs import Select
from app.views.common.labels import Label, let_grow, wrapped
from app.views.common.painting import RIGHT, paint_box, paint_text, text_width
from app.views.common.ring import Ringed
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import long_time, number, short_time
from app.views.contacts.provenance import Reader
from app.views.contacts.value_words import field_title, value_words

SITTING = timedelta(minutes=10)
_SIDE = 28

_ICONS = (
    ("import", "upload", Tone.INFO),
    ("undo", "undo-2", Tone.WARNING),
    ("redo", "redo-2", Tone.WARNING),
    ("contact.create", "user-plus", Tone.SUCCESS),
    ("contact.delete", "trash-2", Tone.NEUTRAL),
    ("contact.restore", "rotate-ccw", Tone.SUCCESS),
    ("contact.tag", "tag", Tone.VIOLET),
    ("export", "share-2", Tone.INFO),
)

_SENT = {
    "ok": marked("Exported to {tool}"),
    "sent": marked("Being exported to {tool}"),
    "unchanged": marked("Up to date in {tool}"),
    "failed": marked("Refused by {tool}"),
    "ambiguous": marked("Perhaps exported to {tool}"),
}


class Sort(Enum):
    """What a timeline can be narrowed to."""

    ALL = marked("Everything")
    EDITS = marked("Changes")
    IMPORTS = marked("Imports")
    EXPORTS = marked("Exports")


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One entry in words; final for what undo cannot take back."""

    sort: Sort
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


def timeline_rows(
    entries: Iterable[TimelineEntry],
    effects: Iterable[Effect],
    reader: Reader,
    sources: Iterable[Source] = (),
) -> tuple[TimelineRow, ...]:
    """The rows of operations and final effects together, newest first.

    sources are those of the contact's values; they know the file and row of an import.
    """
    files = {source.operation: source for source in sources if source.file}
    rows = [_row(entry, reader, files.get(entry.operation)) for entry in folded(entries)]
    rows += [_effect_row(effect, reader) for effect in effects]
    return tuple(sorted(rows, key=lambda shown: shown.moment, reverse=True))


def folded(entries: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """Entries newest first, with a person's edits within ten minutes made one."""
    found: list[TimelineEntry] = []
    for entry in entries:
        newer = found[-1] if found else None
        if newer is not None and _one_sitting(newer, entry):
            changes = {name: (before, after) for name, before, after in newer.changes}
            for name, before, after in entry.changes:
                changes[name] = (before, changes[name][1] if name in changes else after)
            joined = tuple((name, *pair) for name, pair in changes.items())
            found[-1] = replace(newer, changes=joined)
        else:
            found.append(entry)
    return found


def _one_sitting(newer: TimelineEntry, older: TimelineEntry) -> bool:
    alike = (newer.actor, newer.origin, newer.undone) == (older.actor, older.origin, older.undone)
    edits = newer.kind == older.kind == "contact.edit"
    return alike and edits and newer.at - older.at <= SITTING


def _row(entry: TimelineEntry, reader: Reader, source: Source | None) -> TimelineRow:
    icon, tone = icon_of(entry.kind)
    who = tr("by {actor}", actor=reader.who(entry.actor))
    undone = tr("undone since") if entry.undone else ""
    title, rest = _what(entry, reader)
    if source is not None:
        title = tr("Imported from {file}", file=source.file)
        rest = tr("Row {row}", row=number(source.row)) if source.row is not None else rest
    detail = ", ".join(part for part in (rest, who, undone) if part)
    sort = Sort.IMPORTS if entry.kind.startswith("import") else Sort.EDITS
    return TimelineRow(sort, icon, tone, title, detail, short_time(entry.at, reader.now), entry.at)


def _what(entry: TimelineEntry, reader: Reader) -> tuple[str, str]:
    """Title and second line: one change in full, several by the names of their fields."""
    if not entry.changes or not entry.kind.startswith("contact."):
        return entry.label, _fields(entry, reader)
    if len(entry.changes) > 1:
        title = trn("{n} field changed", "{n} fields changed", len(entry.changes))
        return title, _fields(entry, reader)
    ((name, before, after),) = entry.changes
    title = field_title(name, reader.vocabulary)
    old = value_words(name, before, reader.vocabulary, reader.tags)
    new = value_words(name, after, reader.vocabulary, reader.tags)
    if not new:
        return tr("{field} cleared", field=title), old
    return f"{title}: {new}", tr("before {value}", value=old) if old else ""


def _fields(entry: TimelineEntry, reader: Reader) -> str:
    return ", ".join(field_title(name, reader.vocabulary) for name, _, _ in entry.changes)


def _effect_row(effect: Effect, reader: Reader) -> TimelineRow:
    failed = effect.state in ("failed", "ambiguous")
    tool = effect.connector.replace("_", " ").title().replace("Hubspot", "HubSpot")
    title = tr(_SENT.get(effect.state, _SENT["ok"]), tool=tool)
    detail = ", ".join(part for part in (effect.error, effect.account, tr("final")) if part)
    icon = "triangle-alert" if failed else "share-2"
    tone = Tone.WARNING if failed else Tone.INFO
    when = short_time(effect.at, reader.now)
    return TimelineRow(Sort.EXPORTS, icon, tone, title, detail, when, effect.at)


class Timeline(QWidget):
    """The entries below one another, narrowed by what they are; older_wished asks for more."""

    older_wished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[TimelineRow, ...] = ()
        self.entries: list[Entry] = []
        choices = [(sort.name, tr(sort.value)) for sort in Sort]
        self.filter = Select(tr("Show in the timeline"), choices)
        self.filter.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.filter.picked.connect(lambda _value: self._show())
        self.older = Btn(tr("Show older"), Kind.OUTLINE)
        self.older.clicked.connect(self.older_wished.emit)
        self.older.hide()
        self._scroll = Scrolled(QWidget(), tr("Timeline"), over=True)
        head = row(None, self.filter, margins=(24, 8, 24, 0))
        self.setLayout(column(head, self._scroll, gap=0))

    def show_rows(self, rows: Sequence[TimelineRow], *, older: bool = False) -> None:
        """Show these entries; older offers to read more of them."""
        self.rows = tuple(rows)
        self.older.setVisible(older)
        self._show()

    def _show(self) -> None:
        wanted = Sort[str(self.filter.value() or Sort.ALL.name)]
        shown = [one for one in self.rows if wanted in (Sort.ALL, one.sort)]
        last = len(shown) - 1
        self.entries = [Entry(one, last=place == last) for place, one in enumerate(shown)]
        parts: list[QWidget] = list(self.entries)
        if not parts:
            parts = [Label(tr("Nothing of that kind yet"), Role.BODY, "secondary")]
        self.older.setParent(None)
        foot = box(row(self.older, None, margins=(0, 8, 0, 0)))
        content = column(*parts, foot, None, gap=0, margins=(24, 8, 24, 16))
        self._scroll.setWidget(box(content))


class Entry(Ringed, QWidget):
    """Icon, title, time at the right, and a quiet second line; a line leads to the next."""

    def __init__(self, shown: TimelineRow, *, last: bool) -> None:
        QWidget.__init__(self)
        self.shown = shown
        self._last = last
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{shown.title}, {shown.detail}, {long_time(shown.moment)}")
        self.setToolTip(f"{shown.title}\n{shown.detail}\n{long_time(shown.moment)}")
        let_grow(self)

    def hasHeightForWidth(self) -> bool:
        """The names of many changed fields take several lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The title, the lines below it and the gap to the next."""
        lines = max(1, len(self._lines(width)))
        return theme().line(Role.BODY) + lines * theme().line(Role.SMALL) + 16

    def sizeHint(self) -> QSize:
        """As high as its words need."""
        width = self.width() if self.width() > 100 else theme().px(360)
        return QSize(theme().px(200), self.heightForWidth(width))

    def _lines(self, width: int) -> list[str]:
        room = width - theme().px(_SIDE) - 12
        return wrapped(self.shown.detail, theme().font(Role.SMALL), room)

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the entry."""
        painter, look, shown = QPainter(self), theme(), self.shown
        side = look.px(_SIDE)
        circle = QRectF(0, 4, side, side)
        ink, ground = look.tokens.pill(shown.tone)
        paint_box(painter, circle, side / 2, ground)
        inset = (side - look.px(16)) / 2
        paint_icon(painter, shown.icon, circle.adjusted(inset, inset, -inset, -inset), ink)
        if not self._last:
            rest = QRectF(side / 2 - 1, side + 8, 2, self.height() - side - 8)
            painter.fillRect(rest, look.colour("border.subtle"))
        self._paint_words(painter, side + 12)

    def _paint_words(self, painter: QPainter, left: float) -> None:
        look, shown = theme(), self.shown
        when = text_width(shown.when, Role.SMALL) + 2
        line = QRectF(left, 2, self.width() - left, look.line(Role.BODY))
        title = line.adjusted(0, 0, -when - 8, 0)
        paint_text(painter, title, shown.title, Role.STRONG, look.colour("text.primary"))
        quiet = look.colour("text.secondary")
        paint_text(painter, line, shown.when, Role.SMALL, quiet, RIGHT, essential=True)
        height = look.line(Role.SMALL)
        for place, words in enumerate(self._lines(self.width())):
            spot = QRectF(left, line.bottom() + place * height, line.width(), height)
            paint_text(painter, spot, words, Role.SMALL, quiet)
