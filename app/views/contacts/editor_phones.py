"""The editor of a telephone number: its country beside it, so that none has to be guessed."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.core.fields import Field
from app.core.text import tr
from app.services.phone_numbers import calling_codes, region_of, stored_form
from app.views.common.boxes import row
from app.views.common.inputs import Select
from app.views.common.theme import theme
from app.views.contacts.editors import Editor, line_edit
from app.views.contacts.value_words import country_name


class PhoneEditor(Editor):
    """A number typed with its country code sets the country; without one it is of that country."""

    def __init__(self, field: Field, region: str = "") -> None:
        super().__init__(field)
        self.country = CountrySelect(tr("Country of {field}", field=field.title))
        self.country.choose(region)
        self.country.picked.connect(lambda _value: self.changed.emit())
        self.line = line_edit(field.title)
        self.line.textChanged.connect(self._typed)
        line = row(self.country, self.line, gap=8)
        line.setStretchFactor(self.line, 1)
        self._box.addLayout(line)
        self.setFocusProxy(self.line)

    def text(self) -> str:
        """The number as it is stored if it can be read, else as typed."""
        typed = self.line.text().strip()
        return stored_form(typed, self._region()) or typed

    def set_text(self, text: str) -> None:
        """Show another number, with its country."""
        self.line.setText(text)

    def first(self) -> QWidget:
        """The country stands before the number."""
        return self.country

    def begin(self) -> None:
        """Mark the whole number."""
        super().begin()
        self.line.selectAll()

    def hint(self) -> str:
        """That the number is kept as typed when nobody can call it like that."""
        typed = self.line.text().strip()
        if not typed or stored_form(typed, self._region()) is not None:
            return ""
        if not self._region() and not typed.startswith("+"):
            return tr("Choose a country, or begin with + and the country code")
        return tr("Not a complete number yet; it would be kept as typed")

    def _region(self) -> str:
        return str(self.country.value() or "")

    def _typed(self, text: str) -> None:
        region = region_of(text)
        if region and region != self._region():
            with QSignalBlocker(self.country):
                self.country.choose(region)
        self.changed.emit()


class CountrySelect(Select):
    """Countries by name with their calling code; closed it shows only FR +33.

    The list of 245 is filled in when it is first opened: a form has two of these.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, [("", tr("No country"))])
        self._full = False
        self.restyle()

    def choose(self, value: object) -> None:
        """Choose a country, known to the closed list or not."""
        if value and not self._full and self.findData(value) < 0:
            self.set_choices([("", tr("No country")), (value, country_name(str(value)))])
        super().choose(value)

    def showPopup(self) -> None:
        """Fill the list in, then open it."""
        self._fill()
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys choose among all countries."""
        self._fill()
        super().keyPressEvent(event)

    def currentText(self) -> str:
        """What the closed control shows."""
        region = str(self.value() or "")
        return f"{region} +{calling_codes()[region]}" if region else tr("Country")

    def restyle(self) -> None:
        """Take the size of the present text size."""
        super().restyle()
        self.setFixedWidth(theme().px(104))

    def _fill(self) -> None:
        if not self._full:
            self._full = True
            self.set_choices(_countries())
            self.view().setMinimumWidth(theme().px(240))


@lru_cache(maxsize=1)
def _countries() -> list[tuple[object, str]]:
    named = sorted((country_name(r), r, code) for r, code in calling_codes().items())
    countries = [(region, f"{country}  +{code}") for country, region, code in named]
    return [("", tr("No country")), *countries]
