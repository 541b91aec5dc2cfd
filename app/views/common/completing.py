"""What a line offers to go on with while one types."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QLineEdit

from app.views.common.theme import theme


def complete(line: QLineEdit, known: Sequence[str], *, within: bool = False) -> QCompleter:
    """Offer what of `known` begins like the typed text, or with `within` holds it anywhere."""
    completer = QCompleter(list(known), line)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setMaxVisibleItems(8)
    if within:
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
    line.setCompleter(completer)
    if (popup := completer.popup()) is not None:
        popup.setAccessibleName(line.accessibleName())
        # It is a window of its own, without parent.
        theme().dress(popup)
    return completer
