"""Keeps an import in preparation while it is prepared, and offers it again at the next start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout

from app.core.settings import DEFAULT_COUNTRY, ON_DUPLICATE
from app.core.text import tr
from app.services.drafts import IMPORT
from app.services.importing import ImportOptions
from app.services.settings import Settings
from app.views.common.boxes import Card, row
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Para
from app.views.common.pills import IconMark
from app.views.importing.draft import Draft
from app.views.importing.steps import RUN

if TYPE_CHECKING:
    from app.views.importing.page import ImportPage

_BELOW_LEFT_OVER = 2


class DraftCard(Card):
    """A list that somebody had begun to import."""

    def __init__(self) -> None:
        super().__init__(gap=8)
        self.go_on = Btn(tr("Continue"), Kind.OUTLINE, "play")
        self.discard = Btn(tr("Discard"), Kind.GHOST)
        self.name = ElidedLabel("", Role.STRONG)
        mark = IconMark("file-text", "text.secondary")
        line = row(mark, self.name, self.discard, self.go_on, gap=8)
        line.setStretchFactor(self.name, 1)
        self.body.addLayout(line)
        self.body.addWidget(Para(tr("You began to import this list; your choices are kept.")))
        self.hide()

    def offer(self, path: Path | None) -> None:
        """Show it, or nothing."""
        self.name.setText(path.name if path is not None else "")
        for button in (self.go_on, self.discard):
            button.setAccessibleName(f"{button.text()}: {self.name.text()}")
        self.setVisible(path is not None)


class Keeping(QObject):
    """Knows the draft of the page by its signals; the page tells when it is at an end."""

    def __init__(self, desk: Desk, page: ImportPage) -> None:
        super().__init__(page)
        self._desk, self._page = desk, page
        self.card = DraftCard()
        layout = page.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(_BELOW_LEFT_OVER, self.card)
        self.card.go_on.clicked.connect(self.resume)
        self.card.discard.clicked.connect(self.end)
        page.stack.currentChanged.connect(lambda _step: self.keep())
        page.mapping.changed.connect(self.keep)
        page.maker.planned.connect(lambda _review: self.keep())
        page.reader.read.connect(lambda _reading: self.keep())

    def keep(self) -> None:
        """Keep what is decided so far."""
        draft = self._page.draft
        if draft is not None and draft.preview is not None and not self._page.at(RUN):
            self._desk.drafts.keep(IMPORT, _written(draft, self._page.stack.currentIndex()))

    def end(self) -> None:
        """It is imported, or given up."""
        self._desk.drafts.drop(IMPORT)
        self.card.offer(None)

    def offer(self) -> None:
        """Show what was left behind, while nothing else is prepared."""
        path = _path(self._desk.drafts.get(IMPORT))
        self.card.offer(path if self._page.draft is None and self._page.choosing else None)

    def resume(self) -> None:
        """Go on where it was left."""
        kept = self._desk.drafts.get(IMPORT)
        if (path := _path(kept)) is not None:
            self.card.offer(None)
            self._page.go_on_with(_read(path, kept, self._desk.app.settings))

    def hand_over(self) -> object:
        """The job that runs with its name, or whether a list is prepared."""
        running = self._page.running
        if running.job:
            return running.job, running.name
        self.keep()
        return self._page.draft is not None

    def take_over(self, handed: object) -> None:
        """Go on as the page before did."""
        if isinstance(handed, tuple):
            self._page.show_run(*handed, runs=True)
        elif handed:
            self.resume()


def fresh_draft(path: Path, settings: Settings) -> Draft:
    """The draft of a list that is begun now."""
    return Draft(
        path,
        on_duplicate=str(settings.get(ON_DUPLICATE)),
        default_country=str(settings.get(DEFAULT_COUNTRY)),
    )


def _written(draft: Draft, step: int) -> dict[str, Any]:
    return {
        "path": str(draft.path),
        "stamp": _stamp(draft.path),
        "step": step,
        "options": draft.options.as_dict(),
        "recipe": draft.recipe_name,
        "new_fields": sorted(draft.new_fields),
    }


def _stamp(path: Path) -> list[int]:
    """By which a file is seen to be another one than before."""
    try:
        stat = path.stat()
    except OSError:
        return []
    return [stat.st_size, stat.st_mtime_ns]


def _path(kept: Mapping[str, Any]) -> Path | None:
    """The list of a kept draft, if it is still there."""
    path = Path(str(kept.get("path") or ""))
    return path if path.is_file() else None


def _read(path: Path, kept: Mapping[str, Any], settings: Settings) -> Draft:
    """The draft as it was; what another version wrote in another form begins anew."""
    try:
        options = ImportOptions.from_dict(kept["options"])
        step = int(kept["step"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return fresh_draft(path, settings)
    same = kept.get("stamp") == _stamp(path)
    return Draft(
        path,
        read=options.read,
        mapping=dict(options.mapping),
        orders=dict(options.date_orders),
        decimals=dict(options.decimals),
        tags=tuple(options.tags),
        on_duplicate=options.on_duplicate,
        by_field=dict(options.by_field),
        parking=options.parking,
        default_country=options.default_country,
        # Cells that were typed anew belong to the file as it was.
        fixes=options.fixes if same else options.fixes.lasting(),
        recipe_name=str(kept.get("recipe") or ""),
        new_fields=set(map(str, kept.get("new_fields") or ())),
        step=step,
    )
