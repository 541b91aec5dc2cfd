"""Shares the width of the contacts page between its drawer and the list with its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.views.common.buttons import Kind
from app.views.common.theme import theme

if TYPE_CHECKING:
    from app.views.contacts.page import ContactsPage

IMPORT_FROM, ADD_FROM, FILTER_FROM = 560, 480, 720
"""From so much room on the words stand beside the icons, at 100 % text size."""


def make_room(page: ContactsPage) -> None:
    """Fit everything into the present width."""
    page.drawer.fit(page.width())
    shown = page.drawer.isVisible()
    page.table.set_crowded(shown)
    room = page.width() - (page.drawer.width() if shown else 0) - 48
    add, import_ = page.add_button, page.import_button
    import_.set_compact(room < theme().px(IMPORT_FROM) + add.trail_width + import_.trail_width)
    add.set_compact(room < theme().px(ADD_FROM) + add.trail_width)
    # The form has a main action of its own.
    page.add_button.become(Kind.OUTLINE if page.drawer.is_editing else Kind.PRIMARY)
    page.filters.set_compact(room < theme().px(FILTER_FROM))
