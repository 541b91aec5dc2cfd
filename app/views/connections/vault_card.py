"""Says that there is no keyring, and offers the file sealed with a passphrase instead."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.secrets import KeyringState
from app.views.common.boxes import Card, row
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.pills import Notice
from app.views.common.theme import theme


class VaultCard(Card):
    """Hidden while the computer's keyring works; changed once the vault was opened."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(gap=8)
        self._desk = desk
        self._title = Label(tr("No keyring"), Role.SUBTITLE)
        self._words = Para("")
        self.notice = Notice()
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(tr("Passphrase"))
        self.passphrase.setPlaceholderText(tr("Passphrase"))
        self.passphrase.setMaximumWidth(theme().px(320))
        self.open = Btn(tr("Unlock"), Kind.OUTLINE, "lock")
        self.open.clicked.connect(self._open)
        self.passphrase.returnPressed.connect(self._open)
        line = row(self.passphrase, self.open, None, gap=8)
        line.setStretchFactor(self.passphrase, 1)
        for part in (self._title, self._words, self.notice):
            self.body.addWidget(part)
        self.body.addLayout(line)
        self.hide()

    def show_state(self, keyring: KeyringState) -> None:
        """Show what is missing; hidden when nothing is, or the vault is open."""
        vault = self._desk.app.secrets.vault
        self.setVisible(not keyring.ok and not vault.is_open)
        self._title.setText(keyring.message)
        if vault.exists:
            self._words.setText(
                tr("Your keys lie in a sealed file. Unlock it with your passphrase.")
            )
            self.open.setText(tr("Unlock"))
        else:
            self._words.setText(keyring.hint)
            self.open.setText(tr("Seal keys with this passphrase"))
        self.open.updateGeometry()

    def _open(self) -> None:
        vault, passphrase = self._desk.app.secrets.vault, self.passphrase.text()
        act = vault.unlock if vault.exists else vault.create
        self.open.setEnabled(False)
        self._desk.calls.edit(
            self, lambda: act(passphrase), lambda _none: self._opened(), self._refused
        )

    def _opened(self) -> None:
        self.open.setEnabled(True)
        self.passphrase.clear()
        self.notice.say("")
        self.hide()
        self.changed.emit()

    def _refused(self, error: CaptelyError) -> None:
        self.open.setEnabled(True)
        self.notice.say_error(error)
