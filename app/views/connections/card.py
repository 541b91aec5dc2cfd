"""One destination: how it is, whose account, entering a key, testing it, forgetting it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QSizePolicy, QWidget

from app.core.errors import CaptelyError
from app.core.text import marked, tr
from app.services.connections import (
    HEALTH_FAILED,
    HEALTH_OK,
    HEALTH_WARNING,
    ConnectionView,
)
from app.services.secrets import Place as KeyPlace
from app.views.common.boxes import Card, Rule, box, column, row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.desk import Desk
from app.views.common.facts import Fact, Facts
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.latest import Latest, Once
from app.views.common.painting import CENTRE, initials, paint_box, paint_text
from app.views.common.pills import Notice, Pill
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CONTROL, Tone
from app.views.common.words import number, short_time
from app.views.connections.activity import Activity, ActivityStrip, activity_of
from app.views.exporting.runs_view import outcome_of

_PLACES = {
    KeyPlace.KEYRING: marked("In this computer's keyring"),
    KeyPlace.VAULT: marked("In the file sealed with your passphrase"),
    KeyPlace.SESSION: marked("Only until Captely ends"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one destination."""

    view: ConnectionView
    activity: Activity


class ConnectionCard(Card):
    """Shows one connection and changes it at once; changed when it has a key now or none."""

    changed = Signal()

    def __init__(self, desk: Desk, view: ConnectionView) -> None:
        super().__init__(gap=12)
        self.desk = desk
        self.name, self.label = view.name, view.label
        self.view = view
        self._asking, self._looking = Once(desk.calls, self), Latest(desk.calls, self)
        self._past_exports = activity_of((), desk.app.clock.now())
        self.pill = Pill()
        self.account = ElidedLabel("", Role.SMALL, "secondary")
        self.notice = Notice()
        self.cause = Para("", tone="danger")
        self.hint = Para("", Role.SMALL, "secondary")
        self.facts = Facts(right=False)
        self.strip = ActivityStrip()
        self.activity = ElidedLabel("", Role.SMALL, "secondary")
        self._days = Label(tr("14 days"), Role.SMALL, "secondary")
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setAccessibleName(view.key_words)
        self.key.setPlaceholderText(tr("Paste the key"))
        self._caption = Label(view.key_words, Role.CAPTION, "secondary")
        self._caption.setBuddy(self.key)
        self._key_hint = Para(view.key_hint, Role.SMALL, "muted")
        self.save = Btn(tr("Save and test"), Kind.OUTLINE)
        self.keep = Btn(tr("Keep the present key"), Kind.GHOST)
        self.test = Btn(tr("Test"), Kind.OUTLINE, "plug-zap")
        self.export = Btn(tr("Export"), Kind.OUTLINE, "share-2")
        self.more = IconBtn("ellipsis", tr("More about {label}", label=self.label))
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        names = column(Label(self.label, Role.SUBTITLE), self.account, gap=0)
        head = row(Emblem(self.label), names, gap=12)
        head.setStretchFactor(names, 1)
        self._key_row = QWidget()
        buttons = row(self.save, self.keep, None, gap=8)
        self._key_row.setLayout(column(self._caption, self.key, self._key_hint, buttons, gap=8))
        days = row(self.activity, self._days, gap=8)
        days.setStretchFactor(self.activity, 1)
        self._past = box(column(self.strip, days, gap=8))
        ends = row(self.export, self.test, None, self.more, gap=8)
        self._ends = box(column(Rule(), ends, gap=12))
        self.body.addLayout(head)
        self.body.addLayout(row(self.pill, None))
        for part in (self.notice, self.cause, self.hint, self.facts, self._key_row, self._past):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.body.addWidget(self._ends)

    def _wire(self) -> None:
        for button in (self.save, self.test, self.export, self.keep):
            button.setAccessibleName(f"{button.text()}: {self.label}")
        self.save.clicked.connect(self._save)
        self.key.returnPressed.connect(self._save)
        self.key.textChanged.connect(lambda _text: self._allow_saving())
        self.keep.clicked.connect(lambda: self._show_key_row(shown=False))
        self.test.clicked.connect(self.ask)
        self.export.clicked.connect(lambda: self.desk.go(Place.EXPORTS, self.name))
        self.more.clicked.connect(self._open_menu)
        self.save.setEnabled(False)

    @property
    def is_busy(self) -> bool:
        """Whether something is being asked or stored."""
        return self._asking.waits

    def show_known(self, known: Known) -> None:
        """Show how the connection is."""
        view, activity = known.view, known.activity
        self.view, self._past_exports = view, activity
        keyed = view.key_place is not None
        self.account.setText(_whose(view))
        self.pill.show_word(*health_of(view))
        self._show_key_row(shown=not keyed)
        for part in (self._ends, self._past, self.facts):
            part.setVisible(keyed)
        # A key of the environment is not ours to replace or to forget.
        self.more.setVisible(view.key_place is not KeyPlace.ENVIRONMENT)
        self.export.setEnabled(view.health != HEALTH_FAILED)
        troubled = keyed and view.health in (HEALTH_FAILED, HEALTH_WARNING)
        self.cause.setText(view.message if troubled else "")
        self.cause.set_tone("danger" if view.health == HEALTH_FAILED else "warning")
        self.hint.setText(view.hint if troubled else "")
        self.cause.setVisible(bool(self.cause.text()))
        self.hint.setVisible(bool(self.hint.text()))
        self.facts.show_facts(_facts(view, activity, self.desk))
        self.strip.show_activity(activity)
        self.activity.setText(activity.words)

    def menu(self) -> QMenu:
        """What else can be done with the key."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(tr("Enter another key"), self._enter_another)
        menu.addAction(tr("Forget the key"), self.ask_to_forget)
        return menu

    def ask_to_forget(self) -> None:
        """Say that it is final, and offer it."""
        self.notice.say(
            tr("Forgetting the key cannot be undone; to connect again it must be pasted anew."),
            Tone.WARNING,
        )
        self.notice.offer(tr("Forget it"), self._forget)

    def ask(self) -> None:
        """Ask whose account the key opens."""
        if self.view.key_place is not None and not self.is_busy:
            self._test()

    def _test(self) -> None:
        self._busy(tr("Asking {label} whose account this is", label=self.label))
        connections, name = self.desk.app.connections, self.name
        self._asking.network(
            lambda: connections.test(name), lambda _account: self._tested(), self._failed
        )

    def _open_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))

    def _show_key_row(self, *, shown: bool) -> None:
        self._key_row.setVisible(shown)
        self.keep.setVisible(self.view.key_place is not None)

    def _enter_another(self) -> None:
        self._show_key_row(shown=True)
        self.key.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self) -> None:
        key = self.key.text()
        if not key.strip() or self.is_busy:
            return
        self._busy(tr("Storing the key"))
        connections, name = self.desk.app.connections, self.name
        self._asking.network(lambda: connections.set(name, key), self._stored, self._failed)

    def _stored(self, place: KeyPlace) -> None:
        self.key.clear()
        if place is KeyPlace.SESSION:
            self.desk.say(tr("The key is kept until Captely ends."))
        self._test()

    def _tested(self) -> None:
        self._idle()
        self._look(said=True)

    def _failed(self, error: CaptelyError) -> None:
        self._idle()
        self.notice.say_error(error)
        self._look(said=False)

    def _look(self, *, said: bool) -> None:
        """Read the connection anew; said tells whose account it is."""
        connections, name = self.desk.app.connections, self.name

        def seen(view: ConnectionView) -> None:
            had, typed = self.view.key_place, self.key.isVisible()
            self.show_known(Known(view, self._past_exports))
            if view.key_place is not had:
                self.changed.emit()
            if typed and self.test.isVisible():
                # The line of the key is gone; its answer is tried again from here.
                self.test.setFocus(Qt.FocusReason.OtherFocusReason)
            if said and view.account is not None:
                words = tr("Connected to {account}", account=view.account.label)
                self.notice.say(words, Tone.SUCCESS)
            elif self.cause.text():
                # The card itself says why by now.
                self.notice.say("")

        self._looking.read(lambda: connections.view(name), seen)

    def _forget(self) -> None:
        connections, name = self.desk.app.connections, self.name
        self.notice.say("")
        self.notice.offer("")
        self._asking.network(
            lambda: connections.forget(name), lambda _none: self._forgotten(), self._failed
        )

    def _forgotten(self) -> None:
        self._look(said=False)
        self.desk.say(tr("The key of {label} is forgotten", label=self.label))

    def _busy(self, words: str) -> None:
        self.notice.offer("")
        self.notice.say(words, Tone.NEUTRAL)
        for button in (self.save, self.test, self.more):
            button.setEnabled(False)

    def _idle(self) -> None:
        self.notice.say("")
        for button in (self.test, self.more):
            button.setEnabled(True)
        self._allow_saving()

    def _allow_saving(self) -> None:
        self.save.setEnabled(bool(self.key.text().strip()) and not self.is_busy)


class Emblem(QWidget):
    """The first letters of a destination on a quiet square."""

    def __init__(self, label: str) -> None:
        super().__init__()
        # HubSpot is one word with two capitals, which is how it is known.
        capitals = "".join(letter for letter in label if letter.isupper())[:2]
        self._letters = capitals if len(capitals) > 1 else initials(label)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """A square as high as two lines."""
        return QSize(theme().px(40), theme().px(40))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint square and letters."""
        painter, look, rect = QPainter(self), theme(), QRectF(self.rect())
        ink, ground = look.tokens.pill(Tone.NEUTRAL)
        paint_box(painter, rect, RADIUS_CONTROL, ground)
        paint_text(painter, rect, self._letters, Role.SUBTITLE, ink, CENTRE)


