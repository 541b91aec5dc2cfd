"""The connections page: a card for each destination, with its key, Test, and whose account."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.core.text import tr, trn
from app.services.connections import HEALTH_FAILED
from app.services.secrets import KeyringState
from app.views.common.boxes import Scrolled, box, column
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk, Page
from app.views.common.latest import Latest
from app.views.common.page_header import PageHeader
from app.views.common.pills import Notice
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.connections.actions import TEST_ALL
from app.views.connections.activity import activity_of
from app.views.connections.card import ConnectionCard, Known
from app.views.connections.vault_card import VaultCard

RUNS_LOOKED_AT = 500
_CARD = 312


@dataclass(frozen=True, slots=True)
class _All:
    cards: tuple[Known, ...]
    keyring: KeyringState


class ConnectionsPage(Page):
    """Reads the connections each time it is shown."""

    place = Place.CONNECTIONS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.test_all = Btn(tr("Test all"), Kind.PRIMARY, "refresh-cw")
        self.header = PageHeader(tr("Connections"), self.test_all)
        self.notice = Notice()
        self._reading = Latest(desk.calls, self)
        self.cards: dict[str, ConnectionCard] = {}
        self.vault = VaultCard(desk)
        self.vault.changed.connect(self.visit)
        self._grid = _Grid()
        inside = box(column(self.vault, self._grid, None, gap=16, margins=(0, 0, 16, 24)))
        # The scroll bar stands in the margin of the page.
        self._scroll = Scrolled(inside, tr("Connections"), over=True)
        top = column(self.header, self.notice, gap=16, margins=(0, 0, 16, 0))
        self.setLayout(column(top, self._scroll, gap=16, margins=(24, 16, 8, 0)))
        self.test_all.clicked.connect(self._test_all)
        desk.actions.provide(TEST_ALL, self._test_all, self)

    def visit(self, argument: object = None) -> None:  # noqa: ARG002 - no argument here
        """Look how the connections are."""
        app = self.desk.app

        def look() -> _All:
            runs = app.exporting.runs.list(limit=RUNS_LOOKED_AT)
            now = app.clock.now()
            cards = tuple(
                Known(view, activity_of([r for r in runs if r.connector == view.name], now))
                for view in app.connections.list()
            )
            return _All(cards, app.secrets.available())

        self._reading.read(look, self._show, self.notice.say_error)

    def _show(self, found: _All) -> None:
        self.vault.show_state(found.keyring)
        for known in found.cards:
            name = known.view.name
            if name not in self.cards:
                self.cards[name] = ConnectionCard(self.desk, known.view)
                self.cards[name].changed.connect(self._count_keys)
                self._grid.add(self.cards[name])
            if not self.cards[name].is_busy:
                # Else it reads anew how it is, once it has its answer.
                self.cards[name].show_known(known)
        broken = [k.view.label for k in found.cards if k.view.health == HEALTH_FAILED]
        self.notice.say(
            trn(
                "{labels} takes nothing now. Nothing is lost: what waits goes on afterwards.",
                "{labels} take nothing now. Nothing is lost: what waits goes on afterwards.",
                len(broken),
                labels=", ".join(broken),
            )
            if broken
            else "",
            Tone.DANGER,
        )
        self._count_keys()

    def _count_keys(self) -> None:
        """How many can be tested now; a card tells when its key came or went."""
        keyed = sum(card.view.key_place is not None for card in self.cards.values())
        self.test_all.setEnabled(bool(keyed))
        self.header.show_count(trn("{n} connected", "{n} connected", keyed) if keyed else "")

    def _test_all(self) -> None:
        for card in self.cards.values():
            card.ask()


class _Grid(QWidget):
    """As many cards side by side as have room."""

    def __init__(self) -> None:
        super().__init__()
        self._cards: list[ConnectionCard] = []
        self._columns = 0
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(16)

    def add(self, card: ConnectionCard) -> None:
        """Add a card at the end."""
        self._cards.append(card)
        self._arrange(again=True)

    def restyle(self) -> None:
        """Arrange the cards for the present text size."""
        self._arrange(again=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the cards for the new width."""
        super().resizeEvent(event)
        self._arrange(again=False)

    def _arrange(self, *, again: bool) -> None:
        columns = max(1, (self.width() + 16) // (theme().px(_CARD) + 16))
        if columns == self._columns and not again:
            return
        for place in range(max(columns, self._columns)):
            self._layout.setColumnStretch(place, 1 if place < columns else 0)
        self._columns = columns
        for number, card in enumerate(self._cards):
            self._layout.addWidget(card, number // columns, number % columns)
