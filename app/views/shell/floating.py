"""What floats above the pages, made when first wanted: palette, shortcut sheet, job centre."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.views.common.actions import Action
from app.views.common.desk import Desk
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.shell.actions import JOBS, PALETTE, SHORTCUTS
from app.views.shell.job_acts import JobActs

if TYPE_CHECKING:
    from app.views.shell.drop_target import DropTarget
    from app.views.shell.job_centre import JobCentre
    from app.views.shell.palette import Palette
    from app.views.shell.shortcut_sheet import ShortcutSheet
    from app.views.shell.side_panel import SidePanel

P = TypeVar("P", bound="SidePanel")
W = TypeVar("W", bound=QWidget)


class Floating(QObject):
    """ground is what they float above, pages what they lie over; here tells which is in view."""

    def __init__(
        self,
        desk: Desk,
        acts: JobActs,
        ground: QWidget,
        pages: QWidget,
        here: Callable[[], Place],
    ) -> None:
        super().__init__(ground)
        self._desk = desk
        self._acts = acts
        self._ground = ground
        self._pages = pages
        self._here = here
        self._panels: list[SidePanel] = []

    def provide(self, window: QWidget) -> None:
        """Carry out the actions that open and close them."""
        actions = self._desk.actions
        actions.provide(PALETTE, self._toggle_palette, window)
        actions.provide(SHORTCUTS, lambda: self._toggle(self.sheet), window)
        actions.provide(JOBS, lambda: self._toggle(self.job_centre), window)
        actions.begun.connect(self._begins)

    @cached_property
    def palette(self) -> Palette:
        """The command palette."""
        from app.views.shell.catalogue import Catalogue
        from app.views.shell.palette import Palette

        return self._dressed(Palette(self._desk, Catalogue(self._desk, (PALETTE,)), self._ground))

    @cached_property
    def sheet(self) -> ShortcutSheet:
        """The shortcut sheet."""
        from app.views.shell.shortcut_sheet import ShortcutSheet

        return self._panel(ShortcutSheet(self._desk.actions, self._ground, self._pages))

    @cached_property
    def job_centre(self) -> JobCentre:
        """The job centre."""
        from app.views.shell.job_centre import JobCentre

        return self._panel(JobCentre(self._desk, self._acts, self._ground, self._pages))

    @cached_property
    def drop_target(self) -> DropTarget:
        """What is shown while a file is dragged over the window."""
        from app.views.shell.drop_target import DropTarget

        return self._dressed(DropTarget(self._desk.plan, self._ground))

    def open_jobs(self) -> None:
        """Show the job centre, if it is not there already."""
        self._alone(self.job_centre)
        self.job_centre.open()

    def _panel(self, panel: P) -> P:
        self._panels.append(panel)
        return self._dressed(panel)

    def _dressed(self, part: W) -> W:
        theme().dress(part)
        return part

    def _alone(self, panel: SidePanel) -> None:
        for other in self._panels:
            if other is not panel:
                other.close_panel()

    def _toggle(self, panel: SidePanel) -> None:
        self._alone(panel)
        panel.toggle()

    def _toggle_palette(self) -> None:
        if self.palette.isVisible():
            self.palette.close_palette()
        else:
            self.palette.open(self._here())

    def _begins(self, action: Action) -> None:
        """What is done is seen: the palette goes before."""
        if action is not PALETTE and "palette" in self.__dict__:
            self.palette.close_palette()
