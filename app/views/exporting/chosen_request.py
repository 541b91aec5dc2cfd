"""Keeps the panel of the exact request on the contact that is chosen in a dry run."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.core.text import tr
from app.services.exporting import ExportPlan, Request
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.common.pills import sentences
from app.views.common.table import Table
from app.views.common.table_model import PagedModel
from app.views.exporting.plan_rows import Planned, Shaper
from app.views.exporting.request_panel import RequestPanel


class ChosenRequest(QObject):
    """Reads the request of the chosen row; answers for a row or plan of before are dropped."""

    def __init__(
        self,
        desk: Desk,
        panel: RequestPanel,
        table: Table,
        model: PagedModel[Planned],
        shaper: Shaper,
    ) -> None:
        super().__init__(panel)
        self._desk = desk
        self._panel = panel
        self._table = table
        self._model = model
        self._shaper = shaper
        self._plan: ExportPlan | None = None
        self._label = ""
        self._reading = Latest(desk.calls, self)

    def use(self, plan: ExportPlan | None, label: str = "") -> None:
        """Show nothing until a row of this plan is chosen; label names the destination."""
        self._plan, self._label = plan, label
        self._reading.drop()
        self._panel.clear()

    def show(self, row: int) -> None:
        """Show the request of a row."""
        planned, plan = self._model.row(row), self._plan
        self._reading.drop()
        if planned is None or plan is None:
            self._panel.clear()
            return
        exporting, contact = self._desk.app.exporting, planned.item.contact
        self._panel.up.setEnabled(row > 0)
        self._panel.down.setEnabled(row + 1 < self._model.rowCount())
        self._reading.read(
            lambda: exporting.request_of(plan, contact),
            lambda request: self._arrived(planned, request),
            # A dropped plan's file is gone, which is nothing to tell anybody.
            lambda error: self._panel.show_reason(planned.called, sentences(error)),
        )

    def retry(self) -> None:
        """Show the chosen row, which may have been chosen before it was read."""
        if not self._panel.text.toPlainText():
            self.show(self._table.currentIndex().row())

    def _arrived(self, planned: Planned, request: Request | None) -> None:
        if request is not None:
            self._panel.show_request(planned.called, self._label, request)
            return
        nothing = tr("Nothing is sent for this contact.")
        self._panel.show_reason(planned.called, f"{nothing}\n{self._shaper.why(planned.item)}")
