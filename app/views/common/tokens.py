"""The design tokens: colours of both themes, and the scales of space, radius and type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from PySide6.QtGui import QColor

from app.core.paths import resources

SPACE = (0, 1, 2, 4, 8, 12, 15, 16, 24, 32, 48, 64)
"""The only gaps and paddings a layout may use, in logical pixels.

15 is for a card whose table reaches its edges: 16 with the hairline around it.
"""

RADIUS_CHIP, RADIUS_CONTROL, RADIUS_CARD, RADIUS_DIALOG = 4, 6, 8, 12


class Mode(StrEnum):
    """The two themes."""

    LIGHT = "light"
    DARK = "dark"


class Tone(StrEnum):
    """What a pill, notice or figure says; never the only carrier of that meaning."""

    NEUTRAL = "neutral"
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"
    VIOLET = "violet"


def tone_of(name: str) -> Tone:
    """The tone called `name`, neutral when there is none such."""
    return Tone(name) if name in list(Tone) else Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme by token name, such as "text.primary"."""

    mode: Mode
    hexes: Mapping[str, str]

    def hex(self, token: str) -> str:
        """The colour as #RRGGBB; raises KeyError for an unknown token."""
        return self.hexes[token]

    def colour(self, token: str) -> QColor:
        """The colour as Qt paints it."""
        return _colour(self.hexes[token])

    def pill(self, tone: Tone) -> tuple[QColor, QColor]:
        """Text and background of a pill."""
        return self.colour(f"pill.{tone}.fg"), self.colour(f"pill.{tone}.bg")


@lru_cache(maxsize=2)
def tokens(mode: Mode) -> Tokens:
    """The tokens of one theme, read once from resources/themes/tokens.json."""
    path = resources() / "themes" / "tokens.json"
    declared = json.loads(path.read_text(encoding="utf-8"))
    return Tokens(mode, declared["tokens"][mode.value])


@lru_cache(maxsize=128)
def _colour(code: str) -> QColor:
    return QColor(code)
