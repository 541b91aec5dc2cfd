"""The connections page: one card for each destination, with its key, Test, and whose account."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.connections import HEALTH_FAILED, HEALTH_OK, ConnectionView
from app.services.secrets import KeyringState
from app.services.secrets import Place as KeyPlace
from app.views.common.boxes import Card, Rule, Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk, Page
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.page_header import PageHeader
from app.views.common.pills import IconMark, Notice, Pill
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import long_time, number, short_time
from app.views.connections.vault_card import VaultCard


@dataclass(frozen=True, slots=True)
class _Known:
    connections: tuple[ConnectionView, ...]
    keyring: KeyringState


class ConnectionsPage(Page):
    """Reads the connections each time it is shown."""

    place = Place.CONNECTIONS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.header = PageHeader(tr("Connections"))
        self.notice = Notice()
        self.cards: dict[str, ConnectionCard] = {}
        self.vault = VaultCard(desk)
        self.vault.changed.connect(self.visit)
        self._list = column(gap=16)
        inside = box(column(self.vault, self._list, None, gap=16, margins=(0, 0, 0, 24)))
        self._scroll = Scrolled(inside, tr("Connections"))
        parts = (self.header, self.notice, self._scroll)
        self.setLayout(column(*parts, gap=16, margins=(24, 16, 24, 0)))

    def visit(self, argument: object = None) -> None:  # noqa: ARG002 - no argument here
        """Look how the connections are."""
        app = self.desk.app
        self.desk.calls.read(
            self,
            lambda: _Known(tuple(app.connections.list()), app.secrets.available()),
            self._show,
            self.notice.say_error,
        )

    def _show(self, known: _Known) -> None:
        self.notice.say("")
        self.vault.show_state(known.keyring)
        for view in known.connections:
            if view.name not in self.cards:
                self.cards[view.name] = ConnectionCard(self.desk, view)
                self._list.addWidget(self.cards[view.name])
            self.cards[view.name].show_view(view)


class ConnectionCard(Card):
    """One destination: entering a key, testing it, forgetting it."""

    def __init__(self, desk: Desk, view: ConnectionView) -> None:
        super().__init__(gap=12)
        self.desk = desk
        self.name, self.label = view.name, view.label
        self.view = view
        self._account = Label("", Role.BODY, "secondary")
        self.pill = Pill()
        self.notice = Notice()
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(24)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setAccessibleName(view.key_words)
        self.key.setPlaceholderText(tr("Paste the key"))
        self.key.setMaximumWidth(theme().px(480))
        self._caption = Label(view.key_words, Role.CAPTION, "secondary")
        self._caption.setBuddy(self.key)
        self._hint = Para(view.key_hint, tone="muted")
        self.save = Btn(tr("Save and test"), Kind.PRIMARY)
        self.test = Btn(tr("Test"), Kind.OUTLINE, "plug-zap")
        self.export = Btn(tr("Export"), Kind.OUTLINE, "share-2")
        self.replace = Btn(tr("Enter another key"), Kind.GHOST, "key-round")
        self.forget = Btn(tr("Forget the key"), Kind.GHOST, "trash-2")
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        name = Label(self.label, Role.SUBTITLE)
        head = row(IconMark("share-2", "accent.text", 20), name, self.pill, None, gap=12)
        self._key_row = QWidget()
        line = row(self.key, self.save, None, gap=8)
        line.setStretchFactor(self.key, 1)
        self._key_row.setLayout(column(self._caption, line, self._hint, gap=4))
        ends = row(self.export, self.test, None, self.replace, self.forget, gap=8)
        self._ends = box(ends)
        self._rule = Rule(inset=0)
        self.body.addLayout(head)
        self.body.addWidget(self._account)
        self.body.addWidget(self.notice)
        self.body.addLayout(self._facts)
        self.body.addWidget(self._key_row)
        self.body.addWidget(self._rule)
        self.body.addWidget(self._ends)

    def _wire(self) -> None:
        for button in (self.save, self.test, self.export, self.replace, self.forget):
            button.setAccessibleName(f"{button.text()}: {self.label}")
        self.save.clicked.connect(self._save)
        self.key.returnPressed.connect(self._save)
        self.key.textChanged.connect(lambda text: self.save.setEnabled(bool(text.strip())))
        self.test.clicked.connect(self._test)
        self.export.clicked.connect(lambda: self.desk.go(Place.EXPORTS, self.name))
        self.replace.clicked.connect(self._enter_another)
        self.forget.clicked.connect(self._forget)
        self.save.setEnabled(False)

    def show_view(self, view: ConnectionView) -> None:
        """Show how the connection is."""
        self.view = view
        keyed = view.key_place is not None
        self._account.setText(view.account.label if view.account else tr("No account known yet"))
        self._account.setVisible(keyed)
        self.pill.show_word(*_health(view))
        self._key_row.setVisible(not keyed)
        self._ends.setVisible(keyed)
        self._rule.setVisible(keyed)
        # A key of the environment is not ours to replace or to forget.
        own = view.key_place is not KeyPlace.ENVIRONMENT
        self.replace.setVisible(own)
        self.forget.setVisible(own)
        self.export.setEnabled(view.health != HEALTH_FAILED)
        self._show_facts(_facts(view, self.desk))
        if view.health == HEALTH_FAILED and view.message and not self.notice.text():
            self.notice.say(view.message, Tone.DANGER)

    def _show_facts(self, facts: list[tuple[str, str, str]]) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for number_, (name, value, tip) in enumerate(facts):
            self._facts.addWidget(Label(name, Role.BODY, "secondary"), number_, 0)
            shown = Label(value)
            shown.setToolTip(tip)
            self._facts.addWidget(shown, number_, 1)

    def _enter_another(self) -> None:
        self._key_row.show()
        self.key.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self) -> None:
        key = self.key.text()
        if not key.strip():
            return
        self._busy(tr("Storing the key"))
        connections, name = self.desk.app.connections, self.name
        self.desk.calls.network(
            self, lambda: connections.set(name, key), self._stored, self._failed
        )

    def _stored(self, place: KeyPlace) -> None:
        self.key.clear()
        if place is KeyPlace.SESSION:
            self.desk.say(tr("The key is kept until Captely ends; there is no keyring here."))
        self._test()

    def _test(self) -> None:
        self._busy(tr("Asking {label} whose account this is", label=self.label))
        connections, name = self.desk.app.connections, self.name
        self.desk.calls.network(
            self,
            lambda: (connections.test(name), connections.view(name))[1],
            self._tested,
            self._failed,
        )

    def _tested(self, view: ConnectionView) -> None:
        self._idle()
        account = view.account.label if view.account else self.label
        self.notice.say(tr("Connected to {account}", account=account), Tone.SUCCESS)
        self.show_view(view)

    def _failed(self, error: CaptelyError) -> None:
        self._idle()
        self.notice.say_error(error)
        connections, name = self.desk.app.connections, self.name
        self.desk.calls.read(self, lambda: connections.view(name), self.show_view)

    def _forget(self) -> None:
        connections, name = self.desk.app.connections, self.name
        self.notice.say("")

        def forget() -> ConnectionView:
            connections.forget(name)
            return connections.view(name)

        self.desk.calls.network(
            self,
            forget,
            self._forgotten,
            self._failed,
        )

    def _forgotten(self, view: ConnectionView) -> None:
        self.notice.say("")
        self.show_view(view)
        self.desk.say(tr("The key of {label} is forgotten", label=self.label))

    def _busy(self, words: str) -> None:
        self.notice.say(words, Tone.NEUTRAL)
        for button in (self.save, self.test, self.forget, self.replace):
            button.setEnabled(False)

    def _idle(self) -> None:
        self.notice.say("")
        for button in (self.test, self.forget, self.replace):
            button.setEnabled(True)
        self.save.setEnabled(bool(self.key.text().strip()))


def _health(view: ConnectionView) -> tuple[str, Tone]:
    if view.key_place is None:
        return tr("Not connected"), Tone.NEUTRAL
    if view.health == HEALTH_OK:
        return tr("Connected"), Tone.SUCCESS
    if view.health == HEALTH_FAILED:
        return tr("Needs attention"), Tone.DANGER
    return tr("Not tested"), Tone.WARNING


_PLACES = {
    KeyPlace.KEYRING: "In this computer's keyring",
    KeyPlace.VAULT: "In the file sealed with your passphrase",
    KeyPlace.SESSION: "Until Captely ends",
}


def _facts(view: ConnectionView, desk: Desk) -> list[tuple[str, str, str]]:
    """(name, value, tooltip) of what is known."""
    if view.key_place is None:
        return []
    if view.key_place is KeyPlace.ENVIRONMENT:
        where = tr("From the environment: {variable}", variable=view.variable)
    else:
        where = tr(_PLACES[view.key_place])
    facts = [(tr("Key"), where, "")]
    if view.checked is not None:
        when = short_time(view.checked, desk.app.clock.now())
        facts.append((tr("Last check"), when, long_time(view.checked)))
    quota = view.quota
    if quota.day is not None and quota.day_left is not None:
        words = tr(
            "{left} of {day} requests left today",
            left=number(quota.day_left),
            day=number(quota.day),
        )
        facts.append((tr("Quota"), words, ""))
    return facts