def health_of(view: ConnectionView) -> tuple[str, Tone]:
    """How a connection is, in a word and its tone."""
    if view.key_place is None:
        return tr("Not connected"), Tone.NEUTRAL
    if view.health == HEALTH_OK:
        return tr("Connected"), Tone.SUCCESS
    if view.health == HEALTH_FAILED:
        return tr("Needs attention"), Tone.DANGER
    return tr("Slowed") if view.health == HEALTH_WARNING else tr("Not tested"), Tone.WARNING


def _whose(view: ConnectionView) -> str:
    if view.key_place is None:
        return tr("Not set up")
    return view.account.label if view.account else tr("No account known yet")


def _facts(view: ConnectionView, activity: Activity, desk: Desk) -> list[Fact]:
    if view.key_place is None:
        return []
    now = desk.app.clock.now()
    facts: list[Fact] = []
    if activity.last is not None:
        when = short_time(activity.last.at, now)
        word, _tone = outcome_of(activity.last)
        facts.append((tr("Last export"), f"{when}, {word.lower()}"))
    quota = view.quota
    if quota.day is not None and quota.day_left is not None:
        left = tr("{left} of {day} left", left=number(quota.day_left), day=number(quota.day))
        facts.append((tr("Requests today"), left))
    if quota.burst is not None and quota.burst_seconds is not None:
        pace = tr("{n} in {s} s", n=number(quota.burst), s=number(quota.burst_seconds))
        facts.append((tr("Rate limit"), pace))
    facts.append((tr("Key"), _where(view)))
    if view.checked is not None:
        facts.append((tr("Last check"), short_time(view.checked, now)))
    return facts


def _where(view: ConnectionView) -> str:
    if view.key_place is KeyPlace.ENVIRONMENT:
        return tr("From {variable}", variable=view.variable)
    return tr(_PLACES[view.key_place]) if view.key_place is not None else ""
