"""Brings theme, text size, row height and motion from the settings to the window."""

from __future__ import annotations

from app.core.settings import DENSITY, FONT_SIZE, MOTION, THEME
from app.views.common.desk import Desk
from app.views.common.theme import theme


def apply_appearance(desk: Desk) -> None:
    """Take theme, text size, row height and motion from the settings."""
    settings = desk.app.settings
    theme().use(
        choice=str(settings.get(THEME)),
        percent=int(settings.get(FONT_SIZE)),
        density=str(settings.get(DENSITY)),
        motion=str(settings.get(MOTION)),
    )
