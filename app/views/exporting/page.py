"""The exports page: past runs, a file, or a connected tool with mapping, dry run and run."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.core.text import tr
from app.services.connections import HEALTH_FAILED, ConnectionView
from app.views.common.desk import Desk, Page
from app.views.common.latest import Latest
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.exporting import actions as acts
from app.views.exporting.file_view import FileView
from app.views.exporting.mapping_view import MappingView
from app.views.exporting.plan_view import PlanView
from app.views.exporting.run_view import RunDetail
from app.views.exporting.runs_view import RunsView
from app.views.exporting.scope import Scope

V = TypeVar("V", bound=QWidget)


class ExportsPage(Page):
    """Leads from the list of runs into a new export and back."""

    place = Place.EXPORTS
    later = ("file", "mapping", "plan", "detail")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.scope = Scope()
        self._name, self._label = "", ""
        self._looking = Latest(desk.calls, self)
        self.runs = RunsView(desk)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.runs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)
        self._wire()

    def _wire(self) -> None:
        self.runs.file_wished.connect(self.to_file)
        self.runs.connector_wished.connect(self.to_connector)
        self.runs.opened.connect(self.open_run)
        self.desk.actions.provide(acts.TO_FILE, self.to_file, self)
        self.desk.actions.provide(acts.TO_TOOL, self.runs.choose_tool, self)

    @cached_property
    def file(self) -> FileView:
        """An export to a file."""
        view = self._among(FileView(self.desk))
        view.closed.connect(self.show_runs)
        return view

    @cached_property
    def mapping(self) -> MappingView:
        """What becomes which property of a tool."""
        view = self._among(MappingView(self.desk))
        view.closed.connect(lambda: self.stack.setCurrentWidget(self.plan))
        view.saved.connect(self._mapping_saved)
        return view

    @cached_property
    def plan(self) -> PlanView:
        """The dry run of an export to a tool."""
        view = self._among(PlanView(self.desk))
        view.closed.connect(self.show_runs)
        view.mapping_wished.connect(self._edit_mapping)
        view.started.connect(self._started)
        return view

    @cached_property
    def detail(self) -> RunDetail:
        """One run."""
        view = self._among(RunDetail(self.desk))
        view.closed.connect(self.show_runs)
        view.retry_started.connect(self._started)
        view.plan_wished.connect(lambda: self.to_connector(self._name))
        return view

    def parts(self) -> tuple[QWidget, ...]:
        """The list of runs; the other views carry the style sheet from when they are made."""
        return (self.runs,)

    def _among(self, view: V) -> V:
        self.stack.addWidget(view)
        theme().dress(view)
        return view

    def visit(self, argument: object = None) -> None:
        """Show the runs; the argument is a Scope to send, a connector, or the id of a run."""
        if isinstance(argument, Scope):
            self.scope = argument
            self.show_runs()
            chosen = tr("{scope} chosen. Where should they go?", scope=argument.words)
            self.runs.notice.say(chosen, Tone.NEUTRAL)
        elif isinstance(argument, int):
            self.open_run(argument)
        elif isinstance(argument, str) and argument in self.runs.destinations:
            self.scope = Scope()
            self.to_connector(argument)
        elif self.stack.currentWidget() is self.runs:
            self.scope = Scope()
            self.show_runs()

    def go_up(self) -> None:
        """From a dry run or a run to all runs; a mapping that is being edited stays."""
        if self.stack.currentWidget() in (self.detail, self.file):
            self.show_runs()
        elif self.stack.currentWidget() is self.plan:
            self.plan.leave()

    def show_runs(self) -> None:
        """Show the past runs."""
        self._looking.drop()
        self.stack.setCurrentWidget(self.runs)
        self.runs.load()

    def to_file(self) -> None:
        """Begin an export to a file."""
        self._looking.drop()
        self.file.show_scope(self.scope)
        self.stack.setCurrentWidget(self.file)

    def to_connector(self, name: str = "") -> None:
        """Begin an export to a destination, the first one by default, if its key works."""
        connections, name = self.desk.app.connections, name or next(iter(self.runs.destinations))
        self._looking.read(lambda: connections.view(name), self._known, self.runs.notice.say_error)

    def open_run(self, run: int) -> None:
        """Show one run."""
        self._looking.drop()
        self.stack.setCurrentWidget(self.detail)
        self.detail.open_run(run)

    def _known(self, view: ConnectionView) -> None:
        self._name, self._label = view.name, view.label
        if view.key_place is None:
            self.show_runs()
            self.runs.notice.say(tr("{label} is not connected yet.", label=view.label))
            self.runs.notice.offer(tr("Enter its key"), lambda: self.desk.go(Place.CONNECTIONS))
            return
        if view.health == HEALTH_FAILED:
            # Found before anything is sent, and before somebody has waited for a dry run.
            self.show_runs()
            self.runs.notice.say(f"{view.label}: {view.message}", Tone.DANGER)
            self.runs.notice.offer(
                tr("Look at the connection"), lambda: self.desk.go(Place.CONNECTIONS)
            )
            return
        self.runs.notice.offer("")
        self.stack.setCurrentWidget(self.plan)
        self.plan.begin(view.name, view.label, self.scope)

    def _edit_mapping(self) -> None:
        self.stack.setCurrentWidget(self.mapping)
        self.mapping.load(self._name, self.plan.scope.scope)

    def _mapping_saved(self) -> None:
        if self.stack.currentWidget() in (self.mapping, self.plan):
            self.stack.setCurrentWidget(self.plan)
            self.plan.compute()

    def _started(self, job: int) -> None:
        self._looking.drop()
        self.stack.setCurrentWidget(self.detail)
        self.detail.follow(job, self._name, self._label)
