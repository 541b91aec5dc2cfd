"""The bundled Inter font in the roles of the type scale, at the chosen text size."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

from app.core.paths import resources

FAMILY = "Inter"


@dataclass(frozen=True, slots=True)
class _Type:
    size: int
    line: int
    weight: QFont.Weight
    tabular: bool = False
    fixed: bool = False


class Role(Enum):
    """What a text is for; decides size, line height and weight."""

    CAPTION = _Type(12, 16, QFont.Weight.DemiBold)
    SMALL = _Type(12, 16, QFont.Weight.Normal)
    BODY = _Type(13, 20, QFont.Weight.Normal)
    STRONG = _Type(13, 20, QFont.Weight.Medium)
    FIGURE = _Type(13, 20, QFont.Weight.Normal, tabular=True)
    ACTION = _Type(13, 20, QFont.Weight.DemiBold)
    LEAD = _Type(15, 20, QFont.Weight.Normal)
    SUBTITLE = _Type(15, 20, QFont.Weight.DemiBold)
    TITLE = _Type(20, 28, QFont.Weight.DemiBold)
    DISPLAY = _Type(28, 36, QFont.Weight.DemiBold, tabular=True)
    CODE = _Type(12, 20, QFont.Weight.Normal, fixed=True)


@lru_cache(maxsize=1)
def install_fonts() -> bool:
    """Register the shipped font files; False when one of them cannot be read."""
    files = sorted((resources() / "fonts").glob("Inter-*.otf"))
    return bool(files) and all(QFontDatabase.addApplicationFont(str(f)) >= 0 for f in files)


@lru_cache(maxsize=128)
def font(role: Role, percent: int = 100) -> QFont:
    """The font of `role` at `percent` of its normal size. Do not change the returned object."""
    install_fonts()
    shape = role.value
    if shape.fixed:
        made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    else:
        made = QFont(FAMILY)
        # Without hinting the letter spacing is even at 100 % too.
        made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setPixelSize(max(1, round(shape.size * percent / 100)))
    made.setWeight(shape.weight)
    if shape.tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


@lru_cache(maxsize=128)
def metrics(role: Role, percent: int = 100) -> QFontMetricsF:
    """The measures of that font."""
    return QFontMetricsF(font(role, percent))


@lru_cache(maxsize=16_384)
def advance(role: Role, percent: int, text: str) -> float:
    """The width of a text in that font; a list asks for the same ones with every frame."""
    return metrics(role, percent).horizontalAdvance(text)
