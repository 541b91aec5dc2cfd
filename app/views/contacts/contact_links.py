"""Hands a contact's address, number or page to the programs of this computer, or copies it."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from app.core.text import tr
from app.services.rows import ContactView
from app.views.common.desk import Desk


class ContactLinks:
    """Opens and copies; a computer without a program for it gets the text in its clipboard."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def write(self, contact: ContactView) -> None:
        """Begin a mail to the main address."""
        address = _text(contact, "email")
        url = QUrl()
        url.setScheme("mailto")
        url.setPath(address)
        self._open(url, address)

    def call(self, contact: ContactView) -> None:
        """Dial the main number, or the mobile one."""
        number = phone_of(contact)
        url = QUrl()
        url.setScheme("tel")
        url.setPath("".join(c for c in number.partition(";")[0] if c.isdigit() or c == "+"))
        self._open(url, number)

    def page(self, contact: ContactView, key: str) -> None:
        """Open a web page in the browser."""
        address = _text(contact, key)
        self._open(QUrl.fromUserInput(address), address)

    def copy(self, text: str, said: str) -> None:
        """Put a text into the clipboard and say so."""
        QGuiApplication.clipboard().setText(text)
        self._desk.say(said)

    def _open(self, url: QUrl, text: str) -> None:
        if not url.isValid() or not QDesktopServices.openUrl(url):
            said = tr("No program here opens that. Copied instead: {what}", what=text)
            self.copy(text, said)


def phone_of(contact: ContactView) -> str:
    """The number to call; empty when there is none."""
    return _text(contact, "phone") or _text(contact, "mobile")


def _text(contact: ContactView, key: str) -> str:
    return str(contact.values.get(key) or "")
