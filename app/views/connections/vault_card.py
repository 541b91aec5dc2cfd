"""Says that there is no keyring, with two choices: until the end, or sealed with a passphrase."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.secrets import KeyringState
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.inputs import Radio
from app.views.common.labels import Label, Para
from app.views.common.latest import Once
from app.views.common.painting import paint_tinted
from app.views.common.pills import IconMark, Notice
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD, Tone


class VaultCard(QWidget):
    """Hidden while the computer's keyring works; changed once the vault was opened."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._opening = Once(desk.calls, self)
        self._title = Label(tr("No keyring"), Role.SUBTITLE)
        self._words = Para("", tone="primary")
        self.notice = Notice()
        self.session = Radio(tr("Keep keys only until Captely ends"))
        self.seal = Radio(tr("Seal them in a file with a passphrase"))
        self._group = QButtonGroup(self)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(tr("Passphrase"))
        self.passphrase.setPlaceholderText(tr("Passphrase"))
        self.passphrase.setMaximumWidth(theme().px(320))
        self.open = Btn(tr("Unlock"), Kind.OUTLINE, "lock")
        self.again = Btn(tr("Look for the keyring again"), Kind.LINK)
        self._lay_out()
        self.open.clicked.connect(self._open)
        self.again.clicked.connect(self._look_again)
        self.passphrase.returnPressed.connect(self._open)
        self.session.clicked.connect(self._chosen)
        self.seal.clicked.connect(self._chosen)
        self.hide()

    def _lay_out(self) -> None:
        for radio in (self.session, self.seal):
            self._group.addButton(radio)
        self.session.setChecked(True)
        head = row(IconMark("triangle-alert", "pill.warning.fg"), self._title, None, self.again)
        self._entry = QWidget()
        line = row(self.passphrase, self.open, None, gap=8)
        line.setStretchFactor(self.passphrase, 1)
        lost = Para(
            tr("Nobody can recover the passphrase: without it the keys must be entered anew."),
            Role.SMALL,
        )
        self._entry.setLayout(column(line, lost, gap=8))
        parts = (head, self._words, self.notice, self.session, self.seal, self._entry)
        self.setLayout(column(*parts, gap=8, margins=(16, 12, 16, 12)))

    def show_state(self, keyring: KeyringState) -> None:
        """Show what is missing; hidden when nothing is, or the vault is open."""
        vault = self._desk.app.secrets.vault
        self.setVisible(not keyring.ok and not vault.is_open)
        self._title.setText(keyring.message)
        for radio in (self.session, self.seal):
            radio.setVisible(not vault.exists)
        if vault.exists:
            self._words.setText(
                tr("Your keys lie in a sealed file. Unlock it with your passphrase.")
            )
            self.open.setText(tr("Unlock"))
        else:
            self._words.setText(tr("Keys are never written in plain text. What shall happen?"))
            self.open.setText(tr("Seal keys with this passphrase"))
        self.open.updateGeometry()
        self._chosen()

    def _chosen(self) -> None:
        vault = self._desk.app.secrets.vault
        self._entry.setVisible(vault.exists or self.seal.isChecked())

    def _look_again(self) -> None:
        secrets = self._desk.app.secrets
        self._desk.calls.read(
            self, lambda: secrets.available(again=True), lambda _state: self.changed.emit()
        )

    def _open(self) -> None:
        vault, passphrase = self._desk.app.secrets.vault, self.passphrase.text()
        act = vault.unlock if vault.exists else vault.create
        self.open.setEnabled(False)
        self._opening.edit(lambda: act(passphrase), lambda _none: self._opened(), self._refused)

    def _opened(self) -> None:
        self.open.setEnabled(True)
        self.passphrase.clear()
        self.notice.say("")
        self.hide()
        self.changed.emit()

    def _refused(self, error: CaptelyError) -> None:
        self.open.setEnabled(True)
        self.notice.say_error(error)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint an amber box: it works, but not for long."""
        paint_tinted(self, Tone.WARNING, RADIUS_CARD)
