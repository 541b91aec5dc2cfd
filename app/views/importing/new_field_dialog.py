"""Asks for the name and type of a new field that a column of the file is to fill."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from app.core.fields import CUSTOM_KINDS, FieldKind
from app.core.text import tr
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.inputs import Select
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.pills import Notice
from app.views.common.theme import theme
from app.views.importing.field_words import KIND_WORDS

WIDTH = 432


class NewFieldDialog(QDialog):
    """The type is guessed from the values; the user confirms or changes it."""

    def __init__(
        self,
        name: str,
        kind: FieldKind,
        choices: Sequence[str],
        samples: Sequence[str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._choices = tuple(choices)
        self.setWindowTitle(tr("New field"))
        self.notice = Notice()
        self.name = QLineEdit(name)
        self.name.setAccessibleName(tr("Name of the field"))
        self.name.setFont(theme().font(Role.BODY))
        self.kind = Select(tr("Type"), [(k.value, tr(KIND_WORDS[k])) for k in CUSTOM_KINDS])
        self.kind.choose(kind.value)
        self.kind.picked.connect(lambda _value: self._show_choices())
        self.choices_line = QLineEdit(", ".join(choices))
        self.choices_line.setAccessibleName(tr("Choices"))
        self.choices_line.setPlaceholderText(tr("Separated by commas"))
        self.choices_line.setFont(theme().font(Role.BODY))
        self.make = Btn(tr("Create field"), Kind.PRIMARY)
        self.make.setDefault(True)
        self.cancel = Btn(tr("Cancel"), Kind.GHOST)
        self.make.clicked.connect(self._accept)
        self.cancel.clicked.connect(self.reject)
        said = ElidedLabel(", ".join(samples), Role.BODY, "secondary")
        self._choices_caption = Label(tr("Choices"), Role.CAPTION, "secondary")
        form = column(gap=12)
        for caption, control in (
            (Label(tr("Name"), Role.CAPTION, "secondary"), self.name),
            (Label(tr("Values in the file"), Role.CAPTION, "secondary"), said),
            (Label(tr("Type, as its values suggest"), Role.CAPTION, "secondary"), self.kind),
            (self._choices_caption, self.choices_line),
        ):
            form.addLayout(column(caption, control, gap=4))
        title = Label(tr("New field from this column"), Role.SUBTITLE)
        words = Para(tr("Every contact gets it. You can rename or delete it in the settings."))
        buttons = row(None, self.cancel, self.make, gap=8)
        self.setLayout(
            column(title, words, self.notice, form, buttons, gap=16, margins=(24, 24, 24, 24))
        )
        self.setMinimumWidth(theme().px(WIDTH))
        self._show_choices()
        self.name.selectAll()

    @property
    def wanted(self) -> tuple[str, FieldKind, tuple[str, ...]]:
        """Name, type and choices."""
        kind = FieldKind(str(self.kind.value()))
        typed = tuple(c.strip() for c in self.choices_line.text().split(",") if c.strip())
        return self.name.text().strip(), kind, typed if self._has_choices(kind) else ()

    def _has_choices(self, kind: FieldKind) -> bool:
        return kind in (FieldKind.CHOICE, FieldKind.MULTI)

    def _show_choices(self) -> None:
        shown = self._has_choices(FieldKind(str(self.kind.value())))
        self._choices_caption.setVisible(shown)
        self.choices_line.setVisible(shown)
        self.adjustSize()

    def _accept(self) -> None:
        name, kind, choices = self.wanted
        if not name:
            self.notice.say(tr("The field needs a name. Type one, such as Budget."))
        elif self._has_choices(kind) and not choices:
            self.notice.say(tr("Type the choices, separated by commas."))
        else:
            self.accept()
