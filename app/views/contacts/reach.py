"""Copies addresses and numbers of contacts, and hands them to the programs of this computer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from app.core.text import tr, trn
from app.services.rows import ContactRow
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.common.words import number
from app.views.contacts.checks import Chosen

MOST = 10_000
"""More addresses than this belong in a file, not in the clipboard."""
MOST_MAILED = 50


class Reach(QObject):
    """The contacts are read in the background; what nobody has is said in a sentence."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._reading = Latest(desk.calls, self)

    def copy_emails(self, chosen: Chosen) -> None:
        """Copy the e-mail addresses, one a line."""
        self._read(chosen, lambda rows: self._copy([row.email for row in rows], len(rows), _mails))

    def copy_phones(self, chosen: Chosen) -> None:
        """Copy the numbers, one a line; the mobile one where there is no other."""
        self._read(
            chosen,
            lambda rows: self._copy([r.phone or r.mobile for r in rows], len(rows), _phones),
        )

    def write(self, chosen: Chosen) -> None:
        """Begin a mail; to several people in the copy that nobody else sees."""
        if chosen.count > MOST_MAILED:
            self._desk.say(
                tr("Mail programs take {n} addresses at most.", n=number(MOST_MAILED)),
                tr("Copy them"),
                lambda: self.copy_emails(chosen),
            )
            return
        self._read(chosen, self._write)

    def call(self, chosen: Chosen) -> None:
        """Dial the number of one contact."""
        self._read(chosen, self._call)

    def _read(self, chosen: Chosen, then: Callable[[list[ContactRow]], None]) -> None:
        if chosen.count > MOST:
            self._desk.say(
                tr("{n} are too many to copy. Export them to a file.", n=number(chosen.count))
            )
            return
        search = self._desk.app.search
        self._reading.read(lambda: search.rows(chosen.ids()), then)

    def _copy(self, values: Sequence[str], of: int, words: Callable[[int, int], str]) -> None:
        found = list(dict.fromkeys(value for value in values if value))
        if found:
            QGuiApplication.clipboard().setText("\n".join(found))
        self._desk.say(words(len(found), of))

    def _write(self, rows: Sequence[ContactRow]) -> None:
        addresses = [row.email for row in rows if row.email]
        if not addresses:
            self._desk.say(_mails(0, len(rows)))
            return
        url = QUrl()
        url.setScheme("mailto")
        if len(addresses) == 1:
            url.setPath(addresses[0])
        else:
            url.setQuery(f"bcc={','.join(addresses)}")
        self._open(url, "\n".join(addresses))

    def _call(self, rows: Sequence[ContactRow]) -> None:
        numbers = [row.phone or row.mobile for row in rows if row.phone or row.mobile]
        if not numbers:
            self._desk.say(_phones(0, len(rows)))
            return
        url = QUrl()
        url.setScheme("tel")
        # What follows a semicolon is an extension, which no dialler takes in a link.
        url.setPath("".join(c for c in numbers[0].partition(";")[0] if c.isdigit() or c == "+"))
        self._open(url, numbers[0])

    def _open(self, url: QUrl, text: str) -> None:
        if not QDesktopServices.openUrl(url):
            QGuiApplication.clipboard().setText(text)
            self._desk.say(tr("No program here opens that. It is copied instead."))


def _mails(found: int, of: int) -> str:
    if not found:
        return trn("This contact has no e-mail.", "None of these contacts has an e-mail.", of)
    return trn("{n} e-mail address copied", "{n} e-mail addresses copied", found)


def _phones(found: int, of: int) -> str:
    if not found:
        return trn("This contact has no phone number.", "None of these contacts has a number.", of)
    return trn("{n} phone number copied", "{n} phone numbers copied", found)
